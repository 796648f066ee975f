"""Find gates by number, title or wave."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.numbers import numbered
from console.people.models import User
from console.people.permissions import scoped
from console.waves.models import Wave
from governance.gates.lookup import SEE
from governance.gates.models import Gate
from governance.subjects import load, may


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The gates of that number (``GATE-3``, ``3``), title or wave whose subject this person may see.

    Those of the newest wave first, its phases in their order. Two queries, and one a kind of subject. The state of a
    gate is worked out from all that it rests on, which a search does not read: its page says it.
    """
    named = Q(title__icontains=text) | Q(wave__name__icontains=text) | Q(wave__slug__icontains=text)
    if number := numbered(text, "GATE"):
        named |= Q(pk=number)
    of_waves = Q(wave__in=scoped(user, SEE, Wave.objects.all())) | Q(wave__isnull=True)
    found = list(Gate.objects.filter(named, of_waves).select_related("wave").order_by("-wave_id", "pk")[:limit])
    subjects = load([(gate.subject_kind, gate.subject_id) for gate in found])
    keys = [(gate, subjects.get((gate.subject_kind, gate.subject_id))) for gate in found]
    return [
        Hit(
            title=f"{gate.ref}, {gate.title}",
            url=reverse("gates:gate", args=[gate.ref]),
            detail=subject.name,
        )
        for gate, subject in keys
        if subject is not None and may(user, SEE, subject)
    ]
