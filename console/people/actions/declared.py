"""Rows of the permissions that capabilities declare. A catalogue made from the code, like Django's own permissions."""

from __future__ import annotations

from typing import Any

from django.apps import apps as current_apps

from console.capabilities.parts import PERMISSIONS


def create_declared_permissions(*, using: str, apps: Any = current_apps) -> int:
    """Have a row for each declared permission, under the content type of its scope; returns how many changed.

    ``apps`` is the state of the models after a migration: permissions of models that it does not know yet are left for
    the next one. Rows of permissions that nothing declares any longer stay, because grants may point to them.
    """
    try:
        kinds = apps.get_model("contenttypes", "ContentType").objects.db_manager(using)
        rows = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:
        return 0
    changed = 0
    for declared in PERMISSIONS:
        try:
            scope = apps.get_model(declared.scope)
        except LookupError:
            continue
        kind = kinds.get_for_model(scope, for_concrete_model=False)
        row, made = rows.get_or_create(content_type=kind, codename=declared.codename, defaults={"name": declared.label})
        if not made and row.name != declared.label:
            rows.filter(pk=row.pk).update(name=declared.label)
        changed += made or row.name != declared.label
    return changed
