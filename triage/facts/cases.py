"""What cases say of waves: how many are unresolved, decided in time, decided wrongly; and which are critical."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from console import numbers
from triage.cases import kinds, queries
from triage.cases.models import COUNTED_DOMAINS, Case, State
from triage.facts.rows import ASKED, LATEST, LOADED, ratios, rows
from triage.facts.values import CaseScope, Cell, Count, Ratio
from triage.queues.models import Severity


def open_cells(waves: Collection[int]) -> dict[int, list[Cell]]:
    """Unresolved cases (open, claimed, deferred, waiting) of each wave by kind, severity and domain."""
    found: dict[int, list[Cell]] = {wave: [] for wave in waves}
    for wave, *cell in rows(_CELLS, waves=list(waves), domains=COUNTED_DOMAINS):
        found[wave].append(Cell(*cell))
    return found


def open_cases(scopes: Iterable[CaseScope]) -> dict[CaseScope, Count]:
    """Unresolved cases, narrowed. A domain that is not counted by its name is left out: its number is not known."""
    return {scope: Count(value, as_of) for scope, (value, _, as_of) in _unresolved(scopes).items()}


def deferred_past_cutover(scopes: Iterable[CaseScope]) -> dict[CaseScope, Count]:
    """Of the unresolved cases, those deferred past the cutover; narrowed and left out as ``open_cases``."""
    found = _unresolved(scopes, counts=_PAST_CUTOVER)
    return {scope: Count(value, as_of) for scope, (value, _, as_of) in found.items()}


def past_cutover_by_severity(waves: Collection[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Of each wave by severity (4 to 1): how many cases are unresolved, and how many of these deferred past cutover."""
    return queries.unresolved_by_severity(waves)


def unresolved_critical(waves: Collection[int]) -> dict[int, Count]:
    """Unresolved critical cases of each wave, whatever their kind; ``of`` is the number of cases it ever had."""
    found = _unresolved(CaseScope(wave, int(Severity.CRITICAL)) for wave in waves)
    return {scope.wave: Count(value, as_of, of=ever) for scope, (value, ever, as_of) in found.items()}


def critical_arrivals(waves: Collection[int]) -> dict[int, int]:
    """How often a case of each wave has become an unresolved critical one so far. Only ever grows."""
    return dict.fromkeys(waves, 0) | {wave: int(became) for wave, became in rows(_BECAME, waves=list(waves))}


def resolvers_of_critical(people: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    """Wave → those of its ``people`` whose standing decisions settled critical cases of that wave."""
    found: dict[int, set[int]] = {wave: set() for wave in people}
    pairs = sorted({(wave, person) for wave, of in people.items() for person in of})
    asked = {"waves": [wave for wave, _ in pairs], "people": [person for _, person in pairs]}
    for wave, person in rows(_RESOLVERS, **asked):
        found[wave].add(person)
    return {wave: frozenset(resolvers) for wave, resolvers in found.items()}


def sla_attainment(waves: Collection[int], *, since: dt.datetime) -> dict[int, Ratio]:
    """Of the cases decided since then, those decided by their due time. What was undone or reversed does not count.

    ``as_of`` is the time of the question, as decisions are made here; a wave without a loaded run is left out.
    """
    return ratios(_ATTAINED, waves=list(waves), since=since)


def decision_errors(waves: Collection[int], *, kind: str) -> dict[int, Ratio]:
    """Decisions on cases of a kind that a later run disproved, of those that a run has proved or disproved.

    Disproved: a run that had applied the decision reported the case again; or a run reopened it with other evidence,
    and it was decided otherwise since. Only verdicts that a run can prove are compared. Raises Invalid for a kind that
    is not registered.
    """
    return ratios(_DISPROVED, waves=list(waves), kind=kind, provable=kinds.get(kind).provable)


def critical_refs(wave: int, *, limit: int = 20) -> list[str]:
    """The names (``EX-1042``) of unresolved critical cases of a wave, oldest first."""
    return [f"EX-{number}" for (number,) in rows(_CRITICAL, wave=wave, limit=limit)]


def has_case(refs: Iterable[str]) -> set[str]:
    """Those of the names that are cases."""
    wanted = {number: ref for ref in refs if (number := _number(ref)) is not None}
    return {wanted[pk] for pk in Case.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True)}


