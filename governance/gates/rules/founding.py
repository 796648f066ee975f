"""The parts that every gate has: its criteria, board, risks, approvals, plans, runs and the gates before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from governance.gates.packages.snapshots import Snapshot
from governance.gates.rules.parts import Compare, MaterialPart, differing
from governance.gates.values import Changed, Drift
from governance.risks.schemes import SEVERITIES

_Objects = Mapping[str, Mapping[str, Any]]


def _read_criteria(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Code → version, basis (``pass``, ``waiver:7`` or empty) and whether it blocks."""
    return {
        held.criterion.code: {
            "version": held.version.version,
            "basis": held.evaluated.basis,
            "blocking": held.version.blocking,
        }
        for held in snapshot.criteria
    }


def _spell_criteria(value: _Objects) -> dict[str, dict[str, Any]]:
    return {code: {key: how[key] for key in ("basis", "blocking", "version")} for code, how in sorted(value.items())}


def _criteria(was: _Objects, is_: _Objects, signers: Collection[int]) -> Iterator[Changed]:
    for code in sorted(was.keys() | is_.keys()):
        then, now = was.get(code), is_.get(code)
        if then is None:
            yield Changed("criterion-added", f"The criterion “{code}” was added.", "", code)
        elif now is None:
            yield Changed("criterion-retired", f"The criterion “{code}” was retired.", code, "")
        elif (then["version"], then["blocking"]) != (now["version"], now["blocking"]):
            versions = f"version {then['version']}", f"version {now['version']}"
            yield Changed("criterion-changed", f"The definition of the criterion “{code}” was changed.", *versions)
        elif then["basis"] != now["basis"]:
            yield _basis(code, then, now["basis"])


def _basis(code: str, then: Mapping[str, Any], basis: str) -> Changed:
    """Leaving what permitted is material, and so is to rest on another basis; getting better is drift."""
    words = _in_words(then["basis"]), _in_words(basis)
    if not then["basis"] or basis == "pass":
        return Drift("criterion-better", f"The criterion “{code}” now {words[1]}.", *words)
    if not then["blocking"]:
        return Drift("criterion-advisory", f"The advisory criterion “{code}” changed.", *words)
    said = "now relies on a waiver" if basis else "no longer passes"
    return Changed("criterion-left", f"The criterion “{code}” {said}.", *words)


def _in_words(basis: str) -> str:
    return "passes" if basis == "pass" else "is waived" if basis else "does not pass"


def _read_seats(snapshot: Snapshot) -> dict[str, list[int | None]]:
    """Code → the keys of holder and alternate."""
    return {seat.code: [seat.holder_id, seat.alternate_id] for seat in snapshot.seats}


