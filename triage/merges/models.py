"""Which source records are one person by the decisions that stand. Derived from decisions, and held by the database.

A record has one golden record, and records of one person share it. Every assertion names the golden records of its two
records, and follows them when a set is joined or split (foreign keys with ON UPDATE CASCADE, in the migration): the
pairs of a link can only ever have one golden record, and those of a NO_MATCH only ever two. A contradiction is refused
by a constraint, whichever program writes it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from triage.cases.models import Case, Decision


class GoldenRecord(models.Model):
    """One person, as the decisions that stand have it. ``size``: how many source records share it."""

    id = models.BigAutoField(primary_key=True)
    size = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()


class RecordIdentity(models.Model):
    """A source record that a decision was made on, and its golden record."""

    record_key = models.BigIntegerField(primary_key=True)
    golden = models.ForeignKey(GoldenRecord, on_delete=models.PROTECT, related_name="records")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["record_key", "golden"], name="merges_identity_golden")]


class Assertion(models.Model):
    """What a settled decision asserts of two records; the row goes when the decision no longer stands."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", db_index=False)
    low_key = models.BigIntegerField(db_index=True)
    high_key = models.BigIntegerField(db_index=True)

    class Meta:
        abstract = True
        default_permissions = ()


class LinkedPair(Assertion):
    """Two records are one person. Of a group of records each is paired with the next: that connects them all."""

    golden_id = models.BigIntegerField(db_index=True)

    class Meta(Assertion.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=Q(low_key__lt=F("high_key")), name="merges_linked_order")]


class KeptApart(Assertion):
    """Two records are two people."""

    low_golden = models.BigIntegerField()
    high_golden = models.BigIntegerField()

    class Meta(Assertion.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(low_key__lt=F("high_key")), name="merges_apart_order"),
            models.CheckConstraint(condition=~Q(low_golden=F("high_golden")), name="merges_apart_two_people"),
        ]
        indexes = [models.Index(fields=["low_golden", "high_golden"], name="merges_apart_goldens")]
