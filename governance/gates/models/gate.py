"""The question: a gate of a subject, its criteria and who may answer it. Whatever a signature rests on is versioned."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from console.waves.models import Wave
from governance import subjects
from governance.measures import comparison
from governance.risks.models import Domain
from governance.subjects import WAVE, Subject


class Phase(models.TextChoices):
    """The steps of a migration that a board is asked about, in their order."""

    SCOPE = "scope", "Scope and mapping"
    INGESTION = "ingestion", "Ingestion readiness"
    ACCESS = "access", "Access control"
    VALIDATION = "validation", "Validation"
    CONSENT = "consent", "Consent"
    CUTOVER = "cutover", "Cutover readiness"
    ROLLBACK = "rollback", "Rollback readiness"
    EXIT = "exit", "Post-cutover exit"
    DECOMMISSIONING = "decommissioning", "Decommissioning"


class Kind(models.TextChoices):
    """How a criterion is evaluated."""

    RATIO = "ratio", "Ratio"
    COUNT_IS_ZERO = "count-is-zero", "Count is zero"
    WINDOW = "window", "Window"
    RECENCY = "recency", "Recency"
    RISK_CEILING = "risk-ceiling", "Risk ceiling"
    CONTROL_TEST = "control-test", "Control test"
    PRIOR_GATE = "prior-gate", "Prior gate"
    ATTESTATION = "attestation", "Attestation"


MEASURED = (Kind.RATIO, Kind.COUNT_IS_ZERO, Kind.WINDOW, Kind.RECENCY)


class Gate(models.Model):
    """The question "may this go ahead?" of a subject at one phase. ``wave`` is the subject where that is a wave."""

    subject_kind = models.CharField(max_length=32, default=WAVE)
    subject_id = models.BigIntegerField()
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phase = models.CharField(max_length=16, choices=Phase)
    title = models.CharField(max_length=160)
    template = models.CharField(max_length=40, help_text="Phase and version of the template it was made from.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "phase"], name="gates_gate_once"),
            models.CheckConstraint(
                condition=Q(subject_kind="wave", wave__isnull=False, wave=F("subject_id"))
                | (~Q(subject_kind="wave") & Q(wave__isnull=True)),
                name="gates_gate_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def ref(self) -> str:
        """The stable name people use: ``GATE-3``."""
        return f"GATE-{self.pk}"

    @property
    def phase_title(self) -> str:
        """The phase in words; the gate's title where only the kind of its subject knows the phase."""
        return str(Phase(self.phase).label) if self.phase in Phase.values else self.title

    @cached_property
    def subject(self) -> Subject:
        """What it asks about, as it was when first looked at. No query for a wave that is loaded."""
        if self.wave is not None:
            return subjects.of_wave(self.wave)
        return subjects.find(self.subject_kind, self.subject_id)


class Criterion(models.Model):
    """One thing that must hold. What it says may be reworded; how it is evaluated is a version and never changes."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="criteria")
    code = models.SlugField(max_length=64)
    title = models.CharField(max_length=160)
    why = models.CharField(max_length=400, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    order = models.PositiveSmallIntegerField(default=100)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["gate", "code"], name="gates_criterion_once")]


class CriterionVersion(models.Model):
    """How a criterion is evaluated. Never changes; an edit is the next version.

    ``subject``: for a risk ceiling the highest common severity (1 to 4) that may stand without acceptance, for a
    control test the control's code, for a prior gate its phase, for an attestation the statement that is to be made.
    Durations in seconds. ``coverage`` (per cent): how many intervals of a window must hold a reading.
    """

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    measure = models.CharField(max_length=64, blank=True)
    dimension = models.CharField(max_length=120, blank=True)
    operator = models.CharField(max_length=2, choices=comparison.choices(), blank=True)
    threshold = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    min_samples = models.PositiveBigIntegerField(default=1)
    max_age = models.PositiveIntegerField(help_text="Seconds after which what was found no longer counts.")
    interval = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds of one interval of a window.")
    consecutive = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Intervals in a row.")
    coverage = models.PositiveSmallIntegerField(default=100)
    subject = models.CharField(max_length=400, blank=True)
    blocking = models.BooleanField(default=True)
    waivable = models.BooleanField(default=True)
    domain = models.CharField(max_length=12, choices=Domain, default=Domain.OPERATIONAL)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["criterion", "version"], name="gates_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1, min_samples__gte=1, max_age__gte=1, coverage__range=(1, 100)),
                name="gates_version_bounds",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["ratio", "count-is-zero", "window", "recency"]) | ~Q(measure=""),
                name="gates_version_measured",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["ratio", "window"]) | (~Q(operator="") & Q(threshold__isnull=False)),
                name="gates_version_threshold",
            ),
            models.CheckConstraint(
                condition=~Q(kind="window") | Q(interval__gte=1, consecutive__gte=1), name="gates_version_window"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ratio", "count-is-zero", "window", "recency"]) | ~Q(subject=""),
                name="gates_version_subject",
            ),
        ]


class Policy(models.Model):
    """Voting policy of a gate. Immutable; an edit creates a new version. At least two votes."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    quorum = models.PositiveSmallIntegerField(help_text="Seats that must be present; an abstention is presence.")
    go_needed = models.PositiveSmallIntegerField(help_text="GO ballots that a GO needs.")
    freezes = models.BooleanField(default=False, help_text="Freezes the wave from sealing until it is done with.")
    poll_hours = models.PositiveSmallIntegerField(default=72, help_text="How long a sealed package may be voted on.")
    valid_hours = models.PositiveSmallIntegerField(default=168, help_text="Hours for which a GO is valid.")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["gate", "version"], name="gates_policy_once"),
            # A quorum of none, or of one, would let one person decide.
            models.CheckConstraint(condition=Q(version__gte=1, quorum__gte=2), name="gates_policy_quorum"),
            models.CheckConstraint(condition=Q(go_needed__gte=2), name="gates_policy_go_needed"),
            models.CheckConstraint(condition=Q(poll_hours__gte=1, valid_hours__gte=1), name="gates_policy_hours"),
        ]


class Seat(models.Model):
    """A place on the board of one policy version, and who holds it. One person fills one seat."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="seats")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=100)
    required = models.BooleanField(default=True)
    chair = models.BooleanField(default=False, help_text="Consolidates the poll and signs the decision.")
    vetoes = ArrayField(models.CharField(max_length=12, choices=Domain), default=list, blank=True)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    alternate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["policy", "code"], name="gates_seat_code"),
            models.UniqueConstraint(fields=["policy", "holder"], name="gates_seat_holder"),
            models.UniqueConstraint(fields=["policy"], condition=Q(chair=True), name="gates_seat_one_chair"),
            models.CheckConstraint(
                condition=Q(alternate__isnull=True) | ~Q(alternate=F("holder")), name="gates_seat_two_people"
            ),
        ]
