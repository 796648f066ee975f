"""Waivers: asked for with a compensating control and an end, decided by somebody else, revoked."""

from __future__ import annotations

import datetime as dt

from console.people.models import User
from governance.gates.models import Criterion, Waiver


def ask_waiver(
    *, criterion: Criterion, reason: str, compensating_control: str, not_after: dt.datetime, seen: int, by: User
) -> Waiver:
    """Ask for leave to go on although this criterion fails; ``seen`` is its version. Raises Denied, Invalid, Stale."""
    raise NotImplementedError


def decide_waiver(*, waiver: Waiver, granted: bool, reason: str, by: User) -> Waiver:
    """Grant or refuse: for a seat with the veto of the criterion's domain (the chair where none has it), never for who
    asked. Raises Denied, Invalid, Stale.
    """
    raise NotImplementedError


def revoke_waiver(*, waiver: Waiver, reason: str, by: User) -> Waiver:
    """End a waiver before its time. Raises Denied, Invalid, Stale."""
    raise NotImplementedError
