"""Sources are made and changed by people; what a poll found is noted by Concord."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from triage.desk.field_rules import checked_rules
from triage.intake import packages, signatures
from triage.runs.models import Source, SourceKind


def make_source(
    *,
    name: str,
    title: str,
    kind: str,
    path: str = "",
    public_key: str = "",
    field_rules: Mapping[str, object] | None = None,
    by: User,
) -> Source:
    """Make a source; manifests call it by its name. ``field_rules``: how its columns are read.

    Raises Denied, Invalid.
    """
    require(by, "runs.manage_source", None, to="set up sources")
    path, public_key = _checked(name=name, title=title, kind=kind, path=path, public_key=public_key)
    rules = checked_rules(field_rules or {})
    values = {"title": title.strip(), "kind": kind, "path": path, "public_key": public_key, "field_rules": rules}
    with log.transaction(by=by, purpose="make_source"):
        source, made = Source.objects.get_or_create(name=name, defaults=values)
        if not made:
            raise Invalid("There is a source of that name already.")
        facts = {"name": name, "kind": kind, "signed": bool(public_key), "field_rules": sorted(rules)}
        log.record("source.made", subject=source, by=by, facts=facts)
    return source


def change_source(
    *,
    source: Source,
    title: str,
    kind: str,
    path: str = "",
    public_key: str = "",
    active: bool = True,
    field_rules: Mapping[str, object] | None = None,
    by: User,
) -> Source:
    """Change everything but the name; without ``field_rules`` those of the source stay. Raises Denied, Invalid."""
    require(by, "runs.manage_source", source, to="change this source")
    path, public_key = _checked(name=source.name, title=title, kind=kind, path=path, public_key=public_key)
    rules = None if field_rules is None else checked_rules(field_rules)
    with log.transaction(by=by, purpose="change_source"):
        locked = Source.objects.select_for_update().get(pk=source.pk)
        locked.title, locked.kind, locked.path, locked.public_key = title.strip(), kind, path, public_key
        locked.active = active
        locked.field_rules = locked.field_rules if rules is None else rules
        locked.save(update_fields=["title", "kind", "path", "public_key", "active", "field_rules"])
        facts: dict[str, object] = {"name": locked.name, "kind": kind, "signed": bool(public_key), "active": active}
        facts["field_rules"] = sorted(locked.field_rules)
        log.record("source.changed", subject=locked, by=by, facts=facts)
    return locked


def note_poll(*, source: Source, problem: str, by: User) -> bool:
    """Record what the last poll could not take in; only a change is written and logged. False if nothing changed."""
    problem = problem[:500]
    if source.problem == problem:
        return False
    with log.transaction(by=by, purpose="note_poll"):
        locked = Source.objects.select_for_update().get(pk=source.pk)
        locked.problem, locked.polled_at = problem, timezone.now()
        locked.save(update_fields=["problem", "polled_at"])
        log.record("source.polled", subject=locked, by=by, facts={"name": locked.name, "problem": problem})
    return True


def _checked(*, name: str, title: str, kind: str, path: str, public_key: str) -> tuple[str, str]:
    try:
        validate_slug(name)
    except ValidationError:
        raise Invalid("A source's name holds letters, digits, hyphens and underscores only.") from None
    if not 0 < len(title.strip()) <= 200 or len(name) > 100:
        raise Invalid("A source needs a name of at most 100 characters and a title of at most 200.")
    if kind not in SourceKind.values:
        raise Invalid("A source is either a directory or pushes by API.")
    path = path.strip().strip("/") if kind == SourceKind.DIRECTORY else ""
    if kind == SourceKind.DIRECTORY and not path:
        raise Invalid("A directory source needs its folder below the inbox.")
    if path:
        packages.safe_name(path)
    public_key = public_key.strip().lower()
    if public_key:
        signatures.parse_key(public_key)
    return path, public_key
