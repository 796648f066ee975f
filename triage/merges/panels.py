"""What stands around the comparison: former values, charts, what changed since an earlier report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from console.ui.text import bits, plural
from triage.desk.characters import date_differences, differences
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import Sort, label, shown, sort_of, visible
from triage.desk.masked_values import MaskedValue, Value
from triage.desk.written_dates import Order
from triage.merges import charts
from triage.merges.lines import MergeLine, SourceRecord
from triage.merges.pairs import LETTERS
from triage.merges.reading import Reading, read
from triage.merges.relations import Relation


@dataclass(frozen=True, slots=True)
class Former:
    """A former value of one field of the record with this letter."""

    letter: str
    label: str
    value: Value
    valid_from: dt.date | None
    valid_to: dt.date | None


def history(line: MergeLine, masks: MaskedValue, rules: FieldRules = PLAIN) -> list[Former]:
    """Former values of all records, by record and then the latest first."""
    found = []
    for letter, record in zip(LETTERS, read(line, rules).records, strict=False):
        latest_first = sorted(record.history, key=lambda former: former.valid_to or dt.date.max, reverse=True)
        found += [
            Former(letter, label(one.field), masks.value(one.field, one.value), one.valid_from, one.valid_to)
            for one in latest_first
        ]
    return found


NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class ChartView:
    """One record's chart. ``chart`` is None when no run has sent an excerpt.

    ``visits``, ``orders``, ``consents`` are counts, None where the excerpt leaves them out; ``portal`` likewise.
    ``no_allergies`` and ``no_blood_type`` say why there are none; they are empty where something is recorded.
    """

    letter: str
    chart: charts.Chart | None
    last_seen: Value
    allergies: list[charts.Allergy]
    entries: list[charts.Entry]
    no_allergies: str
    blood_type: str
    no_blood_type: str
    visits: int | None = None
    orders: int | None = None
    consents: int | None = None
    portal: bool | None = None

    @property
    def denies_allergies(self) -> bool:
        """True if the chart was asked about allergies and has none; not if nothing was reported about them."""
        return self.no_allergies in {charts.NONE_RECORDED, charts.NONE_KNOWN}

    @property
    def summary(self) -> str:
        """Visits, consents and the portal account as one line of those that were reported."""
        counted = ((self.visits, "visit"), (self.consents, "consent"))
        said = [plural(number, noun) for number, noun in counted if number is not None]
        if self.portal is not None:
            said.append("portal account" if self.portal else "no portal account")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Impact:
    """The charts side by side. The contents of a chart are named only when ``open``; counts and conflicts always."""

    views: list[ChartView]
    blood_types: Relation | None
    allergies: Relation | None
    open: bool

    @property
    def known(self) -> bool:
        """True if at least one chart is there."""
        return any(view.chart for view in self.views)


def impact(found: Sequence[charts.Chart | None], masks: MaskedValue) -> Impact:
    """What a link would bring onto one chart. ``found``: the known charts in the order of the records."""
    views = [_view(letter, chart, found, masks) for letter, chart in zip(LETTERS, found, strict=False)]
    return Impact(views, charts.blood_types(found), charts.allergies(found), masks.lifted)


def _view(
    letter: str, chart: charts.Chart | None, others: Sequence[charts.Chart | None], masks: MaskedValue
) -> ChartView:
    read = chart or charts.Chart()
    return ChartView(
        letter=letter,
        chart=chart,
        last_seen=masks.value("last_seen_on", read.last_seen.isoformat() if read.last_seen else None),
        allergies=charts.allergies_of(read, others),
        entries=charts.entries_of(read),
        no_allergies=charts.why_no_allergies(read) if chart else NOT_SENT,
        blood_type=visible(charts.blood_type_of(read)),
        no_blood_type=charts.why_no_blood_type(read) if chart else NOT_SENT,
        visits=charts.told(read.encounters),
        orders=charts.told(read.active_orders),
        consents=charts.told(read.consents),
        portal=charts.told(read.portal_account),
    )


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of one record that says something else than when the last decision was made."""

    letter: str
    label: str
    before: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed. ``reported`` is what the pipeline and its matcher said, ``levels`` what the matcher said of fields.

    Both hold (name, before, now).
    """

    title: str
    fields: list[FieldChange]
    reported: list[tuple[str, str, str]]
    levels: list[tuple[str, str, str]]


def changes(
    before: MergeLine | None, now: MergeLine, masks: MaskedValue, *, since: str, rules: FieldRules = PLAIN
) -> Changes | None:
    """What changed since an earlier report, ``before``; None when nothing did that pages show."""
    if before is None:
        return None
    old, new = read(before, rules), read(now, rules)
    earlier = {(record.system, record.id): record for record in old.records}
    fields: list[FieldChange] = []
    for letter, record in zip(LETTERS, new.records, strict=False):
        fields += _field_changes(letter, earlier.get((record.system, record.id)), record, masks, rules.dates)
    levels = _level_changes((before, old), (now, new))
    found = Changes(f"What changed since {since}", fields, _reported(before, now), levels)
    return found if found.fields or found.reported or found.levels else None


def _reported(before: MergeLine, now: MergeLine) -> list[tuple[str, str, str]]:
    """What else was reported: severity and reasons, the model with its thresholds, and the scores of pairs."""
    old, new = _said(before), _said(now)
    several = len(now.records) > 2
    letters = {(record.system, record.id): letter for letter, record in zip(LETTERS, now.records, strict=False)}
    was, is_ = _scores(before, letters), _scores(now, letters)
    found = [(name, old[name], said) for name, said in new.items() if old[name] != said]
    return found + [
        (f"Score of {pair}" if several else "Score", was.get(pair, "not compared"), score)
        for pair, score in is_.items()
        if was.get(pair) != score
    ]


def _said(line: MergeLine) -> dict[str, str]:
    match = line.match
    return {
        "Severity": line.severity,
        "Domain": line.domain,
        "Reasons": ", ".join(sorted({reason.replace("_", " ") for reason in line.reasons})) or "none",
        "Match grade": match.grade,
        "Model": visible(f"{match.model} {match.version}"),
        "Thresholds": f"{bits(match.lower_threshold)} and {bits(match.upper_threshold)} bits",
        "Prior": f"{bits(match.prior)} bits",
    }


def _scores(line: MergeLine, letters: dict[tuple[str, str], str]) -> dict[str, str]:
    named = _named(line, letters)
    return {
        " with ".join(sorted((named[pair.left], named[pair.right]))): f"{bits(pair.score)} bits"
        for pair in line.match.pairs
    }


def _field_changes(
    letter: str, before: SourceRecord | None, now: SourceRecord, masks: MaskedValue, order: Order
) -> list[FieldChange]:
    old = before.fields if before else {}
    found = []
    for name in dict.fromkeys([*now.fields, *old]):
        was, is_ = shown(name, old.get(name), order), shown(name, now.fields.get(name), order)
        if was.casefold() != is_.casefold():
            split = date_differences if sort_of(name) is Sort.DATE else differences
            left, right = split(was, is_)
            found.append(FieldChange(letter, label(name), masks.parts(name, left), masks.parts(name, right)))
    return found


ReadLine = tuple[MergeLine, Reading]


def _level_changes(before: ReadLine, now: ReadLine) -> list[tuple[str, str, str]]:
    """Comparison levels that changed. A case's records are the same in all its lines; only their order may differ."""
    letters = {(record.system, record.id): letter for letter, record in zip(LETTERS, now[0].records, strict=False)}
    old, new = _levels(before, letters), _levels(now, letters)
    several = len(now[0].records) > 2
    return [
        (f"{name}, {pair}" if several else name, old.get((pair, name), "not compared"), level)
        for (pair, name), level in new.items()
        if old.get((pair, name), "").lower() != level.lower()
    ]


def _levels(line: ReadLine, letters: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Levels by the letters of the pair and the name of the comparison."""
    named, reading = _named(line[0], letters), line[1]
    return {
        (" with ".join(sorted((named[pair.left], named[pair.right]))), compared.label): compared.level
        for pair in line[0].match.pairs
        for compared in reading.comparisons(pair)
    }


def _named(line: MergeLine, letters: dict[tuple[str, str], str]) -> list[str]:
    """The letters, on the page of today, of a line's records."""
    return [letters.get((record.system, record.id), "?") for record in line.records]
