"""What runs before a commit is what ``make lint`` runs: the hooks and the Makefile name the same commands."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT


def _linted() -> set[str]:
    """The commands of the Makefile's target ``lint``, its variables filled in."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^(\w+)\s*:?=\s*(.*)$", text, re.MULTILINE))
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert recipe is not None
    found = set()
    for line in recipe[1].splitlines():
        filled = re.sub(r"\$\((\w+)\)", lambda hit: variables[hit[1]], line.strip().lstrip("@"))
        found.add(re.sub(r"^find .* -exec (.*) \{\} \+$", r"\1", filled))
    return found


def _hooked() -> set[str]:
    """The commands of the hooks."""
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    return {command.strip() for command in re.findall(r"^\s+entry: (.*)$", text, re.MULTILINE)}


def test_hooks_run_what_make_lint_runs() -> None:
    assert _hooked() == _linted()


def test_no_hook_comes_from_elsewhere() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^\s*- repo: (.*)$", text, re.MULTILINE) == ["local"]
