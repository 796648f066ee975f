"""Rollback plans and rehearsals for tests, made through the actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from console.people.models import User
from console.waves.models import Wave
from governance.rollback import actions, queries
from governance.rollback.models import DataScope, Rehearsal, RehearsalKind, RollbackPlan
from governance.rollback.values import PlanDraft, TriggerDraft

CALL = TriggerDraft("clinical-call", "A clinician calls it")
BACKLOG = TriggerDraft(
    "backlog", "Orders do not arrive", measure="interface-backlog", operator="ge", threshold=Decimal(100)
)


def draft(authority: User, deputy: User, **changes: Any) -> PlanDraft:
    """A plan whose window is open now: it opened an hour ago and closes in seven."""
    now = timezone.now().replace(microsecond=0)
    plain = PlanDraft(
        authority=authority,
        deputy=deputy,
        decide_within=15,
        window_start=now - dt.timedelta(hours=1),
        window_end=now + dt.timedelta(hours=7),
        margin=30,
        rto=120,
        rpo=15,
        mtd=240,
        transport="Point the interface engine back.",
        data_scope=DataScope.REPLAYABLE,
        data="Replay what was written since the cutover.",
        steps="Activate. Recover. Reconstitute.",
        triggers=(CALL, BACKLOG),
    )
    return replace(plain, **changes)


def plan(wave: Wave, authority: User, deputy: User, *, by: User, **changes: Any) -> RollbackPlan:
    """A written plan."""
    return actions.write_plan(wave=wave, draft=draft(authority, deputy, **changes), reason="First.", by=by)


def rehearsal(of: RollbackPlan, *, by: User, **changes: Any) -> Rehearsal:
    """A dress rehearsal that counts, ended an hour ago, unless ``changes`` say otherwise."""
    finished = changes.pop("finished_at", timezone.now() - dt.timedelta(hours=1))
    said: dict[str, Any] = {
        "kind": RehearsalKind.DRESS,
        "started_at": finished - dt.timedelta(hours=6),
        "finished_at": finished,
        "planned_minutes": 80,
        "rollback_minutes": 90,
        "records": 1000,
        "production_records": 1000,
        "succeeded": True,
        "report": "It went as planned.",
    }
    return actions.rehearse(plan=of, **{**said, **changes}, by=by)


def draft_of(plan: RollbackPlan) -> PlanDraft:
    """What a stored version says, as values: its digest is ``values.digest`` of them."""
    return PlanDraft(
        authority=plan.authority,
        deputy=plan.deputy,
        decide_within=plan.decide_within,
        window_start=plan.window_start,
        window_end=plan.window_end,
        margin=plan.margin,
        rto=plan.rto,
        rpo=plan.rpo,
        mtd=plan.mtd,
        transport=plan.transport,
        data_scope=plan.data_scope,
        data=plan.data,
        steps=plan.steps,
        runbook_title=plan.runbook_title,
        runbook_digest=plan.runbook_digest,
        triggers=tuple(
            TriggerDraft(row.code, row.title, row.measure, row.dimension, row.operator, row.threshold, row.consecutive)
            for row in plan.triggers.all()
        ),
    )


def qualifying(wave: Wave, now: dt.datetime) -> Rehearsal | None:
    """The last rehearsal that counts for the live plan of a wave."""
    return next(iter(queries.counting({wave.pk: queries.live_plan(wave)}, now)[wave.pk]), None)
