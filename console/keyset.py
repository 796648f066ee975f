"""Pages by key: one more row than a page holds is read, and the next page starts after the last row shown.

A cursor names a place in an order by the values of its columns (``3~20261129T021500.000000~1042``), so that new rows
move no page that is being read and the ten-thousandth page costs what the first one does. Nothing is counted. Pages
and the API use the same orders, cursors and pages; ``{% pager %}`` draws the links, which keep all other parameters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from console.errors import Invalid

T = TypeVar("T")
U = TypeVar("U")
M = TypeVar("M", bound=Model)

PAGE: Final = 50
#: No cursor of the console is longer: the longest one is a wave's identifier or an account's username.
LONGEST: Final = 200
_SEPARATOR: Final = "~"
_MOMENT: Final = "%Y%m%dT%H%M%S.%f"
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is to start: after the place of one cursor, or before that of another. Neither: at the top.

    ``strict``: a cursor that the order of the list did not write is refused; otherwise it leads to the first page,
    which suits people with an old link and would send a program round in circles.
    """

    after: str = ""
    before: str = ""
    strict: bool = False

    @property
    def given(self) -> bool:
        """Whether this is any place but the top."""
        return bool(self.after or self.before)


TOP: Final = Place()


def asked(query: Mapping[str, Any], *, strict: bool = False) -> Place:
    """The place that the parameters ``after`` and ``before`` of an address ask for."""
    after, before = (str(query.get(name, ""))[: LONGEST + 1] for name in ("after", "before"))
    return Place(after, before, strict)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. ``next`` and ``before`` are the cursors of its neighbours, or "". ``first``: it starts at the top."""

    items: list[T]
    next: str = ""
    before: str = ""
    first: bool = True

    def showing(self, change: Callable[[list[T]], list[U]]) -> Page[U]:
        """The same page with its items as ``change`` makes them, all at once."""
        return Page(change(self.items), self.next, self.before, self.first)


def _text(value: str) -> str:
    if not value or "\0" in value:
        raise ValueError
    return value


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value) or not -_LARGEST <= (number := int(value)) < _LARGEST:
        raise ValueError
    return number


def _moment(value: str) -> dt.datetime:
    return dt.datetime.strptime(value, _MOMENT).replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order; never null. ``read`` makes its value of the text in a cursor. Raises ValueError."""

    name: str
    descending: bool = False
    read: Callable[[str], Any] = field(default=_number)


def number(name: str, *, descending: bool = False) -> Key:
    """Order by whole numbers."""
    return Key(name, descending)


def text(name: str, *, descending: bool = False) -> Key:
    """Order by words. The text must be free of “~” unless it is the order's only column."""
    return Key(name, descending, _text)


def moment(name: str, *, descending: bool = False) -> Key:
    """Order by moments, to the microsecond, as the database keeps them."""
    return Key(name, descending, _moment)


class Order:
    """The columns by which a list is sorted, the most significant first; together they are unique."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def cursor(self, row: Any) -> str:
        """The place of a row of this order."""
        values = (getattr(row, key.name) for key in self.keys)
        return _SEPARATOR.join(_written(value) for value in values)

    def parse(self, cursor: str) -> tuple[Any, ...]:
        """The values that a cursor names. Raises Invalid for one that this order did not write."""
        parts = cursor.split(_SEPARATOR) if len(self.keys) > 1 else [cursor]
        try:
            if len(cursor) > LONGEST:
                raise ValueError
            return tuple(key.read(part) for key, part in zip(self.keys, parts, strict=True))
        except ValueError:
            raise Invalid("This page link is not valid. Go to the first page.") from None

    def known(self, place: Place) -> Place:
        """The place, without cursors that this order did not write: such a page starts at the top.

        Raises Invalid for one if the place is strict.
        """
        if place.strict:
            for cursor in filter(None, (place.after, place.before)):
                self.parse(cursor)
            return place
        after, before = (cursor if self._wrote(cursor) else "" for cursor in (place.after, place.before))
        return Place(after, before)

    def columns(self, *, forward: bool = True) -> list[str]:
        """What ``order_by`` takes."""
        return [f"{'-' if key.descending is forward else ''}{key.name}" for key in self.keys]

    def beyond(self, cursor: str, *, forward: bool = True) -> Q:
        """The condition that a row comes after the place of a cursor, or before it. Raises Invalid."""
        parts, same = [], Q()
        for key, value in zip(self.keys, self.parse(cursor), strict=True):
            parts.append(same & Q(**{f"{key.name}__{'lt' if key.descending is forward else 'gt'}": value}))
            same &= Q(**{key.name: value})
        return reduce(or_, parts)

    def _wrote(self, cursor: str) -> bool:
        try:
            return bool(self.parse(cursor))
        except Invalid:
            return False


#: By the number that the database gives each row.
NEWEST: Final = Order(number("pk", descending=True))
OLDEST: Final = Order(number("pk"))


def page(found: QuerySet[M], order: Order, place: Place = TOP, *, size: int = PAGE) -> Page[M]:
    """One page of what was found, in this order, from a place on. One query.

    A cursor that this order did not write leads to the first page.
    """
    place = order.known(place)
    forward = not place.before
    if place.given:
        found = found.filter(order.beyond(place.before or place.after, forward=forward))
    rows = list(found.order_by(*order.columns(forward=forward))[: size + 1])
    return turned(rows, order.cursor, place, size=size)


def turned(rows: list[T], cursor: Callable[[T], str], place: Place, *, size: int = PAGE) -> Page[T]:
    """The page that up to ``size`` + 1 rows make, read from a place on, away from it."""
    more, rows = len(rows) > size, rows[:size]
    if place.before:
        rows.reverse()
        following = cursor(rows[-1]) if rows else place.before
        return Page(rows, following, cursor(rows[0]) if more else "", first=False)
    previous = (cursor(rows[0]) if rows else place.after) if place.after else ""
    return Page(rows, cursor(rows[-1]) if more else "", previous, first=not place.after)


def _written(value: Any) -> str:
    return f"{value.astimezone(dt.UTC):{_MOMENT}}" if isinstance(value, dt.datetime) else str(value)
