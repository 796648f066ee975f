"""The decision feed as consumers read it: page by page, filtered, each item with where its case came from.

An item belongs to the source whose run reported the evidence that was decided on; a reversal to that of the decision
it reverses. A reader by source is given what belongs to it, and decisions on cases that it reported as another did.

A filtered page looks at ``SCAN`` positions at most, so it costs the same however rare its items are. Positions become
visible in order (``sequencer``): what is looked at up to the last position is complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from triage.cases import kinds
from triage.cases.kinds import Json
from triage.cases.models import FeedItem, MigrationException, Occurrence
from triage.cases.queries import last_position

SCAN: Final = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items a reader asks for. ``sources`` None: of every source; ``wave`` and ``kind`` None: of each."""

    sources: tuple[int, ...] | None = None
    wave: int | None = None
    kind: str | None = None

    @property
    def filtered(self) -> bool:
        """True unless every item is asked for."""
        return (self.sources, self.wave, self.kind) != (None, None, None)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Items in order, the position to continue from, and whether there may be more beyond it now."""

    items: list[FeedItem]
    next: int
    more: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What an item says beside its decision: the source, run and line (its own ``id``, if it has one) that reported
    the decided evidence, and what the decision means to the pipeline by its kind.
    """

    source: str
    run: str
    line: str | int | None
    outcome: dict[str, Json]


class _Named(msgspec.Struct):
    id: str | int | None = None


def page(after: int, limit: int, wanted: Wanted = Wanted()) -> FeedPage:
    """Released decisions after a position, in order. ``next`` is the last position looked at, not the last one given.

    So a filtered reader advances past what is not for it. Two queries.
    """
    end = min(last_position(), after + SCAN)
    if end <= after:
        return FeedPage([], after, more=False)
    looked = FeedItem.objects.filter(position__gt=after, position__lte=end)
    items = list(_selected(looked, wanted).select_related(*_SHOWN).order_by("position")[: limit + 1])
    if len(items) > limit:
        return FeedPage(items[:limit], items[limit - 1].position, more=True)
    return FeedPage(items, end, more=end == after + SCAN)


_SHOWN: Final = ("decision", "decision__by", "decision__case__wave", "decision__reverses__feed_item")


def _selected(looked: QuerySet[FeedItem], wanted: Wanted) -> QuerySet[FeedItem]:
    if wanted.kind is not None:
        looked = looked.filter(decision__case__kind=wanted.kind)
    if wanted.wave is not None:
        shared = Q(decision__case__further_waves__contains=[wanted.wave])
        looked = looked.filter(Q(decision__case__wave=wanted.wave) | shared)
    if wanted.sources is None:
        return looked
    looked = looked.annotate(evidence=Coalesce("decision__reverses__seen_exception_id", "decision__seen_exception_id"))
    own = MigrationException.objects.filter(pk=OuterRef("evidence"), run__source__in=wanted.sources)
    reported = Occurrence.objects.filter(case=OuterRef("decision__case"), run__source__in=wanted.sources)
    return looked.filter(Q(Exists(own)) | Q(Exists(reported)))


def tell(items: Iterable[FeedItem]) -> dict[int, Told]:
    """What the feed says of each item beside its decision, by position. One query."""
    listed = list(items)
    wanted = {_evidence(item) for item in listed} | {item.decision.seen_exception_id for item in listed}
    rows = MigrationException.objects.filter(pk__in=wanted)
    values = rows.values("pk", "payload", run_name=F("run__run_id"), source=F("run__source__name"))
    found: dict[int, dict[str, Any]] = {row["pk"]: dict(row) for row in values}
    return {item.position: _told(item, found) for item in listed}


def _evidence(item: FeedItem) -> int:
    return (item.decision.reverses or item.decision).seen_exception_id


def _told(item: FeedItem, found: dict[int, dict[str, Any]]) -> Told:
    case, reported = item.decision.case, found[_evidence(item)]
    line = found[item.decision.seen_exception_id]["payload"].encode()
    return Told(
        source=reported["source"],
        run=reported["run_name"],
        line=msgspec.json.decode(reported["payload"], type=_Named).id,
        outcome=kinds.get(case.kind).instruction(case, item.decision, line),
    )


#: SQL of the released decisions with their positions and the sources that they belong to. A decision that a case rests
#: on is no reversal, so what it saw is its evidence.
DECIDED: Final = """(
    SELECT d.id, d.case_id, f.position, r.source_id
    FROM cases_decision AS d
    JOIN cases_feeditem AS f ON f.decision_id = d.id
    JOIN cases_exception AS e ON e.id = d.seen_exception_id
    JOIN runs_run AS r ON r.id = e.run_id
)"""

#: SQL of the position up to which a ``source`` has been acknowledged, by an acknowledgement of its own or by one from
#: before acknowledgements named a source; NULL while there is none.
THROUGH: Final = """greatest(
    (SELECT max(a.through) FROM cases_acknowledgement AS a WHERE a.source_id = {source}),
    (SELECT max(a.through) FROM cases_acknowledgement AS a WHERE a.source_id IS NULL))"""
