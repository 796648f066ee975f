"""Dates, as dates alone: what is written otherwise is read first, and what is no date never agrees with a date."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from triage.desk.written_dates import Order, WrittenDate, read_date
from triage.merges.relations.distances import transposed
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Note, Relation, first

_BUDDHIST = 543

Readings = tuple[WrittenDate, ...]


def relate(one: str, two: str, order: Order) -> Relation:
    """Relate two folded values of a date."""
    left, right = read_date(one, order), read_date(two, order)
    if not left or not right:
        return _no_date(one, two)
    if one == two:
        return SAME
    if len(left) == len(right) == 1:
        return _two(left[0], right[0])
    return _doubtful(left, right)


def _no_date(one: str, two: str) -> Relation:
    if one == two:
        return Relation("agree", "the same text, no date")
    if transposed(one, two):
        return Relation("partial", "two characters transposed")
    return DIFFERENT


def _doubtful(left: Readings, right: Readings) -> Relation:
    """At least one may be either of two dates."""
    if left == right:  # the same numbers in the same places: 3/4/1970 and 03.04.1970
        return REWRITTEN
    if left == right[::-1]:  # 3/4/1970 and 4/3/1970, whichever is the day
        return Relation("partial", "day and month swapped")
    if set(left) & set(right):
        return Relation("partial", "the same if day and month are read in one order")
    best = [_two(one, two) for one, two in product(left, right)]
    return next((one for one in best if one.hint == "only the year agrees"), DIFFERENT)


def _two(left: WrittenDate, right: WrittenDate) -> Relation:
    if (left.year, left.month, left.day) == (right.year, right.month, right.day):
        return REWRITTEN if left.about == right.about else Relation("partial", "one is approximate")
    if left.covers(right) or right.covers(left):
        return Relation("partial", "one is less precise")
    return first(_notes(left, right)) or DIFFERENT


def _notes(left: WrittenDate, right: WrittenDate) -> Iterator[Note]:
    whole = bool(left.day and right.day)
    year, month = left.year == right.year, left.month == right.month and left.month > 0
    day = left.day == right.day and left.day > 0
    new_year = (1, 1) in {(left.day, left.month), (right.day, right.month)}
    estimated = whole and (left.conventional or right.conventional)
    yield "day and month swapped", lambda: whole and year and (left.day, left.month) == (right.month, right.day)
    yield "two digits transposed", lambda: whole and transposed(_digits(left), _digits(right))
    yield "only the day differs", lambda: year and month
    yield "only the month differs", lambda: whole and year and day
    yield "only the year differs", lambda: whole and month and day and abs(left.year - right.year) != _BUDDHIST
    yield (
        "543 years apart: one in the Buddhist calendar",
        lambda: (left.month, left.day) == (right.month, right.day) and abs(left.year - right.year) == _BUDDHIST,
    )
    yield "same year, one is 1 January", lambda: year and whole and new_year
    yield "same year, one may be estimated", lambda: year and estimated
    yield "only the year agrees", lambda: year
    yield "one year apart, one is 1 January", lambda: abs(left.year - right.year) == 1 and whole and new_year


def _digits(date: WrittenDate) -> str:
    return f"{date.year:04d}-{date.month:02d}-{date.day:02d}"
