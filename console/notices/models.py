"""Notices: what needs a person, in the app and by e-mail. The row is the truth; mail is sent from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One thing one person should know or do. Never patient data: it leaves the house by e-mail."""

    id = models.BigAutoField(primary_key=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40, help_text="gate.vote_asked, gate.superseded, risk.overdue …")
    subject = models.CharField(max_length=100, help_text="What it is about: GATE-3, RISK-7.")
    sentence = models.CharField(max_length=500)
    path = models.CharField(max_length=300, help_text="Where in the console it leads; no query string.")
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["to", "-id"], name="notices_to"),
            models.Index(fields=["to"], condition=models.Q(read_at__isnull=True), name="notices_unread"),
            models.Index(fields=["id"], condition=models.Q(mailed_at__isnull=True), name="notices_unmailed"),
        ]
