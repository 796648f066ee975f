"""Doors of signatures: the ballot, the chair's decision, and where a passkey or a provider proves who signs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from console.answers import Answer
from console.errors import Missing, Refusal
from console.people import reauthentication
from console.people.reauthentication import ReauthenticationFailed
from console.web.view_helpers import person
from governance.gates import lookup
from governance.gates.models import Choice, DecisionPackage, Gate
from governance.gates.queries import status as standings
from governance.gates.queries.polls import is_told
from governance.gates.queries.status import GateStatus
from governance.gates.signing import acts, pages
from governance.gates.signing.acts import DECIDE, VOTE, Act
from governance.gates.signing.forms import BallotForm, ConditionForms, DecisionForm, PasskeyForm, SigningForm
from governance.measures import queries as measures

#: Refusals that the person can do something about on the page itself; what they typed stays.
STAY = (403, 409, 422)


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, ref: str) -> HttpResponse:
    """Cast a ballot and sign it."""
    by = person(request)
    gate, package, found = _looked_at(request, ref)
    data = request.POST if request.method == "POST" else None
    form = BallotForm(data, ways=reauthentication.ways(by, request), initial={"seen": package.digest})
    asked = ConditionForms(
        data if data and "conditions-TOTAL_FORMS" in data else None,
        prefix="conditions",
        form_kwargs={"measures": [(one.code, one.title) for one in measures.catalogue()]},
    )
    status = 200
    if data is not None:
        status = 422
        wanted = form.is_valid() and form.cleaned_data["choice"] == Choice.GO_WITH_CONDITIONS
        if form.is_valid() and (not wanted or asked.is_valid()):
            rows = [one.kept() for one in asked.forms if wanted and one.cleaned_data.get("text")]
            kept = form.kept(rows)
            allowed = pages.vote_answer(found, by, kept["choice"], kept["rationale"], len(rows))
            answer = _sign(request, Act(VOTE, package, kept), form, allowed, found)
            if isinstance(answer, HttpResponse):
                return answer
            status = answer
    context = {
        "conditions": asked,
        "options": pages.ballot_options(package, found, by),
        "answer": pages.vote_answer(found, by),
        "seat": pages.seat_of(found, by),
        "own": pages.own_ballot(found, by),
    }
    return _page(request, "gates/sign.html", gate, package, found, form, context, status)


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide for the board and sign."""
    by = person(request)
    gate, package, found = _looked_at(request, ref)
    data = request.POST if request.method == "POST" else None
    form = DecisionForm(data, ways=reauthentication.ways(by, request), initial={"seen": package.digest})
    status = 200
    if data is not None:
        status = 422
        if form.is_valid():
            kept = form.kept()
            allowed = pages.decide_answer(found, by, kept["outcome"], kept["statement"])
            answer = _sign(request, Act(DECIDE, package, kept), form, allowed, found)
            if isinstance(answer, HttpResponse):
                return answer
            status = answer
    open_ = is_told(package, by, found.ballots)
    context = {
        "options": pages.outcome_options(package, found, by),
        "answer": pages.decide_answer(found, by),
        "counted": found.counted if open_ else None,
        "ballots": found.ballots if open_ else (),
    }
    return _page(request, "gates/decide.html", gate, package, found, form, context, status)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Sign what was typed on the page before: with a passkey, or having come back from the sign-on provider."""
    gate, package, _ = _looked_at(request, ref)
    resumed = acts.resumed(request, package, act) if act in (VOTE, DECIDE) else None
    back = reverse("gates:decide" if act == DECIDE else "gates:sign", args=[gate.ref])
    if resumed is None:
        return redirect(back)
    signing, intent = resumed
    back_from_provider, problem, status = reauthentication.answered(request, intent), "", 200
    if request.method == "POST":
        form = PasskeyForm(request.POST)
        try:
            if back_from_provider:
                proof = reauthentication.by_provider(request, intent)
            else:
                proof = reauthentication.by_passkey(
                    request, intent, form.cleaned_data["credential"] if form.is_valid() else None
                )
            return acts.done(request, signing, proof)
        except ReauthenticationFailed as refusal:
            problem, status = refusal.sentence, 422
            back_from_provider = False
        except Refusal as refusal:
            problem, status = refusal.sentence, refusal.status
    ways = reauthentication.ways(person(request), request)
    still = acts.resumed(request, package, act) is not None
    asks_passkey = still and ways.passkey and not back_from_provider
    context = {
        "gate": gate,
        "package": package,
        "act": signing,
        "back": back,
        "problem": problem,
        "still": still,
        "provider": ways.provider if back_from_provider else "",
        "options": {"request_options": reauthentication.passkey_options(request, intent)} if asks_passkey else None,
        "form": PasskeyForm(),
        "breadcrumb": "Sign",
    }
    return render(request, "gates/sign_confirm.html", context, status=status)


def _looked_at(request: HttpRequest, ref: str) -> tuple[Gate, DecisionPackage, GateStatus]:
    """The gate with its newest package and how it stands. Raises Missing when nothing was sealed."""
    gate = lookup.gate_for(person(request), ref)
    found = standings.of(gate, timezone.now())
    if found.package is None:
        raise Missing(f"Nothing has been sealed at {gate.ref} yet: there is nothing to sign.")
    return gate, found.package, found


def _sign(request: HttpRequest, act: Act, form: SigningForm, allowed: Answer, found: GateStatus) -> HttpResponse | int:
    """Sign, or the status of a page that says why not; what was typed stays on it.

    ``allowed`` is asked before the proof, so that nobody proves anything in vain; the action asks again.
    """
    earlier = acts.repeated(act, found, person(request))
    if earlier is not None:
        return acts.signed(request, act, earlier)
    try:
        allowed.require()
        answer = acts.sign(request, act, form)
    except Refusal as refusal:
        if refusal.status not in STAY:
            raise
        form.add_error(None, refusal.sentence)
        return refusal.status
    return 422 if answer is None else answer


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
    if status in (409, 422) and form.is_bound:
        # The page shows what stands now; the next sending says that this was looked at.
        form.data = {**form.data.dict(), "seen": package.digest}  # type: ignore[attr-defined]
    rows = pages.criteria(package, found)
    more = {
        "gate": gate,
        "package": package,
        "found": found,
        "form": form,
        "ways": form.ways,
        "rows": rows,
        "moved": sum(row.moved for row in rows),
        "back": reverse("gates:gate", args=[gate.ref]),
    }
    return render(request, template, context | more, status=status)
