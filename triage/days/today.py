"""A person's own day and what later runs said of their decisions. Only ever asked for the person who looks.

Every question goes back a bounded number of their own decisions (``cases_decision_by``), however many others make.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from django.db import connection

from console.audit.models import LogEntry
from console.people.models import User
from triage.cases.models import UNDO, State

#: No person makes more decisions than this in a day, or in a month.
_MOST_A_DAY: Final = 2_000
_MOST: Final = 10_000
#: Later runs are asked for so many days.
LATER_DAYS: Final = 30
#: So many cases are named of those whose decision did not stand.
NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Made:
    """One decision of the day. ``settled``: False for one that deferred, asked or sent its case on."""

    at: dt.datetime
    took: dt.timedelta | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """What was decided in one hour of the day. ``height`` is its bar in percent of the tallest."""

    hour: int
    count: int
    height: int

    @property
    def label(self) -> str:
        """As a clock says it."""
        return f"{self.hour:02d}:00"


@dataclass(frozen=True, slots=True)
class Day:
    """A person's own day so far, in their time zone. ``released``: claims that they gave up undecided."""

    made: tuple[Made, ...] = ()
    released: int = 0

    @property
    def decided(self) -> int:
        """Decisions that they have not undone themselves."""
        return len(self.made)

    @property
    def aside(self) -> int:
        """Of these, those that settled nothing: deferred, asked or sent on."""
        return sum(not one.settled for one in self.made)

    @property
    def timed(self) -> int:
        """Of how many it is known since when the case was claimed."""
        return sum(one.took is not None for one in self.made)

    @property
    def median(self) -> str:
        """From claim to decision, the middle of all, in minutes and seconds: "1:52"; empty when none is timed."""
        took = [one.took.total_seconds() for one in self.made if one.took is not None]
        if not took:
            return ""
        minutes, seconds = divmod(max(round(median(took)), 1), 60)
        return f"{minutes:,}:{seconds:02d}"

    @property
    def hours(self) -> list[Hour]:
        """The hours from the first decision to the last, with those between."""
        counts = Counter(one.at.hour for one in self.made)
        tallest = max(counts.values(), default=1)
        return [
            Hour(hour, counts[hour], round(100 * counts[hour] / tallest))
            for hour in range(min(counts, default=0), max(counts, default=-1) + 1)
        ]


@dataclass(frozen=True, slots=True)
class Later:
    """What became of a person's settling decisions of the last days, each counted once, by the first that is true.

    ``reversed``: a decision took it back. ``disproved``: a run that had applied it reports the case all the same.
    ``changed``: a run reopened the case, because the evidence is another now or the verdict holds for one run alone.
    ``confirmed``: it stands, and a run verified it. ``unseen``: it stands, and no run has. ``moved``: its case went
    on to another queue with it.
    """

    confirmed: int = 0
    unseen: int = 0
    disproved: int = 0
    changed: int = 0
    reversed: int = 0
    moved: int = 0
    cases: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many decisions stand, or stood until a run or a lead came."""
        return self.told + self.unseen + self.reversed + self.moved

    @property
    def told(self) -> int:
        """On how many a run said something."""
        return self.confirmed + self.disproved + self.changed

    @property
    def segments(self) -> list[tuple[str, str, str]]:
        """The bar: of each part its name, where it starts and how wide it is, as SVG says it."""
        parts = [("ok", self.confirmed), ("wait", self.unseen), ("changed", self.changed), ("bad", self.disproved)]
        whole, at, found = max(sum(count for _, count in parts), 1), 0, []
        for name, count in parts:
            if count:
                found.append((name, f"{100 * at / whole:.2f}%", f"{100 * count / whole:.2f}%"))
            at += count
        return found


def midnight(now: dt.datetime) -> dt.datetime:
    """The start of the day in the zone of ``now``."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(person: User, now: dt.datetime) -> Day:
    """This person's own day so far, in the zone of ``now``. Three queries."""
    since = midnight(now)
    values: dict[str, Any] = {"me": person.pk, "since": since, "most": _MOST_A_DAY, "undo": UNDO}
    with connection.cursor() as cursor:
        cursor.execute(_MADE, values)
        made = tuple(
            Made(at.astimezone(now.tzinfo), at - claimed if claimed else None, settled)
            for at, claimed, settled in cursor.fetchall()
        )
    return Day(made, _released(person, since))


def later_of(person: User, now: dt.datetime) -> Later:
    """What later runs said of this person's own decisions of the last ``LATER_DAYS``. One query."""
    since = midnight(now) - dt.timedelta(days=LATER_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_LATER, {"me": person.pk, "since": since, "most": _MOST, "undo": UNDO, "named": NAMED})
        rows: Sequence[Any] = cursor.fetchall()
    counts = {outcome: number for outcome, number, _ in rows}
    return Later(**counts, cases={outcome: [f"EX-{case}" for case in cases] for outcome, _, cases in rows})


def _released(person: User, since: dt.datetime) -> int:
    """Claims that this person gave up since then: entries of theirs from the first of the day on, by index."""
    first = LogEntry.objects.filter(timestamp__gte=since).order_by("timestamp").values_list("pk").first()
    if first is None:
        return 0
    mine = LogEntry.objects.filter(actor=person, pk__gte=first[0], verb="case.given_back")
    return int(mine.exclude(facts__has_key="ahead").count())


_MADE: Final = """
WITH mine AS MATERIALIZED (
    SELECT d.id, d.by_id, d.role, d.decided_at, d.claimed_at, d.release_at FROM cases_decision AS d
    WHERE d.by_id = %(me)s ORDER BY d.id DESC LIMIT %(most)s
)
SELECT m.decided_at, m.claimed_at, m.release_at IS NOT NULL
FROM mine AS m LEFT JOIN cases_decision AS r ON r.reverses_id = m.id
WHERE m.decided_at >= %(since)s AND m.role <> 'reversal'
  AND NOT coalesce(r.verdict = %(undo)s AND r.by_id = m.by_id, false)
ORDER BY m.decided_at
"""
# A decision that was undone before its release was never for a run to confirm: it is left out.
_LATER: Final = f"""
WITH mine AS MATERIALIZED (
    SELECT d.id, d.case_id, d.role, d.decided_at, d.release_at FROM cases_decision AS d
    WHERE d.by_id = %(me)s ORDER BY d.id DESC LIMIT %(most)s
), back AS MATERIALIZED (
    SELECT o.decision_id, bool_or(o.cause = 'applied_but_reported') AS disproved
    FROM mine AS m JOIN cases_reopening AS o ON o.decision_id = m.id
    WHERE m.decided_at >= %(since)s GROUP BY o.decision_id
), said AS (
    SELECT m.id, m.case_id, CASE
        WHEN r.id IS NOT NULL THEN 'reversed'
        WHEN back.disproved THEN 'disproved'
        WHEN back.decision_id IS NOT NULL THEN 'changed'
        WHEN c.decision_id IS DISTINCT FROM m.id THEN 'moved'
        WHEN c.state = '{State.VERIFIED}' THEN 'confirmed'
        ELSE 'unseen' END AS outcome
    FROM mine AS m JOIN cases_case AS c ON c.id = m.case_id
    LEFT JOIN cases_decision AS r ON r.reverses_id = m.id
    LEFT JOIN back ON back.decision_id = m.id
    WHERE m.decided_at >= %(since)s AND m.role <> 'reversal' AND m.release_at IS NOT NULL
      AND NOT coalesce(r.verdict = %(undo)s, false)
)
SELECT outcome, count(*), (array_agg(case_id ORDER BY id DESC))[:%(named)s] FROM said GROUP BY outcome
"""
