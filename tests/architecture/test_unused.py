"""No rule, query or action that the product does not use: what only tests call holds nothing."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.architecture.references import Module, Name, defined, modules, references

#: Modules of these names, and those in folders of these names, are held.
LAYERS = frozenset({"rules", "queries", "actions"})
PRODUCT = ("console", "triage", "governance")
#: Kinds and capabilities as others will write them: what they use is there for them.
TOYS = ("tests/architecture/toy_kind", "tests/architecture/toy_capability")


def unused(known: dict[str, Module]) -> list[str]:
    """Return the public functions and classes of the layers to which no other module refers.

    A class is used, too, where its own module names it: it is what one of the module's functions takes or gives.
    """
    users: dict[Name, set[str]] = defaultdict(set)
    for module in known.values():
        for name in references(module, known):
            users[name].add(module.name)
    return [
        f"{module.name}.{name}"
        for module in known.values()
        if LAYERS & set(module.name.split("."))
        for name, node in defined(module).items()
        if not users[module.name, name] and not (isinstance(node, ast.ClassDef) and _names(module, name))
    ]


def _names(module: Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(module.tree))


def test_every_public_rule_query_and_action_is_used_outside_its_module() -> None:
    assert unused(modules(*PRODUCT, *TOYS)) == []


def _module(name: str, source: str, **imports: Name) -> Module:
    return Module(name, name.endswith("queries"), ast.parse(source), imports)


def test_what_nothing_refers_to_is_found() -> None:
    lists = "app.queries.lists"
    known = {
        lists: _module(lists, "def page(): ...\ndef dead(): ...\ndef own(): own()\n"),
        "app.queries": _module("app.queries", "", page=(lists, "page"), dead=(lists, "dead")),
        "app.views": _module("app.views", "queries.page()\n", queries=("app.queries", "")),
    }
    assert unused(known) == [f"{lists}.dead", f"{lists}.own"]
