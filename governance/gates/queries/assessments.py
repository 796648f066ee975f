"""What people said and tested: the latest control test and attestation that bears on a criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from governance import subjects
from governance.gates.models import Attestation, ControlTest, CriterionVersion, Kind
from governance.subjects import WAVE, Subject


def control_tests(asked: Iterable[Subject]) -> QuerySet[ControlTest]:
    """Return the control tests of subjects. Those of a wave name it by their column ``wave`` alone."""
    every = list(asked)
    others = [subject for subject in every if subject.kind != WAVE]
    of = Q(wave__in=[subject.id for subject in every if subject.kind == WAVE])
    return ControlTest.objects.filter(of | subjects.any_of(others))


def controls(evaluated: Mapping[Subject, Iterable[CriterionVersion]]) -> dict[Subject, dict[str, ControlTest]]:
    """Subject → control → its latest test, of the controls that these versions ask for. One query."""
    codes = {one.subject for of in evaluated.values() for one in of if one.kind == Kind.CONTROL_TEST}
    known = {(subject.kind, subject.id): subject for subject in evaluated}
    found: dict[Subject, dict[str, ControlTest]] = {subject: {} for subject in evaluated}
    series = ("subject_kind", "subject_id", "wave_id", "control")
    rows = control_tests(evaluated).filter(control__in=codes).select_related("by").order_by(*series, "-id")
    for row in rows.distinct(*series) if codes else ():
        found[known[row.subject_kind, row.wave_id or row.subject_id or 0]][row.control] = row
    return found


def attestations(versions: Iterable[CriterionVersion]) -> dict[int, Attestation]:
    """Map each version to its last attestation, also a withdrawn one: an older one does not replace it."""
    wanted = [version.pk for version in versions if version.kind == Kind.ATTESTATION]
    rows = Attestation.objects.filter(version__in=wanted).select_related("by")
    return {row.version_id: row for row in rows.order_by("version_id", "-id").distinct("version_id")}
