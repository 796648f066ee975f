"""Ballots: cast blind, each by signing it, and the conditions that they set."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from console.people.models import User
from governance.gates.models import Ballot, Condition, DecisionPackage, Signature


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition that a ballot sets: what, by whom, until when, and the measure that shows it where one does."""

    text: str
    owner: User
    due_at: dt.datetime
    measure: str = ""
    operator: str = ""
    threshold: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """A ballot with its signature, and whether an earlier sending of the same request cast it."""

    ballot: Ballot
    signature: Signature
    repeat: bool


def vote(
    *,
    package: DecisionPackage,
    choice: str,
    seen: str,
    proof: str,
    by: User,
    rationale: str = "",
    conditions: Sequence[Asked] = (),
    request_key: uuid.UUID | None = None,
) -> Voted:
    """Cast and sign a ballot for the seat that ``by`` fills: as its holder, or as the alternate of a recused one.

    ``seen`` is the digest of the package that was looked at; ``proof`` how the person proved who they are, for this act
    (``Proof.method``): the door has consumed it. The same request sent twice gives the first ballot. Raises Stale when
    the package is not open any more or is another one than seen; Denied without seat, permission or independence;
    Invalid for a ballot that is incomplete.
    """
    raise NotImplementedError


def meet_condition(*, condition: Condition, note: str, by: User) -> Condition:
    """Confirm that a condition without a measure is met; for whoever set it. Raises Denied, Invalid, Stale."""
    raise NotImplementedError
