"""A kind of case stays in its folder: no verdict, reason, refusal or field of a line is named elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.source import ROOT, modules
from triage.cases.kinds import KINDS, AnyKind

PRODUCT: Final = [kind for kind in KINDS if not KINDS.owner(kind.code).startswith("tests.")]

#: Names of a line's fields that other parts of the console use in a sense of their own, and that sense.
GENERAL: Final = {
    "domain": "the domain of a case",
    "facility": "a field of records",
    "field": "any field",
    "fields": "any fields",
    "id": "any id",
    "model": "a Django model",
    "reasons": "the reasons of a case",
    "prior": "where a waterfall starts; an earlier criterion",
    "records": "the kind of file that holds chart excerpts",
    "score": "the number of a case that its kind explains (Facet)",
    "severity": "the severity of a case",
    "system": "the system account",
    "value": "any value",
    "version": "a numbered version",
    "weight": "the weight of a font",
    "left": "a side of the page",
    "right": "a side of the page",
    "level": "a severity's word",
    "history": "an icon, and the browser's history",
}


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _folder(kind: AnyKind) -> str:
    return KINDS.owner(kind.code).replace(".", "/") + "/"


def _codes(kind: AnyKind) -> set[str]:
    """Codes of verdicts, reasons and refusals. A reason of one plain word ("other") is a word like any other."""
    reasons = {reason.code for reason in kind.reasons if "_" in reason.code}
    refusals = {code for code in kind.refusals if "_" in code}
    return {verdict.code for verdict in kind.verdicts} | reasons | refusals


def _fields(kind: AnyKind) -> set[str]:
    """Names of the fields of a line, of every depth, that mean nothing elsewhere."""
    return set(_properties(kind.schema())) - GENERAL.keys()


def _properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from _properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _properties(value)


def _python(kind: AnyKind) -> Iterator[tuple[str, str]]:
    for name, tree in modules().items():
        if not name.startswith((_folder(kind), "samples/")):
            for text in _texts(tree):
                yield name, text


def _pages(kind: AnyKind) -> Iterator[tuple[str, str]]:
    """Templates, styles and scripts outside those named like the kind's app."""
    app = Path(_folder(kind)).name
    for pattern in ("templates/**/*.html", "static/css/*.css", "static/js/**/*.js"):
        for path in sorted(ROOT.glob(pattern)):
            if app not in {path.parent.name, path.stem}:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PRODUCT, ids=lambda kind: kind.code)
def test_no_code_of_a_kind_is_named_outside_its_folder(kind: AnyKind) -> None:
    code = re.compile(rf"\b({'|'.join(map(re.escape, sorted(_codes(kind))))})\b(?! BY\b)")  # PARTITION BY is SQL
    named = {f"{where}: {found}" for where, text in [*_python(kind), *_pages(kind)] for found in code.findall(text)}
    assert not named, "\n".join(sorted(named))


@pytest.mark.parametrize("kind", PRODUCT, ids=lambda kind: kind.code)
def test_no_field_of_a_kind_s_lines_is_named_outside_its_folder(kind: AnyKind) -> None:
    fields = _fields(kind)
    named = {f"{where}: {text}" for where, text in _python(kind) if text in fields}
    assert not named, "\n".join(sorted(named))


def test_every_general_name_is_a_field_of_some_kind() -> None:
    fields = {name for kind in PRODUCT for name in _properties(kind.schema())}
    assert GENERAL.keys() <= fields


@pytest.mark.parametrize("kind", PRODUCT, ids=lambda kind: kind.code)
def test_nothing_imports_a_kind_but_its_own_folder(kind: AnyKind) -> None:
    owner = KINDS.owner(kind.code)
    found = set()
    for name, tree in modules().items():
        if name.startswith((_folder(kind), "samples/")):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {f"{name}: {one}" for one in names if f"{one}.".startswith(f"{owner}.")}
    assert not found, "\n".join(sorted(found))
