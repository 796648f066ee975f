"""The two acts that sign a decision package: a ballot, and the chair's decision for the board."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.urls import reverse

from console.answers import Answer
from console.people.models import User
from console.people.reauthentication import Proof
from governance.gates import actions
from governance.gates.actions import signing
from governance.gates.models import DecisionPackage, Signature
from governance.gates.queries.status import GateStatus
from governance.gates.signing import pages
from governance.gates.signing.forms import asked
from governance.signing.acts import SigningAct


@dataclass(frozen=True, kw_only=True)
class PackageAct(SigningAct):
    """An act on the newest package of a gate. ``found``: how the gate stands."""

    package: DecisionPackage
    found: GateStatus

    form_name: ClassVar[str]

    @property
    def subject(self) -> str:
        """The gate's name."""
        return self.package.gate.ref

    @property
    def title(self) -> str:
        """The gate's title."""
        return self.package.gate.title

    @property
    def digest(self) -> str:
        """The digest of the package."""
        return self.package.digest

    @property
    def said(self) -> Sequence[str]:
        """The reason or statement, and the conditions."""
        texts = [self.kept.get("rationale") or self.kept.get("statement") or ""]
        texts += [f"Condition: {row['text']}" for row in self.kept.get("conditions", [])]
        return [text for text in texts if text]

    @property
    def page(self) -> str:
        """The gate's page."""
        return reverse("gates:gate", args=[self.subject])

    @property
    def form_page(self) -> str:
        """The page of the form."""
        return reverse(self.form_name, args=[self.subject])

    @property
    def confirm_page(self) -> str:
        """The page that asks for a passkey."""
        return reverse("gates:confirm", args=[self.subject, self.name])

    @abstractmethod
    def perform(self, proof: Proof) -> Signature:
        """Do it. Raises whatever the action refuses."""


@dataclass(frozen=True, kw_only=True)
class Vote(PackageAct):
    """Cast a ballot."""

    name = "vote"
    done = "Your vote is signed"
    form_name = "gates:sign"

    @property
    def meaning(self) -> str:
        """What this ballot means."""
        return signing.meaning_of_ballot(self.package, self.kept["choice"])

    def allowed(self) -> Answer:
        """Whether this ballot may be cast."""
        kept = self.kept
        return pages.vote_answer(self.found, self.by, kept["choice"], kept["rationale"], len(kept["conditions"]))

    def earlier(self) -> Signature | None:
        """The signature of the ballot that this request cast when it was sent before."""
        own = pages.own_ballot(self.found, self.by)
        same = own is not None and str(own.request_key) == self.kept["request_key"]
        return own.signature if own is not None and same and own.choice == self.kept["choice"] else None

    def perform(self, proof: Proof) -> Signature:
        """Cast it."""
        kept = self.kept
        owners = User.objects.in_bulk([row["owner"] for row in kept["conditions"]])
        return actions.vote(
            package=self.package,
            choice=kept["choice"],
            rationale=kept["rationale"],
            conditions=[asked(row, owners) for row in kept["conditions"]],
            seen=kept["seen"],
            request_key=uuid.UUID(kept["request_key"]),
            proof=proof.method,
            by=self.by,
        ).signature


@dataclass(frozen=True, kw_only=True)
class Decide(PackageAct):
    """Decide for the board."""

    name = "decide"
    done = "The decision is signed"
    form_name = "gates:decide"

    @property
    def meaning(self) -> str:
        """What this decision means."""
        return signing.meaning_of_decision(self.package, self.kept["outcome"])

    def allowed(self) -> Answer:
        """Whether this outcome may be signed."""
        return pages.decide_answer(self.found, self.by, self.kept["outcome"], self.kept["statement"])

    def perform(self, proof: Proof) -> Signature:
        """Decide."""
        return actions.decide(
            package=self.package,
            outcome=self.kept["outcome"],
            statement=self.kept["statement"],
            seen=self.kept["seen"],
            proof=proof.method,
            by=self.by,
        ).signature


ACTS: Final[dict[str, type[PackageAct]]] = {act.name: act for act in (Vote, Decide)}
