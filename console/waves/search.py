"""Find waves by name or identifier."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from console.people.permissions import scoped
from console.waves.models import Wave


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The waves that this person may see whose name or identifier holds the text. One query over a short table."""
    named = Wave.objects.filter(Q(slug__icontains=text) | Q(name__icontains=text))
    found = scoped(user, "waves.view_wave", named).order_by("slug")[:limit]
    return [
        Hit(
            title=wave.name,
            url=reverse("waves:wave", args=[wave.slug]),
            detail=wave.slug,
            state="frozen" if wave.frozen_at else "",
        )
        for wave in found
    ]
