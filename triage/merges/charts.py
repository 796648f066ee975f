"""What a link would bring together: the charts behind the records, side by side, with what contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from triage.desk.fields import visible
from triage.merges.relations import Relation


class Entry(msgspec.Struct, frozen=True):
    """One entry of a chart."""

    domain: str
    text: str
    on: dt.date | None = None


class Chart(msgspec.Struct, frozen=True):
    """What this page reads of a stored chart excerpt; whatever else it holds is left alone."""

    encounters: int = 0
    last_seen: dt.date | None = None
    active_orders: int = 0
    allergies: list[str] = []
    blood_type: str | None = None
    consents: int = 0
    portal_account: bool = False
    entries: list[Entry] = []


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy of one chart; ``alone`` when another chart that lists allergies does not have it."""

    text: str
    alone: bool


read = msgspec.json.Decoder(Chart).decode


def blood_types(charts: Sequence[Chart | None]) -> Relation | None:
    """How the recorded blood types relate; None when fewer than two are recorded."""
    known = [chart.blood_type for chart in charts if chart and chart.blood_type]
    if len(known) < 2:
        return None
    if len(set(known)) == 1:
        return Relation("agree")
    return Relation("disagree", "a person has one blood type")


def allergies(charts: Sequence[Chart | None]) -> Relation | None:
    """How the recorded allergies relate; None when fewer than two charts record any."""
    known = _known(charts)
    if len(known) < 2:
        return None
    shared = set.intersection(*known)
    if all(one == known[0] for one in known):
        return Relation("agree")
    return Relation("partial", "some are in one chart only") if shared else Relation("disagree", "none is shared")


def allergies_of(chart: Chart, charts: Sequence[Chart | None]) -> list[Allergy]:
    """The allergies of ``chart``, each marked when another chart that records allergies lacks it."""
    known = _known(charts)
    return [Allergy(visible(text), any(_folded(text) not in one for one in known)) for text in chart.allergies]


def entries_of(chart: Chart) -> list[Entry]:
    """The entries of ``chart``, fit to be shown."""
    return [Entry(one.domain, visible(one.text), one.on) for one in chart.entries]


def _known(charts: Sequence[Chart | None]) -> list[set[str]]:
    return [set(map(_folded, chart.allergies)) for chart in charts if chart and chart.allergies]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
