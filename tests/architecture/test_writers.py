"""Nothing but actions and migrations writes: looked for in the syntax tree, so a review cannot miss it."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import modules

WRITING_METHODS = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
WRITING_SQL = re.compile(
    r"^(insert into|update \w+ set|delete from|truncate |copy \w+.* from |merge into)", re.IGNORECASE
)

#: module → why it writes without being an action
WRITERS: dict[str, str] = {
    "console/audit/log.py": "the audit log's own writer",
    "console/audit/guard.py": "logs the superuser's step",
    "triage/cases/arrivals.py": "the set-based half of intake's action; its caller holds the transaction and books it",
    "triage/cases/landing.py": "the SQL that arrivals runs",
    "triage/cases/sequencer.py": "gives released decisions their positions; an action in a room of its own",
}
#: Receivers that have a method of such a name and write nothing to the database.
HARMLESS_RECEIVERS = {
    "digest",
    "sha",
    "total",
    "headers",
    "context",
    "environ",
    "facts",
    "cache",
    "session",
    "AppConfig",
}


def _is_action(name: str) -> bool:
    parts = name.split("/")
    return parts[-1] == "actions.py" or "actions" in parts[:-1]


def _receiver(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return ""


def _writes(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = _receiver(node.func.value)
            if node.func.attr in WRITING_METHODS and receiver not in HARMLESS_RECEIVERS and "hash" not in receiver:
                found.append(f"line {node.lineno}: {receiver}.{node.func.attr}(")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = " ".join(node.value.split())
            if WRITING_SQL.match(text):
                found.append(f"line {node.lineno}: SQL {text[:40]}")
    return found


def test_only_actions_write() -> None:
    writers = {}
    for name, tree in modules().items():
        if _is_action(name) or name in WRITERS or name.startswith("samples/"):
            continue
        writes = _writes(tree)
        if writes:
            writers[name] = writes
    assert not writers, "Move the write into an action, or argue in WRITERS."


def test_the_check_sees_a_write() -> None:
    seen = _writes(ast.parse("Case.objects.filter(pk=1).update(state='x')\ncursor.execute('DELETE FROM cases_case')"))
    assert len(seen) == 2
