"""The review page of a merge case, and the doors that lift and lower the mask over it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from console.errors import Missing
from console.people.models import User
from console.people.permissions import may
from console.web.view_helpers import person
from triage.cases import actions, queries
from triage.cases.models import Case, State
from triage.cases.rules import Holder
from triage.desk import reveals
from triage.desk.decide_form import decide_form
from triage.desk.masked_values import MaskedValue
from triage.merges import grades, page, panels, rules
from triage.merges.kind import MergeKind
from triage.merges.queries import OCCURRENCES_SHOWN, Dossier, dossier
from triage.merges.verdicts import REASONS, VERDICTS
from triage.queues import queries as queue_queries
from triage.queues.models import Severity


def review(request: HttpRequest, case: Case, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """The review page of ``case``; with ``refusal`` it shows why what was sent was not saved, and keeps what was typed.

    Masked, unless this session has booked a reveal that still lasts. Booked before it is sent. Raises Denied.
    """
    by, now = person(request), timezone.now()
    actions.opened(case=case, by=by)
    found = dossier(case, viewer=by, now=now)
    standing = _standing(found, by)
    lifted = standing.reveals and reveals.lasts(request.session, case, found.claim, by=by, now=now)
    context = _context(found, standing, MaskedValue(lifted), pair=request.GET.get("pair", ""), now=now)
    typed = request.POST if refusal else {}
    response = render(request, "merges/review.html", context | {"refusal": refusal, "typed": typed}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def reveal(request: HttpRequest, ref: str) -> HttpResponse:
    """Lift the mask, once that is booked."""
    case, by, now = _case(request, ref), person(request), timezone.now()
    actions.reveal(case=case, by=by)
    reveals.remember(request.session, case, queries.claim_on(case, now), by=by, now=now)
    return _back(request, case)


@require_POST
def hide(request: HttpRequest, ref: str) -> HttpResponse:
    """Lower the mask again."""
    case = _case(request, ref)
    reveals.forget(request.session, case)
    return _back(request, case)


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    """To the page they came from, with the pair that was chosen there."""
    pair = request.POST.get("pair", "")
    chosen = f"?pair={pair}" if re.fullmatch("[0-7]-[0-7]", pair) else ""
    return redirect(reverse("cases:case", args=[case.ref]) + chosen)


def _case(request: HttpRequest, ref: str) -> Case:
    found = queries.case_for(person(request), ref)
    if found.kind != MergeKind.code:
        raise Missing(f"{ref} is no merge case.")
    return found


def _standing(found: Dossier, by: User) -> rules.ViewerState:
    case, claim = found.case, found.claim
    return rules.ViewerState(
        ref=case.ref,
        state=case.state,
        me=by.pk,
        works=may(by, "cases.work_queue", case.queue),
        reveals=may(by, "cases.reveal_patient", case.queue),
        reverses=may(by, "cases.reverse_decision", case.queue),
        manages=may(by, "cases.manage_queue", case.queue),
        holder=Holder(claim.by_id, str(claim.by), claim.expires_at) if claim else None,
        escalated_by_me=any(
            decision.by_id == by.pk and decision.details.get("escalated_to") == case.queue_id
            for decision in found.decisions
        ),
        decided_by=case.decision.by_id if case.decision else None,
        released=any(one.pk == case.decision_id and hasattr(one, "feed_item") for one in found.decisions),
        queue=str(case.queue),
        targets=frozenset(queue_queries.targets(case.queue)),
    )


def _context(
    found: Dossier, standing: rules.ViewerState, veil: MaskedValue, *, pair: str, now: dt.datetime
) -> dict[str, Any]:
    return {
        "case": found.case,
        "dossier": found,
        "standing": standing,
        "answers": rules.answers(standing),
        "veil": veil,
        "view": page.comparison(found.line, veil, pair),
        "grade": grades.look(found.line.match.grade),
        "said": [reason.replace("_", " ") for reason in found.case.reasons],
        "history": panels.history(found.line, veil),
        "impact": panels.impact(found, veil),
        "changes": panels.changes(found, veil),
        "disowned": panels.disowned(found),
        "events": panels.timeline(found, veil),
        "occurrences": found.occurrences[:OCCURRENCES_SHOWN],
        "more_occurrences": len(found.occurrences) > OCCURRENCES_SHOWN,
        "form": decide_form(
            VERDICTS,
            REASONS,
            answer=lambda verdict: rules.verdict(verdict, standing),
            severe=found.case.severity >= Severity.HIGH,
            now=now,
        ),
        "overdue": found.case.state in State.PENDING and found.case.due_at < now,
    }
