"""What the dress rehearsal's reconciliation found: counted over the records and charts that wave 1 moves.

The target of this hospital is not real, so what reached it is what the transformation could read: a record it cannot
make a patient of (``story.unreadable``) is missing there with all that hangs on it, and nothing else is. Storage is
counted before the transformation, and therefore whole. The schema layer counts values that the canonical type holds:
the typing errors of the data set are what fails it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from samples.charts import excerpt
from samples.hospital import Key, Record
from triage.intake.records import RecordExcerpt

Layer = Literal["storage", "schema", "record", "workflow"]
SEXES: Final = {"female", "male"}
PHONE: Final = re.compile(r"[\d ]{9,11}")
NATIONAL_ID: Final = re.compile(r"[A-Z]{1,2}\d{8}[A-Z]{4}")


@dataclass(frozen=True, slots=True)
class Check:
    """One line: of ``expected`` units ``matched`` were found as they should be."""

    layer: Layer
    domain: str
    check: str
    expected: int
    matched: int
    note: str = ""

    def line(self) -> dict[str, str | int]:
        """The line of a ``reconciliation`` file."""
        said = {"note": self.note} if self.note else {}
        return {
            "layer": self.layer,
            "domain": self.domain,
            "check": self.check,
            "expected": self.expected,
            "matched": self.matched,
            **said,
        }


def reconciled(records: Sequence[Record], unreadable: set[Key]) -> list[Check]:
    """Every check over these records, of which the transformation could not read some."""
    charts = [(record.key not in unreadable, excerpt(record)) for record in records]
    return [*_storage(records, charts), *_schema(records), *_arrived(charts), *_worked(charts)]


Charts = Sequence[tuple[bool, RecordExcerpt]]


def _storage(records: Sequence[Record], charts: Charts) -> Iterator[Check]:
    """Rows and objects as extracted against rows and objects landed, before anything is transformed."""
    entries = sum(len(chart.entries or ()) for _, chart in charts)
    for domain, count in (("identity", len(records)), ("chart", entries), ("encounter", _sum(charts, "encounters"))):
        yield Check("storage", domain, "rows-landed", count, count)


def _schema(records: Sequence[Record]) -> Iterator[Check]:
    """Values that the canonical type of their field holds, of those that are there."""
    fits = {
        "birth_date": _is_date,
        "sex": SEXES.__contains__,
        "phone": lambda value: PHONE.fullmatch(value) is not None,
        "national_id": lambda value: NATIONAL_ID.fullmatch(value) is not None,
    }
    for field in ("family", "given", *fits, "art_number"):
        values = [value for record in records if (value := getattr(record, field))]
        matched = sum(field not in fits or bool(fits[field](value)) for value in values)
        yield Check("schema", "identity", f"{field.replace('_', '-')}-fits", len(values), matched)


def _arrived(charts: Charts) -> Iterator[Check]:
    """Records and entries read back from the target and equal in every field that the mapping names."""
    arrived = sum(readable for readable, _ in charts)
    why = f"{len(charts) - arrived} records have too little of a name or birth date to become a patient."
    yield Check("record", "identity", "fields-equal", len(charts), arrived, note=why if arrived < len(charts) else "")
    yield _reached("record", "encounter", "fields-equal", (chart.encounters or 0 for _, chart in charts), charts)
    yield _reached("record", "allergy", "fields-equal", (len(chart.allergies or ()) for _, chart in charts), charts)
    for domain in ("condition", "medication"):
        held = (sum(entry.domain == domain for entry in chart.entries or ()) for _, chart in charts)
        yield _reached("record", domain, "fields-equal", held, charts)
    yield _reached("record", "consent", "fields-equal", (chart.consents or 0 for _, chart in charts), charts)


def _worked(charts: Charts) -> Iterator[Check]:
    """What clinicians and patients do, tried by script at the target wherever a record has something to do it on."""
    yield _reached("workflow", "orders", "renew-an-order", (chart.active_orders or 0 for _, chart in charts), charts)
    warned = (bool(chart.allergies) for _, chart in charts)
    yield _reached("workflow", "orders", "allergy-warns-before-ordering", warned, charts)
    yield _reached(
        "workflow", "scheduling", "open-last-visit", ((chart.encounters or 0) > 0 for _, chart in charts), charts
    )
    yield _reached("workflow", "portal", "sign-in", (bool(chart.portal_account) for _, chart in charts), charts)


def _reached(layer: Layer, domain: str, check: str, counts: Iterable[int], charts: Charts) -> Check:
    each = [(readable, int(count)) for (readable, _), count in zip(charts, counts, strict=True)]
    matched = sum(count for readable, count in each if readable)
    return Check(layer, domain, check, sum(count for _, count in each), matched)


def _sum(charts: Charts, field: str) -> int:
    return sum(getattr(chart, field) for _, chart in charts)


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True
