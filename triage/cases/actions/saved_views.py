"""Saved views: a named filter of the case list, one's own or shared."""

from __future__ import annotations

from console.audit import log
from console.errors import Denied, Invalid
from console.people.models import User
from triage.cases.models import SavedView

MOST = 40


def save_view(*, name: str, query: str, shared: bool, by: User) -> SavedView:
    """Save a filter under a name; the same name again replaces one's own. Raises Invalid."""
    name = name.strip()
    if not name:
        raise Invalid("Enter a name for this view.")
    with log.transaction(by=by, purpose="set up"):
        if SavedView.objects.filter(owner=by).exclude(name=name).count() >= MOST:
            raise Invalid(f"You have {MOST} saved views. Delete one first.")
        view, _ = SavedView.objects.update_or_create(
            owner=by, name=name[:60], defaults={"query": query[:500], "shared": shared}
        )
        log.record("queue.view_saved", subject=view, by=by, facts={"view": view.pk, "shared": shared})
    return view


def delete_view(*, view: SavedView, by: User) -> None:
    """Delete one's own saved view. Raises Denied for another person's."""
    if view.owner_id != by.pk:
        raise Denied("Only the person who saved a view may delete it.")
    with log.transaction(by=by, purpose="set up"):
        log.record("queue.view_deleted", subject=view, by=by, facts={"view": view.pk})
        view.delete()
