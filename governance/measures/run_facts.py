"""Measures of the latest loaded run of a wave, of any purpose or of one: dimension ``purpose/delta``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from console.web.view_helpers import fragment
from governance.measures.builtin import Read, Series
from governance.measures.facts import NOTHING_LOADED, of_ratio
from governance.measures.readings import Reading, absent
from governance.subjects import Subject
from triage import facts
from triage.facts import PURPOSES, LatestRun, RunScope

PREFIX: Final = "purpose/"
_NO_DIMENSION: Final = f"Unknown dimension. Use {PREFIX} and one of {', '.join(PURPOSES)}."


def _rejected(series: Series, run: LatestRun) -> Reading:
    return of_ratio("rejected-lines", series, run.rejected, NOTHING_LOADED, fragment("intake:rejected", run.id))


def _last(series: Series, run: LatestRun) -> Reading:
    return Reading(
        measure="last-run",
        wave_id=series.subject.id,
        dimension=series.dimension,
        value=Fraction(1),
        samples=1,
        as_of=run.rejected.as_of,
        source="concord",
        query="last-run",
        records=fragment("intake:run", run.id),
    )


def _read(code: str, told: Callable[[Series, LatestRun], Reading]) -> Read:
    """Return how a measure of the latest loaded run is read: ``told`` is its reading of a run."""

    def answer(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
        scopes = {series: scope for series in asked if (scope := _scope(series)) is not None}
        found = facts.latest_runs(scopes.values())
        readings = []
        for series in asked:
            run = found.get(scopes[series]) if series in scopes else None
            why = _NO_DIMENSION if series not in scopes else _none(scopes[series])
            none = absent(code, why, wave_id=series.subject.id, dimension=series.dimension)
            readings.append(told(series, run) if run is not None else none)
        return readings

    return answer


def _scope(series: Series) -> RunScope | None:
    """The runs that a dimension names; None when it names none."""
    purpose = series.dimension.removeprefix(PREFIX)
    if series.dimension and (purpose == series.dimension or purpose not in PURPOSES):
        return None
    return RunScope(series.subject.id, purpose)


def _none(scope: RunScope) -> str:
    return f"No run of the purpose “{scope.purpose}” has been loaded yet." if scope.purpose else NOTHING_LOADED


def by_purpose(read: Read) -> Callable[[Sequence[Subject], dt.datetime], dict[Subject, list[Reading]]]:
    """Return how such a measure is broken down: the purposes of which a run has been loaded."""

    def answer(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, list[Reading]]:
        found: dict[Subject, list[Reading]] = {subject: [] for subject in subjects}
        asked = [Series(subject, f"{PREFIX}{purpose}") for subject in subjects for purpose in PURPOSES]
        for series, reading in zip(asked, read(asked, now), strict=True):
            if not reading.missing:
                found[series.subject].append(reading)
        return found

    return answer


rejected: Final = _read("rejected-lines", _rejected)
last_run: Final = _read("last-run", _last)
