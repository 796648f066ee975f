"""What a risk is tied to: cases and other things by reference, and its controls. Both close and are never deleted."""

from __future__ import annotations

import re
from typing import Final

from django.utils import timezone

from console.audit import log
from console.errors import Invalid, Stale
from console.people.models import User
from governance.risks import queries, rules
from governance.risks.actions.common import locked_risk
from governance.risks.actions.events import ask_for_rating
from governance.risks.models import ControlType, LinkKind, Risk, RiskControl, RiskLink
from triage import facts

_TARGET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/#-]{0,99}")
_NOTE: Final = 300


def link(*, risk: Risk, kind: str, target: str, note: str = "", by: User) -> RiskLink:
    """Tie a risk to a case (``EX-1042``), a criterion, a trigger or a control by its name.

    An unresolved critical case asks for a new rating at once. Raises Denied, Invalid, or Stale when it is linked.
    """
    with locked_risk(risk, by, permission=queries.MANAGE, to="link this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        name = _name(kind, target)
        if RiskLink.objects.filter(risk=locked, kind=kind, target=name, closed_at__isnull=True).exists():
            raise Stale(f"{locked.ref} is linked with {name} already.")
        critical = kind == LinkKind.CASE and bool(facts.critical_of([name]))
        since = timezone.now() if critical else None
        made = RiskLink.objects.create(
            risk=locked, kind=kind, target=name, note=note.strip()[:_NOTE], made_by=by, critical_since=since
        )
        if critical:
            ask_for_rating(locked, f"The critical case {name}, linked with it, is unresolved.", by)
        log.record("risk.linked", subject=locked, by=by, facts={"kind": kind, "target": name, "critical": critical})
    return made


def unlink(*, link: RiskLink, by: User) -> RiskLink:
    """Close a link; that it was there stays on record. Raises Denied, or Stale when it is closed."""
    with locked_risk(link.risk, by, permission=queries.MANAGE, to="unlink this risk") as locked:
        row = RiskLink.objects.select_for_update().get(pk=link.pk)
        if row.closed_at is not None:
            raise Stale(f"{locked.ref} is no longer linked with {row.target}.")
        row.closed_by, row.closed_at = by, timezone.now()
        row.save(update_fields=["closed_by", "closed_at"])
        log.record("risk.unlinked", subject=locked, by=by, facts={"kind": row.kind, "target": row.target})
    return row


def add_control(*, risk: Risk, means: str, text: str, by: User) -> RiskControl:
    """Plan a control against a risk. Raises Denied or Invalid."""
    with locked_risk(risk, by, permission=queries.MANAGE, to="plan controls of this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        if means not in ControlType.values or not 0 < len(text.strip()) <= _NOTE:
            raise Invalid(f"Choose a control type and describe the control in at most {_NOTE} characters.")
        made = RiskControl.objects.create(risk=locked, means=means, text=text.strip(), made_by=by)
        log.record("risk.control_planned", subject=locked, by=by, facts={"control": made.pk, "means": means})
    return made


def put_in_place(*, control: RiskControl, by: User) -> RiskControl:
    """Say that a control is in place; what that makes of the risk the next rating says. Raises Denied or Stale."""
    with locked_risk(control.risk, by, permission=queries.MANAGE, to="put controls in place") as locked:
        row = _alive(control)
        if row.in_place_at is not None:
            raise Stale("This control is already implemented.")
        row.in_place_by, row.in_place_at = by, timezone.now()
        row.save(update_fields=["in_place_by", "in_place_at"])
        log.record("risk.control_in_place", subject=locked, by=by, facts={"control": row.pk})
    return row


def drop_control(*, control: RiskControl, by: User) -> RiskControl:
    """Give a control up. One that was in place asks for a new rating. Raises Denied or Stale."""
    with locked_risk(control.risk, by, permission=queries.MANAGE, to="drop controls") as locked:
        row = _alive(control)
        row.closed_by, row.closed_at = by, timezone.now()
        row.save(update_fields=["closed_by", "closed_at"])
        if row.in_place_at is not None:
            ask_for_rating(locked, f"A control that was in place was dropped: {row.text}", by)
        log.record("risk.control_dropped", subject=locked, by=by, facts={"control": row.pk})
    return row


def _alive(control: RiskControl) -> RiskControl:
    row = RiskControl.objects.select_for_update().get(pk=control.pk)
    if row.closed_at is not None:
        raise Stale("This control was dropped.")
    return row


def _name(kind: str, target: str) -> str:
    name = target.strip()
    if kind not in LinkKind.values:
        raise Invalid("There is no such kind of link.")
    if kind == LinkKind.CASE:
        name = name.upper()
        if not facts.has_case([name]):
            raise Invalid("There is no such case; its name looks like EX-1042.")
    elif not _TARGET.fullmatch(name):
        raise Invalid("Name what it is linked with in letters, digits and . _ : / # - (at most 100).")
    return name
