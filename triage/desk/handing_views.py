"""The page on which a case is handed over to a colleague, or returned to its queue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.people import permissions
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.cases import actions, colleagues, handing_rules, queries, worklists
from triage.cases.handing_rules import Hands
from triage.cases.models import Case
from triage.cases.rules import Holder
from triage.desk.forms import BACK, HandOverForm
from triage.desk.moving import case_url
from triage.queues.queries import MANAGE


@never_cache
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a case over for a reason. Where that is not to be done, opening the page leads to the case."""
    by, now = person(request), timezone.now()
    found = queries.whole_case_for(by, ref)
    claim = queries.claim_on(found, now)
    holder = Holder(claim.by_id, str(claim.by), claim.expires_at) if claim else None
    hands = Hands(found.ref, found.state, holder, found.assignee_id or 0, str(found.assignee or ""))
    answer = handing_rules.hand_over(hands, me=by.pk, leads=permissions.may(by, MANAGE, found.queue))
    if not answer:
        if request.method == "POST":
            answer.require()
        return redirect(case_url(request, ref))
    form = HandOverForm(sent(request), people=colleagues.who_may_work(found, now), assigned=found.assignee_id or 0)

    def act(*, to: str, why: str, seen: int) -> Case:
        if to == BACK:
            return actions.take_back(case=found, why=why, by=by)
        return actions.hand_over(case=found, to=colleagues.colleague(to), why=why, by=by, seen=seen)

    done = submit(form, act)
    if isinstance(done, Done):
        case = done.value
        said = f"{ref} is assigned to {case.assignee}." if case.assignee else f"{ref} is no longer assigned."
        mine = holder is not None and holder.user_id == by.pk
        to = worklists.of_case(by, request.GET, found.queue).url if mine else case_url(request, ref)
        return succeed(request, said, to)
    context = {"case": found, "claim": claim, "form": form, "cancel_url": case_url(request, ref)}
    return render(request, "desk/hand_over.html", context, status=done.status)
