"""The sections of a set-up: what of each is there, in the words of a file, and which actions change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import UNSET

from console.errors import Invalid
from console.people.models import User
from console.ui import lengths
from console.waves import actions as waves
from console.waves.models import Wave
from triage.intake import actions as intake
from triage.queues.actions import queues, rules
from triage.queues.models import SEVERITIES, BusinessCalendar, Queue, RoutingRule, Severity, SlaPolicy
from triage.queues.routing import tidy
from triage.runs.models import Source, SourceKind
from triage.setup.files import CalendarEntry, DueEntry, QueueEntry, RuleEntry, SourceEntry, WaveEntry
from triage.setup.mailboxes import Mailboxes
from triage.setup.people import people_told, person_named
from triage.setup.section import Section, Values


class Waves(Section[WaveEntry]):
    """Waves by slug."""

    name, identity, needed = "waves", ("slug",), ("name",)
    defaults = {"description": "", "planned_for": None}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``."""
        fields = ("slug", "name", "description", "planned_for")
        return {(row.pop("slug"),): row for row in Wave.objects.order_by("slug").values(*fields)}

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        if new:
            waves.make_wave(slug=key[0], by=by, **values)
        else:
            waves.describe_wave(wave=Wave.objects.get(slug=key[0]), by=by, **values)


class Sources(Section[SourceEntry]):
    """Sources by name."""

    name, identity, needed = "sources", ("name",), ("title",)
    defaults = {"kind": SourceKind.PUSH.value, "path": "", "public_key": "", "active": True, "field_rules": {}}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``."""
        fields = ("name", "title", "kind", "path", "public_key", "active", "field_rules")
        return {(row.pop("name"),): row for row in Source.objects.order_by("name").values(*fields)}

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        if new:
            kept = {name: value for name, value in values.items() if name != "active"}
            made = intake.make_source(name=key[0], by=by, **kept)
            if not values["active"]:
                intake.change_source(source=made, by=by, **values)
        else:
            intake.change_source(source=Source.objects.get(name=key[0]), by=by, **values)


class Calendars(Section[CalendarEntry]):
    """Business calendars by name."""

    name, identity, needed = "calendars", ("name",), ("weekly",)
    defaults = {"time_zone": "UTC", "holidays": [], "country": "", "subdivision": ""}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``."""
        fields = ("name", "time_zone", "weekly", "holidays", "country", "subdivision")
        return {(row.pop("name"),): row for row in BusinessCalendar.objects.order_by("name").values(*fields)}

    def given(self, entry: CalendarEntry) -> Values:
        """As ``Section.given``; days and shifts as they are stored."""
        said = super().given(entry)
        if "weekly" in said:
            said["weekly"] = {
                day: [list(shift) for shift in shifts] for day, shifts in said["weekly"].items() if shifts
            }
        if "holidays" in said:
            said["holidays"] = sorted({day.isoformat() for day in said["holidays"]})
        return said

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        found = BusinessCalendar.objects.filter(name=key[0]).first()
        queues.save_calendar(calendar=found, name=key[0], by=by, **values)


#: Lengths of time of a queue: what entries call them, and the field.
QUEUE_TIMES: Final = {
    "claim_lasts": "lease_seconds",
    "undo_for": "undo_seconds",
    "deputy_after": "deputy_after_seconds",
    "leads_after": "leads_after_seconds",
}


class Queues(Section[QueueEntry]):
    """Queues by slug. Where they send cases on to is set once all queues are there (``Targets``)."""

    name, identity, needed = "queues", ("slug",), ("name", "kind")
    defaults = {
        "purpose": "",
        "order": 100,
        "active": True,
        "claim_lasts": 900,
        "undo_for": 120,
        "hold_limit": 3,
        "responsible": None,
        "deputy": None,
        "deputy_after": 3600,
        "leads_after": 4 * 3600,
    }

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``; lengths of time in seconds."""
        fields = ("slug", "name", "purpose", "kind", "order", "active", "hold_limit")
        rows = Queue.objects.select_related("responsible", "deputy").order_by("order", "slug")
        return {
            (queue.slug,): {name: getattr(queue, name) for name in fields[1:]}
            | {entry: getattr(queue, field) for entry, field in QUEUE_TIMES.items()}
            | {name: person and person.username for name, person in people_told(queue).items()}
            for queue in rows
        }

    def given(self, entry: QueueEntry) -> Values:
        """As ``Section.given``; lengths of time in seconds."""
        said = super().given(entry)
        said.pop("targets", None)
        return said | {name: _seconds(said[name]) for name in QUEUE_TIMES if name in said}

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        kept = dict(values)
        times = {field: kept.pop(entry) for entry, field in QUEUE_TIMES.items()}
        kept |= {name: person_named(kept[name]) for name in ("responsible", "deputy")}
        found = None if new else Queue.objects.get(slug=key[0])
        queues.save_queue(queue=found, by=by, slug=key[0], **kept, **times)


class Targets(Section[QueueEntry]):
    """Where the cases of queues are sent on to, of the same entries."""

    name, identity = "queues", ("slug",)

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``."""
        found: dict[tuple[str, ...], Values] = {}
        for queue in Queue.objects.prefetch_related("targets__to"):
            found[(queue.slug,)] = {"targets": {target.name: target.to.slug for target in queue.targets.all()}}
        return found

    def given(self, entry: QueueEntry) -> Values:
        """As ``Section.given``."""
        return {"targets": dict(entry.targets)} if entry.targets is not UNSET else {}

    def merged(self, now: Values, given: Values) -> Values:
        """As ``Section.merged``; a target that is left out stays, null removes one."""
        targets = now["targets"] | given.get("targets", {})
        return {"targets": {name: slug for name, slug in targets.items() if slug is not None}}

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        queue = Queue.objects.get(slug=key[0])
        names = {*values["targets"], *queue.targets.values_list("name", flat=True)}
        targets = {name: _queue(values["targets"].get(name)) for name in sorted(names)}
        queues.save_queue(queue=queue, targets=targets, by=by)


