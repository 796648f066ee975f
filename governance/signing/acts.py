"""What a person is about to sign: put together once from a form, proven, and then done.

The same plain values go through the session when a passkey or a provider stands between the form and the act, so that
what is signed is what was typed, and the proof fits nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from console.answers import Answer
from console.people.models import User
from console.people.reauthentication import Proof
from console.sealing import canonical
from governance.signing.models import SignatureBase


@dataclass(frozen=True, kw_only=True)
class SigningAct(ABC):
    """An act that needs a signature. A use subclasses it with what it acts on.

    ``kept``: what was typed, as plain JSON, with the digest that was looked at as ``seen``; empty where a page asks
    whether something waits to be confirmed. ``name`` is the act's word in an address; ``done`` starts the message.
    """

    by: User
    kept: Mapping[str, Any] = field(default_factory=dict)

    name: ClassVar[str]
    done: ClassVar[str] = "Signed"

    @property
    @abstractmethod
    def subject(self) -> str:
        """The stable name of what is signed: ``GATE-3``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called, as people read it."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """The digest that it has now."""

    @property
    @abstractmethod
    def meaning(self) -> str:
        """What signing means, in the words that will stand on the record."""

    @property
    def said(self) -> Sequence[str]:
        """What else was typed and is signed, for the page that asks for a passkey."""
        return ()

    @property
    @abstractmethod
    def page(self) -> str:
        """The address of the subject, where the person is led once it is signed."""

    @property
    @abstractmethod
    def form_page(self) -> str:
        """The address of the form."""

    @property
    @abstractmethod
    def confirm_page(self) -> str:
        """The address where a passkey is asked for, and where people come back to from their provider."""

    @abstractmethod
    def allowed(self) -> Answer:
        """Whether the person may do it: asked before they confirm their identity. The action asks again."""

    def earlier(self) -> SignatureBase | None:
        """The signature that this very request gave when it was sent before."""
        return None

    @abstractmethod
    def perform(self, proof: Proof) -> SignatureBase:
        """Do it. Raises whatever the action refuses."""

    @property
    def content(self) -> str:
        """The digest of all that is to be signed: a proof is for this, and nothing else."""
        return canonical.digest(canonical.text({"act": self.name, "subject": self.subject, "said": dict(self.kept)}))
