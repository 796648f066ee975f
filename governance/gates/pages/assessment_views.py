"""Views for evidence that people give: attestations, control tests, waivers, met conditions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from console.errors import Invalid
from console.web.form_pages import sent
from console.web.view_helpers import person
from governance.gates import actions, lookup
from governance.gates.models import Gate, Kind
from governance.gates.pages.act_page import Page, act, form_view
from governance.gates.pages.forms import AttestForm, ControlTestForm, NoteForm, ReasonForm, VerdictForm, WaiverForm
from governance.subjects import require

ATTEST = "waves.attest_gates"


@form_view
def attest(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Say with one's name that something holds."""
    gate = _attesting(request, ref, "attest")
    criterion = lookup.criterion_for(gate, code)
    version = lookup.version_of(criterion)
    if version.kind != Kind.ATTESTATION:
        raise Invalid(f"“{criterion.title}” is not an attestation criterion.")
    form = AttestForm(sent(request), initial={"seen": version.version})
    page = Page(
        f"Attest: {criterion.title}",
        "Sign attestation",
        "Attestation recorded.",
        (f"You attest in your name: “{version.subject}”", "It expires automatically."),
        icon="signature",
    )
    return act(request, gate, page, form, actions.attest, criterion=criterion)


@form_view
def withdraw_attestation(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take an attestation back."""
    gate = lookup.gate_for(person(request), ref)
    attestation = lookup.attestation_for(gate, pk)
    form = ReasonForm(sent(request))
    page = Page(
        "Withdraw attestation",
        "Take it back",
        "Attestation withdrawn.",
        (
            f"{attestation.by} said: “{attestation.statement}”",
            "This invalidates signatures on any package that relies on it.",
        ),
        icon="undo-2",
        kind="danger",
    )
    return act(request, gate, page, form, actions.withdraw_attestation, attestation=attestation)


@form_view
def control_test(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Record one test of the control that a criterion asks for."""
    gate = _attesting(request, ref, "record control tests")
    criterion = lookup.criterion_for(gate, code)
    version = lookup.version_of(criterion)
    if version.kind != Kind.CONTROL_TEST:
        raise Invalid(f"“{criterion.title}” is not a control-test criterion.")
    form = ControlTestForm(sent(request))
    page = Page(
        f"Record a test of {version.subject}",
        "Record test",
        "The test is recorded.",
        ("State the period, population and sample size.",),
        icon="clipboard-check",
    )
    return act(request, gate, page, form, actions.record_control_test, subject=gate.subject, control=version.subject)


@form_view
def ask_waiver(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Ask for leave to go on although a criterion fails."""
    gate = _attesting(request, ref, "request waivers")
    criterion = lookup.criterion_for(gate, code)
    version = lookup.version_of(criterion)
    form = WaiverForm(sent(request), initial={"seen": version.version})
    page = Page(
        f"Request a waiver for “{criterion.title}”",
        "Request waiver",
        "Waiver requested. The approvers have been notified.",
        (
            "The board member with the veto for this domain decides.",
            "You cannot vote GO on a package that rests on it.",
            "Only a failed criterion can be waived. Inconclusive or stale results cannot.",
        ),
        icon="shield-question-mark",
    )
    return act(request, gate, page, form, actions.ask_waiver, criterion=criterion)


@form_view
def decide_waiver(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Grant or refuse a waiver."""
    gate = lookup.gate_for(person(request), ref)
    waiver = lookup.waiver_for(gate, pk)
    form = VerdictForm(sent(request))
    page = Page(
        f"Decide a waiver of “{waiver.version.criterion.title}”",
        "Decide",
        "The waiver is decided.",
        (
            f"{waiver.requested_by} asks: {waiver.reason}",
            f"Compensating control: {waiver.compensating_control}",
            "If a package is sealed, granting this waiver invalidates its signatures.",
        ),
        icon="gavel",
    )
    return act(request, gate, page, form, actions.decide_waiver, waiver=waiver)


@form_view
def revoke_waiver(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """End a waiver before its time."""
    gate = lookup.gate_for(person(request), ref)
    waiver = lookup.waiver_for(gate, pk)
    form = ReasonForm(sent(request))
    page = Page(
        f"Revoke the waiver of “{waiver.version.criterion.title}”",
        "Revoke it",
        "The waiver is revoked.",
        ("The criterion blocks immediately, and signatures that relied on the waiver become invalid.",),
        icon="ban",
        kind="danger",
    )
    return act(request, gate, page, form, actions.revoke_waiver, waiver=waiver)


@form_view
def meet_condition(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Confirm that a condition is met."""
    gate = lookup.gate_for(person(request), ref)
    condition = lookup.condition_for(gate, pk)
    form = NoteForm(sent(request))
    page = Page(
        "Confirm that a condition is met",
        "Confirm met",
        "The condition is met.",
        (f"Your vote set this condition: {condition.text}",),
        icon="check-check",
    )
    return act(request, gate, page, form, actions.meet_condition, condition=condition)


def _attesting(request: HttpRequest, ref: str, to: str) -> Gate:
    gate = lookup.gate_for(person(request), ref)
    require(person(request), ATTEST, gate.subject, to=f"{to} for {gate.subject}")
    return gate
