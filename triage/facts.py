"""The numbers governance may read of triage: the only door. Each says what it counts and of which time it speaks.

``as_of`` is the time of the data, not of the question: when the pipeline finished the latest loaded run of the wave,
and never later than the run was announced here. A recalled run is not loaded.
None of these scans cases; a wave of which no run has been loaded has no facts, and says so by None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from console import numbers
from triage.cases import kinds
from triage.cases.models import COUNTED_DOMAINS, Case, State
from triage.queues.models import Severity
from triage.runs.models import Run, RunState


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, as of a time. ``of``: how many there are to be counted among (None: no such number)."""

    value: int
    as_of: dt.datetime
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share, exactly."""

    numerator: int
    denominator: int
    as_of: dt.datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """Unresolved cases of one kind, severity (1 to 4) and domain. ``domain`` is empty beyond the first 200."""

    kind: str
    severity: int
    domain: str
    count: int


@dataclass(frozen=True, slots=True)
class RunFact:
    """A loaded run of a wave. ``transformation`` is its digest."""

    id: int
    run_id: str
    finished_at: dt.datetime
    transformation: str
    recalled: bool


def open_cells(wave_id: int) -> list[Cell]:
    """Unresolved cases (open, claimed, deferred, waiting) of a wave by kind, severity and domain."""
    return [Cell(*row) for row in _rows(_CELLS, wave=wave_id, domains=COUNTED_DOMAINS)]


def open_cases(wave_id: int, *, severity: int | None = None, kind: str = "", domain: str = "") -> Count | None:
    """Unresolved cases of a wave, narrowed. None also for a domain that is not counted by its name."""
    as_of = _as_of(wave_id)
    if as_of is None or (domain and not _counted(wave_id, domain)):
        return None
    ((value, _, _),) = _rows(_UNRESOLVED, wave=wave_id, severity=severity, kind=kind, domain=domain)
    return Count(int(value), as_of)


def unresolved_critical(wave_id: int) -> Count | None:
    """Unresolved critical cases of a wave, whatever their kind; ``of`` is the number of cases the wave ever had."""
    as_of = _as_of(wave_id)
    if as_of is None:
        return None
    ((value, ever, _),) = _rows(_UNRESOLVED, wave=wave_id, severity=int(Severity.CRITICAL), kind="", domain="")
    return Count(int(value), as_of, of=int(ever))


def critical_arrivals(wave_id: int) -> int:
    """How often a case of the wave has become an unresolved critical one so far. Only ever grows."""
    ((became,),) = _rows(_BECAME, wave=wave_id)
    return int(became)


def resolvers_of_critical(wave_id: int, people: Iterable[int]) -> frozenset[int]:
    """Those of these people whose standing decisions settled critical cases of the wave."""
    asked = sorted(set(people))
    return frozenset(person for (person,) in _rows(_RESOLVERS, wave=wave_id, people=asked))


def reconciliation(wave_id: int, *, layer: str = "", domain: str = "") -> Ratio | None:
    """Reconciled units of the latest loaded run that reports any (layers: storage, schema, record, workflow).

    Narrowed, it is the latest one that reports any of that layer and domain, and ``as_of`` is its time.
    """
    return _ratio(_rows(_RECONCILED, wave=wave_id, layer=layer, domain=domain))


def reconciliation_cells(wave_id: int) -> list[tuple[str, str]]:
    """The (layer, domain) pairs that the latest loaded run with any reconciliation reports, for lists and charts."""
    return [(layer, domain) for layer, domain in _rows(_RECONCILED_CELLS, wave=wave_id)]


def sla_attainment(wave_id: int, *, since: dt.datetime) -> Ratio | None:
    """Of the cases decided since then, those decided by their due time. What was undone or reversed does not count.

    ``as_of`` is the time of the question, as decisions are made here; None while no run of the wave is loaded.
    """
    return _ratio(_rows(_ATTAINED, wave=wave_id, since=since)) if _as_of(wave_id) else None


def rejected_lines(wave_id: int) -> Ratio | None:
    """Lines turned away of all lines of the latest loaded run."""
    return _ratio(_rows(_REJECTED, wave=wave_id))


def decision_errors(wave_id: int, *, kind: str) -> Ratio | None:
    """Decisions on cases of a kind that a later run disproved, of those that a run has proved or disproved.

    Disproved: a run that had applied the decision reported the case again; or a run reopened it with other evidence,
    and it was decided otherwise since. Only verdicts that a run can prove are compared. Raises Invalid for a kind that
    is not registered.
    """
    return _ratio(_rows(_DISPROVED, wave=wave_id, kind=kind, provable=kinds.get(kind).provable))


def runs(wave_id: int, *, limit: int = 5) -> list[RunFact]:
    """The latest settled runs of a wave, loaded or recalled, newest first."""
    return [RunFact(*row) for row in _rows(_RUNS, wave=wave_id, limit=limit)]


def recalled(run_ids: Iterable[int]) -> frozenset[int]:
    """Those of these runs that are no longer loaded: taken back since."""
    wanted = set(run_ids)
    loaded = Run.objects.filter(pk__in=wanted, state=RunState.LOADED)
    return frozenset(wanted - set(loaded.values_list("pk", flat=True)))


def critical_refs(wave_id: int, *, limit: int = 20) -> list[str]:
    """The names (``EX-1042``) of unresolved critical cases of a wave, oldest first."""
    return [f"EX-{number}" for (number,) in _rows(_CRITICAL, wave=wave_id, limit=limit)]


def has_case(refs: Iterable[str]) -> set[str]:
    """Those of the names that are cases."""
    wanted = {number: ref for ref in refs if (number := _number(ref)) is not None}
    return {wanted[pk] for pk in Case.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True)}


def critical_of(refs: Iterable[str]) -> set[str]:
    """Those of the names that are critical cases and unresolved."""
    wanted = {number: ref for ref in refs if (number := _number(ref)) is not None}
    rows = Case.objects.filter(pk__in=list(wanted), severity=Severity.CRITICAL, state__in=State.UNRESOLVED)
    return {wanted[pk] for pk in rows.values_list("pk", flat=True)}


def records_address(
    wave_slug: str, *, severity: int | None = None, kind: str = "", domain: str = "", state: str = "unresolved"
) -> str:
    """The address of the list of the very cases that a number counts."""
    named = Severity(severity).word if severity else ""
    asked = (("wave", wave_slug), ("severity", named), ("kind", kind), ("domain", domain), ("state", state))
    return f"{reverse('cases:cases')}?{urlencode([(name, value) for name, value in asked if value])}"


def _number(ref: str) -> int | None:
    prefix, _, digits = ref.partition("-")
    number = numbers.whole(digits) if prefix == "EX" else None
    return number if number is not None and ref == f"EX-{number}" else None


def _as_of(wave_id: int) -> dt.datetime | None:
    found = _rows(_LATEST, wave=wave_id)
    return found[0][0] if found else None


def _counted(wave_id: int, domain: str) -> bool:
    ((named, full),) = _rows(_NAMED, wave=wave_id, domain=domain, domains=COUNTED_DOMAINS)
    return bool(named or not full)


def _ratio(rows: list[tuple[Any, ...]]) -> Ratio | None:
    """A share of one row (part, whole, time); None without a row or a time."""
    if not rows or rows[0][2] is None:
        return None
    part, whole, as_of = rows[0]
    return Ratio(int(part), int(whole), as_of)


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


# A pipeline whose clock runs ahead must not make its data look fresher than they can be.
_TIME: Final = "least(r.finished_at, r.announced_at)"
_LOADED: Final = "r.wave_id = %(wave)s AND r.state = 'loaded'"
_NEWEST: Final = f"ORDER BY {_TIME} DESC, r.id DESC LIMIT 1"
_LATEST: Final = f"SELECT {_TIME} FROM runs_run AS r WHERE {_LOADED} {_NEWEST}"

_FULL: Final = "(SELECT count(*) FROM cases_counteddomain AS d WHERE d.wave_id = %(wave)s) >= %(domains)s"
_NAMED: Final = f"""
SELECT EXISTS (SELECT 1 FROM cases_counteddomain AS d WHERE d.wave_id = %(wave)s AND d.domain = %(domain)s), {_FULL}
"""
_CELLS: Final = f"""
WITH named AS (SELECT domain FROM cases_counteddomain WHERE wave_id = %(wave)s),
told AS (
    SELECT t.kind, t.severity, t.delta,
           CASE WHEN t.domain IN (SELECT domain FROM named) OR NOT ({_FULL}) THEN t.domain ELSE '' END AS domain
    FROM cases_wavetally AS t WHERE t.wave_id = %(wave)s AND t.phase = 'unresolved'
)
SELECT kind, severity, domain, sum(delta)::bigint FROM told
GROUP BY kind, severity, domain HAVING sum(delta) <> 0 ORDER BY severity DESC, kind, domain
"""
_UNRESOLVED: Final = """
SELECT coalesce(sum(delta) FILTER (WHERE phase = 'unresolved'
           AND (%(severity)s::int IS NULL OR severity = %(severity)s)
           AND (%(kind)s = '' OR kind = %(kind)s) AND (%(domain)s = '' OR domain = %(domain)s)), 0),
       coalesce(sum(delta), 0), 0
