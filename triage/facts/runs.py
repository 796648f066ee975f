"""Facts of a wave's runs: loaded lines, rejected lines, reconciliation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from triage.facts.rows import ASKED, LOADED, NEWEST, TIME, ratios, rows
from triage.facts.values import LatestRun, Ratio, RunFact, RunScope, UnitScope
from triage.runs.models import Run, RunState


def reconciliation(scopes: Iterable[UnitScope]) -> dict[UnitScope, Ratio]:
    """Reconciled units of the latest loaded run that reports any (layers: storage, schema, record, workflow).

    Narrowed, it is the latest one of that purpose that reports any of that layer and domain; ``as_of`` is its time.
    """
    asked = list(dict.fromkeys(scopes))
    found = ratios(
        _RECONCILED,
        waves=[scope.wave for scope in asked],
        layers=[scope.layer for scope in asked],
        domains=[scope.domain for scope in asked],
        purposes=[scope.purpose for scope in asked],
    )
    return {asked[place - 1]: ratio for place, ratio in found.items()}


def reconciliation_cells(waves: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The (layer, domain) pairs that the latest loaded run with any reconciliation reports, for lists and charts."""
    found: dict[int, list[tuple[str, str]]] = {}
    for wave, layer, domain in rows(_RECONCILED_CELLS, waves=list(waves)):
        found.setdefault(wave, []).append((layer, domain))
    return found


def latest_runs(scopes: Iterable[RunScope]) -> dict[RunScope, LatestRun]:
    """Return the latest loaded run of each scope; a scope without one is left out."""
    asked = list(dict.fromkeys(scopes))
    found = rows(_LATEST_RUNS, waves=[scope.wave for scope in asked], purposes=[scope.purpose for scope in asked])
    return {asked[place - 1]: LatestRun(number, Ratio(*lines)) for place, number, *lines in found}


def runs(waves: Collection[int], *, limit: int = 5) -> dict[int, list[RunFact]]:
    """The latest settled runs of each wave, loaded or recalled, newest first."""
    found: dict[int, list[RunFact]] = {wave: [] for wave in waves}
    for wave, *fact in rows(_RUNS, waves=list(waves), limit=limit):
        found[wave].append(RunFact(*fact))
    return found


def recalled(run_ids: Iterable[int]) -> frozenset[int]:
    """Those of these runs that are no longer loaded: recalled since. No query for none."""
    wanted = set(run_ids)
    loaded = Run.objects.filter(pk__in=wanted, state=RunState.LOADED)
    return frozenset(wanted - set(loaded.values_list("pk", flat=True)) if wanted else ())


_OF_SCOPE: Final = """
(asked.layer = '' OR q.layer = asked.layer) AND (asked.domain = '' OR q.domain = asked.domain)
"""
_OF_PURPOSE: Final = "(asked.purpose = '' OR r.purpose = asked.purpose)"
_RECONCILED: Final = f"""
SELECT asked.place, told.matched, told.expected, told.as_of
FROM unnest(%(waves)s::bigint[], %(layers)s::text[], %(domains)s::text[], %(purposes)s::text[])
     WITH ORDINALITY AS asked (wave, layer, domain, purpose, place)
CROSS JOIN LATERAL (
    SELECT r.id, {TIME} AS as_of FROM runs_run AS r
    WHERE {LOADED} AND {_OF_PURPOSE}
      AND EXISTS (SELECT 1 FROM runs_reconciliation AS q WHERE q.run_id = r.id AND {_OF_SCOPE}) {NEWEST}
) AS latest
CROSS JOIN LATERAL (
    SELECT sum(q.matched) AS matched, sum(q.expected) AS expected, latest.as_of
    FROM runs_reconciliation AS q WHERE q.run_id = latest.id AND {_OF_SCOPE}
) AS told
"""
_RECONCILED_CELLS: Final = f"""
SELECT DISTINCT asked.wave, q.layer, q.domain FROM {ASKED}
CROSS JOIN LATERAL (
    SELECT r.id FROM runs_run AS r
    WHERE {LOADED} AND EXISTS (SELECT 1 FROM runs_reconciliation AS q WHERE q.run_id = r.id) {NEWEST}
) AS latest
JOIN runs_reconciliation AS q ON q.run_id = latest.id
ORDER BY 1, 2, 3
"""
_LATEST_RUNS: Final = f"""
SELECT asked.place, latest.*
FROM unnest(%(waves)s::bigint[], %(purposes)s::text[]) WITH ORDINALITY AS asked (wave, purpose, place)
CROSS JOIN LATERAL (
    SELECT r.id, r.rejected, r.lines, {TIME} AS as_of FROM runs_run AS r WHERE {LOADED} AND {_OF_PURPOSE} {NEWEST}
) AS latest
"""
_RUNS: Final = f"""
SELECT asked.wave, run.* FROM {ASKED} CROSS JOIN LATERAL (
    SELECT r.id, r.run_id, {TIME} AS as_of, coalesce(r.manifest -> 'transformation' ->> 'digest', ''),
           r.state = 'recalled'
    FROM runs_run AS r WHERE r.wave_id = asked.wave AND r.state IN ('loaded', 'recalled')
    ORDER BY {TIME} DESC, r.id DESC LIMIT %(limit)s
) AS run
ORDER BY asked.wave, run.as_of DESC, run.id DESC
"""
