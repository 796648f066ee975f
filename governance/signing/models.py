"""Signatures: a person's re-authenticated word on a subject, its digest and a meaning. None of them ever changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignatureBase(models.Model):
    """Who signed, with which meaning (21 CFR 11.50), bound to what was signed (11.70) and chained to the one before.

    ``content`` is the canonical JSON of what was signed, ``hash`` its SHA-256; it holds the hash of the one before.
    """

    place = models.PositiveSmallIntegerField(help_text="1 for the first signature of its chain.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=150)
    seat_title = models.CharField(max_length=100)
    meaning = models.CharField(max_length=300)
    signed_at = models.DateTimeField()
    local_time = models.CharField(max_length=40, help_text="ISO 8601 with offset, as the signer's clock showed it.")
    time_zone = models.CharField(max_length=64)
    proof = models.CharField(
        max_length=40, help_text="How they proved who they are: password, totp, passkey, provider."
    )
    content = models.TextField()
    hash = models.CharField(max_length=64, unique=True)
    previous = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True


class Signature(SignatureBase):
    """A signature on the ``digest`` of a ``subject`` (``DICT-7``). It counts while the subject has that digest."""

    subject = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subject", "place"], name="signing_signature_place"),
            models.CheckConstraint(
                condition=~Q(meaning="") & ~Q(printed_name="") & ~Q(proof="") & ~Q(digest=""),
                name="signing_signature_complete",
            ),
        ]
