"""The columns of case lists that kinds declare: their facets."""

from __future__ import annotations

from collections.abc import Iterable

from triage.cases import kinds
from triage.cases.kinds import Facet
from triage.cases.rows import Row
from triage.queues.models import Queue


def of_queues(shown: Iterable[Queue]) -> list[Facet]:
    """The facets that a list of these queues shows: those of every kind in it, each column once."""
    found = [kinds.find(code) for code in sorted({queue.kind for queue in shown})]
    return list({facet.label: facet for kind in found if kind for facet in kind.facets}.values())


def values(row: Row, columns: list[Facet]) -> list[tuple[Facet, str]]:
    """A case's values in these columns; empty where its kind does not have one."""
    kind = kinds.find(row.kind)
    own = kind.facets if kind else ()
    return [(facet, facet.value(row) if facet in own else "") for facet in columns]
