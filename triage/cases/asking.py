"""A verdict that asks for information (``Then.ASK``): the seam to the capability that keeps questions.

``triage.cases`` knows that a case waits for an answer, and not who is asked or how: a capability declares that beside
itself, as ``parts=(ASKINGS.part(asking),)``. Without one a verdict keeps the words in which it was asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Protocol

from console.capabilities.registry import Registry
from console.people.models import User
from triage.cases.models import Case, Decision


class Prepared(Protocol):
    """A question whose addressee is known and may be asked."""

    @property
    def details(self) -> Mapping[str, Any]:
        """What the decision keeps of it."""

    def ask(self, decision: Decision) -> None:
        """Ask it, in the transaction of the decision."""


class Asking(Protocol):
    """Who may be asked, and what a question is."""

    @property
    def name(self) -> str:
        """Its name in the registry."""

    def prepare(self, case: Case, asked_of: str, due_at: dt.datetime | None, *, by: User) -> Prepared:
        """Find who is meant and until when. Raises Invalid, naming the field, for what cannot be asked."""

    def end(self, case: Case, *, resumed: bool, by: User) -> None:
        """The locked case waits no longer: it was resumed by hand, or the decision that asked was undone."""


#: Who keeps questions: at most one capability does.
ASKINGS: Final = Registry[Asking]("way to ask for information", lambda one: one.name)


def prepare(case: Case, asked_of: str, due_at: dt.datetime | None, *, by: User) -> Prepared | None:
    """The question as it will be asked; None where no capability keeps questions. Raises Invalid."""
    return next((one.prepare(case, asked_of, due_at, by=by) for one in ASKINGS), None)


def end(case: Case, *, resumed: bool, by: User) -> None:
    """End the question on a locked case that waits no longer, without an answer."""
    for one in ASKINGS:
        one.end(case, resumed=resumed, by=by)
