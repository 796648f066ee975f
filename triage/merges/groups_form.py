"""The part of the decide form that puts each record of a case in a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.cases.kinds import Reason
from triage.merges.groups import GROUP_FIELD, LETTERS, REASON_FIELD, UNSURE
from triage.merges.lines import MergeLine
from triage.merges.reasons import APART


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A person that a record may belong to, by number."""

    number: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class GroupField:
    """The field of one record: its name on the form, and the record's letter on the page.

    ``unsure`` is what it sends for a record that belongs to no group yet.
    """

    name: str
    letter: str
    choices: list[GroupChoice]
    unsure: str = UNSURE
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class GroupsForm:
    """What ``merges/_groups.html`` draws, with what was typed."""

    records: list[GroupField]
    reason_field: str
    reasons: Sequence[Reason]
    reason: str


def groups_form(line: MergeLine, typed: Mapping[str, str]) -> GroupsForm:
    """The fields for the records of ``line``: as many persons to choose from as there are records."""
    numbers = [str(number) for number in range(1, len(line.records) + 1)]
    records = []
    for place in range(len(line.records)):
        name = GROUP_FIELD.format(place)
        choices = [GroupChoice(number, typed.get(name) == number) for number in numbers]
        records.append(GroupField(name, LETTERS[place], choices, is_unsure=typed.get(name) == UNSURE))
    return GroupsForm(records, REASON_FIELD, APART, typed.get(REASON_FIELD, ""))