def critical_of(refs: Iterable[str]) -> set[str]:
    """Those of the names that are critical cases and unresolved."""
    wanted = {number: ref for ref in refs if (number := _number(ref)) is not None}
    found = Case.objects.filter(pk__in=list(wanted), severity=Severity.CRITICAL, state__in=State.UNRESOLVED)
    return {wanted[pk] for pk in found.values_list("pk", flat=True)}


def records_address(
    wave_slug: str, *, severity: int | None = None, kind: str = "", domain: str = "", state: str = "unresolved"
) -> str:
    """The address of the list of the very cases that a number counts."""
    named = Severity(severity).word if severity else ""
    asked = (("wave", wave_slug), ("severity", named), ("kind", kind), ("domain", domain), ("state", state))
    return f"{reverse('cases:cases')}?{urlencode([(name, value) for name, value in asked if value])}"


def _unresolved(scopes: Iterable[CaseScope], *, counts: str = "delta") -> dict[CaseScope, tuple[int, int, dt.datetime]]:
    """Return of each scope that is counted: how many are unresolved, how many the wave ever had, and the time.

    ``counts``: the column of the tallies that is summed; ``_PAST_CUTOVER`` for those of them that are so deferred.
    """
    asked = list(dict.fromkeys(scopes))
    found = rows(
        _UNRESOLVED.format(counts=counts),
        waves=[scope.wave for scope in asked],
        severities=[scope.severity for scope in asked],
        kinds=[scope.kind for scope in asked],
        domains=[scope.domain for scope in asked],
        counted=COUNTED_DOMAINS,
    )
    return {asked[place - 1]: (int(value), int(ever), as_of) for place, value, ever, as_of in found}


def _number(ref: str) -> int | None:
    prefix, _, digits = ref.partition("-")
    number = numbers.whole(digits) if prefix == "EX" else None
    return number if number is not None and ref == f"EX-{number}" else None


