"""From a form to a signature: what is to be signed is put together once, proven, and then done.

The same plain values go through the session when a passkey or a provider stands between the form and the act, so that
what is signed is what was typed, and the proof fits nothing else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.errors import Stale
from console.people import reauthentication
from console.people.models import User
from console.people.reauthentication import Intent, Proof, ReauthenticationFailed
from console.sealing import canonical
from console.web.view_helpers import person
from governance.gates import actions
from governance.gates.actions import signing
from governance.gates.models import DecisionPackage, Gate, Signature
from governance.gates.queries.status import GateStatus
from governance.gates.signing.forms import PASSKEY, PASSWORD, PROVIDER, SigningForm, asked

VOTE: Final = "vote"
DECIDE: Final = "decide"


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a package: ``name`` is ``vote`` or ``decide``, ``kept`` what was typed, as plain JSON."""

    name: str
    package: DecisionPackage
    kept: dict[str, Any]

    @property
    def content(self) -> str:
        """The digest of all that is to be signed: an intent is for this, and nothing else."""
        said = {"act": self.name, "gate": self.package.gate.ref, "turn": self.package.turn, "said": self.kept}
        return canonical.digest(canonical.text(said))

    @property
    def meaning(self) -> str:
        """What signing it means, in the words that will stand on the record."""
        if self.name == VOTE:
            return signing.meaning_of_ballot(self.package, self.kept["choice"])
        return signing.meaning_of_decision(self.package, self.kept["outcome"])

    def perform(self, proof: Proof, by: User) -> Signature:
        """Do it. Raises whatever the action refuses."""
        kept = self.kept
        if self.name == DECIDE:
            return actions.decide(
                package=self.package,
                outcome=kept["outcome"],
                statement=kept["statement"],
                seen=kept["seen"],
                proof=proof.method,
                by=by,
            ).signature
        owners = User.objects.in_bulk([row["owner"] for row in kept["conditions"]])
        return actions.vote(
            package=self.package,
            choice=kept["choice"],
            rationale=kept["rationale"],
            conditions=[asked(row, owners) for row in kept["conditions"]],
            seen=kept["seen"],
            request_key=uuid.UUID(kept["request_key"]),
            proof=proof.method,
            by=by,
        ).signature


def sign(request: HttpRequest, act: Act, form: SigningForm) -> HttpResponse | None:
    """Prove it and do it, or go where it is proven. None when the form says what was wrong with the proof."""
    gate = act.package.gate
    if act.kept["seen"] != act.package.digest:
        raise Stale("This is another decision package than the one you looked at. Look again.")
    intent = reauthentication.begin(request, act=act.name, subject=gate.ref, content=act.content, kept=act.kept)
    try:
        if form.chosen == PASSWORD and form.ways.password:
            given = form.cleaned_data
            proof = reauthentication.by_password(
                request, intent, password=given["password"], code=given.get("code", "")
            )
            return done(request, act, proof)
        if form.chosen == PROVIDER and form.ways.provider:
            return reauthentication.to_provider(request, intent, back=address(gate, act.name))
        if form.chosen == PASSKEY and form.ways.passkey:
            return redirect(address(gate, act.name))
    except ReauthenticationFailed as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return None
    form.add_error(None, "You cannot prove who you are in this way. Choose another.")
    return None


def done(request: HttpRequest, act: Act, proof: Proof) -> HttpResponse:
    """Do what was proven, and lead back to the gate with the receipt."""
    return signed(request, act, act.perform(proof, person(request)))


def repeated(act: Act, found: GateStatus, by: User) -> Signature | None:
    """The signature that this very request gave when it was sent before."""
    own = [ballot for ballot in found.ballots if ballot.person_id == by.pk] if act.name == VOTE else []
    same = [ballot for ballot in own if str(ballot.request_key) == act.kept["request_key"]]
    return same[0].signature if same and same[0].choice == act.kept["choice"] else None


def signed(request: HttpRequest, act: Act, signature: Signature) -> HttpResponse:
    """Say that it is signed, with the receipt, on the gate's page."""
    said = "Your vote is signed" if act.name == VOTE else "The decision is signed"
    messages.success(request, f"{said}. Receipt {signature.hash[:16]}, signature {signature.place} of this turn.")
    return redirect(reverse("gates:gate", args=[act.package.gate.ref]))


def resumed(request: HttpRequest, package: DecisionPackage, name: str) -> tuple[Act, Intent] | None:
    """What this session was about to sign, if it still may."""
    intent = reauthentication.waiting(request, act=name, subject=package.gate.ref)
    if intent is None:
        return None
    act = Act(name, package, dict(intent.kept))
    return (act, intent) if act.content == intent.content else None


def address(gate: Gate, name: str) -> str:
    """Where a passkey is asked for, and where people come back to from their provider."""
    return reverse("gates:confirm", args=[gate.ref, name])
