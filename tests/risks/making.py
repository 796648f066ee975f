"""What tests of risks start from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from console.people.models import User
from console.waves.models import Wave
from governance.measures.models import Sample
from governance.risks import actions
from governance.risks.actions import Said, Scored
from governance.risks.models import Risk, RiskAcceptance, RiskRating
from tests import factories

LOW, HIGH = {"likelihood": "low", "consequence": "significant"}, {"likelihood": "medium", "consequence": "major"}
#: DCB0129 words for each level of the common scale.
WORDS = {
    1: {"likelihood": "very-low", "consequence": "minor"},
    2: {"likelihood": "low", "consequence": "considerable"},
    3: {"likelihood": "medium", "consequence": "major"},
    4: {"likelihood": "high", "consequence": "major"},
}


def said(owner: User, **changes: Any) -> Said:
    """What a complete risk says."""
    base = Said(
        title="Records of two patients are merged",
        domain="clinical",
        cause="Namesakes.",
        hazard="One chart of two people.",
        effect="Treatment by the wrong chart.",
        harm="A missed allergy.",
        failure_mode="A wrong link.",
        detection_method="Disproved decisions.",
        owner=owner,
        scheme="dcb0129-1",
    )
    return replace(base, **changes)


def make_risk(
    by: User, *, wave: Wave | None = None, programme: bool = False, severity: int | None = 3, **changes: Any
) -> Risk:
    """A risk of ``wave-1`` (or of the programme) that stands at this common severity; None: rated inherently only."""
    place = None if programme else wave or factories.make_wave()
    owner = changes.pop("owner", by)
    current = None if severity is None else Scored(WORDS[severity], "As it stands.")
    return actions.add_risk(
        said=said(owner, **changes), wave=place, inherent=Scored(WORDS[4], "Without controls."), current=current, by=by
    )


def rate(risk: Risk, severity: int, by: User, kind: str = "current") -> RiskRating:
    """Rate it at this common severity."""
    return actions.rate(risk=risk, kind=kind, factors=WORDS[severity], rationale="Looked at it.", by=by)


def ask(risk: Risk, by: User, *, days: float = 14) -> RiskAcceptance:
    """Ask for its acceptance."""
    until = timezone.now() + dt.timedelta(days=days)
    return actions.request_acceptance(risk=risk, reason="Controls follow.", not_after=until, by=by)


def accept(risk: Risk, by: User, board: User, *, days: float = 14) -> RiskAcceptance:
    """An acceptance in force."""
    asked = actions.take_up(acceptance=ask(risk, by, days=days), by=board)
    return actions.decide_acceptance(acceptance=asked, grant=True, reason="Carried by the board.", by=board)


def report(measure: str, value: str, *, wave: Wave | None, as_of: dt.datetime | None = None) -> None:
    """A reported value of a measure."""
    now = as_of or timezone.now()
    Sample.objects.create(
        measure=measure, wave=wave, value=Decimal(value), as_of=now, received_at=now, source="api:monitoring", samples=1
    )
