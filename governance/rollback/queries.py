"""What is read of rollback plans, rehearsals and alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet
from guardian.models import UserObjectPermission

from console.errors import Missing
from console.people.models import User, UserKind
from console.waves.models import Wave
from governance.rollback import rules
from governance.rollback.models import Alarm, Answer, Rehearsal, RollbackPlan, RollbackTrigger


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal with what keeps it from counting for the live plan. ``early``: it began before that was written."""

    rehearsal: Rehearsal
    why_not: tuple[str, ...]
    early: bool

    @property
    def counts(self) -> bool:
        """True if it proves the live plan."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class NoReturn:
    """The point of no return: ``at``, given the slowest qualifying rehearsal; or ``why`` it is unknown."""

    at: dt.datetime | None
    slowest: int | None
    why: str


# Plans


def _plans() -> QuerySet[RollbackPlan]:
    triggers = Prefetch("triggers", RollbackTrigger.objects.order_by("pk"))
    return RollbackPlan.objects.select_related("wave", "authority", "deputy", "by").prefetch_related(triggers)


def live_plan(wave: Wave) -> RollbackPlan | None:
    """The newest version of the wave's plan, with its people and triggers. None before one is written."""
    return plans_of([wave]).get(wave.pk)


def plans_of(waves: Collection[Wave]) -> dict[int, RollbackPlan]:
    """Wave → the newest version of its plan, with its people and triggers. Two queries."""
    return {plan.wave_id: plan for plan in _newest(_plans().filter(wave__in=waves))}


def live_plans() -> list[RollbackPlan]:
    """The newest version of every wave's plan."""
    return list(_newest(_plans()))


def _newest(plans: QuerySet[RollbackPlan]) -> QuerySet[RollbackPlan]:
    return plans.order_by("wave_id", "-version").distinct("wave_id")


def versions(wave: Wave) -> list[RollbackPlan]:
    """All versions of the wave's plan, the newest first."""
    return list(RollbackPlan.objects.filter(wave=wave).select_related("by").order_by("-version"))


def version(wave: Wave, number: int) -> RollbackPlan:
    """One version of the wave's plan. Raises Missing."""
    found = _plans().filter(wave=wave, version=number).first()
    if found is None:
        raise Missing("This wave has no such version of a rollback plan.")
    return found


# Rehearsals


def rehearsals(wave: Wave, plan: RollbackPlan | None, now: dt.datetime, *, size: int = 50) -> list[Rehearsed]:
    """The wave's rehearsals, the newest first, each evaluated against the live plan."""
    rows = Rehearsal.objects.filter(plan__wave=wave).select_related("plan", "by").order_by("-finished_at", "-pk")
    return [_evaluated(row, plan, now) for row in rows[:size]]


def counting(plans: Mapping[int, RollbackPlan | None], now: dt.datetime) -> dict[int, list[Rehearsal]]:
    """Wave → the rehearsals that count for its live plan (``plans``: None where there is none), the newest first.

    One query.
    """
    found: dict[int, list[Rehearsal]] = {wave: [] for wave in plans}
    recent = Rehearsal.objects.filter(plan__wave__in=plans.keys(), finished_at__gte=now - rules.REHEARSED_WITHIN)
    for row in recent.select_related("plan").order_by("-finished_at", "-pk"):
        plan = plans[row.plan.wave_id]
        if plan and not rules.why_not(row, digest=plan.digest, rto=plan.rto, now=now):
            found[plan.wave_id].append(row)
    return found


def point_of_no_return(wave: Wave, now: dt.datetime) -> dt.datetime | None:
    """Return the latest time to start a rollback; None without a qualifying rehearsal."""
    plan = live_plan(wave)
    return no_return(plan, counting({wave.pk: plan}, now)[wave.pk]).at


def no_return(plan: RollbackPlan | None, counted: Iterable[Rehearsal]) -> NoReturn:
    """Until when a rollback is safe, from the rehearsals that count."""
    minutes = [row.rollback_minutes for row in counted]
    if plan is None:
        return NoReturn(None, None, "There is no rollback plan.")
    if not minutes:
        return NoReturn(None, None, "No qualifying rehearsal of this plan version, so the rollback time is unknown.")
    return NoReturn(rules.point_of_no_return(plan, minutes), max(minutes), "")


