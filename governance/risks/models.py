"""The risk register: what could go wrong, how it was rated when and by whom, and who accepted what until when."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.waves.models import Wave
from governance.approvals.models import Approval, constraints_of
from governance.approvals.values import ApprovalState


class Domain(models.TextChoices):
    """What a risk, a criterion and a veto are about."""

    CLINICAL = "clinical", "Clinical safety"
    PRIVACY = "privacy", "Privacy"
    SECURITY = "security", "Security"
    TECHNICAL = "technical", "Technical"
    OPERATIONAL = "operational", "Operational"


class RiskStatus(models.TextChoices):
    """OSCAL's words. The two deviations are never stored: they are read from acceptances and the clock."""

    OPEN = "open", "Open"
    INVESTIGATING = "investigating", "Investigating"
    REMEDIATING = "remediating", "Remediating"
    DEVIATION_REQUESTED = "deviation-requested", "Acceptance requested"
    DEVIATION_APPROVED = "deviation-approved", "Accepted"
    CLOSED = "closed", "Closed"


class Detection(models.TextChoices):
    """What a bound detection measure was last seen to say."""

    UNSEEN = "", "Not checked yet"
    SOUND = "sound", "Within threshold"
    FAILING = "failing", "Threshold breached"
    SILENT = "silent", "No data"


