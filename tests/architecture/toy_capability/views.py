"""Pages of procedures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from console.people.reauthentication import ways
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from governance.signing import flow
from governance.signing.flow import signing_view
from governance.signing.forms import SigningForm
from tests.architecture.toy_capability import actions, queries
from tests.architecture.toy_capability.acts import SignProcedure
from tests.architecture.toy_capability.forms import DecisionForm, ExemptionForm, RevocationForm, VersionForm
from tests.architecture.toy_capability.models import Procedure


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Show the procedures of the waves that this person may see."""
    return render(request, "toy_capability/procedures.html", {"procedures": queries.visible(person(request))})


@require_safe
def procedure(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a procedure as it stands."""
    detail = queries.detail(queries.procedure_for(person(request), ref), timezone.now())
    return render(request, "toy_capability/procedure.html", {"detail": detail})


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the next version."""
    found = queries.procedure_for(person(request), ref)
    last = queries.current(found)
    form = VersionForm(sent(request), initial={"seen": last.version, "text": last.text})
    return _act(request, found, form, "Write a version", actions.write_version, procedure=found)


@require_http_methods(["GET", "POST"])
def exempt(request: HttpRequest, ref: str) -> HttpResponse:
    """Request an exemption."""
    found = queries.procedure_for(person(request), ref)
    form = ExemptionForm(sent(request))
    return _act(request, found, form, "Request an exemption", actions.request_exemption, procedure=found)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Grant or refuse an exemption."""
    found = queries.procedure_for(person(request), ref)
    exemption = queries.exemption_for(found, pk)
    form = DecisionForm(sent(request))
    return _act(request, found, form, "Decide the exemption", actions.decide_exemption, exemption=exemption)


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Revoke an exemption."""
    found = queries.procedure_for(person(request), ref)
    exemption = queries.exemption_for(found, pk)
    form = RevocationForm(sent(request))
    return _act(request, found, form, "Revoke the exemption", actions.revoke_exemption, exemption=exemption)


@signing_view
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """Sign the newest version."""
    by = person(request)
    found = queries.procedure_for(by, ref)
    version = queries.current(found)
    form = SigningForm(sent(request), ways=ways(by, request), initial={"seen": version.digest})
    act = SignProcedure(by=by, procedure=found, version=version)
    answer = flow.answer(request, form, lambda: replace(act, kept=form.kept()))
    if isinstance(answer, HttpResponse):
        return answer
    return render(request, "toy_capability/sign.html", {"act": act, "form": form}, status=answer)


@signing_view
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Sign with a passkey, or having come back from the sign-on provider."""
    by = person(request)
    found = queries.procedure_for(by, ref)
    return flow.confirm(request, SignProcedure(by=by, procedure=found, version=queries.current(found)))


def _act(
    request: HttpRequest, found: Procedure, form: Form, title: str, action: Callable[..., Any], **about: Any
) -> HttpResponse:
    """Show the form, or do what it says and lead back to the procedure."""
    answer = submit(form, action, by=person(request), **about)
    if isinstance(answer, Done):
        return succeed(request, "Saved.", "toy_capability:procedure", found.ref)
    context = {"procedure": found, "form": form, "title": title}
    return render(request, "toy_capability/act.html", context, status=answer.status)
