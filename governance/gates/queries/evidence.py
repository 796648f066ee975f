"""What other capabilities know of subjects: readings, risks, runs, rollback. Constant numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from governance.gates.models import CriterionVersion, DecisionPackage, Kind
from governance.gates.values import RiskData
from governance.measures import queries as measures
from governance.measures.readings import Reading
from governance.risks import queries as all_risks
from governance.rollback import queries as rollback
from governance.rollback.models import RollbackPlan
from governance.subjects import Subject
from triage import facts
from triage.facts import RunFact

RUNS: Final = 50

#: What is read of a measure: its code, its dimension, and for how long back its points are wanted (seconds, 0: none).
Wanted = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Return:
    """How a wave may be rolled back: its live plan, until when that is safe, and when it was last rolled back."""

    plan: RollbackPlan | None = None
    latest_start: dt.datetime | None = None
    rolled_back_at: dt.datetime | None = None


def wanted(version: CriterionVersion) -> Wanted:
    """What must be read of its measure to judge a version."""
    back = (version.interval or 0) * (version.consecutive or 0) if version.kind == Kind.WINDOW else 0
    return version.measure, version.dimension, back


def readings(
    evaluated: Mapping[Subject, Iterable[CriterionVersion]], now: dt.datetime
) -> dict[Subject, dict[Wanted, Reading]]:
    """Each series once, however many criteria look at it; those of windows with their points since the longest one."""
    asked = [
        (subject, one)
        for subject, versions in evaluated.items()
        for one in sorted({wanted(version) for version in versions if version.measure})
    ]
    found: dict[Subject, dict[Wanted, Reading]] = {subject: {} for subject in evaluated}
    for windows in (False, True):
        part = [(subject, one) for subject, one in asked if bool(one[2]) == windows]
        since = now - dt.timedelta(seconds=max(one[2] for _, one in part)) if windows and part else None
        read = measures.read_many(
            [(code, subject, dimension) for subject, (code, dimension, _) in part], since, now=now
        )
        for (subject, one), reading in zip(part, read, strict=True):
            found[subject][one] = reading
    return found


def risks(asked: Collection[Subject], now: dt.datetime) -> dict[Subject, tuple[RiskData, ...]]:
    """The open risks of each subject's waves and of the whole programme."""
    waves = {wave.pk: wave for subject in asked for wave in subject.waves}
    opened = all_risks.open_risks_for(list(waves.values()), now)
    return {
        subject: tuple(
            RiskData(risk.ref, risk.domain, risk.severity, risk.level, risk.accepted, risk.acceptance)
            for risk in opened
            if risk.wave_id is None or risk.wave_id in subject.wave_ids
        )
        for subject in asked
    }


def runs(asked: Collection[Subject]) -> dict[Subject, tuple[RunFact, ...]]:
    """The latest settled runs of each subject's waves, the newest first."""
    of_waves = facts.runs(_waves(asked), limit=RUNS)
    return {
        subject: tuple(sorted((run for key in subject.wave_ids for run in of_waves[key]), key=_finished, reverse=True))
        for subject in asked
    }


def recalled(
    newest: Mapping[Subject, Iterable[DecisionPackage]], runs: Mapping[Subject, Iterable[RunFact]]
) -> dict[Subject, frozenset[int]]:
    """Return the runs that sealed packages counted and that have been recalled since."""
    counted = {
        subject: {key for one in packages for key in one.material["runs"]} for subject, packages in newest.items()
    }
    known = {subject: {run.id: run.recalled for run in of} for subject, of in runs.items()}
    older = facts.recalled(key for subject, keys in counted.items() for key in keys - known[subject].keys())
    return {
        subject: frozenset(key for key, gone in known[subject].items() if gone) | (older & keys)
        for subject, keys in counted.items()
    }


def criticals(asked: Collection[Subject]) -> dict[Subject, int]:
    """How often a case of each subject's waves has become an unresolved critical one."""
    arrived = facts.critical_arrivals(_waves(asked))
    return {subject: sum(arrived[key] for key in subject.wave_ids) for subject in asked}


def resolvers(people: Mapping[Subject, Collection[int]]) -> dict[Subject, frozenset[int]]:
    """Those of each subject's people who settled a critical case of its waves."""
    asked: dict[int, set[int]] = {}
    for subject, of in people.items():
        for wave in subject.wave_ids:
            asked[wave] = asked.get(wave, set()) | set(of)
    found = facts.resolvers_of_critical(asked)
    return {
        subject: frozenset().union(*(found[wave] & set(of) for wave in subject.wave_ids))
        for subject, of in people.items()
    }


def returns(asked: Collection[Subject], now: dt.datetime) -> dict[Subject, Return]:
    """How each subject may be rolled back: only a wave is."""
    waves = {subject: subject.wave for subject in asked}
    keys = [wave for wave in waves.values() if wave]
    live = rollback.plans_of(keys)
    plans = {wave.pk: live.get(wave.pk) for wave in keys}
    counted, rolled_back = rollback.counting(plans, now), rollback.rolled_back_at(keys)
    return {
        subject: Return(
            plan=plans[wave.pk],
            latest_start=rollback.no_return(plans[wave.pk], counted[wave.pk]).at,
            rolled_back_at=rolled_back.get(wave.pk),
        )
        if wave
        else Return()
        for subject, wave in waves.items()
    }


def _waves(asked: Iterable[Subject]) -> list[int]:
    return sorted({key for subject in asked for key in subject.wave_ids})


def _finished(run: RunFact) -> dt.datetime:
    return run.finished_at
