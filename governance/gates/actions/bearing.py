"""What people say about a gate's criteria: attestations and tests of controls."""

from __future__ import annotations

import datetime as dt

from console.people.models import User
from console.waves.models import Wave
from governance.gates.models import Attestation, ControlTest, Criterion


def attest(*, criterion: Criterion, seen: int, by: User, note: str = "") -> Attestation:
    """Say with one's name that an attestation criterion holds; ``seen`` is its version. Raises Denied, Invalid, Stale."""
    raise NotImplementedError


def withdraw_attestation(*, attestation: Attestation, reason: str, by: User) -> Attestation:
    """Take an attestation back: by whoever made it, or a steward. Raises Denied, Invalid, Stale."""
    raise NotImplementedError


def record_control_test(
    *,
    wave: Wave,
    control: str,
    method: str,
    satisfied: bool,
    finding: str,
    evidence: str,
    population: int,
    sample: int,
    period_from: dt.date,
    period_to: dt.date,
    tested_at: dt.datetime,
    by: User,
) -> ControlTest:
    """Record one test of one control for a wave. Raises Denied, Invalid (a sample larger than its population, a test of
    the future)."""
    raise NotImplementedError
