"""What a list of cases can be narrowed to, with counts: the pick-lists of its filters.

Values are counted among the first ``LOOKED`` cases of the list, before it is narrowed; when there are more, the page
says "at least". Nothing grows with the number of cases.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from console.people.models import User
from console.ui.picks import Pick, pick
from console.waves.models import Wave
from triage.cases import colleagues, kinds, listing, queries
from triage.cases.filters import ME, NO_PERSON
from triage.cases.listing import GROUPS, SORTS, Filters
from triage.cases.models import PAST_CUTOVER, State
from triage.queues.models import SEVERITIES, Queue, Severity
from triage.runs.models import Run, Source

#: States as a list may be narrowed to them, but for the first; deferred past a cutover is one of those deferred.
_STATES: Final = [*State.choices[1:3], (PAST_CUTOVER, "Deferred past cutover"), *State.choices[3:]]
LOOKED: Final = 2_000
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the cases looked at have each value, by what is counted. ``more``: not all cases were looked at."""

    by: Mapping[str, dict[str, int]]
    more: bool


def picks(
    wanted: Filters, queues: list[Queue], query: Mapping[str, Any], *, now: dt.datetime, me: User | None = None
) -> list[Pick]:
    """The pick-lists of a list of cases, in the order of its form. A constant number of queries. ``me``: who looks."""
    found = counted(wanted, now=now)
    if me:
        found.by["assignee"][ME] = found.by["assignee"].get(me.username, 0)
    chosen = {name: str(query.get(name, "") or "") for name in query}

    def of(name: str, label: str, values: Iterable[tuple[str, str]]) -> Pick:
        return pick(name, label, values, counts=found.by[name], more=found.more, chosen=chosen.get(name, ""))

    severities = [(severity.word, severity.label) for severity in reversed(Severity)]
    waves = list(Wave.objects.order_by("slug").values_list("slug", "name")[:MOST])
    runs = Run.objects.order_by("-pk").values_list("run_id", flat=True)[: MOST // 2]
    lists = [
        _states(queues, chosen.get("state", "")),
        of("severity", "Severity", severities),
        of("reason", "Reason", _by_label(found.by["reason"])),
        of("domain", "Domain", _by_label(found.by["domain"])),
        of("facility", "Facility", _by_label(found.by["facility"])),
        of("wave", "Wave", waves),
        of("source", "Source", Source.objects.order_by("title").values_list("name", "title")[:MOST]),
        of("run", "Run", [(run, run) for run in dict.fromkeys(runs)]),
        _holders(queues, chosen.get("holder", "")),
        of("assignee", "Assigned to", _assignees(found.by["assignee"])),
    ]
    if len({queue.kind for queue in queues}) > 1:
        lists.insert(1, of("kind", "Type", kinds.choices()))
    orders = [(name, words) for name, words in SORTS.items() if name != "priority"]
    return [*lists, pick("sort", "Order", orders, chosen=chosen.get("sort", ""), none=SORTS["priority"])]


def counted(wanted: Filters, *, now: dt.datetime) -> Counts:
    """The values of the first cases of a list by queue, state and due time, whatever else narrows it. One query."""
    wide = Filters(wanted.queues, state=wanted.state, overdue=wanted.overdue, only=wanted.only, sort=wanted.sort)
    scan = listing.scan(wide, looked=LOOKED, now=now)
    by: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(looked=scan.sql, no_person=NO_PERSON), scan.values)
        for what, value, number in cursor.fetchall():
            by[what][value] = number
    names = {str(severity.value): word for word, severity in SEVERITIES.items()}
    by["severity"] = {names[value]: number for value, number in by["severity"].items()}
    return Counts(by, more=by["all"].get("", 0) >= LOOKED)


def _assignees(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Whose cases can be asked for: one's own, those of no person, and of everyone to whom any are assigned."""
    people = colleagues.assignees().order_by("name")[:MOST]
    return [(ME, "Me"), (NO_PERSON, "Not assigned"), *((one.username, str(one)) for one in people)]


def _by_label(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Free words of the lines as people write them, the most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return [(value, value.replace("_", " ").capitalize()) for value, _ in ranked if value]


def _states(queues: list[Queue], chosen: str) -> Pick:
    tallies = queries.tally(queues)
    groups = [("unresolved", "Unresolved"), *_STATES, ("settled", "Closed"), ("all", "All")]
    counts = {name: sum(one[state] for one in tallies.values() for state in counted_as(name)) for name, _ in groups}
    waiting = sum(one["open"] for one in tallies.values())
    chosen = {"active": "unresolved", "open": ""}.get(chosen, chosen)
    return pick("state", "State", groups, counts=counts, chosen=chosen, none=f"Open ({waiting:,})")


def counted_as(group: str) -> tuple[str, ...]:
    """Under which names the tallies count a group of states."""
    return (PAST_CUTOVER,) if group == PAST_CUTOVER else GROUPS[group]


def _holders(queues: list[Queue], chosen: str) -> Pick:
    """Who holds cases of these queues now; there are as many as people may hold."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [[queue.pk for queue in queues], MOST])
        rows = cursor.fetchall()
    names = [(username, name) for username, name, _ in rows]
    return pick("holder", "Claimed by", names, counts={username: n for username, _, n in rows}, chosen=chosen)


_COUNTS: Final = """
WITH looked AS MATERIALIZED ({looked}), told AS MATERIALIZED (
    SELECT DISTINCT o.case_id, o.run_id FROM looked JOIN cases_occurrence AS o ON o.case_id = looked.id
)
SELECT 'all', '', count(*) FROM looked
UNION ALL SELECT 'severity', severity::text, count(*) FROM looked GROUP BY severity
UNION ALL SELECT 'kind', kind, count(*) FROM looked GROUP BY kind
UNION ALL SELECT 'domain', domain, count(*) FROM looked GROUP BY domain
UNION ALL SELECT 'reason', r.reason, count(*) FROM looked CROSS JOIN unnest(reasons) AS r (reason) GROUP BY r.reason
UNION ALL SELECT 'facility', f.facility, count(*) FROM looked CROSS JOIN unnest(facilities) AS f (facility)
    GROUP BY f.facility
UNION ALL (SELECT 'assignee', coalesce(u.username, '{no_person}'), l.number
    FROM (SELECT assignee_id, count(*) AS number FROM looked GROUP BY assignee_id) AS l
    LEFT JOIN people_user AS u ON u.id = l.assignee_id)
UNION ALL (SELECT 'wave', w.slug, l.number
    FROM (SELECT wave_id, count(*) AS number FROM looked GROUP BY wave_id) AS l
    JOIN waves_wave AS w ON w.id = l.wave_id)
UNION ALL (SELECT 'run', r.run_id, count(DISTINCT t.case_id) FROM told AS t JOIN runs_run AS r ON r.id = t.run_id
    GROUP BY r.run_id)
UNION ALL (SELECT 'source', s.name, count(DISTINCT t.case_id) FROM told AS t JOIN runs_run AS r ON r.id = t.run_id
    JOIN runs_source AS s ON s.id = r.source_id GROUP BY s.name)
"""
_HOLDERS: Final = """
SELECT u.username, u.name, count(*)
FROM cases_claim AS l JOIN cases_case AS c ON c.id = l.case_id JOIN people_user AS u ON u.id = l.by_id
WHERE c.queue_id = ANY(%s::bigint[]) AND l.expires_at > now() AND NOT l.ahead
GROUP BY u.username, u.name ORDER BY u.name LIMIT %s
"""
