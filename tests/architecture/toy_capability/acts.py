"""The act that needs a signature: signing the newest version of a procedure."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from console.answers import Answer
from console.people.reauthentication import Proof
from governance.signing.acts import SigningAct
from governance.signing.models import Signature
from tests.architecture.toy_capability import actions, queries
from tests.architecture.toy_capability.models import Procedure, ProcedureVersion


@dataclass(frozen=True, kw_only=True)
class SignProcedure(SigningAct):
    """Sign a procedure."""

    procedure: Procedure
    version: ProcedureVersion

    name = "sign"
    done = "The procedure is signed"

    @property
    def subject(self) -> str:
        return self.procedure.ref

    @property
    def title(self) -> str:
        return self.procedure.title

    @property
    def digest(self) -> str:
        return self.version.digest

    @property
    def meaning(self) -> str:
        return actions.meaning(self.procedure)

    @property
    def page(self) -> str:
        return reverse("toy_capability:procedure", args=[self.subject])

    @property
    def form_page(self) -> str:
        return reverse("toy_capability:sign", args=[self.subject])

    @property
    def confirm_page(self) -> str:
        return reverse("toy_capability:confirm", args=[self.subject])

    def allowed(self) -> Answer:
        return queries.may_sign(self.by, self.procedure)

    def perform(self, proof: Proof) -> Signature:
        return actions.sign_procedure(procedure=self.procedure, seen=self.kept["seen"], proof=proof.method, by=self.by)
