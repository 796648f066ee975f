"""What later reports of a case changed."""

from __future__ import annotations

from django.db import models

from triage.cases.models.case import Case
from triage.cases.models.states import State
from triage.queues.models import Queue, Severity
from triage.runs.models import Run


class ReportedChange(models.Model):
    """That a run reported a known case differently: the lines before and after, and what moved. Never changes.

    ``turn`` says what the line did: ``changed`` an unresolved case; ``noted``: it was kept beside a decision that
    stands, and applies when the case reopens; ``returned`` a withdrawn case; or the cause of a ``Reopening``.
    ``severity_after`` is what was reported, also where it was only noted.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="reported_changes", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    at = models.DateTimeField()
    turn = models.CharField(max_length=24)
    revision = models.PositiveIntegerField(help_text="The case's revision before it.")
    before_exception_id = models.BigIntegerField()
    after_exception_id = models.BigIntegerField()
    state_before = models.CharField(max_length=12, choices=State)
    state_after = models.CharField(max_length=12, choices=State)
    severity_before = models.PositiveSmallIntegerField(choices=Severity)
    severity_after = models.PositiveSmallIntegerField(choices=Severity)
    queue_before = models.ForeignKey(
        Queue, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    queue_after = models.ForeignKey(
        Queue, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "id"], name="cases_reportedchange_case")]
