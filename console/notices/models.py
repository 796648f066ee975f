"""Notices: what needs a person, in the app and by email; letters to services. Mail is sent from the rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One thing one person should know or do. Never patient data: it leaves the house by e-mail."""

    id = models.BigAutoField(primary_key=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(max_length=40, help_text="gate.vote_asked, gate.superseded, risk.overdue …")
    subject = models.CharField(max_length=100, help_text="What it is about: GATE-3, RISK-7.")
    sentence = models.CharField(max_length=500)
    path = models.CharField(max_length=300, help_text="Where in the console it leads; no query string.")
    urgent = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="Whose act it tells of."
    )
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True, help_text="When what it asked for was settled, read or not.")
    mail_due_at = models.DateTimeField(null=True, help_text="When mail is to be tried; empty once that is settled.")
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(mail_due_at__isnull=True) | Q(mailed_at__isnull=True), name="notices_mailed_once"
            )
        ]
        indexes = [
            models.Index(fields=["to", "-id"], name="notices_to"),
            models.Index(
                fields=["to", "-id"], condition=Q(read_at__isnull=True, over_at__isnull=True), name="notices_unread"
            ),
            models.Index(fields=["mail_due_at", "to"], condition=Q(mail_due_at__isnull=False), name="notices_unmailed"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


class Letter(models.Model):
    """One mail to the address of a service rather than to a person. Never patient data."""

    id = models.BigAutoField(primary_key=True)
    address = models.EmailField()
    addressee = models.CharField(max_length=100, help_text="The printed name of the service.")
    subject = models.CharField(max_length=100, help_text="What it is about: EX-1042.")
    sentence = models.CharField(max_length=500)
    path = models.CharField(max_length=300, help_text="Where in the console it leads; no query string.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="Whose act it tells of."
    )
    at = models.DateTimeField()
    mail_due_at = models.DateTimeField(null=True, help_text="When mail is to be tried; empty once that is settled.")
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notices_letters_due"),
            models.Index(fields=["path"], condition=Q(mail_due_at__isnull=False), name="notices_letters_about"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"
