"""The audit log: django-auditlog's log entry, swapped for one append-only table that stamps and hashes itself.

Nothing here is written through the ORM. ``log`` inserts what a person or a task did; the database adds the rest
(``sql/stamp.sql``) and captures row changes automatically (``sql/capture.sql``).
"""

from __future__ import annotations

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.db import models


class LogEntry(AbstractLogEntry):
    """One audit log entry. Database triggers write ``bytes`` and ``leaf_hash`` and refuse any later change."""

    # The library's columns that could hold patient data, or that a client could fill as it likes, do not exist here.
    serialized_data = None
    changes_text = None
    changes = None
    additional_data = None
    remote_addr = None
    remote_port = None
    actor_email = None

    # A log must outlive what it speaks of: neither the actor nor the type may take entries with it, and no entry
    # locks the row of its actor. Who an actor is stands in the audit log too, as the row change that made the account.
    content_type = models.ForeignKey(
        "contenttypes.ContentType",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    object_pk = models.CharField(max_length=255)
    object_id = models.BigIntegerField(null=True)
    object_repr = models.TextField(blank=True)
    action = models.PositiveSmallIntegerField(choices=AbstractLogEntry.Action.choices)
    cid = models.CharField(max_length=64, blank=True, help_text="Correlation id: one request and the tasks it started.")
    timestamp = models.DateTimeField(editable=False, help_text="By the clock of the database.")

    verb = models.CharField(
        max_length=64, help_text="What happened: ``case.decided``, ``row.updated``, ``case.opened``."
    )
    subject = models.CharField(max_length=100, blank=True, help_text="The thing's stable name: ``EX-1042``.")
    facts = models.JSONField(default=dict, help_text="What is said of it. Never patient data.")
    purpose = models.CharField(max_length=64, blank=True)
    db_user = models.CharField(max_length=63, editable=False, help_text="The database role that wrote it.")
    txid = models.BigIntegerField(editable=False, help_text="The database transaction that wrote it.")
    leaf_version = models.PositiveSmallIntegerField(editable=False, help_text="How ``bytes`` is laid out.")
    bytes = models.BinaryField(editable=False, help_text="The entry as it will be sealed: exactly these bytes.")
    leaf_hash = models.BinaryField(max_length=32, editable=False, help_text="SHA-256 of 0x00 and the bytes (RFC 6962).")

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        get_latest_by = "id"
        indexes = [
            models.Index(fields=["subject", "-id"], name="audit_entry_subject"),
            models.Index(fields=["actor", "-id"], name="audit_entry_actor"),
            models.Index(fields=["verb", "-id"], name="audit_entry_verb"),
            models.Index(fields=["cid", "-id"], name="audit_entry_cid"),
            models.Index(fields=["timestamp"], name="audit_entry_time"),
            # What people and tasks did, apart from the row changes that came of it.
            models.Index(fields=["-id"], condition=~models.Q(verb__startswith="row."), name="audit_entry_acts"),
            # Receipts are given for what people and tasks did; row changes need none.
            models.Index(
                fields=["leaf_hash"], condition=~models.Q(verb__startswith="row."), name="audit_entry_receipt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
