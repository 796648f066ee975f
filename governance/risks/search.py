"""Find risks by number or title."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.numbers import numbered
from console.people.models import User
from governance.risks.models import Risk
from governance.risks.queries import visible_risks


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The risks that this person may see of that number (``RISK-15``, ``15``) or whose title holds the text.

    The newest first. One query over the register.
    """
    named = Q(title__icontains=text)
    if number := numbered(text, "RISK"):
        named |= Q(pk=number)
    found = visible_risks(user).filter(named).select_related("wave", "owner").order_by("-pk")[:limit]
    return [_hit(risk) for risk in found]


def _hit(risk: Risk) -> Hit:
    scope = risk.wave.name if risk.wave else "Whole programme"
    return Hit(
        title=f"{risk.ref}, {risk.title}",
        url=reverse("risks:risk", args=[risk.ref]),
        detail=f"{risk.get_domain_display()}, {scope}; owner {risk.owner}",
        state=risk.status,
    )
