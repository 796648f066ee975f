"""Judging a criterion. Only what is known, fresh, well-sampled and within its bound is a pass; nothing is rounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from governance.gates.models.assessments import Result
from governance.gates.models.gate import Kind, Phase
from governance.gates.rules import measuring, wording
from governance.gates.rules.measuring import doubt, unknown
from governance.gates.rules.values import Evaluated, WaiverData
from governance.gates.rules.waiving import is_active, is_waivable
from governance.gates.values import EvaluatedCriterion, Observation, RiskData, Spec
from governance.risks.schemes import SEVERITIES

_WORST_FIRST: Final = (Result.FAIL, Result.INCONCLUSIVE, Result.STALE, Result.PASS)


def _evaluate(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """Judge what was seen: result, the value in words, and one plain sentence. Doubt of any sort is inconclusive."""
    judge_kind = _KINDS.get(spec.kind)
    if judge_kind is None:
        return unknown(f"“{spec.title or spec.code}” has an unknown type.")
    return judge_kind(spec, seen, now)


def evaluate_criterion(
    spec: Spec, seen: Observation, waiver: WaiverData | None, now: dt.datetime
) -> EvaluatedCriterion:
    """Evaluate, and say on which basis the criterion permits: ``pass``, ``waiver:7``, or none (empty).

    A waiver permits a failure only, of this very criterion and version, while it is active.
    """
    result, observed, sentence = _evaluate(spec, seen, now)
    basis = "pass" if result == Result.PASS else ""
    if result == Result.FAIL and waiver is not None and _covers(waiver, spec, now):
        basis = f"waiver:{waiver.id}"
    return EvaluatedCriterion(spec, result, observed, sentence, seen, basis)


def blockers(evaluated: Iterable[EvaluatedCriterion]) -> list[EvaluatedCriterion]:
    """The blocking criteria that do not permit, worst first: failures, then what cannot be known or is stale."""
    found = [one for one in evaluated if one.spec.blocking and not one.permits]
    return sorted(found, key=lambda one: _WORST_FIRST.index(one.result))


def permitted(evaluated: Iterable[EvaluatedCriterion]) -> bool:
    """Whether every blocking criterion permits. A gate without any blocking criterion permits nothing."""
    blocking = [one for one in evaluated if one.spec.blocking]
    return bool(blocking) and all(one.permits for one in blocking)


def _covers(waiver: WaiverData, spec: Spec, now: dt.datetime) -> bool:
    same = (waiver.code, waiver.version) == (spec.code, spec.version)
    return same and is_waivable(spec) and is_active(waiver, now)


def _risk_ceiling(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """No open risk of the criterion's domain (dimension ``all``: of any) stands above the ceiling without acceptance.

    A register without a single open risk is not believed: it cannot be told from one that is not maintained.
    """
    if spec.subject not in {"1", "2", "3", "4"}:
        return unknown(f"“{spec.title or spec.code}”: the risk level limit must be 1 to 4.")
    if not seen.risks:
        return unknown(
            "The risk register has no open risks, so it may not be maintained. The result is inconclusive.", "no risks"
        )
    every = spec.dimension == "all" or not spec.domain
    risks = [risk for risk in seen.risks if every or risk.domain == spec.domain]
    about = "open" if every else f"open {spec.domain}"
    strange = [risk for risk in risks if risk.severity not in SEVERITIES]
    if strange:
        return unknown(_named(strange, f"{about} risk has", f"{about} risks have", "no current rating"))
    above = [risk for risk in risks if (risk.severity or 0) > int(spec.subject) and not risk.accepted]
    limit = SEVERITIES[int(spec.subject)].lower()
    if above:
        said = _named(above, f"{about} risk is", f"{about} risks are", f"above “{limit}” and not accepted")
        return Evaluated(Result.FAIL, f"{len(above):,} above", said)
    said = f"No unaccepted {about} risk above “{limit}” ({len(risks):,} checked)."
    return Evaluated(Result.PASS, "none above", said)


def _named(risks: list[RiskData], one: str, many: str, what: str) -> str:
    names = ", ".join(risk.ref for risk in risks[:5])
    more = f" and {len(risks) - 5:,} more" if len(risks) > 5 else ""
    return wording.clip(f"{len(risks):,} {one if len(risks) == 1 else many} {what}: {names}{more}.", 500)


def _control_test(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    what = f"Control “{spec.subject}”"
    none = f"{what} has not been tested yet."
    words = _Words(f"The test of control “{spec.subject}”", "not tested", none, "satisfied", "not satisfied")
    return _said(spec, seen, now, words, f"{what}: test passed", f"{what}: test failed")


def _prior_gate(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    label = Phase(spec.subject).label if spec.subject in Phase.values else spec.subject
    what = f"The gate “{label}”"
    words = _Words(f"The GO of the gate “{label}”", "not decided", f"{what} has not been decided yet.", "GO", "no GO")
    known = seen if seen.satisfied else replace(seen, said="", said_by="")  # who said nothing has nothing to add
    return _said(spec, known, now, words, f"{what}: valid GO", f"{what}: no valid GO")


def _attestation(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    what = f"“{spec.title or spec.code}”"
    none = f"{what} has not been attested."
    words = _Words(f"The attestation of {what}", "not attested", none, "attested", "withdrawn")
    return _said(spec, seen, now, words, f"{what} is attested", f"The attestation of {what} was withdrawn")


class _Words(NamedTuple):
    """Words for a statement: its name, its absence (short, and as a sentence), yes, no."""

    thing: str
    absent: str
    missing: str
    yes: str
    no: str


def _said(spec: Spec, seen: Observation, now: dt.datetime, words: _Words, holds: str, fails: str) -> Evaluated:
    """Evaluate a statement: it holds, it does not, it is missing, or it is too old to count."""
    if seen.satisfied is not True and seen.satisfied is not False:
        return unknown(f"{words.missing[:-1]}: {seen.said}" if seen.said else words.missing, words.absent)
    found = doubt(seen.said_at, spec, now, words.thing)
    if found:
        return found
    who = f" by {seen.said_by}" if seen.said_by else ""
    more = f": {seen.said}" if seen.said else ""
    clause = holds if seen.satisfied else fails
    sentence = wording.clip(f"{clause}{who}{more}", 498).rstrip(".") + "."
    return Evaluated(
        Result.PASS if seen.satisfied else Result.FAIL, words.yes if seen.satisfied else words.no, sentence
    )


_KINDS: Final[dict[str, Callable[[Spec, Observation, dt.datetime], Evaluated]]] = {
    Kind.RATIO: measuring.ratio,
    Kind.COUNT_IS_ZERO: measuring.zero,
    Kind.WINDOW: measuring.window,
    Kind.RECENCY: measuring.recency,
    Kind.RISK_CEILING: _risk_ceiling,
    Kind.CONTROL_TEST: _control_test,
    Kind.PRIOR_GATE: _prior_gate,
    Kind.ATTESTATION: _attestation,
}
