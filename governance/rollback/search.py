"""Find the rollback plan of a wave."""

from __future__ import annotations

from django.db.models import Max, Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from console.people.permissions import scoped
from console.waves.models import Wave
from governance.rollback.models import RollbackPlan


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The plans of waves that this person may see and whose name holds the text; all for a beginning of "rollback".

    One query over a short table.
    """
    waves = scoped(user, "waves.view_wave", Wave.objects.all())
    if not "rollback plan".startswith(text.casefold()):
        waves = waves.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    found = RollbackPlan.objects.filter(wave__in=waves).values("wave__slug", "wave__name").annotate(last=Max("version"))
    return [
        Hit(
            title=f"Rollback plan of {row['wave__name']}",
            url=reverse("rollback:plan", args=[row["wave__slug"]]),
            detail=f"Version {row['last']}",
        )
        for row in found.order_by("wave__slug")[:limit]
    ]