_CELLS: Final = f"""
WITH named AS (SELECT wave_id, domain FROM cases_counteddomain WHERE wave_id = ANY(%(waves)s::bigint[])),
many AS (SELECT wave_id FROM named GROUP BY wave_id HAVING count(*) >= %(domains)s),
told AS (
    SELECT t.wave_id, t.kind, t.severity, t.delta,
           CASE WHEN (t.wave_id, t.domain) IN (SELECT wave_id, domain FROM named)
                  OR t.wave_id NOT IN (SELECT wave_id FROM many) THEN t.domain ELSE '' END AS domain
    FROM {ASKED} JOIN cases_wavetally AS t ON t.wave_id = asked.wave AND t.phase = 'unresolved'
)
SELECT wave_id, kind, severity, domain, sum(delta)::bigint FROM told
GROUP BY wave_id, kind, severity, domain HAVING sum(delta) <> 0
ORDER BY wave_id, severity DESC, kind, domain
"""
_UNRESOLVED: Final = f"""
SELECT asked.place, told.unresolved, told.ever, latest.as_of
FROM unnest(%(waves)s::bigint[], %(severities)s::int[], %(kinds)s::text[], %(domains)s::text[])
     WITH ORDINALITY AS asked (wave, severity, kind, domain, place)
CROSS JOIN LATERAL ({LATEST}) AS latest
CROSS JOIN LATERAL (
    SELECT coalesce(sum({{counts}}) FILTER (WHERE phase = 'unresolved'
               AND (asked.severity IS NULL OR severity = asked.severity)
               AND (asked.kind = '' OR kind = asked.kind) AND (asked.domain = '' OR domain = asked.domain)), 0)
               AS unresolved,
           coalesce(sum(delta), 0) AS ever
    FROM cases_wavetally AS t WHERE t.wave_id = asked.wave
) AS told
WHERE asked.domain = ''
   OR EXISTS (SELECT 1 FROM cases_counteddomain AS d WHERE d.wave_id = asked.wave AND d.domain = asked.domain)
   OR (SELECT count(*) FROM cases_counteddomain AS d WHERE d.wave_id = asked.wave) < %(counted)s
"""
_PAST_CUTOVER: Final = "past_cutover"
_BECAME: Final = f"""
SELECT wave_id, sum(became) FROM cases_wavetally
WHERE wave_id = ANY(%(waves)s::bigint[]) AND phase = 'unresolved' AND severity = {Severity.CRITICAL} GROUP BY wave_id
"""
# From each person's own decisions, by their index, until one is found: a wave may hold a million settled cases.
_RESOLVERS: Final = f"""
SELECT asked.wave, asked.person
FROM unnest(%(waves)s::bigint[], %(people)s::bigint[]) AS asked (wave, person) CROSS JOIN LATERAL (
    SELECT 1 FROM cases_decision AS d JOIN cases_case AS c ON c.id = d.case_id AND c.decision_id = d.id
    WHERE d.by_id = asked.person AND (c.wave_id = asked.wave OR asked.wave = ANY(c.further_waves))
        AND c.severity = {Severity.CRITICAL}
        AND c.state IN {State.sql(State.SETTLED)}
    LIMIT 1) AS found
"""
# What a decision answered in time stands on it: a case's due time moves when it is reopened or transferred.
_ATTAINED: Final = f"""
SELECT asked.wave, coalesce(told.in_time, 0), coalesce(told.decided, 0), now() FROM {ASKED}
CROSS JOIN LATERAL ({LATEST}) AS latest
LEFT JOIN (
    SELECT d.wave_id, count(*) FILTER (WHERE d.decided_at <= d.due_at) AS in_time, count(*) AS decided
    FROM cases_decision AS d
    WHERE d.wave_id = ANY(%(waves)s::bigint[]) AND d.decided_at >= %(since)s AND d.due_at IS NOT NULL
      AND d.release_at IS NOT NULL AND d.reverses_id IS NULL AND d.id NOT IN (
        SELECT b.reverses_id FROM cases_decision AS b
        WHERE b.wave_id = ANY(%(waves)s::bigint[]) AND b.decided_at >= %(since)s AND b.role = 'reversal')
    GROUP BY d.wave_id
) AS told ON told.wave_id = asked.wave
"""
_DISPROVED: Final = f"""
SELECT asked.wave, disproved.number, disproved.number + proved.number, latest.as_of FROM {ASKED}
CROSS JOIN LATERAL ({LATEST}) AS latest
CROSS JOIN LATERAL (
    SELECT count(DISTINCT o.decision_id) AS number
    FROM runs_run AS r JOIN cases_reopening AS o ON o.run_id = r.id JOIN cases_case AS c ON c.id = o.case_id
    WHERE {LOADED} AND c.kind = %(kind)s AND (o.cause = 'applied_but_reported' OR EXISTS (
        SELECT FROM cases_decision AS was JOIN cases_decision AS later ON later.case_id = was.case_id
        WHERE was.id = o.decision_id AND later.id > was.id AND later.role <> 'reversal'
            AND later.verdict = ANY(%(provable)s::text[]) AND later.verdict <> was.verdict
            AND NOT EXISTS (SELECT FROM cases_decision AS u WHERE u.reverses_id = later.id)))
) AS disproved
CROSS JOIN LATERAL (
    SELECT coalesce(sum(delta), 0) AS number FROM cases_wavetally
    WHERE wave_id = asked.wave AND phase = 'verified' AND kind = %(kind)s
) AS proved
"""
_CRITICAL: Final = f"""
(SELECT id FROM cases_case WHERE wave_id = %(wave)s AND severity = {Severity.CRITICAL}
 AND state IN {State.sql(State.UNRESOLVED)} ORDER BY id LIMIT %(limit)s)
UNION
(SELECT id FROM cases_case WHERE further_waves @> ARRAY[%(wave)s]::bigint[] AND severity = {Severity.CRITICAL}
 AND state IN {State.sql(State.UNRESOLVED)} AND further_waves IS NOT NULL ORDER BY id LIMIT %(limit)s)
ORDER BY id LIMIT %(limit)s
"""
