"""What is imported for types alone: only who acts, so that no other dependency hides from the contracts of layers."""

from __future__ import annotations

import ast

from tests.architecture.source import modules

#: The audit log, changes of facts and helpers of views name people in their signatures and stand below them.
ALLOWED = {"console.people.models.User"}


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom):
                    found |= {f"{inner.module}.{alias.name}" for alias in inner.names}
                elif isinstance(inner, ast.Import):
                    found |= {alias.name for alias in inner.names}
    return found


def test_nothing_but_people_is_imported_for_types_alone() -> None:
    others = {name: found for name, tree in modules().items() if (found := _imported(tree) - ALLOWED)}
    assert not others, "Import it at run time, where the contracts of layers see it, or turn the arrow."
