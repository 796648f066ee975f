"""What a search finds: every source is asked for a handful, at the same cost however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from console.capabilities.parts import COMMANDS, NAVIGATION, SEARCH_SOURCES, Command, Hit, NavItem, SearchSource
from console.errors import Invalid
from console.people.models import User
from console.search import rules
from console.search.rules import LONGEST, Asked, Pieces
from console.ui.nav import may_open

#: How many hits of each group are shown: beside others, and when the search is narrowed to the group.
FEW: Final = 5
MANY: Final = 25


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with the parts of its title that were typed."""

    hit: Hit
    title: Pieces


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source. ``more``: there are more than are shown."""

    source: SearchSource
    hits: list[ShownHit]
    more: bool

    @property
    def count(self) -> str:
        """How many hits there are, as its tab says it: "5+" when not all are shown."""
        return f"{len(self.hits)}{'+' * self.more}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. ``narrowed``: the source that was asked alone; ``records``: the asked sources of patients."""

    asked: Asked
    groups: list[Group]
    narrowed: SearchSource | None
    records: tuple[SearchSource, ...]

    @property
    def scope(self) -> str:
        """What was searched, in words; empty for everything."""
        signed = next(
            (source.label for source in SEARCH_SOURCES if self.asked.sign and source.sign == self.asked.sign), ""
        )
        return self.narrowed.label if self.narrowed else signed

    @property
    def found(self) -> int:
        """How many hits are shown."""
        return sum(len(group.hits) for group in self.groups)

    @property
    def records_found(self) -> int:
        """How many records of patients are shown."""
        return sum(len(group.hits) for group in self.groups if group.source.patients)

    @property
    def said(self) -> str:
        """What a screen reader says of it."""
        if not self.found:
            return "Nothing found." if self.asked.text else ""
        groups = ", ".join(f"{group.source.label} {group.count}" for group in self.groups)
        return f"{self.found} found. {groups}."


def answer(user: User, typed: str, code: str = "") -> Answer:
    """What ``user`` finds by a text; ``code``: of one source alone. Raises Invalid for a text longer than any name."""
    if len(typed) > LONGEST:
        raise Invalid(f"Search for at most {LONGEST} characters.", field="text")
    asked = rules.asked(typed, frozenset(source.sign for source in SEARCH_SOURCES if source.sign))
    sources = [source for source in SEARCH_SOURCES if may_open(user, source)]
    narrowed = next((one for one in sources if one.code == code and asked.sign in {"", one.sign}), None)
    wanted = list(_wanted(sources, asked, narrowed))
    size = MANY if narrowed or asked.sign or not asked.text else FEW
    groups = [_group(source, user, asked.text, size) for source in wanted]
    return Answer(
        asked=asked,
        groups=[group for group in groups if group.hits],
        narrowed=narrowed,
        records=tuple(source for source in wanted if source.patients),
    )


def _wanted(sources: Iterable[SearchSource], asked: Asked, narrowed: SearchSource | None) -> Iterator[SearchSource]:
    """The sources that a text is asked of, in their order."""
    for source in sorted(sources, key=lambda source: (source.order, source.label)):
        if len(asked.text) < source.least:
            continue
        if narrowed is not None:
            if source is narrowed:
                yield source
        elif asked.sign:
            if source.sign == asked.sign:
                yield source
        elif source.leaves is None or not source.leaves(asked.text):
            yield source


def _group(source: SearchSource, user: User, text: str, size: int) -> Group:
    found = source.find(user, text, size + 1)
    shown = [ShownHit(hit, rules.pieces(hit.title, "" if hit.masked else text)) for hit in found[:size]]
    return Group(source, shown, more=len(found) > size)


def commands(user: User, text: str, limit: int) -> list[Hit]:
    """Commands and entries of the navigation whose words begin as ``text`` has them. No query but for permissions."""
    open_to = [item for item in (*_in_order(NAVIGATION), *_in_order(COMMANDS)) if may_open(user, item)]
    found = [item for item in open_to if rules.matches(item.label, text)]
    return [_hit(item) for item in found[:limit]]


def _in_order(items: Iterable[NavItem | Command]) -> list[NavItem | Command]:
    return sorted(items, key=lambda item: (item.order, item.label))


def _hit(item: NavItem | Command) -> Hit:
    if isinstance(item, Command):
        return Hit(title=item.label, url=reverse(item.url_name), keys=item.key, post=item.post)
    detail = f"Open in {item.group}" if item.group else "Open"
    return Hit(title=item.label, url=reverse(item.url_name), detail=detail, keys=item.key)
