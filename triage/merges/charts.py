"""What a link would bring together: the charts behind the records, side by side, with what contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from triage.desk.fields import visible
from triage.desk.placeholders import is_placeholder
from triage.merges.relations import Relation, blood
from triage.merges.relations import allergies as listing


class Entry(msgspec.Struct, frozen=True):
    """One entry of a chart."""

    domain: str
    text: str
    on: dt.date | None = None


class Chart(msgspec.Struct, frozen=True):
    """What this page reads of a stored chart excerpt; whatever else it holds is left alone. Unset: not reported."""

    encounters: int | UnsetType | None = UNSET
    last_seen: dt.date | None = None
    active_orders: int | UnsetType | None = UNSET
    allergies: list[str] | UnsetType | None = UNSET
    blood_type: str | UnsetType | None = UNSET
    consents: int | UnsetType | None = UNSET
    portal_account: bool | UnsetType | None = UNSET
    entries: list[Entry] | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy of one chart; ``alone`` when another chart that lists allergies does not have it."""

    text: str
    alone: bool


NOT_REPORTED: Final = "not reported"
NONE_RECORDED: Final = "none recorded"
NONE_KNOWN: Final = "no known allergies"
UNKNOWN: Final = "recorded as unknown"
Fact = TypeVar("Fact", int, bool)

_SEVERITY: Final = ("agree", "partial", "disagree")

read = msgspec.json.Decoder(Chart).decode


def blood_type_of(chart: Chart) -> str:
    """The recorded blood type; nothing without one, or where a placeholder stands for it."""
    said = (chart.blood_type or "").strip()
    return "" if is_placeholder("blood_type", said) else said


def blood_types(charts: Sequence[Chart | None]) -> Relation | None:
    """How the recorded blood types relate; None when fewer than two are recorded."""
    known = [said for chart in charts if chart and (said := blood_type_of(chart))]
    found = [blood.relate(one, two) for one, two in combinations(known, 2)]
    if not found:
        return None
    worst = max(found, key=lambda one: _SEVERITY.index(one.kind))
    return Relation("agree") if worst.kind == "agree" else worst


def allergies(charts: Sequence[Chart | None]) -> Relation | None:
    """How the recorded allergies relate; None when fewer than two charts say anything about them."""
    known = [listed for chart in charts if chart and (listed := _listed(chart))]
    none_known = sum(bool(chart and says_none_known(chart)) for chart in charts)
    if none_known and (known or none_known > 1):
        said = "one chart says that none is known" if known else "no allergies known"
        return Relation("missing_one" if known else "missing_both", said)
    if len(known) < 2:
        return None
    found = listing.compare(known)
    return Relation("disagree", "none is shared") if found.kind == "disagree" else found


def allergies_of(chart: Chart, charts: Sequence[Chart | None]) -> list[Allergy]:
    """The allergies of ``chart``, each marked when another chart that records allergies lacks it."""
    known = [set(map(listing.name, listed)) for other in charts if other and (listed := _listed(other))]
    return [Allergy(visible(text), any(listing.name(text) not in one for one in known)) for text in _listed(chart)]


def says_none_known(chart: Chart) -> bool:
    """True if the chart states that no allergy is known, and lists none."""
    return not _listed(chart) and any(map(listing.says_none, chart.allergies or ()))


def why_no_allergies(chart: Chart) -> str:
    """Why no allergy is listed: not reported, none recorded, none known, recorded as unknown. Empty when some are."""
    if _listed(chart):
        return ""
    if not isinstance(chart.allergies, list):
        return NOT_REPORTED
    if says_none_known(chart):
        return NONE_KNOWN
    return UNKNOWN if any(text.strip() for text in chart.allergies) else NONE_RECORDED


def why_no_blood_type(chart: Chart) -> str:
    """Why there is no blood type: not reported, not recorded, recorded as unknown. Empty when there is one."""
    if blood_type_of(chart):
        return ""
    if isinstance(chart.blood_type, str) and chart.blood_type.strip():
        return UNKNOWN
    return NOT_REPORTED if chart.blood_type is UNSET else "not recorded"


def told(value: Fact | UnsetType | None) -> Fact | None:
    """A fact of a chart; None when it was left out or null: it was not reported, which is not the same as none."""
    return None if isinstance(value, UnsetType) else value


def entries_of(chart: Chart) -> list[Entry]:
    """The entries of ``chart``, fit to be shown."""
    return [Entry(one.domain, visible(one.text), one.on) for one in chart.entries or ()]


def _listed(chart: Chart) -> list[str]:
    return listing.substances(chart.allergies or ())
