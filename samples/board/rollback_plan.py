"""The rollback plan of wave 1, and its rehearsals: one around a table, one that moved data and counts."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from console.waves.models import Wave
from governance.rollback import actions as rollback
from governance.rollback import queries
from governance.rollback.models import DataScope, Rehearsal, RehearsalKind, RollbackPlan
from governance.rollback.values import PlanDraft, TriggerDraft
from samples.board.seats import People

ZONE: Final = ZoneInfo("Africa/Kampala")
EVENING: Final = dt.time(20, 0)
WINDOW: Final = dt.timedelta(hours=14)
RUNBOOK: Final = "Cutover of wave 1, runbook 7"

TRIGGERS: Final = (
    TriggerDraft("login-success", "Sign-ins fail", "login-success", "", "lt", Decimal("0.95"), 3),
    TriggerDraft("chart-open", "Charts open slowly", "chart-open-p95", "", "gt", Decimal(5), 3),
    TriggerDraft("order-errors", "Orders fail", "order-errors", "", "gt", Decimal("0.02"), 2),
    TriggerDraft("wrong-patient", "A chart shows someone else's data: one is enough"),
)
TRANSPORT: Final = """Interfaces are turned back at the integration engine, by the saved routes of the day before.
Sign-in is turned back by the directory group “target EHR”, which the service desk empties."""
DATA: Final = """Every write at the target after the cutover is kept as a delta by its change feed.
After a rollback the delta is replayed into the legacy system, oldest first; what it refuses goes to a list that the
records office enters by hand, chart by chart, before the list is closed by two people."""
STEPS: Final = """1. Activation: the authority says so on the bridge; downtime procedures begin on every ward.
2. Recovery: routes back, sign-in back, delta replayed, totals compared with the control totals of the extract.
3. Reconstitution: wards confirm by telephone, downtime forms are entered, the bridge closes after four quiet hours."""


def planned(wave: Wave, people: People) -> RollbackPlan:
    """Write the plan, if there is none: for the night of the wave's planned day."""
    known = queries.live_plan(wave)
    if known is not None:
        return known
    assert wave.planned_for is not None
    begins = dt.datetime.combine(wave.planned_for, EVENING, tzinfo=ZONE)
    draft = PlanDraft(
        authority=people["bo"],
        deputy=people["mira"],
        decide_within=20,
        window_start=begins,
        window_end=begins + WINDOW,
        margin=45,
        rto=180,
        rpo=15,
        mtd=480,
        transport=TRANSPORT,
        data_scope=DataScope.REPLAYABLE,
        data=DATA,
        steps=STEPS,
        triggers=TRIGGERS,
        runbook_title=RUNBOOK,
        runbook_digest=hashlib.sha256(RUNBOOK.encode()).hexdigest(),
    )
    return rollback.write_plan(
        wave=wave, draft=draft, reason="The plan as it was rehearsed.", seen=0, by=people["omar"]
    )


def rehearsed(plan: RollbackPlan, people: People, *, records: int, production: int) -> None:
    """Record its rehearsals, if no one has: ``records`` of ``production`` were moved there and back."""
    if Rehearsal.objects.filter(plan=plan).exists():
        return
    now = timezone.now()
    talked, moved = now - dt.timedelta(days=9), now - dt.timedelta(hours=20)
    rollback.rehearse(
        plan=plan,
        kind=RehearsalKind.TABLETOP,
        started_at=talked - dt.timedelta(hours=2),
        finished_at=talked,
        planned_minutes=120,
        rollback_minutes=110,
        records=0,
        production_records=production,
        succeeded=True,
        report="Everybody knew their part but the telephone number of the bridge. It stands on the first page now.",
        by=people["omar"],
    )
    rollback.rehearse(
        plan=plan,
        kind=RehearsalKind.DRESS,
        started_at=moved - dt.timedelta(hours=5),
        finished_at=moved,
        planned_minutes=150,
        rollback_minutes=138,
        records=records,
        production_records=production,
        succeeded=True,
        defects="The route of the laboratory interface had to be saved by hand; it is part of the saved set now.",
        report="There and back in one night. Totals agreed with the extract; all wards were reached in nine minutes.",
        by=people["omar"],
    )
