"""The names of all environment variables that the product reads, found in its syntax trees."""

from __future__ import annotations

import ast

from console.engines.options import REPOSITORY

READERS = {"get", "value", "flag", "number", "words", "_number", "_given"}
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "CONCORD_TEST_ENGINES", "XDG_RUNTIME_DIR", "CONCORD_NEW_PASSWORD"}


def names() -> set[str]:
    """Every upper-case name that a reader of the environment is called with."""
    found = set()
    for app in ("console", "triage", "governance"):
        for path in (REPOSITORY / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _called(node) in READERS:
                    found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and _is_name(arg.value)}
    return found - NOT_SETTINGS


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("CONCORD_", "DATABASE_", "REDIS_", "OIDC_", "PORT"))
