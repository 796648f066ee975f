"""Ceilings of lines a module, lines a function, modules a folder. A name on a list argues its way past them."""

from __future__ import annotations

from collections import Counter

from tests.architecture.source import ROOT, functions, modules

MODULE_LINES = 300
FUNCTION_LINES = 40
#: folder → how many modules may lie flat in it and in each folder below it
FLAT_MODULES = {"governance/gates": 15}

#: module → why it may be longer
LONG_MODULES: dict[str, str] = {
    "governance/gates/offline/verify_decision.py": "an auditor downloads one file, reads it and runs it",
}
#: module:function → why it may be longer
LONG_FUNCTIONS: dict[str, str] = {}


def test_modules_stay_small() -> None:
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules()}
    too_long = {name: n for name, n in lengths.items() if n > MODULE_LINES and name not in LONG_MODULES}
    assert not too_long, "There is a second noun in there, or a reason to write down in LONG_MODULES."


def test_functions_stay_small() -> None:
    too_long = {}
    for name, tree in modules().items():
        for function in functions(tree):
            length = (function.end_lineno or 0) - function.lineno + 1
            key = f"{name}:{function.name}"
            if length > FUNCTION_LINES and key not in LONG_FUNCTIONS:
                too_long[key] = length
    assert not too_long, "Part it, or write down in LONG_FUNCTIONS why not."


def test_folders_stay_small() -> None:
    folders = Counter(name.rpartition("/")[0] for name in modules() if not name.endswith("/__init__.py"))
    too_many = {
        folder: count
        for top, most in FLAT_MODULES.items()
        for folder, count in folders.items()
        if f"{folder}/".startswith(f"{top}/") and count > most
    }
    assert not too_many, "Group what belongs together in a folder of its own."


def test_no_exception_outlives_its_reason() -> None:
    for name in LONG_MODULES:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MODULE_LINES, f"{name} no longer needs it"
    known = {f"{name}:{function.name}" for name, tree in modules().items() for function in functions(tree)}
    assert set(LONG_FUNCTIONS) <= known
