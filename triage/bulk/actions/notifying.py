"""Telling reviewers what a bulk change did to their claims: one notification a person, whatever the number of cases."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.urls import reverse

from console.notices import actions as notices
from console.people.models import User
from console.ui.text import plural
from triage.bulk.models import BulkChange, Result, Undo

_LOST: Final = "case.claims_released"
_BACK: Final = "case.claims_restored"


def tell_reviewers(change: BulkChange, *, undone: bool) -> None:
    """Tell each reviewer whose claims ended, or came back, in the caller's transaction."""
    if change.act != "release":
        return
    found = change.items.filter(result=Result.DONE).filter(**({"undo": Undo.DONE} if undone else {}))
    cases: dict[int, list[str]] = defaultdict(list)
    for holder, case in found.values_list("before__holder", "case_id").order_by("case_id"):
        if holder != change.by_id:
            cases[holder].append(f"EX-{case}")
    for person in User.objects.filter(pk__in=cases):
        refs = cases[person.pk]
        notices.tell(
            to=[person],
            kind=_BACK if undone else _LOST,
            subject=refs[0] if len(refs) == 1 else plural(len(refs), "case"),
            sentence=_sentence(change, refs, undone=undone),
            path=reverse("cases:case", args=refs) if len(refs) == 1 else reverse("cases:cases"),
            by=change.by,
        )


def _sentence(change: BulkChange, refs: list[str], *, undone: bool) -> str:
    claims = plural(len(refs), "of your claims", "of your claims")
    if undone:
        return f"{change.by} restored {claims}: {_named(refs)}."
    return f"{change.by} released {claims}: {_named(refs)}. Reason: {change.reason}"


def _named(refs: list[str]) -> str:
    shown = ", ".join(refs[:8])
    return f"{shown} and {len(refs) - 8} more" if len(refs) > 8 else shown
