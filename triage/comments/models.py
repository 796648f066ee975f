"""Comments on cases, and their withdrawal. Both are frozen: the database refuses to change or delete them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from triage.cases.models import Case


class Comment(models.Model):
    """What one person wrote on a case. It may name a patient, so it is masked like the note of a decision."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="comments", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = ArrayField(models.BigIntegerField(), default=list, help_text="The people it mentions, by number.")
    request_key = models.UUIDField(unique=True, help_text="A repeat with this key is one comment.")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "-id"], name="comments_case")]


class Withdrawal(models.Model):
    """That its author withdrew a comment: pages show it no longer, the record keeps it."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
