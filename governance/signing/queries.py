"""Which signatures count: those on the digest that a subject has when it is read."""

from __future__ import annotations

from django.db.models import QuerySet

from governance.signing.models import Signature


def counting(subject: str, digest: str) -> QuerySet[Signature]:
    """Return the signatures on a subject that count while this is its digest, in their order."""
    return Signature.objects.filter(subject=subject, digest=digest).select_related("person").order_by("place")