def why_unrehearsed(plans: Mapping[int, RollbackPlan | None], now: dt.datetime) -> dict[int, str]:
    """Wave → one sentence on why no rehearsal counts for its live plan (None: it has none). One query."""
    rows = Rehearsal.objects.filter(plan__wave__in=plans.keys()).select_related("plan")
    latest = rows.order_by("plan__wave_id", "-finished_at", "-pk").distinct("plan__wave_id")
    last = {row.plan.wave_id: row for row in latest}
    return {wave: _unrehearsed(plan, last.get(wave), now) for wave, plan in plans.items()}


def _unrehearsed(plan: RollbackPlan | None, last: Rehearsal | None, now: dt.datetime) -> str:
    if plan is None:
        return "There is no rollback plan to rehearse."
    if last is None:
        return "The rollback has never been rehearsed."
    return f"The last rehearsal does not count: {'; '.join(_evaluated(last, plan, now).why_not)}."


def _evaluated(row: Rehearsal, plan: RollbackPlan | None, now: dt.datetime) -> Rehearsed:
    digest, rto = (plan.digest, plan.rto) if plan else ("", 0)
    why = rules.why_not(row, digest=digest, rto=rto, now=now)
    return Rehearsed(row, why, early=not why and row.started_at < row.plan.at)


# Alarms and people


def alarms(wave: Wave, *, size: int = 50) -> list[Alarm]:
    """The wave's alarms: those that wait for an answer first, then the newest."""
    rows = Alarm.objects.filter(trigger__plan__wave=wave).select_related("trigger__plan", "raised_by", "answered_by")
    waiting = Q(answer="")
    return [*rows.filter(waiting).order_by("-pk"), *rows.exclude(waiting).order_by("-pk")[:size]]


def latest_alarms(waves: Sequence[int]) -> dict[tuple[int, str], Alarm]:
    """(wave, code of the trigger) → its last alarm, whichever version of the plan it stood in."""
    rows = Alarm.objects.filter(trigger__plan__wave__in=waves).select_related("trigger__plan", "raised_by")
    last = rows.order_by("trigger__plan__wave_id", "trigger__code", "-pk").distinct(
        "trigger__plan__wave_id", "trigger__code"
    )
    return {(row.trigger.plan.wave_id, row.trigger.code): row for row in last}


def rolled_back_at(waves: Collection[Wave]) -> dict[int, dt.datetime]:
    """Wave → when it was last decided to roll it back; waves of which that was never decided are left out."""
    rows = Alarm.objects.filter(trigger__plan__wave__in=waves, answer=Answer.ROLL_BACK)
    last = rows.values_list("trigger__plan__wave_id").annotate(at=Max("answered_at"))
    return {wave: at for wave, at in last if at is not None}


def alarm_of(wave: Wave, number: int) -> Alarm:
    """One alarm of the wave. Raises Missing."""
    rows = Alarm.objects.filter(trigger__plan__wave=wave).select_related("trigger__plan", "raised_by", "answered_by")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Missing("This wave has no such alarm.")
    return found


def trigger_of(plan: RollbackPlan, code: str) -> RollbackTrigger:
    """The trigger of that code. Raises Missing."""
    found = next((row for row in plan.triggers.all() if row.code == code), None)
    if found is None:
        raise Missing("The rollback plan has no such trigger.")
    return found


def holders(wave: Wave, codename: str) -> QuerySet[User]:
    """Active people who hold ``waves.<codename>`` on the wave or the whole console, by name."""
    on_wave = UserObjectPermission.objects.filter(
        user=OuterRef("pk"),
        permission__codename=codename,
        permission__content_type__app_label="waves",
        permission__content_type__model="wave",
        object_pk=str(wave.pk),
    )
    by_role = Q(user_permissions__codename=codename, user_permissions__content_type__app_label="waves")
    people = User.objects.filter(is_active=True, kind=UserKind.PERSON).filter(by_role | Exists(on_wave))
    return people.order_by("name", "username").distinct()
