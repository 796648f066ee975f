"""What must not change under signatures, and what may. Lists compare as sets; order never matters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, Final

from governance.gates.rules import parts
from governance.gates.values import Changed, Material

_LISTS: Final = ("able", "acceptances", "waivers", "runs")
_NUMBERS: Final = ("policy", "criticals")
_TEXTS: Final = ("rollback", "runbook", "transformation", "planned_for")
_SEVERITIES: Final = ("unrated", "low", "moderate", "high", "unacceptable")

#: What version 1 did not have.
_SINCE_2: Final = {"version", "parts"}

_Changes = list[Changed]


def to_json(material: Material) -> dict[str, Any]:
    """Plain JSON values: strings, integers, lists and objects only, sorted; equal materials give equal JSON."""
    found: dict[str, Any] = {name: sorted(set(getattr(material, name))) for name in _LISTS}
    found |= {name: getattr(material, name) for name in (*_NUMBERS, *_TEXTS)}
    criteria = sorted(material.criteria.items())
    found["criteria"] = {code: {key: how[key] for key in ("basis", "blocking", "version")} for code, how in criteria}
    found["seats"] = {code: list(pair) for code, pair in sorted(material.seats.items())}
    found["risks"] = dict(sorted(material.risks.items()))
    found["prior"] = dict(sorted(material.prior.items()))
    if material.version > 1:
        found |= {"version": material.version, "parts": dict(sorted(material.parts.items()))}
    return dict(sorted(found.items()))


def from_json(kept: Mapping[str, Any]) -> Material:
    """Read what ``to_json`` wrote, in this version or an earlier one. Raises ValueError for anything else."""
    version = kept.get("version", 1)
    names = {one.name for one in fields(Material)} - (_SINCE_2 if version == 1 else set())
    if version not in (1, 2) or set(kept) != names:
        raise ValueError(f"A sealed material has other parts than expected: {sorted(set(kept) ^ names)}.")
    try:
        material = Material(**{"version": 1, **kept})
        again = to_json(material)
    except (AttributeError, KeyError, TypeError) as problem:
        raise ValueError("A sealed material cannot be read.") from problem
    if again != dict(kept):
        raise ValueError("A sealed material is not written as it was sealed.")
    return material


def compare(then: Material, now: Material, signers: Collection[int] = ()) -> tuple[list[Changed], list[Changed]]:
    """What differs: (material changes, drift). Any material change withdraws the signatures.

    ``criteria``: code → ``{"version": 2, "basis": "pass", "blocking": True}``. ``runs`` of now must name every run of
    then that has not been recalled, however many came since. ``able``: who may vote by role and account; separation of
    duties is not part of it. ``prior``: phase → digest of the package on which its GO stands, or empty.
    ``signers``: those who have signed so far; who loses the right to vote matters only among them.
    """
    material: _Changes = []
    drift: _Changes = []
    for look in (_criteria, _board, _criticals, _risks, _leaves, _plans, _runs, _prior, _parts):
        look(then, now, material, drift)
    _voters(then, now, signers, material, drift)
    return material, drift


def _criteria(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    for code in sorted(then.criteria.keys() | now.criteria.keys()):
        was, is_ = then.criteria.get(code), now.criteria.get(code)
        if was is None:
            material.append(Changed("criterion-added", f"The criterion “{code}” was added.", "", code))
        elif is_ is None:
            material.append(Changed("criterion-retired", f"The criterion “{code}” is judged no more.", code, ""))
        elif (was["version"], was["blocking"]) != (is_["version"], is_["blocking"]):
            versions = f"version {was['version']}", f"version {is_['version']}"
            material.append(Changed("criterion-changed", f"The criterion “{code}” is judged otherwise.", *versions))
        elif was["basis"] != is_["basis"]:
            _basis(code, was, is_["basis"], material, drift)


def _basis(code: str, was: Mapping[str, Any], basis: str, material: _Changes, drift: _Changes) -> None:
    """Leaving what permitted is material, and so is to rest on another ground; getting better is drift."""
    words = _ground(was["basis"]), _ground(basis)
    if not was["basis"] or basis == "pass":
        drift.append(Changed("criterion-better", f"The criterion “{code}” {_ground(basis)} now.", *words))
    elif not was["blocking"]:
        drift.append(Changed("criterion-advisory", f"The criterion “{code}”, which does not block, changed.", *words))
    else:
        said = "now relies on a waiver" if basis else "no longer passes"
        material.append(Changed("criterion-left", f"The criterion “{code}” {said}.", *words))


def _ground(basis: str) -> str:
    return "passes" if basis == "pass" else "is waived" if basis else "does not pass"


def _board(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    if then.policy != now.policy:
        versions = f"version {then.policy}", f"version {now.policy}"
        material.append(Changed("policy-changed", "The board or its quorum was changed.", *versions))
    elif then.seats != now.seats:
        changed = sorted(code for code in then.seats.keys() | now.seats.keys() if _pair(then, code) != _pair(now, code))
        material.append(Changed("seat-changed", f"Other people hold the seat “{', '.join(changed)}”."))


def _pair(material: Material, code: str) -> list[int | None] | None:
    return material.seats.get(code)


def _criticals(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    more = now.criticals - then.criticals
    if more > 0:
        said = "A critical exception has" if more == 1 else f"{more:,} critical exceptions have"
        material.append(Changed("critical-arrived", f"{said} arrived.", str(then.criticals), str(now.criticals)))
    elif more < 0:
        sentence = "Fewer critical exceptions are recorded than when the package was sealed."
        material.append(Changed("critical-unlike", sentence, str(then.criticals), str(now.criticals)))


def _risks(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    for ref in sorted(then.risks.keys() | now.risks.keys()):
        was, is_ = then.risks.get(ref), now.risks.get(ref)
        words = _severity(was), _severity(is_)
        if was is None:
            material.append(Changed("risk-new", f"{ref} was added or reopened.", *words))
        elif is_ is None:
            drift.append(Changed("risk-closed", f"{ref} was closed.", *words))
        elif is_ > was:
            material.append(Changed("risk-raised", f"{ref} was re-rated higher.", *words))
        elif is_ < was:
            drift.append(Changed("risk-lowered", f"{ref} is rated lower.", *words))


def _severity(value: int | None) -> str:
    if value is None:
        return ""
    return _SEVERITIES[value] if 0 <= value < len(_SEVERITIES) else str(value)


def _leaves(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    """Waivers and acceptances: what was given since, and what ran out or was taken back."""
    for name, noun in (("waiver", "A waiver"), ("acceptance", "An acceptance of a risk")):
        was, is_ = set(getattr(then, f"{name}s")), set(getattr(now, f"{name}s"))
        material += [Changed(f"{name}-new", f"{noun} was given since.", "", str(key)) for key in sorted(is_ - was)]
        material += [
            Changed(f"{name}-ended", f"{noun} ran out or was taken back.", str(key), "") for key in sorted(was - is_)
        ]


def _plans(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    said = {
        "rollback": ("rollback-changed", "The rollback plan was changed."),
        "runbook": ("runbook-changed", "The runbook was changed."),
        "transformation": ("transformation-changed", "The transformation version changed."),
        "planned_for": ("day-moved", "The planned date was changed."),
    }
    for name, (code, sentence) in said.items():
        was, is_ = getattr(then, name), getattr(now, name)
        if was != is_:
            material.append(Changed(code, sentence, was, is_))


def _runs(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    was, is_ = set(then.runs), set(now.runs)
    material += [
        Changed("run-recalled", "A run included in this package was recalled.", str(key), "")
        for key in sorted(was - is_)
    ]
    drift += [Changed("run-loaded", "A new run was loaded.", "", str(key)) for key in sorted(is_ - was)]


def _prior(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    for phase in sorted(then.prior.keys() | now.prior.keys()):
        was, is_ = then.prior.get(phase, ""), now.prior.get(phase, "")
        if was and was != is_:
            material.append(Changed("prior-gate-changed", f"The GO of the {phase} gate is no longer valid.", was, is_))
        elif was != is_:
            drift.append(Changed("prior-gate-decided", f"The gate “{phase}” has a GO now.", was, is_))


def _parts(then: Material, now: Material, material: _Changes, drift: _Changes) -> None:
    """A part that was not known at sealing is no change; one that can no longer be read is: nobody can vouch for it."""
    known = parts.registered()
    for name, was in sorted(then.parts.items()):
        part, is_ = known.get(name), now.parts.get(name)
        if part is None or is_ is None:
            material.append(Changed("part-unread", f"“{name}” can no longer be checked.", was, ""))
        elif part.differs(was, is_):
            material.append(Changed(f"{name}-changed", part.sentence, was, is_))
        elif was != is_:
            drift.append(Changed(f"{name}-moved", part.sentence, was, is_))


def _voters(then: Material, now: Material, signers: Collection[int], material: _Changes, drift: _Changes) -> None:
    was, is_ = set(then.able), set(now.able)
    for person in sorted(set(signers) - is_):  # also who got the right after sealing, signed, and lost it again
        material.append(Changed("signer-unable", "A signatory no longer has voting rights.", str(person), ""))
    for person in sorted(was - is_ - set(signers)):
        drift.append(Changed("voter-unable", "A board member who has not voted lost voting rights.", str(person), ""))
    drift += [Changed("voter-able", "A board member gained voting rights.", "", str(key)) for key in sorted(is_ - was)]
