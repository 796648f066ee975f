"""Lock a gate. Order everywhere: its subject, then the gate's row; nothing else of gates is locked."""

from __future__ import annotations

from console.errors import Missing, Stale
from console.people import permissions
from console.people.models import User
from governance.gates.models import DecisionPackage, Gate
from governance.subjects import locks as subject_locks


def hold(gate: Gate, by: User) -> Gate:
    """Return the gate as it is now, its subject held against signing and other edits until the transaction ends."""
    subject_locks.lock_shared(gate.subject)
    return _locked(gate, by)


def lock_exclusive(gate: Gate, by: User) -> Gate:
    """Return the gate as it is now, its subject locked alone: no fact that it rests on changes meanwhile."""
    subject_locks.lock_exclusive(gate.subject)
    return _locked(gate, by)


def reread(package: DecisionPackage) -> DecisionPackage:
    """Return the package with whatever has become of it, read after its subject is locked."""
    ends = ("consolidation", "decision", "supersession", "revalidation")
    return DecisionPackage.objects.select_related("gate__wave", "policy", "sealed_by", *ends).get(pk=package.pk)


def _locked(gate: Gate, by: User) -> Gate:
    permissions.forget(by)  # what was known of this person's roles may be older than the lock
    # The subject is read after it is locked, in a statement of its own: what a waiting query returns may be older.
    if not Gate.objects.select_for_update(no_key=True).filter(pk=gate.pk).exists():
        raise Missing(f"There is no gate {gate.ref}.")
    found = Gate.objects.select_related("wave").get(pk=gate.pk)
    if not set(found.subject.wave_ids) <= set(gate.subject.wave_ids):
        raise Stale(f"{found.subject} now rests on other waves. Try again.")
    return found
