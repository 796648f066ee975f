"""Addresses come from the table of routes: none is written by hand in a template or in Python."""

from __future__ import annotations

import ast
import re

from tests.architecture.entry_points import entry_points
from tests.architecture.source import ROOT, modules

BY_HAND = re.compile(r"""(?:href|action|hx-get|hx-post|src)=["']/|(?:crumbs|href=)[^%]*["']/["']""")
#: Templates that are drawn when nothing else works, without the table of routes.
PLAIN = {"500.html"}
#: Prefixes by which middleware and refusals tell groups of routes apart, and settings of libraries that want a path.
GROUPS = {"console/web/addresses.py", "console/settings.py"}


def _roots() -> tuple[str, ...]:
    """``/gates/``, ``/waves/`` …: how the addresses of the console begin."""
    return tuple(
        sorted(
            {
                f"/{entry.route.split('/')[0]}/"
                for entry in entry_points()
                if "/" in entry.route and entry.route[0] != "<"
            }
        )
    )


def test_templates_name_routes() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.name not in PLAIN
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if BY_HAND.search(line)
    ]
    assert not found, "Use {% url %}."


def test_python_names_routes() -> None:
    roots = _roots()
    assert "/gates/" in roots
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if name not in GROUPS
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(roots)
    ]
    assert not found, "Use reverse()."
