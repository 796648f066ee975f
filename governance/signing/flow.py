"""The way from a form to a signature, the same for every act: confirm your identity, then sign.

A view of a form calls ``answer``; a view at the act's ``confirm_page`` calls ``confirm``::

    @signing_view
    def sign(request, ref):
        ...
        form = ReleaseForm(sent(request), ways=ways(by, request), initial={"seen": release.digest})
        answer = flow.answer(request, form, lambda: Release(by=by, kept=form.kept(), release=release))
        return answer if isinstance(answer, HttpResponse) else render(request, …, {"form": form}, status=answer)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from console.errors import Refusal, Stale
from console.people import reauthentication
from console.people.reauthentication import Intent, ReauthenticationFailed
from console.web.form_pages import show_current
from governance.signing.acts import SigningAct
from governance.signing.forms import PASSKEY, PASSWORD, PROVIDER, PasskeyForm, SigningForm
from governance.signing.models import SignatureBase

#: Refusals that the person can do something about on the page itself; what they typed stays.
STAY = (403, 409, 422)


def signing_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that shows and takes a form of a signature: no cache keeps it, no report shows its secrets."""
    return never_cache(sensitive_post_parameters("password", "code")(require_http_methods(["GET", "POST"])(view)))


def answer(request: HttpRequest, form: SigningForm, make: Callable[[], SigningAct]) -> HttpResponse | int:
    """Sign what a form says, if it was sent. ``make`` gives the act of a valid form.

    Returns where the person is led, or the status of the page that shows the form again with what was refused.
    """
    if not form.is_bound:
        return 200
    answered = _signed(request, form, make()) if form.is_valid() else 422
    if answered in (409, 422):
        show_current(form)
    return answered


def confirm(request: HttpRequest, act: SigningAct) -> HttpResponse:
    """Sign what was typed on the page before: with a passkey, or having come back from the sign-on provider.

    ``act`` is without what was typed: that waits in the session. Leads to the form where nothing waits.
    """
    waiting = _resumed(request, act)
    if waiting is None:
        return redirect(act.form_page)
    typed, intent = waiting
    problem, status, from_provider = "", 200, reauthentication.answered(request, intent)
    if request.method == "POST":
        try:
            return _done(request, typed, typed.perform(_proof(request, intent, from_provider)))
        except ReauthenticationFailed as refusal:
            problem, status, from_provider = refusal.sentence, 422, False
        except Refusal as refusal:
            problem, status = refusal.sentence, refusal.status
    still = _resumed(request, act) is not None
    context = {"act": typed, "problem": problem, "still": still}
    context |= _asked(request, act, intent, from_provider) if still else {}
    return render(request, "signing/confirm.html", context, status=status)


def _signed(request: HttpRequest, form: SigningForm, act: SigningAct) -> HttpResponse | int:
    """Sign, or return the status of a page that says why not."""
    earlier = act.earlier()
    if earlier is not None:
        return _done(request, act, earlier)
    try:
        act.allowed().require()
        if act.kept["seen"] != act.digest:
            raise Stale(f"{act.subject} has changed since you opened it. Review it before you sign.")
        return _prove(request, act, form)
    except ReauthenticationFailed as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return 422
    except Refusal as refusal:
        if refusal.status not in STAY:
            raise
        form.add_error(None, refusal.sentence)
        return refusal.status


def _prove(request: HttpRequest, act: SigningAct, form: SigningForm) -> HttpResponse:
    """Prove who signs and do it, or go where it is proven. Raises ReauthenticationFailed."""
    intent = reauthentication.begin(
        request, act=act.name, subject=act.subject, content=act.content, kept=dict(act.kept)
    )
    if form.chosen == PASSWORD and form.ways.password:
        given = form.cleaned_data
        proof = reauthentication.by_password(request, intent, password=given["password"], code=given.get("code", ""))
        return _done(request, act, act.perform(proof))
    if form.chosen == PROVIDER and form.ways.provider:
        return reauthentication.to_provider(request, intent, back=act.confirm_page)
    if form.chosen == PASSKEY and form.ways.passkey:
        return redirect(act.confirm_page)
    raise ReauthenticationFailed("You cannot confirm your identity this way. Choose another way.")


def _proof(request: HttpRequest, intent: Intent, from_provider: bool) -> reauthentication.Proof:
    """Return the proof that this request brings. Raises ReauthenticationFailed."""
    if from_provider:
        return reauthentication.by_provider(request, intent)
    form = PasskeyForm(request.POST)
    return reauthentication.by_passkey(request, intent, form.cleaned_data["credential"] if form.is_valid() else None)


def _resumed(request: HttpRequest, act: SigningAct) -> tuple[SigningAct, Intent] | None:
    """Return what this session was about to sign, if it still may."""
    intent = reauthentication.waiting(request, act=act.name, subject=act.subject)
    if intent is None:
        return None
    typed = replace(act, kept=dict(intent.kept))
    return (typed, intent) if typed.content == intent.content else None


def _asked(request: HttpRequest, act: SigningAct, intent: Intent, from_provider: bool) -> dict[str, Any]:
    """Return what the page asks of the person: their passkey, or a last word after their provider's."""
    ways = reauthentication.ways(act.by, request)
    if from_provider:
        return {"provider": ways.provider}
    if ways.passkey:
        options = reauthentication.passkey_options(request, intent)
        return {"form": PasskeyForm(), "options": {"request_options": options}}
    return {}


def _done(request: HttpRequest, act: SigningAct, signature: SignatureBase) -> HttpResponse:
    """Lead to the subject with the receipt."""
    messages.success(request, f"{act.done}. Receipt {signature.hash[:16]}, signature {signature.place}.")
    return redirect(act.page)
