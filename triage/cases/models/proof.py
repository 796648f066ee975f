"""What runs say of decisions besides lines: records that they replaced, and what kept a decision from being proved."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from triage.cases.models.case import Case
from triage.runs.models import Run


class Why(models.TextChoices):
    """Why a run could not examine a record of a case."""

    ABSENT = "absent", "was not examined"
    VANISHED = "vanished", "no longer exists in its system"
    REPLACED = "replaced", "was replaced by another record"


class Proof(models.Model):
    """What the latest run that could prove a case's decision found: the records that it did not examine, each with why.

    Without such a record the decision was proved. One row a case at most. It holds keys only: which records these are
    is told to those who may see the case.
    """

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="proof", db_constraint=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    decision_id = models.BigIntegerField(help_text="The decision in question.")
    record_keys = ArrayField(models.BigIntegerField(), help_text="Records that the run did not examine.")
    causes = ArrayField(models.CharField(max_length=8, choices=Why), help_text="Why, record by record.")

    class Meta:
        default_permissions = ()


class Replacement(models.Model):
    """A record of a case that a run replaced: the case, with its decision, is about the later record since.

    ``system`` and ``record_id`` are those of the later record.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="replacements", db_constraint=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    before_key = models.BigIntegerField()
    after_key = models.BigIntegerField()
    system = models.CharField(max_length=200)
    record_id = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
