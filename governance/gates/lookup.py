"""Load gate objects from URL parameters with permission checks. Raise Missing if not visible."""

from __future__ import annotations

import re
from typing import Final

from console.errors import Missing
from console.people.models import User
from governance.gates.models import Attestation, Condition, Criterion, CriterionVersion, DecisionPackage, Gate, Waiver
from governance.subjects import WAVE, Subject, find, kind_of, load, may, others

SEE: Final = "waves.view_wave"
_REF: Final = re.compile(r"^GATE-([1-9][0-9]{0,17})$")


def gate_for(user: User, ref: str) -> Gate:
    """Return the gate of that name, if this person may see its subject. Raises Missing."""
    match = _REF.match(ref)
    found = Gate.objects.select_related("wave").filter(pk=match[1]).first() if match else None
    if found is None or not may(user, SEE, found.subject):
        raise Missing("There is no such gate, or you may not see it.")
    return found


def subject_for(user: User, kind: str, pk: int) -> Subject:
    """Return a subject, if this person may see it. Raises Missing."""
    found = find(kind, pk)
    if not may(user, SEE, found):
        raise Missing(f"There is no such {kind_of(kind).label}, or you may not see it.")
    return found


def other_subjects(user: User, size: int) -> list[Subject]:
    """Return the subjects with gates that are no waves and that this person may see, those of the newest gates first.

    No query while no other kind of subject is registered.
    """
    if not others():
        return []
    rows = Gate.objects.exclude(subject_kind=WAVE).order_by("-id").values_list("subject_kind", "subject_id")
    found = load(dict.fromkeys(rows[: size * 10]))
    return [subject for subject in found.values() if may(user, SEE, subject)][:size]


def criterion_for(gate: Gate, code: str) -> Criterion:
    """A criterion of this gate, retired or not. Raises Missing."""
    found = gate.criteria.filter(code=code).first()
    if found is None:
        raise Missing(f"{gate.ref} has no criterion of that name.")
    return found


def version_of(criterion: Criterion) -> CriterionVersion:
    """How a criterion is evaluated now."""
    return criterion.versions.order_by("-version")[0]


def package_for(gate: Gate, turn: int) -> DecisionPackage:
    """The package of one turn. Raises Missing."""
    found = gate.packages.select_related("policy").filter(turn=turn).first()
    if found is None:
        raise Missing(f"{gate.ref} has no turn {turn}.")
    return found


def newest_package(gate: Gate) -> DecisionPackage:
    """The package that was sealed last. Raises Missing when none was."""
    found = gate.packages.select_related("policy").order_by("-turn").first()
    if found is None:
        raise Missing(f"Nothing has been sealed at {gate.ref} yet.")
    return found


def package_seen(gate: Gate, digest: str) -> DecisionPackage:
    """The package of a digest, as a form names it; an action says if it is no longer the newest. Raises Missing."""
    found = gate.packages.select_related("policy").filter(digest=digest).first()
    if found is None:
        raise Missing(f"{gate.ref} has no such package.")
    return found


def waiver_for(gate: Gate, pk: int) -> Waiver:
    """A waiver of one of this gate's criteria. Raises Missing."""
    found = Waiver.objects.select_related("version__criterion").filter(pk=pk, version__criterion__gate=gate).first()
    if found is None:
        raise Missing(f"{gate.ref} has no such waiver.")
    return found


def attestation_for(gate: Gate, pk: int) -> Attestation:
    """An attestation of one of this gate's criteria. Raises Missing."""
    found = Attestation.objects.select_related("criterion").filter(pk=pk, criterion__gate=gate).first()
    if found is None:
        raise Missing(f"{gate.ref} has no such attestation.")
    return found


def condition_for(gate: Gate, pk: int) -> Condition:
    """A condition that a ballot of this gate set. Raises Missing."""
    found = Condition.objects.select_related("ballot__package").filter(pk=pk, ballot__package__gate=gate).first()
    if found is None:
        raise Missing(f"{gate.ref} has no such condition.")
    return found
