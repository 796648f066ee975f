"""Forms reach actions in one way: what an action refuses is caught by ``console/web/form_pages.py`` alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import modules

#: What an action refuses that a page can show. No view names them in an ``except``.
REFUSALS = {"Invalid", "Stale", "Refusal", "Exception", "BaseException"}
#: What ``submit`` calls on a form, and no view.
OF_FORMS = {"is_valid", "add_error"}
#: Modules that answer requests and may do so all the same, each with the reason.
REASONED = {
    "console/audit_pages/views.py": "Filters of a list: nothing is changed, so there is no action to call.",
    "console/health.py": "A part that does not answer is what the page reports, whatever the part raises.",
    "governance/risks/change_views.py": "A level that is looked up before it is saved: nothing is changed.",
    "governance/signing/flow.py": "A signature keeps its page at 403 as well, and proves who signs before it acts.",
}


def _answers_requests(tree: ast.Module) -> bool:
    """Whether a module makes responses: it imports one from Django, as every view and helper of views does."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(node.module == "django.http" for node in imports)


def _names(node: ast.expr | None) -> Iterator[str]:
    """The exceptions that an ``except`` names; all of them for a bare one."""
    if node is None:
        yield "BaseException"
    elif isinstance(node, ast.Tuple):
        for part in node.elts:
            yield from _names(part)
    else:
        yield node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)


def _own_ways(tree: ast.Module) -> Iterator[int]:
    """The lines on which a module catches a refusal, or asks and tells a form itself."""
    for node in ast.walk(tree):
        caught = isinstance(node, ast.ExceptHandler) and REFUSALS & set(_names(node.type))
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OF_FORMS
        if caught or called:
            yield node.lineno


def _found() -> dict[str, list[int]]:
    views = {
        name: tree
        for name, tree in modules().items()
        if _answers_requests(tree) and not name.startswith("console/web/")
    }
    return {name: lines for name, tree in views.items() if (lines := list(_own_ways(tree)))}


def test_no_view_catches_what_an_action_refuses() -> None:
    found = {name: lines for name, lines in _found().items() if name not in REASONED}
    assert not found, "Use submit or press of console/web/form_pages.py."


def test_the_exceptions_are_needed() -> None:
    assert set(REASONED) <= set(_found()), "These need no exception any longer: remove them from REASONED."
