"""Steps by which overdue critical cases are escalated."""

from __future__ import annotations

from django.db import models

from triage.cases.models import Case
from triage.queues.models import Queue


class Step(models.IntegerChoices):
    """Who is notified of an overdue critical case, one after the other."""

    RESPONSIBLE = 0, "responsible person"
    DEPUTY = 1, "deputy"
    LEADS = 2, "leads"


class EscalationStep(models.Model):
    """That a case was escalated to a step for this due time, and how many people were told. Once for each."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalation_steps", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.PositiveSmallIntegerField(choices=Step)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)
    over_at = models.DateTimeField(null=True, help_text="When the case was decided, moved or no longer critical.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "queue", "step", "due_at"], name="overdue_escalationstep_once")
        ]
        indexes = [
            models.Index(fields=["queue", "id"], condition=models.Q(over_at__isnull=True), name="overdue_standing")
        ]
