"""Views by which stewards prepare gates: create gates, edit criteria, appoint the board."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.waves.queries import wave_seen_by
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from governance.gates import actions, lookup
from governance.gates.models import Gate, Policy
from governance.gates.pages.act_page import Page, act, form_view
from governance.gates.pages.forms import (
    ChangeForm,
    NewCriterionForm,
    PolicyForm,
    ReasonForm,
    RewordForm,
    places,
    seat_forms,
)
from governance.gates.standard import templates_of
from governance.measures.queries import catalogue
from governance.subjects import Subject, of_wave, require

MANAGE = "waves.manage_gates"
WITHDRAWS = "If a package is sealed, this invalidates its signatures and notifies the board."


@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the gates that a wave does not have yet."""
    return _make(request, of_wave(wave_seen_by(person(request), slug)))


@require_POST
def make_for(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Make the gates that a subject of another kind does not have yet."""
    return _make(request, lookup.subject_for(person(request), kind, pk))


def _make(request: HttpRequest, subject: Subject) -> HttpResponse:
    made = actions.make_gates(subject=subject, by=person(request))
    said = f"{len(made)} gates created. Appoint a board for each gate before you seal a package."
    return succeed(request, said, subject.page)


@form_view
def reword(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Say a criterion in other words."""
    gate = _managed(request, ref, "reword its criteria")
    criterion = lookup.criterion_for(gate, code)
    initial = {name: getattr(criterion, name) for name in ("title", "why", "owner", "order")}
    form = RewordForm(sent(request), initial=initial)
    page = Page(
        f"Reword “{criterion.title}”",
        "Save",
        "Text updated. The definition is unchanged.",
        (
            "Changing the text, owner or order does not affect signatures. To change the threshold, use “Edit "
            "definition”.",
        ),
    )
    return act(request, gate, page, form, actions.reword_criterion, criterion=criterion)


@form_view
def change(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Judge a criterion in another way from now on."""
    gate = _managed(request, ref, "change its criteria")
    criterion = lookup.criterion_for(gate, code)
    version = lookup.version_of(criterion)
    initial = ChangeForm.of(version) | {"reason": "", "seen": version.version}
    form = ChangeForm(sent(request), initial=initial, measures=_measures())
    page = Page(
        f"Edit the definition of “{criterion.title}”",
        f"Save as version {version.version + 1}",
        "The criterion has a new version.",
        (
            "Earlier versions stay on record. Existing waivers and attestations do not apply to the new version.",
            WITHDRAWS,
        ),
    )
    return act(request, gate, page, form, actions.change_criterion, criterion=criterion)


@form_view
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for one thing more."""
    gate = _managed(request, ref, "add criteria")
    form = NewCriterionForm(sent(request), measures=_measures())
    page = Page(f"Add a criterion to {gate.ref}", "Add", "The criterion is added.", (WITHDRAWS,), icon="plus")
    return act(request, gate, page, form, actions.add_criterion, gate=gate)


@form_view
def retire(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Ask for a criterion no longer."""
    gate = _managed(request, ref, "retire its criteria")
    criterion = lookup.criterion_for(gate, code)
    form = ReasonForm(sent(request))
    page = Page(
        f"Retire “{criterion.title}”",
        "Retire criterion",
        "The criterion is retired.",
        ("The criterion no longer applies. Its history stays on record.", WITHDRAWS),
        icon="archive",
        kind="danger",
    )
    return act(request, gate, page, form, actions.retire_criterion, criterion=criterion)


@form_view
def policy(request: HttpRequest, ref: str) -> HttpResponse:
    """Seat the board, and say how many of it a GO needs."""
    gate = _managed(request, ref, "change its policy")
    current = gate.policies.order_by("-version").first()
    form = PolicyForm(sent(request), initial=_policy_initial(gate, current))
    seats = seat_forms(sent(request), _seats_initial(gate, current))

    def change_policy(**said: Any) -> Policy:
        return actions.change_policy(gate=gate, places=places(seats), by=person(request), **said)

    saved = submit(form, change_policy, beside=[seats])
    if isinstance(saved, Done):
        return succeed(request, "Board saved.", "gates:gate", gate.ref)
    context = {"gate": gate, "form": form, "seats": seats, "current": current, "withdraws": WITHDRAWS}
    context["back"] = reverse("gates:gate", args=[gate.ref])
    return render(request, "gates/policy.html", context, status=saved.status)


def _managed(request: HttpRequest, ref: str, to: str) -> Gate:
    gate = lookup.gate_for(person(request), ref)
    require(person(request), MANAGE, gate.subject, to=f"prepare {gate.ref} and {to}")
    return gate


def _measures() -> list[tuple[str, str]]:
    return [(definition.code, definition.title) for definition in catalogue()]


def _policy_initial(gate: Gate, current: Policy | None) -> dict[str, object]:
    if current:
        return PolicyForm.of(current) | {"seen": current.version}
    suggested = templates_of(gate.subject_kind)[gate.phase]
    names = ("quorum", "go_needed", "freezes", "poll_hours", "valid_hours")
    return {name: getattr(suggested, name) for name in names} | {"seen": 0}


def _seats_initial(gate: Gate, current: Policy | None) -> list[dict[str, object]]:
    """The seats of the current policy, or those that the template suggests, without people."""
    names = ("code", "title", "required", "chair", "vetoes")
    if current is None:
        return [
            {name: getattr(seat, name) for name in names} for seat in templates_of(gate.subject_kind)[gate.phase].seats
        ]
    return [
        {name: getattr(seat, name) for name in names} | {"holder": seat.holder_id, "alternate": seat.alternate_id}
        for seat in current.seats.all()
    ]
