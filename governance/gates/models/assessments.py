"""What bears on a gate: evaluations of its criteria, attestations, control tests and waivers."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from console.waves.models import Wave
from governance.approvals.models import Approval, constraints_of
from governance.approvals.values import ApprovalState
from governance.gates.models.gate import Criterion, CriterionVersion
from governance.subjects import WAVE


class Result(models.TextChoices):
    """What an evaluation found. Only a pass permits; what cannot be known is never a pass."""

    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"
    INCONCLUSIVE = "inconclusive", "Inconclusive"
    STALE = "stale", "Stale"


class Occasion(models.TextChoices):
    """Why an evaluation was kept."""

    CHANGE = "change", "Result changed"
    SEAL = "seal", "A package was sealed"
    BEGIN = "begin", "Revalidated at T-0"


class Evaluation(models.Model):
    """What one criterion's question was answered with at one time. Never changes."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="evaluations")
    occasion = models.CharField(max_length=8, choices=Occasion)
    result = models.CharField(max_length=12, choices=Result)
    observed = models.CharField(max_length=100, help_text="The value in words, as people read it.")
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, help_text="For trends; never compared.")
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    samples = models.BigIntegerField(null=True)
    data_as_of = models.DateTimeField(null=True)
    evaluated_at = models.DateTimeField()
    query = models.CharField(max_length=64)
    query_version = models.PositiveSmallIntegerField(default=1)
    sentence = models.CharField(max_length=500)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["version", "-id"], name="gates_evaluation_latest")]


class Attestation(models.Model):
    """A person's statement, in their name, that something holds. It expires or is withdrawn."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="attestations")
    version = models.ForeignKey(
        CriterionVersion, on_delete=models.PROTECT, related_name="+", help_text="What was attested to."
    )
    statement = models.CharField(max_length=400)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["criterion", "-id"], name="gates_attestation_latest")]


class Method(models.TextChoices):
    """How a control was tested (NIST SP 800-53A)."""

    EXAMINE = "examine", "Examine"
    INTERVIEW = "interview", "Interview"
    TEST = "test", "Test"


class ControlTest(models.Model):
    """One test of one control for a subject: what was looked at, over which period, with what result. Never changes.

    ``subject_id`` stays empty where the subject is the ``wave``: rows of earlier versions have none, and are frozen.
    """

    subject_kind = models.CharField(max_length=32, default=WAVE)
    subject_id = models.BigIntegerField(null=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+")
    control = models.SlugField(max_length=64)
    method = models.CharField(max_length=10, choices=Method)
    satisfied = models.BooleanField()
    finding = models.TextField()
    evidence = models.CharField(max_length=500, help_text="Where the evidence lies, and its digest.")
    population = models.PositiveBigIntegerField()
    sample = models.PositiveBigIntegerField()
    period_from = models.DateField()
    period_to = models.DateField()
    tested_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(sample__gte=1, population__gte=F("sample"), period_to__gte=F("period_from")),
                name="gates_control_test_sample",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="wave", wave__isnull=False, subject_id__isnull=True)
                | (~Q(subject_kind="wave") & Q(wave__isnull=True, subject_id__isnull=False)),
                name="gates_control_test_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["wave", "control", "-id"], name="gates_control_latest"),
            models.Index(
                fields=["subject_kind", "subject_id", "control", "-id"],
                condition=Q(subject_id__isnull=False),
                name="gates_control_latest_other",
            ),
        ]


class WaiverState(models.TextChoices):
    """Where a waiver stands at a moment. Only an active one permits."""

    ASKED = "asked", "Requested"
    REFUSED = "refused", "Refused"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"


_WAIVER_STATES: Final = {
    ApprovalState.REQUESTED: WaiverState.ASKED,
    ApprovalState.REFUSED: WaiverState.REFUSED,
    ApprovalState.ACTIVE: WaiverState.ACTIVE,
    ApprovalState.EXPIRED: WaiverState.EXPIRED,
    ApprovalState.REVOKED: WaiverState.REVOKED,
}


class Waiver(Approval):
    """Time-limited permission to proceed although a criterion fails. It needs a compensating control."""

    version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="waivers")
    compensating_control = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = constraints_of("gates_waiver")

    def state_at(self, now: dt.datetime) -> WaiverState:
        """Return the state at ``now``, in the words of waivers."""
        return _WAIVER_STATES[self.approval_state(now)]
