"""The content of PARTITION: which records of a case are one person. LINK and NO_MATCH are its two ends.

Records are named by their positions in the line that the reviewer saw. Every record stands in exactly one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any, Final, cast

import msgspec
from msgspec import Meta

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid
from triage.cases.kinds import Content, Form, Json, content_of
from triage.cases.kinds.verdicts import Numbers
from triage.merges import evidence
from triage.merges.lines import MergeLine
from triage.merges.reasons import APART, LINK, NO_MATCH, PARTITION

LETTERS: Final = "ABCDEFGH"
#: The fields of the form: the group of the record at each position, and why the groups are different people.
GROUP_FIELD: Final = "group_{}"
REASON_FIELD: Final = "apart_reason"
#: What the field of a record sends that the reviewer puts in no group yet. It is in no decision.
UNSURE: Final = "unsure"

Position = Annotated[int, Meta(ge=0, le=7)]
Group = Annotated[list[Position], Meta(min_length=1, max_length=8)]
#: Positions of records, a list a person.
Positions = list[list[int]]


class Partition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The groups, a list of positions a person, and why the groups are different people."""

    groups: Annotated[list[Group], Meta(min_length=1, max_length=8)]
    apart_reason: Annotated[str, Meta(max_length=64)]


def offered(case: Numbers) -> Answer:
    """Groups are for three or more records: two are one person or two people."""
    if case.size < 3:
        return Forbidden(
            "“Groups” is for three or more records. Choose “Same person” or “Different people” for two.", Invalid
        )
    return Allowed()


def positions(verdict: str, content: Json, size: int) -> Positions:
    """The groups that a verdict on ``size`` records puts them in; none for a verdict that says nothing of persons."""
    if verdict == LINK:
        return [list(range(size))]
    if verdict == NO_MATCH:
        return [[place] for place in range(size)]
    if verdict == PARTITION:
        return cast(Positions, cast(dict[str, Any], content)["groups"])
    return []


def together(groups: Positions) -> list[tuple[int, int]]:
    """The pairs of positions that are one person."""
    return sorted(pair for group in groups for pair in combinations(sorted(group), 2))


def apart(groups: Positions) -> list[tuple[int, int]]:
    """The pairs of positions that are two people."""
    pairs = [(one, two) for left, right in combinations(groups, 2) for one in left for two in right]
    return sorted((min(pair), max(pair)) for pair in pairs)


def ordered(groups: Positions) -> Positions:
    """Members and groups in ascending order: the one spelling of a partition."""
    return sorted(sorted(group) for group in groups)


def letters(places: Sequence[int]) -> str:
    """The records at these positions as the page names them: ``A``, ``A and B``, ``A, B and C``."""
    *others, last = [LETTERS[place] for place in places]
    return f"{', '.join(others)} and {last}" if others else last


def _check(partition: Partition, line: MergeLine) -> None:
    placed, size = sorted(place for group in partition.groups for place in group), len(line.records)
    if placed != list(range(size)):
        first = next((place for place in range(size) if placed.count(place) != 1), 0)
        raise Invalid(
            f"Put each of the {size} records in exactly one group, by its position from 0 to {size - 1}.",
            field=GROUP_FIELD.format(first),
        )
    if len(partition.groups) == 1:
        raise Invalid("All records are in one group. Send the verdict LINK (“Same person”).")
    if len(partition.groups) == size:
        raise Invalid("No two records are in one group. Send the verdict NO_MATCH (“Different people”).")
    if partition.apart_reason not in {reason.code for reason in APART}:
        raise Invalid("Choose the reason why the groups are different people (apart_reason).", field=REASON_FIELD)


def _tidy(partition: Partition) -> Partition:
    return Partition(ordered(partition.groups), partition.apart_reason)


def _describe(partition: Partition) -> str:
    """``B and C are one person; A is another``."""
    several = [group for group in partition.groups if len(group) > 1]
    alone = [group[0] for group in partition.groups if len(group) == 1]
    said = [
        f"{letters(group)} are {'one person' if place == 0 else 'another person'}"
        for place, group in enumerate(several)
    ]
    if alone:
        said.append(f"{letters(alone)} {'is another' if len(alone) == 1 else 'are each another person'}")
    return "; ".join(said)


def _entered(form: Form) -> list[str]:
    """The number of the group of each record, empty for one without."""
    names = [GROUP_FIELD.format(place) for place in range(len(LETTERS))]
    return [form[name] for name in names if name in form]


def _grouped(numbers: Sequence[str]) -> Positions:
    found: dict[str, list[int]] = {}
    for place, number in enumerate(numbers):
        if number:
            found.setdefault(number, []).append(place)
    return sorted(found.values())


def _require_sure(unsure: Sequence[int]) -> None:
    """Raise Invalid for records of which the reviewer is unsure: a decision says of each where it belongs."""
    if unsure:
        are, each = ("is", "it") if len(unsure) == 1 else ("are", "each")
        raise Invalid(
            f"{letters(unsure)} {are} unsure: ask, defer or escalate, or put {each} in a group.",
            field=GROUP_FIELD.format(unsure[0]),
        )


def _from_form(form: Form) -> object:
    """The groups as entered: one field a record, the same number for the same person. None when none was entered.

    Raises Invalid for a record marked as unsure.
    """
    numbers = _entered(form)
    _require_sure([place for place, number in enumerate(numbers) if number == UNSURE])
    found = _grouped(numbers)
    return {"groups": found, "apart_reason": form.get(REASON_FIELD, "")} if found else None


def _amounts_to(form: Form) -> tuple[str, str] | None:
    """All in one group are one person, each alone are different people: said with the verdict of that name."""
    numbers = _entered(form)
    if not all(numbers) or len(numbers) < 2 or UNSURE in numbers:
        return None
    sizes = {len(group) for group in _grouped(numbers)}
    if sizes == {len(numbers)}:
        return LINK, form.get("reason", "")
    return (NO_MATCH, form.get(REASON_FIELD, "")) if sizes == {1} else None


CONTENT: Final[Content] = content_of(
    Partition,
    decode=evidence.decode,
    check=_check,
    tidy=_tidy,
    from_form=_from_form,
    amounts_to=_amounts_to,
    describe=_describe,
    missing="Put each record in a group: records of one person in the same group.",
    template="merges/_groups.html",
    field=GROUP_FIELD.format(0),
    plain=True,
)
