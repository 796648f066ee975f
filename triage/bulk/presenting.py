"""What the page of a bulk change says: figures, tabs, where it leads back to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from console.ui.text import plural
from triage.bulk import acts, queries
from triage.bulk.acts import Act
from triage.bulk.models import BulkChange, Result, Stage, Undo
from triage.bulk.rules import MOST, UNDO_FOR


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of cases, the words after it, and what it filters the table to."""

    number: int
    words: str
    result: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter of the table of cases."""

    label: str
    url: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """A bulk change in words."""

    change: BulkChange
    act: Act
    title: str
    figures: list[Figure]
    total: int
    changing: int
    undo_until: dt.datetime | None
    left_to_undo: int
    undone: int
    not_undone: int
    undoing: int = 0

    @property
    def head(self) -> str:
        """The title of the figures."""
        return {Stage.DRAFT: "Preview", Stage.DONE: "Result"}.get(Stage(self.change.stage), "In progress")

    @property
    def note(self) -> str:
        """What stands beside it."""
        return "nothing has happened yet" if self.change.stage == Stage.DRAFT else ""

    @property
    def label(self) -> str:
        """What its progress is called."""
        return "Undoing" if self.change.stage == Stage.UNDOING else "Changing cases"

    @property
    def worked(self) -> int:
        """How many cases were done, or undone, so far."""
        return self.undone + self.not_undone if self.change.stage == Stage.UNDOING else self.total - self.changing

    @property
    def to_work(self) -> int:
        """Of how many."""
        return self.undone + self.not_undone + self.undoing if self.change.stage == Stage.UNDOING else self.total

    @property
    def undo_button(self) -> str:
        """What the button says that undoes all of it."""
        return f"Undo the change of {plural(self.left_to_undo, 'case')}"

    @property
    def previewed(self) -> bool:
        """Whether each case was looked at."""
        return bool(self.change.wanted) or not self.act.asks

    @property
    def button(self) -> str:
        """What the button says that carries it out."""
        return self.act.button(self.changing)


def told(change: BulkChange, act: Act, now: dt.datetime) -> Told:
    """Everything that the page says of a change. Three queries at most."""
    counts = queries.results(change)
    total = sum(counts.values())
    to = queries.named_wanted(queries.wanted(change.wanted, change.by))
    undoing = queries.undoing(change) if change.stage in {Stage.DONE, Stage.UNDOING} else dict.fromkeys(Undo.values, 0)
    until = change.done_at + UNDO_FOR if change.done_at else None
    return Told(
        change,
        act,
        act.title(total, to),
        _figures(change, act, counts),
        total,
        counts[Result.WILL],
        until if until and until > now and change.stage == Stage.DONE else None,
        undoing[Undo.NONE],
        undoing[Undo.DONE],
        undoing[Undo.REFUSED],
        undoing[Undo.ASKED],
    )


def _figures(change: BulkChange, act: Act, counts: dict[str, int]) -> list[Figure]:
    words = act.words
    if change.stage == Stage.DRAFT:
        found = [
            Figure(counts[Result.WILL], words.will, Result.WILL),
            Figure(counts[Result.ALREADY], words.already, Result.ALREADY),
            Figure(counts[Result.REFUSED], words.wont, Result.REFUSED, "bad"),
        ]
    else:
        found = [
            Figure(counts[Result.DONE], words.done, Result.DONE),
            Figure(counts[Result.WILL], "to do", Result.WILL),
            Figure(counts[Result.ALREADY], "unchanged", Result.ALREADY),
            Figure(counts[Result.REFUSED], "refused", Result.REFUSED, "bad"),
        ]
    return [figure for figure in found if figure.number or figure.result in {Result.WILL, Result.DONE}][:4]


def tabs(said: Told, chosen: str) -> list[Tab]:
    """The filters of the table: all cases, and those of each result that there are."""
    here = reverse("bulk:change", args=[said.change.pk])
    found = [Tab("All", here, not chosen, said.total)]
    for figure in said.figures:
        if figure.number:
            label = figure.words[:1].upper() + figure.words[1:]
            found.append(Tab(label, f"{here}?{urlencode({'result': figure.result})}", chosen == figure.result,
                             figure.number))  # fmt: skip
    return found if len(found) > 2 else []


def list_url(change: BulkChange) -> str:
    """The list that the cases were selected in."""
    url = reverse("cases:queue", args=[change.queue]) if change.queue else reverse("cases:cases")
    return f"{url}?{change.words}" if change.words else url


def remarks(change: BulkChange) -> list[str]:
    """What a person should know of their selection."""
    found = []
    if change.more:
        found.append(f"One change takes up to {MOST:,} cases: these are the first of the list. Repeat it for the rest.")
    if change.left_out:
        cases = "1 selected case is" if change.left_out == 1 else f"{change.left_out:,} selected cases are"
        found.append(f"{cases} not in a queue that you manage, or not there, and left out.")
    return found


def rows(changes: list[BulkChange]) -> list[tuple[BulkChange, str, dict[str, int]]]:
    """Changes with their titles and results. A constant number of queries."""
    counts = queries.results_of(changes)
    names = queries.target_names(changes)
    found = []
    for change in changes:
        act, numbers = acts.get(change.act), counts[change.pk]
        target = next((names[item] for item in change.wanted.items() if item in names), "")
        to = target or queries.named_wanted(queries.plain_wanted(change.wanted))
        found.append((change, act.title(sum(numbers.values()), to), numbers))
    return found


def initial(change: BulkChange) -> dict[str, Any]:
    """What the form of a change shows: what it was previewed with."""
    found = dict(change.wanted)
    if "at" in found:
        at = timezone.localtime(dt.datetime.fromisoformat(found["at"]))
        found["at"] = at.date() if change.act == "defer" else at
    return found
