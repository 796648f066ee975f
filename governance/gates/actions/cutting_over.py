"""A wave has cut over once its cutover has started and its exit gate stands; without an exit gate, once it started."""

from __future__ import annotations

import datetime as dt

from console.people.models import User
from console.waves import actions as waves
from governance.gates import rules
from governance.gates.models import Gate, GateDecision, Outcome, Phase, Revalidation


def note(gate: Gate, *, by: User, now: dt.datetime) -> dict[str, bool]:
    """State that the gate's wave has cut over, if what was just written of this gate completes it.

    In the caller's transaction, which holds the wave exclusively. Returns what the caller's entry says of it.
    """
    if gate.wave is None or gate.phase not in {Phase.CUTOVER, Phase.EXIT}:
        return {}
    exit_gate = Gate.objects.filter(wave=gate.wave, phase=Phase.EXIT).first()
    started = Revalidation.objects.filter(
        package__gate__wave=gate.wave, package__gate__phase=Phase.CUTOVER, passed=True
    )
    if not rules.has_cut_over(started=started.exists(), exits=exit_gate is not None, stands=_stands(exit_gate, now)):
        return {}
    shown = exit_gate or gate
    first = waves.record_cutover(wave=gate.wave, because=f"{shown.ref} {shown.title}", by=by)
    return {"cut_over": True} if first else {}


def _stands(gate: Gate | None, now: dt.datetime) -> bool:
    """Whether the board's latest GO on a gate counts: what it allows has started, or it neither expired nor ended."""
    found = GateDecision.objects.filter(package__gate=gate, package__supersession__isnull=True)
    latest = found.exclude(outcome=Outcome.NO_GO).order_by("-package__turn").first() if gate else None
    if latest is None:
        return False
    return latest.valid_until > now or Revalidation.objects.filter(package=latest.package_id, passed=True).exists()
