"""Apply a set-up: every change by its ordinary action, all of them in one transaction or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from console.audit import log
from console.errors import Invalid, Refusal
from console.people.models import User
from triage.queues.actions import rules
from triage.queues.models import RoutingRule
from triage.setup.files import RuleEntry, Setup
from triage.setup.section import Section
from triage.setup.sections import SECTIONS

_LOCK: Final = 0x53455455


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was created or changed, and which of its fields."""

    section: str
    name: str
    created: bool
    fields: list[str]


def apply(*, setup: Setup, dry_run: bool = False, by: User) -> list[Change]:
    """Bring what is there in line with a set-up. What it does not name stays; applied again it changes nothing.

    ``dry_run``: everything is tried and rolled back, so the answer is what applying it would change or be refused for.
    Raises what the actions raise, with the entry it is about, and Invalid for an entry that is incomplete or repeated.
    """
    with log.transaction(by=by, purpose="set up"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        changes = [change for section, of in SECTIONS for change in _apply(section, of(setup), by)]
        changes += _order(setup.routing, by)
        if dry_run:
            transaction.set_rollback(True)
    return _joined(changes)


def _apply(section: Section[Any], entries: Iterable[Any], by: User) -> list[Change]:
    entries = list(entries)
    if not entries:
        return []
    stored, seen, changes = section.stored(), set(), []
    for entry in entries:
        key = section.key(entry)
        if key in seen:
            raise Invalid(f"{section.name}: “{_named(key)}” stands twice in the set-up.")
        seen.add(key)
        try:
            change = _bring(section, key, section.given(entry), stored.get(key), by)
        except Refusal as refusal:
            raise type(refusal)(f"{section.name}, “{_named(key)}”: {refusal.sentence}") from refusal
        changes += [change] if change else []
    return changes


def _bring(
    section: Section[Any], key: tuple[str, ...], given: dict[str, Any], now: dict[str, Any] | None, by: User
) -> Change | None:
    """Create one thing, or change it if the entry says anything else than is there."""
    if now is None:
        missing = [name for name in section.needed if name not in given]
        if missing:
            raise Invalid(f"It does not exist yet, and a new one needs “{'” and “'.join(missing)}”.")
        values = section.merged(dict(section.defaults), given)
        section.write(key, values, new=True, by=by)
        return Change(section.name, _named(key), True, sorted(given))
    values = section.merged(now, given)
    changed = sorted(name for name, value in values.items() if now[name] != value)
    if not changed:
        return None
    section.write(key, values, new=False, by=by)
    return Change(section.name, _named(key), False, changed)


def _order(entries: Iterable[RuleEntry], by: User) -> list[Change]:
    """Ask the rules that a set-up names in its order, before those that it does not name."""
    changes = []
    named: dict[str, list[str]] = {}
    for entry in entries:
        named.setdefault(entry.kind, []).append(entry.name)
    for kind, names in named.items():
        found = list(RoutingRule.objects.filter(kind=kind).order_by("order", "id"))
        place = {name: number for number, name in enumerate(names)}
        wanted = sorted(found, key=lambda rule: place.get(rule.name, len(place)))
        if wanted != found:
            rules.order_rules(rules=wanted, by=by)
            changes.append(Change("routing", kind, False, ["order"]))
    return changes


def _joined(changes: list[Change]) -> list[Change]:
    """One change a thing: a new queue and its targets are one."""
    found: dict[tuple[str, str], Change] = {}
    for change in changes:
        before = found.get((change.section, change.name))
        fields = sorted({*change.fields, *(before.fields if before else ())})
        created = change.created or bool(before and before.created)
        found[change.section, change.name] = Change(change.section, change.name, created, fields)
    return list(found.values())


def _named(key: tuple[str, ...]) -> str:
    return ", ".join(part or "every one" for part in key)
