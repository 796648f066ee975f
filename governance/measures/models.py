"""Measures reported from outside, and the samples of every measure over time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.waves.models import Wave


class Unit(models.TextChoices):
    """What a value counts. A ratio is kept as numerator and denominator and never rounded."""

    COUNT = "count", "count"
    RATIO = "ratio", "ratio"
    MILLISECONDS = "ms", "milliseconds"
    SECONDS = "s", "seconds"
    MINUTES = "min", "minutes"
    HOURS = "h", "hours"
    DAYS = "d", "days"
    EVENT = "event", "time of an event"


class Direction(models.TextChoices):
    """Which way is better."""

    LOWER = "lower", "lower is better"
    HIGHER = "higher", "higher is better"


class ReportedMeasure(models.Model):
    """A measure that an outside system reports and that Concord does not define (``builtin``, ``standard``)."""

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    why = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=8, choices=Unit)
    noun = models.CharField(max_length=40, blank=True, help_text="What it counts, in the plural: beds.")
    direction = models.CharField(max_length=8, choices=Direction)
    fresh_seconds = models.PositiveIntegerField(help_text="After this long without news a value is stale.")
    keep_days = models.PositiveIntegerField(default=400, help_text="How long samples are kept.")
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(fresh_seconds__gte=1, keep_days__gte=1), name="measures_reported_kept")
        ]

    def __str__(self) -> str:
        return self.title


class Sample(models.Model):
    """One value of a measure at one time, with where it comes from. Never changes; goes when its time is over.

    A ratio has numerator and denominator; any other unit has ``value``. ``dimension`` is the part it speaks of, such as
    ``record/patient`` (layer and domain), empty for the whole. A sample without a value says in ``missing`` why.
    """

    id = models.BigAutoField(primary_key=True)
    measure = models.CharField(max_length=64)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    dimension = models.CharField(max_length=120, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    samples = models.BigIntegerField(null=True, help_text="How many observations stand behind the value.")
    as_of = models.DateTimeField(null=True, help_text="The time that the value speaks of.")
    received_at = models.DateTimeField()
    source = models.CharField(max_length=120, help_text="run:7, api:monitoring, or concord.")
    query = models.CharField(max_length=64, blank=True)
    query_version = models.PositiveSmallIntegerField(default=1)
    missing = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(denominator__isnull=True, numerator__isnull=True) | Q(denominator__gte=0, numerator__gte=0),
                name="measures_sample_ratio",
            ),
        ]
        indexes = [
            models.Index(fields=["measure", "wave", "dimension", "-as_of", "-id"], name="measures_sample_latest"),
            models.Index(fields=["received_at"], name="measures_sample_received"),
        ]