class Risk(models.Model):
    """One way in which the migration could do harm. Its ratings are rows of their own and never change.

    ``wave`` empty: the whole programme. ``detection_measure`` is a measure's code with the bound that says it fails.
    """

    title = models.CharField(max_length=160)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    domain = models.CharField(max_length=12, choices=Domain)
    status = models.CharField(max_length=20, choices=RiskStatus, default=RiskStatus.OPEN)
    cause = models.TextField()
    hazard = models.TextField(help_text="The hazard or threat event.")
    effect = models.TextField()
    harm = models.TextField()
    failure_mode = models.CharField(max_length=300)
    detection_method = models.CharField(max_length=300)
    detection_measure = models.CharField(max_length=64, blank=True)
    detection_operator = models.CharField(max_length=2, blank=True, help_text="Sound while: le, lt, ge, gt, eq.")
    detection_threshold = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    detection_state = models.CharField(max_length=8, choices=Detection, default=Detection.UNSEEN, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mitigation = models.TextField(blank=True)
    mitigation_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scheme = models.CharField(max_length=40, help_text="The scheme that it is rated under, with its version.")
    review_on = models.DateTimeField(help_text="When it must be looked at again.")
    reassess_since = models.DateTimeField(null=True, blank=True, help_text="Since when an event asks for a new rating.")
    reassess_because = models.CharField(max_length=300, blank=True)
    template = models.CharField(max_length=40, blank=True, help_text="The seed that it came from.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(failure_mode="") & ~Q(detection_method=""), name="risks_risk_complete"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "investigating", "remediating"], closed_at__isnull=True)
                | Q(status="closed", closed_at__isnull=False),
                name="risks_risk_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(detection_measure="") | (~Q(detection_operator="") & Q(detection_threshold__isnull=False)),
                name="risks_risk_detection_bound",
            ),
        ]
        indexes = [
            models.Index(fields=["wave", "id"], name="risks_risk_wave"),
            models.Index(fields=["review_on"], condition=Q(closed_at__isnull=True), name="risks_risk_due"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def ref(self) -> str:
        """The stable name people use: ``RISK-3``."""
        return f"RISK-{self.pk}"


class RatingKind(models.TextChoices):
    """Which risk a rating speaks of: before controls, with those in place now, after those planned, aimed at."""

    INHERENT = "inherent", "Inherent"
    CURRENT = "current", "Current"
    RESIDUAL = "residual", "Residual"
    TARGET = "target", "Target"


class RiskRating(models.Model):
    """Who scored this what, when, under which scheme and why. Never changes; a new opinion is a new row."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="ratings")
    kind = models.CharField(max_length=10, choices=RatingKind)
    scheme = models.CharField(max_length=40, help_text="Name and version: dcb0129-1.")
    factors = models.JSONField(help_text="Words on the scheme's axes, such as likelihood and consequence.")
    level = models.CharField(max_length=40, help_text="Looked up by the scheme, never typed.")
    rank = models.PositiveSmallIntegerField(help_text="The level's place within its scheme; 1 is the least.")
    severity = models.PositiveSmallIntegerField(help_text="The level on the common scale of all schemes, 1 to 4.")
    rationale = models.TextField()
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(rationale="") & Q(severity__range=(1, 4)), name="risks_rating_reasoned")
        ]
        indexes = [models.Index(fields=["risk", "kind", "-rated_at", "-id"], name="risks_rating_latest")]


class AcceptanceState(models.TextChoices):
    """Where an acceptance stands at a moment. Only an active one counts."""

    PROPOSED = "proposed", "Proposed"
    UNDER_REVIEW = "under_review", "Under review"
    REJECTED = "rejected", "Rejected"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"


_ACCEPTANCE_STATES: Final = {
    ApprovalState.REQUESTED: AcceptanceState.PROPOSED,
    ApprovalState.REFUSED: AcceptanceState.REJECTED,
    ApprovalState.ACTIVE: AcceptanceState.ACTIVE,
    ApprovalState.EXPIRED: AcceptanceState.EXPIRED,
    ApprovalState.REVOKED: AcceptanceState.REVOKED,
}


class RiskAcceptance(Approval):
    """A risk accepted at a level. A request waits until a member of the board takes it up for review."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="acceptances")
    rating = models.ForeignKey(RiskRating, on_delete=models.PROTECT, related_name="+", help_text="What is accepted.")
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_up_at = models.DateTimeField(null=True)
    expiry_noted_at = models.DateTimeField(null=True, help_text="When its end was said to people; decides nothing.")

    class Meta:
        default_permissions = ()
        constraints = constraints_of("risks_acceptance")

    def state_at(self, now: dt.datetime) -> AcceptanceState:
        """Return the state at ``now``, in the words of acceptances."""
        state = _ACCEPTANCE_STATES[self.approval_state(now)]
        return AcceptanceState.UNDER_REVIEW if state == AcceptanceState.PROPOSED and self.taken_up_at else state


class RiskReview(models.Model):
    """A review of a risk with its findings. Immutable."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        default_permissions = ()


class ControlType(models.TextChoices):
    """What a control works by, in the order in which ISO 14971 prefers them."""

    DESIGN = "design", "Inherently safe design"
    PROTECTIVE = "protective", "Protective measure"
    INFORMATION = "information", "Information for safety"


class RiskControl(models.Model):
    """One control against a risk: planned until confirmed as implemented. Removed, never deleted."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="controls")
    means = models.CharField(max_length=12, choices=ControlType)
    text = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    in_place_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    in_place_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="risks_control_said")]


class LinkKind(models.TextChoices):
    """What a risk is linked with. Links close; they are never deleted."""

    CASE = "case", "Case"
    CRITERION = "criterion", "Gate criterion"
    TRIGGER = "trigger", "Rollback trigger"
    CONTROL = "control", "Control"


class RiskLink(models.Model):
    """A risk and something that bears on it, by its reference (``EX-1042``); a case of another app is never a key."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=10, choices=LinkKind)
    target = models.CharField(max_length=100)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    critical_since = models.DateTimeField(
        null=True, help_text="Since when a linked case is known as critical and open."
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "kind", "target"], condition=Q(closed_at__isnull=True), name="risks_link_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "target"], name="risks_link_target")]


class Escalation(models.Model):
    """An escalation of an overdue risk by one step: to whom, and when it was acknowledged."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="escalations")
    step = models.PositiveSmallIntegerField(help_text="1: its owner; 2: the stewards; 3: the board.")
    because = models.CharField(max_length=300)
    due_at = models.DateTimeField(help_text="The due time that was missed.")
    at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["risk", "due_at", "step"], name="risks_escalation_once")]
