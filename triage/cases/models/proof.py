"""What runs say of decisions besides lines: records that they replaced, and what kept a decision from being proved."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from triage.cases.models.case import Case
from triage.runs.models import Run


class Why(models.TextChoices):
    """Why a run could not examine a record of a case."""

    ABSENT = "absent", "was not examined"
    VANISHED = "vanished", "no longer exists in its system"
    REPLACED = "replaced", "was replaced by another record"


class Proof(models.Model):
    """What the latest run that could prove a case's decision found: the records that it did not examine, each with why.

    Without such a record that run proved the decision for its source (``proving``). The case is verified once every
    source that reported it in its wave has proved the decision since. One row a case at most. It holds keys only: which
    records these are is told to those who may see the case.
    """

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="proof", db_constraint=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    decision_id = models.BigIntegerField(help_text="The decision in question.")
    record_keys = ArrayField(models.BigIntegerField(), help_text="Records that the run did not examine.")
    causes = ArrayField(models.CharField(max_length=8, choices=Why), help_text="Why, record by record.")

    proving = ArrayField(
        models.BigIntegerField(), default=list, help_text="The runs that proved the decision, one a source at most."
    )

    class Meta:
        default_permissions = ()


class Replacement(models.Model):
    """A case about records that a run replaced: since then it is about the later ones, unless it could not follow.

    Keys, fingerprint and evidence before and after are what a recall of the run puts back. ``records`` are those
    replaced: ``[key before, key after, system, id]`` of each, the last three of the later record; without a key after
    when several records were said to replace it. ``followed`` is False when a case about the later records was there
    already, or when no single case can be about them.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="replacements", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    followed = models.BooleanField()
    records = models.JSONField()
    before_keys = ArrayField(models.BigIntegerField())
    after_keys = ArrayField(models.BigIntegerField())
    before_fingerprint = models.UUIDField()
    after_fingerprint = models.UUIDField(null=True)
    before_evidence = models.UUIDField()
    after_evidence = models.UUIDField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "run"], name="cases_replacement_once"),
            models.CheckConstraint(
                condition=Q(followed=False) | Q(after_fingerprint__isnull=False, after_evidence__isnull=False),
                name="cases_replacement_after",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "after_fingerprint"], name="cases_replacement_after_of"),
            models.Index(fields=["run", "before_fingerprint"], name="cases_replacement_before_of"),
        ]
