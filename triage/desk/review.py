"""Draws the review page of a case, whatever its kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from console import numbers
from console.web.form_pages import NotDone
from console.web.view_helpers import fragment, person
from triage.cases import actions, kinds, places, worklists
from triage.cases.kinds import Reported
from triage.cases.models import Case, State
from triage.cases.queries import whole_case_for
from triage.desk import case_parts, proposals, queries, reveals, review_pages, rules
from triage.desk.case_parts import Look, Parts
from triage.desk.decide_form import DecideForm, decide_form
from triage.desk.effects import Effect
from triage.desk.masked_values import MaskedValue
from triage.desk.queries import Dossier
from triage.desk.rules import ViewerState
from triage.desk.timeline import timeline
from triage.queues.models import Severity


def swaps(request: HttpRequest) -> bool:
    """Whether the request comes from the page of a case that only swaps its content."""
    return request.headers.get("HX-Request") == "true"


def review(
    request: HttpRequest, case: Case, *, refusal: NotDone | None = None, address: str = "", keeps: bool = False
) -> HttpResponse:
    """The review page of ``case``; with ``refusal`` it says why what was sent was not saved, and keeps what was typed.

    Masked, unless this session has a logged reveal that still lasts. The look is logged before the page is sent.
    ``address``: where the page stands when the request was sent elsewhere; ``keeps``: with what was typed there. Raises
    Denied.
    """
    by, now = person(request), timezone.now()
    asked = QueryDict(urlsplit(address).query) if address else request.GET
    page = review_pages.page_of(case)
    actions.opened(case=case, by=by)
    dossier = queries.dossier(case, viewer=by, now=now, seen=_seen(request) if refusal else None)
    viewer = queries.viewer_state(dossier, by)
    lifted = viewer.reveals and reveals.lasts(request.session, case, dossier.claim, by=by, now=now)
    masks, chosen = MaskedValue(lifted), review_pages.chosen(page, asked)
    worklist = worklists.of_case(by, asked, case.queue)
    typed = request.POST if refusal or keeps else {}
    shown = page.shown(dossier, viewer=viewer, masks=masks, chosen=chosen, typed=typed)
    context = _context(dossier, viewer, masks, case_parts.read(Look(case, by, viewer, masks)), now) | {
        "frame": "desk/_swap.html" if swaps(request) else "base.html",
        "asked": asked,
        "worklist": worklist,
        "standing": places.standing(worklist.filters, case, now=now),
        "in_list": worklist.query_for(case.queue_id),
        "form": _form(dossier, viewer, now, shown.effects) if viewer.mine else None,
        "chosen": chosen,
        "shown": shown,
        "evidence": shown.evidence,
        "refusal": refusal.sentence if refusal else "",
        "refused_field": refusal.field if refusal else "",
        "typed": typed,
    }
    response = render(request, page.template, context, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "no-store"
    if swaps(request) and request.method == "POST":
        response["HX-Replace-Url" if keeps else "HX-Push-Url"] = address or "false"
    return response


def _seen(request: HttpRequest) -> int | None:
    """The revision that a refused form was made from."""
    return numbers.whole(request.POST.get("seen", ""))


def refused(request: HttpRequest, case: Case, why: NotDone) -> HttpResponse:
    """The page of the case as it is now, with the sentence of a refusal and its status."""
    fresh = whole_case_for(person(request), case.ref)
    return review(request, fresh, refusal=why)


def _context(
    dossier: Dossier, viewer: ViewerState, masks: MaskedValue, parts: Parts, now: dt.datetime
) -> dict[str, object]:
    case = dossier.case
    return {
        "case": case,
        "dossier": dossier,
        "viewer": viewer,
        "answers": rules.answers(viewer),
        "revealed": masks.lifted,
        "incoming": [reason.replace("_", " ") for reason in case.reasons],
        "parts": parts,
        "addressees": fragment("questions:addressees", case.ref) if viewer.mine else "",
        "events": timeline(dossier, masks, parts.events),
        "noted_severity": _noted_severity(dossier),
        "proposal": proposals.asked(dossier, masks),
        "overdue": case.state in State.PENDING and case.due_at < now,
    }


def _noted_severity(dossier: Dossier) -> str:
    """What is said of the severity that was reported beside the decision, if it is another one."""
    noted = dossier.noted
    if noted is None or noted.severity_after == dossier.case.severity:
        return ""
    return f", with the severity {Severity(noted.severity_after).word}"


def _form(dossier: Dossier, viewer: ViewerState, now: dt.datetime, effects: Mapping[str, Effect]) -> DecideForm:
    case, kind = dossier.case, kinds.get(dossier.case.kind)
    reported = Reported(dossier.line, dossier.run.source.field_rules)
    return decide_form(
        [verdict for verdict in kind.verdicts if verdict.offered(case)],
        kind.reasons,
        answer=lambda verdict: rules.verdict(verdict, viewer),
        severe=case.severity >= Severity.HIGH,
        now=now,
        proposes=lambda verdict: kind.proposal(verdict.code, reported),
        warns=lambda verdict: kind.warning(case, verdict.code, None, reported) if verdict.warned else "",
        effects=effects,
        cut_over=dossier.cut_over,
    )
