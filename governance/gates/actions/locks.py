"""Holding a gate. Order everywhere: the wave, then the gate's row; nothing else of gates is locked."""

from __future__ import annotations

from console.errors import Missing
from console.waves import holding
from governance.gates.models import DecisionPackage, Gate


def hold(gate: Gate) -> Gate:
    """The gate as it is now, with its wave, held against signing and other edits until the transaction ends."""
    holding.hold([gate.wave_id])
    return _locked(gate)


def hold_alone(gate: Gate) -> Gate:
    """The gate as it is now, with its wave held alone: no fact that it rests on changes until the transaction ends."""
    holding.hold_alone([gate.wave_id])
    return _locked(gate)


def reread(package: DecisionPackage) -> DecisionPackage:
    """The package with whatever has become of it, read after its wave is held."""
    ends = ("consolidation", "decision", "supersession", "revalidation")
    return DecisionPackage.objects.select_related("gate__wave", "policy", "sealed_by", *ends).get(pk=package.pk)


def _locked(gate: Gate) -> Gate:
    # The wave is read after it is held, in a statement of its own: what a waiting query returns may be older.
    if not Gate.objects.select_for_update(no_key=True).filter(pk=gate.pk).exists():
        raise Missing(f"There is no gate {gate.ref}.")
    return Gate.objects.select_related("wave").get(pk=gate.pk)
