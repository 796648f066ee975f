"""Facts of a wave's runs: loaded lines, rejected lines, reconciliation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from triage.facts.rows import ASKED, LATEST, LOADED, NEWEST, TIME, ratios, rows
from triage.facts.values import Ratio, RunFact, UnitScope
from triage.runs.models import Run, RunState


def reconciliation(scopes: Iterable[UnitScope]) -> dict[UnitScope, Ratio]:
    """Reconciled units of the latest loaded run that reports any (layers: storage, schema, record, workflow).

    Narrowed, it is the latest one that reports any of that layer and domain, and ``as_of`` is its time.
    """
    asked = list(dict.fromkeys(scopes))
    found = ratios(
        _RECONCILED,
        waves=[scope.wave for scope in asked],
        layers=[scope.layer for scope in asked],
        domains=[scope.domain for scope in asked],
    )
    return {asked[place - 1]: ratio for place, ratio in found.items()}


def reconciliation_cells(waves: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The (layer, domain) pairs that the latest loaded run with any reconciliation reports, for lists and charts."""
    found: dict[int, list[tuple[str, str]]] = {}
    for wave, layer, domain in rows(_RECONCILED_CELLS, waves=list(waves)):
        found.setdefault(wave, []).append((layer, domain))
    return found


def rejected_lines(waves: Collection[int]) -> dict[int, Ratio]:
    """Return the rejected lines of all lines of the latest loaded run."""
    return ratios(_REJECTED, waves=list(waves))


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
_RECONCILED: Final = f"""
SELECT asked.place, told.matched, told.expected, told.as_of
FROM unnest(%(waves)s::bigint[], %(layers)s::text[], %(domains)s::text[])
     WITH ORDINALITY AS asked (wave, layer, domain, place)
CROSS JOIN LATERAL (
    SELECT r.id, {TIME} AS as_of FROM runs_run AS r
    WHERE {LOADED} AND EXISTS (SELECT 1 FROM runs_reconciliation AS q WHERE q.run_id = r.id AND {_OF_SCOPE}) {NEWEST}
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
_REJECTED: Final = f"""
SELECT asked.wave, latest.rejected, latest.lines, latest.as_of FROM {ASKED} CROSS JOIN LATERAL ({LATEST}) AS latest
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
