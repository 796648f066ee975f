"""Holding a gate. Order everywhere: the wave, then the gate's row; nothing else of gates is locked."""

from __future__ import annotations

from console.errors import Missing
from console.people import permissions
from console.people.models import User
from console.waves import locks as wave_locks
from governance.gates.models import DecisionPackage, Gate


def hold(gate: Gate, by: User) -> Gate:
    """The gate as it is now, with its wave, held against signing and other edits until the transaction ends."""
    wave_locks.lock_shared([gate.wave_id])
    return _locked(gate, by)


def lock_exclusive(gate: Gate, by: User) -> Gate:
    """The gate as it is now, with its wave held alone: no fact that it rests on changes until the transaction ends."""
    wave_locks.lock_exclusive([gate.wave_id])
    return _locked(gate, by)


def reread(package: DecisionPackage) -> DecisionPackage:
    """The package with whatever has become of it, read after its wave is held."""
    ends = ("consolidation", "decision", "supersession", "revalidation")
    return DecisionPackage.objects.select_related("gate__wave", "policy", "sealed_by", *ends).get(pk=package.pk)


def _locked(gate: Gate, by: User) -> Gate:
    permissions.forget(by)  # what was known of this person's roles may be older than the wave's lock
    # The wave is read after it is held, in a statement of its own: what a waiting query returns may be older.
    if not Gate.objects.select_for_update(no_key=True).filter(pk=gate.pk).exists():
        raise Missing(f"There is no gate {gate.ref}.")
    return Gate.objects.select_related("wave").get(pk=gate.pk)