def _spell_seats(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {code: list(pair) for code, pair in sorted(value.items())}


def _seats(was: Mapping[str, Any], is_: Mapping[str, Any], signers: Collection[int]) -> Iterator[Changed]:
    changed = sorted(code for code in was.keys() | is_.keys() if was.get(code) != is_.get(code))
    if changed:
        yield Changed("seat-changed", f"The members of the seat “{', '.join(changed)}” were changed.")


def _read_able(snapshot: Snapshot) -> list[int]:
    """The keys of members who may vote, by role and account; separation of duties is not part of it."""
    return sorted(frozenset[int]().union(*(seat.able for seat in snapshot.board.seats)) if snapshot.board else ())


def _able(was: Collection[int], is_: Collection[int], signers: Collection[int]) -> Iterator[Changed]:
    """Who loses the right to vote matters among signatories: also who gained it after sealing, signed and lost it."""
    for person in sorted(set(signers) - set(is_)):
        yield Changed("signer-unable", "A signatory no longer has voting rights.", str(person), "")
    for person in sorted(set(was) - set(is_) - set(signers)):
        yield Drift("voter-unable", "A board member who has not voted lost voting rights.", str(person), "")
    for person in sorted(set(is_) - set(was)):
        yield Drift("voter-able", "A board member gained voting rights.", "", str(person))


def _criticals(was: int, is_: int, signers: Collection[int]) -> Iterator[Changed]:
    """Arrivals of critical exceptions only grow: fewer of them means that they are counted in another way."""
    more = is_ - was
    if more > 0:
        said = "1 new critical exception was" if more == 1 else f"{more:,} new critical exceptions were"
        yield Changed("critical-arrived", f"{said} reported.", str(was), str(is_))
    elif more < 0:
        sentence = "Fewer critical exceptions are recorded than when the package was sealed."
        yield Changed("critical-unlike", sentence, str(was), str(is_))


def _risks(was: Mapping[str, int], is_: Mapping[str, int], signers: Collection[int]) -> Iterator[Changed]:
    for ref in sorted(was.keys() | is_.keys()):
        then, now = was.get(ref), is_.get(ref)
        words = _severity(then), _severity(now)
        if then is None:
            yield Changed("risk-new", f"{ref} was added or reopened.", *words)
        elif now is None:
            yield Drift("risk-closed", f"{ref} was closed.", *words)
        elif now > then:
            yield Changed("risk-raised", f"{ref} was re-rated higher.", *words)
        elif now < then:
            yield Drift("risk-lowered", f"{ref} was re-rated lower.", *words)


def _severity(value: int | None) -> str:
    if value is None:
        return ""
    return SEVERITIES[value].lower() if value in SEVERITIES else "unrated" if value == 0 else str(value)


def _approvals(code: str, noun: str) -> Compare:
    """Return the comparison of approvals in force, by their keys: granted since, and expired or revoked since."""

    def compare(was: Collection[int], is_: Collection[int], signers: Collection[int]) -> Iterator[Changed]:
        for key in sorted(set(is_) - set(was)):
            yield Changed(f"{code}-new", f"{noun} was granted since.", "", str(key))
        for key in sorted(set(was) - set(is_)):
            yield Changed(f"{code}-ended", f"{noun} expired or was revoked.", str(key), "")

    return compare


def _runs(was: Collection[int], is_: Collection[int], signers: Collection[int]) -> Iterator[Changed]:
    """Every run that was counted must still be there unless it was recalled, however many came since."""
    for key in sorted(set(was) - set(is_)):
        yield Changed("run-recalled", "A run included in this package was recalled.", str(key), "")
    for key in sorted(set(is_) - set(was)):
        yield Drift("run-loaded", "A new run was loaded.", "", str(key))


def _prior(was: Mapping[str, str], is_: Mapping[str, str], signers: Collection[int]) -> Iterator[Changed]:
    """Phase → digest of the package on which that gate's GO stands, or empty."""
    for phase in sorted(was.keys() | is_.keys()):
        then, now = was.get(phase, ""), is_.get(phase, "")
        if then and then != now:
            yield Changed("prior-gate-changed", f"The GO of the {phase} gate is no longer valid.", then, now)
        elif then != now:
            yield Drift("prior-gate-decided", f"The {phase} gate now has a GO.", then, now)


def _as_it_is(value: Any) -> Any:
    return value


def _unique(value: Collection[Any]) -> list[Any]:
    return sorted(set(value))


def _sorted(value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(value.items()))


def _text_part(name: str, read: Callable[[Snapshot], str], sentence: str, code: str = "") -> MaterialPart:
    return MaterialPart(name, read, differing(code or f"{name}-changed", sentence))


#: In the order in which their changes are told.
PARTS: Final = (
    MaterialPart("criteria", _read_criteria, _criteria, _spell_criteria),
    MaterialPart(
        "policy",
        lambda snapshot: snapshot.policy.version if snapshot.policy else 0,
        differing("policy-changed", "The board or its quorum was changed.", "version {}".format),
        _as_it_is,
    ),
    MaterialPart("seats", _read_seats, _seats, _spell_seats, implied_by="policy"),
    MaterialPart("criticals", lambda snapshot: snapshot.criticals, _criticals, _as_it_is),
    MaterialPart("risks", lambda snapshot: {risk.ref: risk.severity or 0 for risk in snapshot.risks}, _risks, _sorted),
    MaterialPart(
        "waivers",
        lambda snapshot: [waiver.pk for waiver in snapshot.waivers],
        _approvals("waiver", "A waiver"),
        _unique,
    ),
    MaterialPart(
        "acceptances",
        lambda snapshot: [risk.acceptance for risk in snapshot.risks if risk.accepted and risk.acceptance],
        _approvals("acceptance", "An acceptance of a risk"),
        _unique,
    ),
    _text_part(
        "rollback", lambda snapshot: snapshot.plan.digest if snapshot.plan else "", "The rollback plan was changed."
    ),
    _text_part(
        "runbook", lambda snapshot: snapshot.plan.runbook_digest if snapshot.plan else "", "The runbook was changed."
    ),
    _text_part(
        "transformation",
        lambda snapshot: snapshot.runs[0].transformation if snapshot.runs else "",
        "The transformation version changed.",
    ),
    _text_part(
        "planned_for",
        lambda snapshot: day.isoformat() if (day := snapshot.gate.subject.planned_for) else "",
        "The planned date was changed.",
        "day-moved",
    ),
    MaterialPart("runs", lambda snapshot: snapshot.counted | {run.id for run in snapshot.runs}, _runs, _unique),
    MaterialPart("prior", lambda snapshot: snapshot.prior, _prior, _sorted),
    MaterialPart("able", _read_able, _able, _unique),
)
