"""Views of signatures: the ballot, the chair's decision, and where a passkey or a provider proves who signs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from console.errors import Missing
from console.people import reauthentication
from console.web.form_pages import sent
from console.web.view_helpers import person
from governance.gates import lookup
from governance.gates.models import DecisionPackage, Gate
from governance.gates.queries import status as standings
from governance.gates.queries.polls import is_told
from governance.gates.queries.status import GateStatus
from governance.gates.signing import pages
from governance.gates.signing.acts import ACTS, Decide, Vote
from governance.gates.signing.forms import BallotForm, DecisionForm
from governance.measures import queries as measures
from governance.signing import flow
from governance.signing.flow import signing_view
from governance.signing.forms import SigningForm


@signing_view
def vote(request: HttpRequest, ref: str) -> HttpResponse:
    """Cast a ballot and sign it."""
    by = person(request)
    gate, package, found = _looked_at(request, ref)
    form = BallotForm(
        sent(request),
        ways=reauthentication.ways(by, request),
        initial={"seen": package.digest},
        measures=[(one.code, one.title) for one in measures.catalogue()],
    )
    answer = flow.answer(request, form, lambda: Vote(by=by, kept=form.kept(), package=package, found=found))
    if isinstance(answer, HttpResponse):
        return answer
    context = {
        "options": pages.ballot_options(package, found, by),
        "answer": pages.vote_answer(found, by),
        "seat": pages.seat_of(found, by),
        "own": pages.own_ballot(found, by),
    }
    return _page(request, "gates/sign.html", gate, package, found, form, context, answer)


@signing_view
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide for the board and sign."""
    by = person(request)
    gate, package, found = _looked_at(request, ref)
    ways = reauthentication.ways(by, request)
    form = DecisionForm(sent(request), ways=ways, initial={"seen": package.digest})
    answer = flow.answer(request, form, lambda: Decide(by=by, kept=form.kept(), package=package, found=found))
    if isinstance(answer, HttpResponse):
        return answer
    open_ = is_told(package, by, found.ballots)
    context = {
        "options": pages.outcome_options(package, found, by),
        "answer": pages.decide_answer(found, by),
        "counted": found.counted if open_ else None,
        "ballots": found.ballots if open_ else (),
    }
    return _page(request, "gates/decide.html", gate, package, found, form, context, answer)


@signing_view
def confirm(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Sign what was typed on the page before: with a passkey, or having come back from the sign-on provider."""
    gate, package, found = _looked_at(request, ref)
    if act not in ACTS:
        return redirect("gates:sign", gate.ref)
    return flow.confirm(request, ACTS[act](by=person(request), package=package, found=found))


def _looked_at(request: HttpRequest, ref: str) -> tuple[Gate, DecisionPackage, GateStatus]:
    """The gate with its newest package and how it stands. Raises Missing when nothing was sealed."""
    gate = lookup.gate_for(person(request), ref)
    found = standings.of(gate, timezone.now())
    if found.package is None:
        raise Missing(f"Nothing has been sealed at {gate.ref} yet: there is nothing to sign.")
    return gate, found.package, found


def _page(
    request: HttpRequest,
    template: str,
    gate: Gate,
    package: DecisionPackage,
    found: GateStatus,
    form: SigningForm,
    context: dict[str, Any],
    status: int,
) -> HttpResponse:
    rows = pages.criteria(package, found)
    more = {
        "gate": gate,
        "package": package,
        "found": found,
        "form": form,
        "rows": rows,
        "moved": sum(row.moved for row in rows),
        "back": reverse("gates:gate", args=[gate.ref]),
    }
    return render(request, template, context | more, status=status)
