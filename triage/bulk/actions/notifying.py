"""Telling reviewers what a bulk change gave them or took from them: one notification a person, however many cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from console.notices import actions as notices
from console.people.models import User
from triage.bulk.models import BulkChange, BulkItem, Result, Undo
from triage.cases.actions.handing import HANDED_OVER, TAKEN_AWAY

_RESTORED: Final = "case.claims_restored"
_SHOWN: Final = 8

#: What is told of a person's cases: the kind of notification, and a sentence about so many “of your cases”.
Told = tuple[str, str]


def tell_reviewers(change: BulkChange, *, undone: bool) -> None:
    """Tell each reviewer what they lost or got, in the caller's transaction. Their own acts people know of."""
    found = change.items.filter(result=Result.DONE).filter(**({"undo": Undo.DONE} if undone else {}))
    to = change.wanted.get("to")
    name = str(User.objects.get(pk=to)) if to else ""
    cases: dict[tuple[int, Told], list[str]] = defaultdict(list)
    for item in found.order_by("case_id"):
        for person, told in _told(change.act, item, to, name, undone=undone):
            if person != change.by_id:
                cases[person, told].append(f"EX-{item.case_id}")
    people = User.objects.in_bulk({person for person, _ in cases})
    for (person, (kind, words)), refs in cases.items():
        one = len(refs) == 1
        notices.tell(
            to=[people[person]],
            kind=kind,
            subject=refs[0] if one else f"{len(refs)} cases",
            sentence=_sentence(change, words, refs),
            path=reverse("cases:case", args=refs) if one else reverse("cases:cases"),
            by=change.by,
        )


def _told(act: str, item: BulkItem, to: int | None, name: str, *, undone: bool) -> Iterator[tuple[int, Told]]:
    """Who is told of one case, and what."""
    holder, had = item.before["holder"], item.before["holder"] or item.before["assignee"]
    if act == "release" and holder:
        yield holder, (_RESTORED, "restored {n} of your claims") if undone else (
            TAKEN_AWAY, "released {n} of your claims",
        )  # fmt: skip
    elif act == "assign" and to and undone:
        yield to, (TAKEN_AWAY, "withdrew {n} of the cases handed over to you")
        if had:
            yield had, (_RESTORED, "returned {n} of your cases to you")
    elif act == "assign" and to:
        yield to, (HANDED_OVER, "handed {n} cases over to you")
        if had:
            yield had, (TAKEN_AWAY, f"handed {{n}} of your cases over to {name}")
    elif act == "move" and had and not undone:
        yield had, (TAKEN_AWAY, "moved {n} of your cases to another queue")


def _sentence(change: BulkChange, words: str, refs: list[str]) -> str:
    """What one person is told. The reason is free text that mail must not carry; it stands on each case."""
    said = f"{change.by} {words.format(n=len(refs))}: {', '.join(refs[:_SHOWN])}"
    said += f" and {len(refs) - _SHOWN} more." if len(refs) > _SHOWN else "."
    return said.replace(" 1 cases ", " a case ")