class Due(Section[DueEntry]):
    """Due times by queue and severity."""

    name, identity, needed = "due", ("queue", "severity"), ("due_after",)
    defaults = {"calendar": None}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``; the length of time in seconds."""
        rows = SlaPolicy.objects.select_related("queue", "calendar").order_by("queue__order", "-severity")
        return {
            (row.queue.slug if row.queue else "", Severity(row.severity).word if row.severity else ""): {
                "due_after": row.minutes * 60,
                "calendar": row.calendar.name if row.calendar else None,
            }
            for row in rows
        }

    def given(self, entry: DueEntry) -> Values:
        """As ``Section.given``; the length of time in seconds."""
        said = super().given(entry)
        if "due_after" in said:
            said["due_after"] = _seconds(said["due_after"])
        return said

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        minutes, rest = divmod(values["due_after"], 60)
        if rest:
            raise Invalid("A due time is a whole number of minutes.")
        severity = int(SEVERITIES[key[1]]) if key[1] else None
        calendar = _calendar(values["calendar"])
        queue = _queue(key[0] or None)
        queues.set_policy(queue=queue, severity=severity, minutes=minutes, calendar=calendar, by=by)


class Routing(Section[RuleEntry]):
    """Routing rules by kind and name."""

    name, identity, needed = "routing", ("kind", "name"), ("queue",)
    defaults = {"priority": 0, "active": True, "conditions": {}}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``. Raises Invalid for two rules of one name."""
        found: dict[tuple[str, ...], Values] = {}
        for rule in RoutingRule.objects.select_related("queue").order_by("kind", "order", "id"):
            if (rule.kind, rule.name) in found:
                raise Invalid(f"There are two routing rules named “{rule.name}”. Give one of them another name first.")
            found[(rule.kind, rule.name)] = {
                "queue": rule.queue.slug,
                "priority": rule.priority,
                "active": rule.active,
                "conditions": rule.conditions,
            }
        return found

    def given(self, entry: RuleEntry) -> Values:
        """As ``Section.given``; facilities in the spelling that is stored."""
        said = super().given(entry)
        return said | {"conditions": tidy(said["conditions"])} if "conditions" in said else said

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``."""
        kind, name = key
        found = None if new else RoutingRule.objects.get(kind=kind, name=name)
        to = _queue(values["queue"])
        assert to is not None
        rules.save_rule(rule=found, name=name, kind=kind, by=by, **values | {"queue": to})


#: In the order in which they are applied: what an entry refers to comes before it.
SECTIONS: Final[tuple[tuple[Section[Any], Callable[[Any], Iterable[Any]]], ...]] = (
    (Waves(), lambda setup: setup.waves),
    (Sources(), lambda setup: setup.sources),
    (Calendars(), lambda setup: setup.calendars),
    (Queues(), lambda setup: setup.queues),
    (Targets(), lambda setup: setup.queues),
    (Due(), lambda setup: setup.due),
    (Routing(), lambda setup: setup.routing),
    (Mailboxes(), lambda setup: setup.mailboxes),
)


def _seconds(text: str) -> int:
    try:
        return lengths.seconds(text)
    except ValueError as error:
        raise Invalid(f"“{text}”: {error}") from None


def _queue(slug: str | None) -> Queue | None:
    if slug is None:
        return None
    found = Queue.objects.filter(slug=slug).first()
    if found is None:
        raise Invalid(f"There is no queue “{slug}”.")
    return found


def _calendar(name: str | None) -> BusinessCalendar | None:
    if name is None:
        return None
    found = BusinessCalendar.objects.filter(name=name).first()
    if found is None:
        raise Invalid(f"There is no business calendar “{name}”.")
    return found
