"""What pages show of measures: cards of one wave, in the order in which they ask for attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.ui import charts, dates
from console.ui.charts import Trend
from console.ui.text import plural
from console.waves.models import Wave
from governance.measures import bounds, queries, words
from governance.measures.bounds import Threshold
from governance.measures.models import Sample, Unit
from governance.measures.queries import STEPS, Stated
from governance.measures.readings import Point, Reading
from governance.measures.values import Definition, Freshness, Origin, freshness

SMALL, BIG = (180, 44), (640, 200)
LOOK_BACK: Final = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Chart:
    """A course with its words: what it shows in one sentence, its highest and lowest value, its ends."""

    course: Trend
    sentence: str
    low: str
    high: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A measure as a page shows it. ``within``: whether it keeps its bound, None without a bound or a value."""

    definition: Definition
    reading: Reading
    state: Freshness
    value: str
    share: str
    within: bool | None
    limit: str
    asked_by: str
    asked_at: str
    chart: Chart | None = None

    @property
    def rank(self) -> int:
        """The urgency: out of bounds, stale, missing although required, then the rest."""
        if self.within is False:
            return 0
        if self.state is Freshness.STALE:
            return 1
        return 2 if self.state is Freshness.MISSING else 3


@dataclass(frozen=True, slots=True)
class Board:
    """All measures of a wave, in groups. ``sentence`` says in one line how things stand."""

    groups: list[tuple[str, list[Card]]]
    silent: list[Card]
    sentence: str
    out: int
    stale: int
    missing: int


def board(wave: Wave | None, *, now: dt.datetime | None = None) -> Board:
    """What the page of measures shows. A constant number of queries, however many samples there are."""
    cards = _cards(wave, queries.stated(wave, now=now), now or timezone.now())
    spoken = [card for card in cards if card.state is not Freshness.MISSING]
    silent = [card for card in cards if card.state is Freshness.MISSING]
    groups = [
        ("Calculated by Concord", [card for card in spoken if card.definition.origin is Origin.BUILT_IN]),
        ("Reported by other systems", [card for card in spoken if card.definition.reported]),
    ]
    out, stale = sum(card.within is False for card in cards), sum(card.state is Freshness.STALE for card in cards)
    return Board(
        groups=[(name, sorted(some, key=lambda card: card.rank)) for name, some in groups if some],
        silent=silent,
        sentence=_standing(len(spoken), out, stale, len(silent)),
        out=out,
        stale=stale,
        missing=len(silent),
    )


def one(definition: Definition, wave: Wave | None, dimension: str, *, since: dt.datetime, now: dt.datetime) -> Card:
    """One measure at large."""
    reading = queries.read(definition.code, wave, dimension, now=now)
    stated = Stated(definition, reading, freshness(definition, reading, now))
    return _cards(wave, [stated], now, since=since, size=BIG)[0]


def parts(definition: Definition, wave: Wave | None, *, now: dt.datetime) -> list[Card]:
    """The parts of a measure, each with its last day."""
    readings = queries.by_dimension(definition.code, wave, now=now)
    return _cards(wave, [Stated(definition, one, freshness(definition, one, now)) for one in readings], now)


@dataclass(frozen=True, slots=True)
class Row:
    """One sample in words. ``corrected``: a newer value of the same time stands above it."""

    sample: Sample
    value: str
    share: str
    corrected: bool


def rows(definition: Definition, samples: Sequence[Sample]) -> list[Row]:
    """Samples, the newest first, as a table shows them."""
    shown = []
    before = None
    for sample in samples:
        reading = queries.of_sample(sample)
        value = "completed" if definition.unit == Unit.EVENT else words.in_words(definition, reading)
        share = words.share(definition, reading) if reading.value is not None else reading.missing
        shown.append(Row(sample, value, share, before is not None and sample.as_of == before))
        before = sample.as_of
    return shown


def _cards(
    wave: Wave | None,
    stated: Sequence[Stated],
    now: dt.datetime,
    *,
    since: dt.datetime | None = None,
    size: tuple[int, int] = SMALL,
) -> list[Card]:
    start = since or now - LOOK_BACK
    limits = bounds.of(wave)
    keys = [(each.definition.code, each.reading.dimension) for each in stated if each.definition.unit != Unit.EVENT]
    courses = queries.trends(keys, wave, since=start, until=now) if keys else {}
    return [_card(each, limits, courses, (start, now), size) for each in stated]


def _card(
    each: Stated,
    limits: Mapping[tuple[str, str], Threshold],
    courses: Mapping[tuple[str, str], tuple[Point, ...]],
    ends: tuple[dt.datetime, dt.datetime],
    size: tuple[int, int],
) -> Card:
    definition, reading = each.definition, each.reading
    key = (definition.code, reading.dimension)
    bound = limits.get(key)
    compared = bound if definition.unit != Unit.EVENT else None
    return Card(
        definition=definition,
        reading=reading,
        state=each.state,
        value=words.in_words(definition, reading, ends[1]),
        share=words.share(definition, reading),
        within=None if compared is None or reading.value is None else compared.holds(reading.value),
        limit=words.limit(definition, compared) if compared else "",
        asked_by=compared.asked_by if compared else "",
        asked_at=compared.path if compared else "",
        chart=_chart(definition, courses.get(key, ()), compared, ends, size),
    )


def _chart(
    definition: Definition,
    points: Sequence[Point],
    bound: Threshold | None,
    ends: tuple[dt.datetime, dt.datetime],
    size: tuple[int, int],
) -> Chart | None:
    start, end = ends
    step = (end - start).total_seconds() / STEPS
    # Built-in measures are sampled each hour when nothing changes; reported ones fall silent when they grow stale.
    gap = max(2.5 * step, definition.fresh_seconds if definition.reported else 2 * 3600)
    drawn = charts.course(
        [(point.at.timestamp(), float(point.value)) for point in points],
        start=start.timestamp(),
        end=max(end, points[-1].at).timestamp() if points else end.timestamp(),
        gap=gap,
        threshold=float(bound.threshold) if bound else None,
        size=size,
    )
    if drawn is None:
        return None
    lowest, highest = min(point.value for point in points), max(point.value for point in points)
    low, high, last = (words.number(definition, value) for value in (lowest, highest, points[-1].value))
    since = dates.span((end - start).total_seconds())
    sentence = f"Last {since}: between {low} and {high}, last {last}"
    limit = f"; it should be {words.limit(definition, bound)}" if bound else ""
    return Chart(drawn, f"{sentence}{limit}.", low, high, start, end)


def _standing(spoken: int, out: int, stale: int, missing: int) -> str:
    if not spoken:
        return "No data yet."
    found = [
        f"{plural(out, 'measure')} out of bounds" if out else "",
        f"{stale:,} stale" if stale else "",
        f"{missing:,} without a value" if missing else "",
    ]
    told = [part for part in found if part]
    return (
        f"{', '.join(told)}."
        if out or stale
        else f"All {spoken:,} within bounds and fresh; {missing:,} without a value."
    )
