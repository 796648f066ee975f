"""Find people by name, username or email address."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User, UserKind


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The people whose name, username or address holds the text. One query over the accounts of this hospital."""
    named = Q(username__icontains=text) | Q(name__icontains=text) | Q(email__icontains=text)
    found = User.objects.filter(named, kind=UserKind.PERSON).order_by("username")[:limit]
    return [
        Hit(
            title=one.name or one.username,
            url=reverse("people:person", args=[one.pk]),
            detail=one.username,
            state="" if one.is_active else "inactive",
        )
        for one in found
    ]
