"""The book: django-auditlog's log entry, swapped for one append-only table that stamps and hashes itself."""

from __future__ import annotations

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.db import models


class LogEntry(AbstractLogEntry):
    """One entry of the book. Database triggers write ``bytes`` and ``leaf_hash`` and refuse any later change."""

    verb = models.CharField(max_length=64, help_text="What happened: ``case.decided``, ``row.updated``, ``case.opened``.")
    subject = models.CharField(max_length=100, blank=True, help_text="The thing's stable name: ``EX-1042``.")
    facts = models.JSONField(default=dict, help_text="What is said of it. Never patient data.")
    purpose = models.CharField(max_length=64, blank=True)
    bytes = models.BinaryField(editable=False)
    leaf_hash = models.BinaryField(max_length=32, editable=False)

    # A log must outlive what it speaks of: neither the actor nor the type may take entries with it.
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = [("view_book", "Read the book")]
        ordering = ["-id"]