FROM cases_wavetally WHERE wave_id = %(wave)s
"""
_BECAME: Final = """
SELECT coalesce(sum(became), 0) FROM cases_wavetally
WHERE wave_id = %(wave)s AND phase = 'unresolved' AND severity = 4
"""
# From each person's own decisions, by their index, until one is found: a wave may hold a million settled cases.
_RESOLVERS: Final = f"""
SELECT asked.person FROM unnest(%(people)s::bigint[]) AS asked (person) CROSS JOIN LATERAL (
    SELECT 1 FROM cases_decision AS d JOIN cases_case AS c ON c.id = d.case_id AND c.decision_id = d.id
    WHERE d.by_id = asked.person AND c.wave_id = %(wave)s AND c.severity = 4
        AND c.state IN {State.sql(State.SETTLED)}
    LIMIT 1) AS found
"""
_REPORTED: Final = """
SELECT 1 FROM runs_reconciliation AS q
WHERE q.run_id = r.id AND (%(layer)s = '' OR q.layer = %(layer)s) AND (%(domain)s = '' OR q.domain = %(domain)s)
"""
_RECONCILED: Final = f"""
SELECT sum(q.matched), sum(q.expected), max(latest.as_of)
FROM (
    SELECT r.id, {_TIME} AS as_of FROM runs_run AS r WHERE {_LOADED} AND EXISTS ({_REPORTED}) {_NEWEST}
) AS latest
JOIN runs_reconciliation AS q ON q.run_id = latest.id
WHERE (%(layer)s = '' OR q.layer = %(layer)s) AND (%(domain)s = '' OR q.domain = %(domain)s)
"""
_RECONCILED_CELLS: Final = f"""
SELECT DISTINCT q.layer, q.domain FROM runs_reconciliation AS q WHERE q.run_id = (
    SELECT r.id FROM runs_run AS r
    WHERE {_LOADED} AND EXISTS (SELECT 1 FROM runs_reconciliation AS q WHERE q.run_id = r.id) {_NEWEST}
) ORDER BY 1, 2
"""
# What a decision answered in time stands on it: a case's due time moves when it comes back or is handed on.
_ATTAINED: Final = """
SELECT count(*) FILTER (WHERE d.decided_at <= d.due_at), count(*), now() FROM cases_decision AS d
WHERE d.wave_id = %(wave)s AND d.decided_at >= %(since)s AND d.due_at IS NOT NULL
  AND d.release_at IS NOT NULL AND d.reverses_id IS NULL AND d.id NOT IN (
    SELECT b.reverses_id FROM cases_decision AS b
    WHERE b.wave_id = %(wave)s AND b.decided_at >= %(since)s AND b.role = 'reversal')
