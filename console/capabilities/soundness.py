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
    """Permissions and entries of the navigation name models that exist."""
    for permission in parts.PERMISSIONS:
        if not _is_model(permission.scope):
            owner = parts.PERMISSIONS.owner(permission.name)
            yield f"{owner} declares the permission {permission.name!r} on {permission.scope!r}, which is no model."
    for item in parts.NAVIGATION:
        if item.model and not _is_model(item.model):
            owner = parts.NAVIGATION.owner(item.url_name)
            yield f"{owner} shows {item.label!r} to holders on {item.model!r}, which is no model."


def _permissions() -> Iterator[str]:
    """Find permissions that are required somewhere but that no role or app declares."""
    asked = [(parts.NAVIGATION.owner(item.url_name), item.label, item.permission) for item in parts.NAVIGATION]
    asked += [(parts.STEPS.owner(step.title), step.title, step.permission) for step in parts.STEPS]
    asked += [(parts.HOME.owner(part.url_name), part.url_name, part.permission) for part in parts.HOME]
    for owner, what, permission in asked:
        if permission and permission not in parts.PERMISSIONS:
            yield f"{owner} asks for the permission {permission!r} for {what!r}, which no capability declares."


def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True
