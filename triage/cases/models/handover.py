"""That cases were handed from one reviewer to another."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from triage.cases.models.case import Case


class Handover(models.Model):
    """That a case passed to a colleague, or back to its queue, and why. Never changes.

    ``before`` is who had it: who held the claim, or else the assignee. ``to`` is empty for the queue. ``why`` is free
    text, which may speak of a patient: it stands on the page of the case and nowhere else.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handovers", db_index=False)
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "-id"], name="cases_handover_case")]