"""
_REJECTED: Final = f"SELECT r.rejected, r.lines, {_TIME} FROM runs_run AS r WHERE {_LOADED} {_NEWEST}"
_DISPROVED: Final = f"""
WITH disproved AS (
    SELECT count(DISTINCT o.decision_id) AS number
    FROM runs_run AS r JOIN cases_reopening AS o ON o.run_id = r.id JOIN cases_case AS c ON c.id = o.case_id
    WHERE {_LOADED} AND c.kind = %(kind)s AND (o.cause = 'applied_but_reported' OR EXISTS (
        SELECT FROM cases_decision AS was JOIN cases_decision AS later ON later.case_id = was.case_id
        WHERE was.id = o.decision_id AND later.id > was.id AND later.role <> 'reversal'
            AND later.verdict = ANY(%(provable)s::text[]) AND later.verdict <> was.verdict
            AND NOT EXISTS (SELECT FROM cases_decision AS u WHERE u.reverses_id = later.id)))
), proved AS (
    SELECT coalesce(sum(delta), 0) AS number FROM cases_wavetally
    WHERE wave_id = %(wave)s AND phase = 'verified' AND kind = %(kind)s
)
SELECT disproved.number, disproved.number + proved.number, ({_LATEST}) FROM disproved, proved
"""
_RUNS: Final = f"""
SELECT r.id, r.run_id, {_TIME}, coalesce(r.manifest -> 'transformation' ->> 'digest', ''), r.state = 'recalled'
FROM runs_run AS r WHERE r.wave_id = %(wave)s AND r.state IN ('loaded', 'recalled')
ORDER BY {_TIME} DESC, r.id DESC LIMIT %(limit)s
"""
_CRITICAL: Final = f"""
SELECT id FROM cases_case WHERE wave_id = %(wave)s AND severity = 4
AND state IN {State.sql(State.UNRESOLVED)} ORDER BY id LIMIT %(limit)s
"""
