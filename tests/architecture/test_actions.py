"""Every action books exactly once, and without its entry there is no change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from console.audit import log
from console.audit.models import LogEntry
from tests.architecture.scenarios import ELSEWHERE, GROUPS, Stage
from tests.architecture.source import modules


def _public_actions() -> Iterator[str]:
    """Yield ``capability.module.verb`` (``capability.verb`` of a single ``actions.py``) of every public action."""
    for name, tree in modules().items():
        parts = name.removesuffix(".py").split("/")
        if name.startswith("samples/") or "actions" not in parts[-2:]:
            continue
        path = ".".join(part for part in parts[-3 if parts[-2] == "actions" else -2 :] if part != "actions")
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and any(argument.arg == "by" for argument in node.args.kwonlyargs):
                yield f"{path}.{node.name}"


def _entries() -> int:
    return LogEntry.objects.exclude(verb__startswith="row.").count()


def _state() -> dict[str, Any]:
    """A digest of every table but the audit log's."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if model is not LogEntry and model._meta.managed:
                cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM "{table}" AS t')
                found[table] = cursor.fetchone()
    return found


class _Broken(Exception):
    pass


@pytest.mark.parametrize("group", GROUPS)
def test_it_books_exactly_once(db: None, group: str) -> None:
    for name, call in GROUPS[group](Stage()).items():
        if name in ELSEWHERE:
            continue
        point = transaction.savepoint()
        before = _entries()
        call()
        assert _entries() - before == 1, f"{name} must write one entry"
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("group", GROUPS)
def test_without_its_entry_nothing_changes(db: None, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = GROUPS[group](Stage())
    before = _state()

    def refuse(*args: object, **kwargs: object) -> None:
        raise _Broken

    monkeypatch.setattr(log, "record", refuse)
    for name, call in scenarios.items():
        if name in ELSEWHERE:
            continue
        with pytest.raises(_Broken), transaction.atomic():
            call()
        after = _state()
        changed = [table for table in before if before[table] != after[table]]
        assert not changed, f"{name} left a change in {changed} without an entry"


def test_every_action_has_a_scenario(db: None) -> None:
    point = transaction.savepoint()
    staged = set(ELSEWHERE)
    for group in GROUPS.values():
        staged |= set(group(Stage()))
        transaction.savepoint_rollback(point)
    public = set(_public_actions())
    assert not public - staged, "Add a scenario, or say in ELSEWHERE where it is tested."
    assert not set(ELSEWHERE) - public, "These actions are gone: remove them from ELSEWHERE."
