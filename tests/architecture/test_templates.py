"""Templates: lines that fit a screen, tables by one component, none that is never drawn, and no markup in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from django.template import engines

from tests.architecture.source import ROOT, modules

WIDTH: Final = 160
#: Templates with a ``<table`` of their own → why the component does not draw it.
OWN_TABLES: Final = {
    "allauth/elements/table.html": "allauth's own element, whose rows come from allauth's templates",
    "merges/_pairs.html": "the pairs of records: both axes are records, half a square",
    "merges/_sheet.html": "the comparison of records: rows are fields, a sheet that stacks by field and not by row",
    "risks/heat_map.html": "the heat map: both axes are heads, and a cell is coloured by its level",
    "ui/gallery.html": "shows the sheet of a comparison with invented values",
}
#: Templates that draw rows of a table in ``OWN_TABLES`` → which.
OWN_ROWS: Final = {
    "merges/_impact.html": "the sheet's rows about charts",
    "merges/_row.html": "the sheet's rows about fields",
}
#: Templates whose cells carry ``data-label`` by hand → why.
OWN_LABELS: Final = {
    "merges/_impact.html": "a cell's label is the letter of its record",
    "merges/_row.html": "a cell's label is the letter of its record",
    "merges/_sheet.html": "a cell's label is the letter of its record",
    "risks/heat_map.html": "a cell's label names both axes",
}
#: Where a template may be named: in code and in other templates.
_NAME: Final = re.compile(r"[\w./-]+\.(?:html|txt|xml|svg)")
#: Drawn by name without the name standing anywhere.
DRAWN_BY_RULE: Final = {
    "429.html": "console.web draws what a throttle refuses by its status",
    "500.html": "Django draws it when a view fails",
}
_TAG: Final = re.compile(
    r"</?(?:a|article|b|blockquote|br|button|code|dd|div|dl|dt|em|fieldset|form|h[1-6]|hr|i|img|input|label|legend|li|ol"
    r"|option|p|pre|section|select|small|span|strong|sub|sup|svg|table|tbody|td|textarea|th|thead|tr|ul)"
    r"(?:\s[^<>]*)?/?>"
)


@cache
def templates() -> dict[str, str]:
    """Return every template of the project by its name."""
    folders = [ROOT / "templates", *sorted((ROOT / "tests").rglob("templates"))]
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted(folder.rglob("*.*"))
    }


def lines() -> Iterator[tuple[str, str]]:
    """Yield every line of every template with its place."""
    for name, text in templates().items():
        yield from ((f"{name}:{number}", line) for number, line in enumerate(text.splitlines(), 1))


def _with(pattern: str, allowed: dict[str, str]) -> dict[str, bool]:
    """Say of every template that matches whether it may."""
    return {name: name in allowed for name, text in templates().items() if re.search(pattern, text)}


def test_lines_fit_a_screen() -> None:
    assert [f"{place}: {len(line)} characters" for place, line in lines() if len(line) > WIDTH] == []


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [(r"<table\b", OWN_TABLES), (r"<t[dh]\b[^>]*\bdata-label", OWN_LABELS)],
    ids=["table", "data-label"],
)
def test_tables_are_drawn_by_the_component(pattern: str, allowed: dict[str, str]) -> None:
    found = _with(pattern, allowed)
    assert [name for name, may in found.items() if not may] == [], "Use {% table %}: console/ui/tables.py says how."
    assert sorted(allowed) == sorted(found), "A template in the list has no table of its own any longer."


def test_rows_and_cells_stand_in_a_component() -> None:
    own = {*OWN_TABLES, *OWN_ROWS, "allauth/elements/td.html", "allauth/elements/th.html", "allauth/elements/tr.html"}
    assert [name for name in _with(r"<t[dhr]\b", {}) if name not in own] == []


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield every text of a module; what an f-string computes reads ``*``."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


@cache
def named() -> frozenset[str]:
    """Return what code and templates name as a template."""
    code = (text for tree in modules().values() for text in _texts(tree))
    return frozenset(name for text in (*code, *templates().values()) for name in _NAME.findall(text))


@cache
def of_packages() -> frozenset[str]:
    """Return the templates of installed packages that ours take the place of."""
    folders = [Path(folder) for engine in engines.all() for folder in engine.template_dirs]
    outside = [folder for folder in folders if "site-packages" in folder.parts]
    return frozenset(path.relative_to(folder).as_posix() for folder in outside for path in folder.rglob("*.*"))


def test_every_template_is_drawn() -> None:
    ours = {name for name in templates() if (ROOT / "templates" / name).exists()}
    unused = ours - named() - of_packages() - set(DRAWN_BY_RULE)
    assert sorted(unused) == [], "No view, template or package draws it."


def test_markup_stands_in_templates() -> None:
    """Only the interface's own tags write HTML: a view, a presenter or an action gives values to a template."""
    found = []
    for name, tree in modules().items():
        if name.startswith("console/ui/"):
            continue
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute) and _called(node) in {"format_html", "format_html_join"}:
                found.append(f"{name}:{node.lineno}: {_called(node)}")
            text = node.value if isinstance(node, ast.Constant) and id(node) not in documented else None
            if isinstance(text, str) and _TAG.search(text):
                found.append(f"{name}:{node.lineno}: {text[:60]!r}")
    assert found == [], "Put the markup into a template."


def _called(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
