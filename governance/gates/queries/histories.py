"""What one criterion came to over time, and what people said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from console import keyset
from console.keyset import NEWEST, TOP, Page, Place
from governance.gates.models import Attestation, ControlTest, Criterion, CriterionVersion, Evaluation, Gate, Waiver
from governance.gates.queries.assessments import control_tests
from governance.subjects import Subject

EVALUATIONS: Final = 25


@dataclass(frozen=True, slots=True)
class CriterionHistory:
    """Everything that was kept about one criterion, the newest first."""

    versions: list[CriterionVersion]
    waivers: list[Waiver]
    attestations: list[Attestation]
    tests: list[ControlTest]
    evaluations: Page[Evaluation]


def of(criterion: Criterion, current: CriterionVersion, *, place: Place = TOP) -> CriterionHistory:
    """The history of a criterion, in a constant number of queries. Its gate must be loaded."""
    versions = criterion.versions.select_related("by").order_by("-version")[:50]
    waivers = Waiver.objects.filter(version__criterion=criterion).select_related(
        "version", "requested_by", "decided_by", "revoked_by"
    )
    attestations = criterion.attestations.select_related("by", "withdrawn_by", "version").order_by("-id")[:20]
    tests = control_tests([criterion.gate.subject]).filter(control=current.subject).select_related("by")
    return CriterionHistory(
        versions=list(versions),
        waivers=list(waivers.order_by("-id")[:20]),
        attestations=list(attestations) if current.kind == "attestation" else [],
        tests=list(tests.order_by("-id")[:20]) if current.kind == "control-test" else [],
        evaluations=keyset.page(_evaluations(criterion), NEWEST, place, size=EVALUATIONS),
    )


def by_phase(subject: Subject) -> dict[str, Gate]:
    """Return the gates of a subject by their phase."""
    return {gate.phase: gate for gate in Gate.objects.filter(subject_kind=subject.kind, subject_id=subject.id)}


def _evaluations(criterion: Criterion) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(version__criterion=criterion).select_related("version")
