"""What must hold between the declarations of all capabilities: checked once at start, without loading any view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from console.capabilities import parts


def require_sound() -> None:
    """Raise ImproperlyConfigured with a sentence for each declaration that does not fit the others."""
    found = list(problems())
    if found:
        raise ImproperlyConfigured(" ".join(found))


def problems() -> Iterator[str]:
    """A sentence for each declaration that does not fit the others, naming its capability."""
    yield from _keys()
    yield from _families()
    yield from _scopes()
    yield from _permissions()
    for check in parts.CHECKS:
        yield from check.problems()


def undeclared(permissions: Iterable[str]) -> list[str]:
    """Those of ``permissions`` that no capability declares."""
    return sorted(name for name in permissions if name not in parts.PERMISSIONS)


def _keys() -> Iterator[str]:
    """Two entries of the navigation cannot have the same keys."""
    uses = Counter(item.key for item in parts.NAVIGATION if item.key)
    for item in parts.NAVIGATION:
        if uses[item.key] > 1:
            owner = parts.NAVIGATION.owner(item.url_name)
            yield f"{owner} gives {item.label!r} the keys {item.key!r}, which another entry of the navigation has."


def _families() -> Iterator[str]:
    for verb in parts.VERBS:
        if verb.family not in parts.FAMILIES:
            yield f"{parts.VERBS.owner(verb.code)} declares the verb {verb.code!r} of a family without a label."


def _scopes() -> Iterator[str]:
    """Permissions, entries of the navigation, commands and search sources name models that exist."""
    for permission in parts.PERMISSIONS:
        if not _is_model(permission.scope):
            owner = parts.PERMISSIONS.owner(permission.name)
            yield f"{owner} declares the permission {permission.name!r} on {permission.scope!r}, which is no model."
    for owner, shown in _shown():
        if shown.model and not _is_model(shown.model):
            yield f"{owner} shows {shown.label!r} to holders on {shown.model!r}, which is no model."


def _permissions() -> Iterator[str]:
    """Find permissions that are required somewhere but that no role or app declares."""
    asked = [(owner, shown.label, shown.permission) for owner, shown in _shown()]
    asked += [(parts.STEPS.owner(step.title), step.title, step.permission) for step in parts.STEPS]
    asked += [(parts.HOME.owner(part.url_name), part.url_name, part.permission) for part in parts.HOME]
    for owner, what, permission in asked:
        if permission and permission not in parts.PERMISSIONS:
            yield f"{owner} asks for the permission {permission!r} for {what!r}, which no capability declares."


def _shown() -> Iterator[tuple[str, parts.NavItem | parts.Command | parts.SearchSource]]:
    """What is shown to holders of a permission, each with its owner."""
    yield from ((parts.NAVIGATION.owner(item.url_name), item) for item in parts.NAVIGATION)
    yield from ((parts.COMMANDS.owner(command.url_name), command) for command in parts.COMMANDS)
    yield from ((parts.SEARCH_SOURCES.owner(source.code), source) for source in parts.SEARCH_SOURCES)


def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True
