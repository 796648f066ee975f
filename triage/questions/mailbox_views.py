"""The pages on which mailboxes are set up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.questions import actions, queries
from triage.questions.forms import MailboxForm
from triage.queues.actions.queues import require_console


@never_cache
@require_safe
def mailboxes(request: HttpRequest) -> HttpResponse:
    """Every mailbox with its members."""
    require_console(person(request), "set up mailboxes")
    return render(request, "questions/mailboxes.html", {"mailboxes": queries.mailboxes()})


@never_cache
@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Make a mailbox, or change one."""
    require_console(person(request), "set up mailboxes")
    found = queries.mailbox_of(slug) if slug else None
    form = MailboxForm(sent(request), instance=found)
    saved = submit(form, actions.save_mailbox, mailbox=found, by=person(request))
    if isinstance(saved, Done):
        return succeed(request, f"The mailbox “{saved.value}” is saved.", "questions:mailboxes")
    title = f"Set up “{found}”" if found else "Create mailbox"
    context = {"form": form, "title": title, "back": reverse("questions:mailboxes"), "back_label": "Mailboxes"}
    return render(request, "queues/form.html", context, status=saved.status)
