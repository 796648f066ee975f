"""Views that advance a gate: seal, withdraw, close voting, start. Signing has its own (``signing.views``)."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.people.models import User
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from governance.gates import actions, lookup
from governance.gates.models import Consolidation
from governance.gates.pages.act_page import Page, act, form_view, show
from governance.gates.pages.forms import ReasonForm, SeenForm
from governance.gates.queries import gate_page
from governance.subjects import require


@form_view
def seal(request: HttpRequest, ref: str) -> HttpResponse:
    """Seal what stands now for the board to vote on."""
    by = person(request)
    gate = lookup.gate_for(by, ref)
    require(by, "waves.manage_gates", gate.subject, to=f"seal a package at {gate.ref}")
    policy = gate.policies.order_by("-version").first()
    freezes = (
        "The wave is frozen while this package is open: its cases cannot be decided."
        if policy and policy.freezes
        else ""
    )
    page = Page(
        f"Seal a decision package at {gate.ref}",
        "Seal package",
        "Package sealed. Board members have been notified.",
        tuple(
            filter(
                None,
                (
                    "Concord records the current evidence and computes a SHA-256 digest. The board signs that digest.",
                    "You cannot vote GO on a package you sealed.",
                    freezes,
                ),
            )
        ),
        icon="stamp",
    )
    return act(request, gate, page, Form(sent(request)), actions.seal, gate=gate)


@form_view
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a sealed package back."""
    by = person(request)
    gate = lookup.gate_for(by, ref)
    require(by, "waves.manage_gates", gate.subject, to=f"withdraw packages of {gate.ref}")
    package = lookup.newest_package(gate)
    form = ReasonForm(sent(request))
    page = Page(
        f"Withdraw round {package.turn} of {gate.ref}",
        "Withdraw package",
        "Package withdrawn.",
        ("Votes and signatures stay on record but are no longer valid. Signatories will be notified.",),
        icon="undo-2",
        kind="danger",
    )
    return act(request, gate, page, form, actions.withdraw, package=package)


@form_view
def consolidate(request: HttpRequest, ref: str) -> HttpResponse:
    """End the blind poll and count it."""
    by = person(request)
    gate = lookup.gate_for(by, ref)
    package = lookup.newest_package(gate)
    if request.method == "GET":
        gate_page(gate, by).answers["consolidate"].require()
    form = SeenForm(sent(request), initial={"seen": package.digest})
    page = Page(
        f"Close voting on {gate.ref}",
        "Close voting and count",
        "Voting closed. All votes are now visible.",
        ("All votes become visible to everyone with access to this gate, and no one can vote after this.",),
        icon="list-checks",
    )

    def close(*, seen: str, by: User) -> Consolidation:
        return actions.consolidate(package=lookup.package_seen(gate, seen), by=by)

    return act(request, gate, page, form, close)


@form_view
def begin(request: HttpRequest, ref: str) -> HttpResponse:
    """T-0: ask everything again, and begin what the gate allowed if all of it holds."""
    by = person(request)
    gate = lookup.gate_for(by, ref)
    require(by, "waves.begin_gates", gate.subject, to=f"start {gate.ref}")
    package = lookup.newest_package(gate)
    form = SeenForm(sent(request), initial={"seen": package.digest})
    started = submit(form, actions.begin, package=package, by=by)
    if isinstance(started, Done):
        if started.value.passed:
            return succeed(request, "T-0 check passed. The step has started.", "gates:gate", gate.ref)
        messages.error(request, "T-0 check failed. The package is no longer valid. See the gate for details.")
        return redirect("gates:gate", gate.ref)
    page = Page(
        f"T-0 check of {gate.ref}",
        "Run T-0 check and start",
        "",
        (
            "All criteria, conditions and board seats are checked again now.",
            "The step starts only if every check passes.",
            "If any check fails, the signatures become invalid and the board is notified.",
        ),
        icon="rocket",
    )
    return show(request, gate, page, form, started.status)
