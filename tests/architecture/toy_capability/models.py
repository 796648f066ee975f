"""Downtime procedures: how the wards of a wave work on paper while systems are down."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from console.waves.models import Wave
from governance.approvals.models import Approval, constraints_of


class Procedure(models.Model):
    """A procedure of a wave. Its text stands in numbered versions."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def ref(self) -> str:
        """The stable name people use: ``DOWN-3``."""
        return f"DOWN-{self.pk}"


class ProcedureVersion(models.Model):
    """One version of a procedure's text. Never changes; ``digest`` is what people sign."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["procedure", "version"], name="toy_capability_version")]


class Exemption(Approval):
    """That a ward need not follow a procedure until a day."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="exemptions")
    ward = models.CharField(max_length=100)

    class Meta:
        default_permissions = ()
        constraints = constraints_of("toy_capability_exemption")
