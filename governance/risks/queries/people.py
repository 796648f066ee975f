"""Who hears of a risk: the stewards who keep the register, and those of the board who accept risks."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q
from guardian.models import UserObjectPermission

from console.answers import Answer
from console.people.models import User, UserKind
from console.people.permissions import may
from governance.risks import rules
from governance.risks.models import Escalation, Risk

SEE: Final = "waves.view_wave"
MANAGE: Final = "waves.manage_risks"
ACCEPT: Final = "waves.accept_risks"


def _able(permission: str, risk: Risk) -> list[User]:
    """Active people who hold a permission on the console, or on the wave of this risk if it has one. One query."""
    app, _, code = permission.partition(".")
    wanted = Q(user_permissions__codename=code, user_permissions__content_type__app_label=app)
    if risk.wave_id is not None:
        grants = UserObjectPermission.objects.filter(
            user=OuterRef("pk"),
            permission__codename=code,
            permission__content_type__app_label=app,
            content_type__app_label="waves",
            content_type__model="wave",
            object_pk=str(risk.wave_id),
        )
        wanted = wanted | Q(Exists(grants))
    found = User.objects.filter(wanted, is_active=True, kind=UserKind.PERSON)
    return list(found.distinct().order_by("pk"))


def stewards(risk: Risk) -> list[User]:
    """Those who may keep this risk."""
    return _able(MANAGE, risk)


def board(risk: Risk) -> list[User]:
    """Those who may accept this risk."""
    return _able(ACCEPT, risk)


def may_acknowledge(escalation: Escalation, user: User) -> Answer:
    """Whether this person may acknowledge an escalation. Its risk and the risk's wave must be loaded."""
    risk = escalation.risk
    return rules.may_acknowledge(
        escalation.step,
        acknowledged=escalation.acknowledged_at is not None,
        owner=risk.owner_id == user.pk,
        steward=may(user, MANAGE, risk.wave),
        board=may(user, ACCEPT, risk.wave),
    )
