"""Set up queues, due times and calendars. Every change is logged with the names of the changed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from console.audit import log
from console.errors import Denied, Invalid
from console.people import permissions
from console.people.models import User
from console.ui import formatting, lengths
from triage.queues import kinds, public_holidays, sla
from triage.queues.models import BusinessCalendar, Queue, QueueTarget, Severity, SlaPolicy

MANAGE = "cases.manage_queue"
#: Held by those who set the console up without leading its queues.
SET_UP = "cases.set_up_queues"
_LENGTHS = {
    "lease_seconds": "A claim",
    "undo_seconds": "The undo period",
    "deputy_after_seconds": "The time until the deputy is notified",
    "leads_after_seconds": "The time until the leads are notified",
}
_DAY: Final = 24 * 3600
_LIMITS = {
    "lease_seconds": (60, 4 * 3600),
    "undo_seconds": (0, _DAY),
    "deputy_after_seconds": (60, 7 * _DAY),
    "leads_after_seconds": (60, 14 * _DAY),
}
_HOLD_LIMITS = (1, 20)


def save_queue(
    *, queue: Queue | None, targets: Mapping[str, Queue | None] | None = None, by: User, **fields: Any
) -> Queue:
    """Make a queue, or change one. ``targets``: by name, where its cases are sent on to; those left out stay.

    Raises Denied, or Invalid for a short name that is taken, times out of bounds, an unknown kind or a wrong target.
    """
    with log.transaction(by=by, purpose="set up"):
        found = Queue.objects.select_for_update().get(pk=queue.pk) if queue else Queue()
        require_set_up(by, queue, to="set up this queue" if queue else "make queues")
        changed = sorted(name for name, value in fields.items() if getattr(found, name, None) != value or not queue)
        for name, value in fields.items():
            setattr(found, name, value)
        _check_queue(found)
        moved = _moved(found, targets or {})
        if not (changed or moved):
            return found
        found.save()
        for name, to in moved.items():
            _point(found, name, to)
        changed += [f"{name} target" for name in sorted(moved)]
        verb = "queue.changed" if queue else "queue.made"
        log.record(verb, subject=found, by=by, facts={"queue": found.slug, "fields": changed})
    return found


def set_policy(
    *, queue: Queue | None, severity: int | None, minutes: int, calendar: BusinessCalendar | None, by: User
) -> SlaPolicy:
    """Say how soon cases of a queue and severity (None: of all) are due. Holds for cases opened from now on."""
    with log.transaction(by=by, purpose="set up"):
        require_set_up(by, queue, to="set due times")
        if not 1 <= minutes <= 366 * 24 * 60:
            raise Invalid("An SLA target must be 1 minute to 1 year.")
        policy, _ = SlaPolicy.objects.update_or_create(
            queue=queue, severity=severity, defaults={"minutes": minutes, "calendar": calendar}
        )
        log.record("queue.policy_set", subject=policy, by=by, facts={"policy": _policy(policy), "minutes": minutes})
    return policy


def remove_policy(*, policy: SlaPolicy, by: User) -> None:
    """Take a due time away; the next less specific one holds. Raises Denied."""
    with log.transaction(by=by, purpose="set up"):
        require_set_up(by, policy.queue, to="remove due times")
        words = _policy(policy)
        log.record("queue.policy_removed", subject=policy, by=by, facts={"policy": words, "minutes": policy.minutes})
        policy.delete()


def save_calendar(
    *,
    calendar: BusinessCalendar | None,
    name: str,
    time_zone: str,
    weekly: dict[str, list[list[str]]],
    holidays: list[str],
    country: str = "",
    subdivision: str = "",
    by: User,
) -> BusinessCalendar:
    """Make or change a business calendar. Raises Denied, or Invalid for hours that make no sense.

    ``country``, or a ``subdivision`` of it: whose public holidays are days off besides ``holidays``.
    """
    with log.transaction(by=by, purpose="set up"):
        require_set_up(by, to="set up business calendars")
        _check_calendar(time_zone, weekly, holidays, country, subdivision)
        taken = BusinessCalendar.objects.filter(name=name).first()
        if taken and taken != calendar:
            raise Invalid(f"There is a calendar named “{name}” already.")
        found = calendar or BusinessCalendar()
        found.name, found.time_zone, found.weekly, found.holidays = name, time_zone, weekly, sorted(set(holidays))
        found.country, found.subdivision = country, subdivision
        found.save()
        facts = {"calendar": name, "time_zone": time_zone, "country": country, "subdivision": subdivision}
        log.record("queue.calendar_set", subject=found, by=by, facts=facts)
    return found


def _check_calendar(
    time_zone: str, weekly: dict[str, list[list[str]]], holidays: list[str], country: str, subdivision: str
) -> None:
    try:
        days = sla.calendar(time_zone, weekly, holidays).weekly
    except ValueError as error:
        raise Invalid(str(error)) from None
    if not any(days):
        raise Invalid("A business calendar needs at least one shift in the week.")
    if subdivision and not country:
        raise Invalid("Choose the country of the region whose public holidays apply.")
    if country and not public_holidays.known(country):
        raise Invalid("The public holidays of that country are not known. Leave it empty and enter the dates.")
    if country and not public_holidays.known(country, subdivision):
        raise Invalid("That country has no region of that code.")


def _policy(policy: SlaPolicy) -> str:
    severity = Severity(policy.severity).label if policy.severity else "every severity"
    return f"{policy.queue or 'every queue'}, {severity}: {lengths.hours(policy.minutes * 60)}"


def _check_queue(queue: Queue) -> None:
    if Queue.objects.filter(slug=queue.slug).exclude(pk=queue.pk).exists():
        raise Invalid(f"There is a queue with the short name “{queue.slug}” already.")
    for name, (least, most) in _LIMITS.items():
        if not least <= getattr(queue, name) <= most:
            words = f"{formatting.duration(least)} to {formatting.duration(most)}"
            raise Invalid(f"{_LENGTHS[name]} must be {words} long.")
    least, most = _HOLD_LIMITS
    if not least <= queue.hold_limit <= most:
        raise Invalid(f"A reviewer must be allowed to hold {least} to {most} cases.")
    kinds.require(queue.kind)
    _check_people_told(queue)


def _check_people_told(queue: Queue) -> None:
    """Who hears of overdue critical cases: people who can sign in and work the queue or lead it, the leads last."""
    for person in (queue.responsible, queue.deputy):
        if person is None:
            continue
        able = permissions.may(person, "cases.see_queue", queue if queue.pk else None)
        if not (person.is_person and person.is_active and able):
            raise Invalid(f"{person} cannot sign in, or may not see this queue. Choose another person.")
    if queue.deputy_id and queue.deputy_id == queue.responsible_id:
        raise Invalid("Choose a deputy other than the responsible person.")
    if queue.leads_after_seconds < queue.deputy_after_seconds:
        raise Invalid("The leads cannot be notified before the deputy.")


def _moved(queue: Queue, targets: Mapping[str, Queue | None]) -> dict[str, Queue | None]:
    """The targets that change. Raises Invalid for one that the queue's kind does not have, or that cannot be."""
    known = {target.name for target in kinds.require(queue.kind).targets}
    now = {target.name: target.to for target in queue.targets.select_related("to")} if queue.pk else {}
    for name, to in targets.items():
        if to is None:
            continue
        if name not in known:
            raise Invalid(f"Cases of the type “{kinds.label(queue.kind)}” have no target “{name}”.")
        if to.pk == queue.pk:
            raise Invalid("A queue cannot transfer cases to itself.")
        if to.kind != queue.kind:
            raise Invalid(f"“{to}” takes another kind of case.")
    return {name: to for name, to in targets.items() if now.get(name) != to}


def _point(queue: Queue, name: str, to: Queue | None) -> None:
    if to is None:
        queue.targets.filter(name=name).delete()
    else:
        QueueTarget.objects.update_or_create(queue=queue, name=name, defaults={"to": to})


def require_console(by: User, to: str) -> None:
    """Rules and calendars reach across queues: a role on one queue is not enough. Raises Denied."""
    if not permissions.may(by, SET_UP):
        require_lead(by, to)


def require_lead(by: User, to: str) -> None:
    """Raise Denied, naming what was attempted, unless ``by`` leads all queues."""
    if not permissions.may(by, MANAGE):
        raise Denied(f"Only a lead of all queues may {to}.")


def require_set_up(by: User, queue: Queue | None = None, *, to: str) -> None:
    """Raise Denied, naming what was attempted, unless ``by`` may set up this queue (None: all of them)."""
    if not (permissions.may(by, MANAGE, queue) or permissions.may(by, SET_UP, queue)):
        raise Denied(f"Your roles do not allow you to {to}.")
