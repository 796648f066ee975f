"""Retired words stay retired: in pages, refusals, logs, documents, docstrings, comments and names of tests.

Every text file of the project is read line by line. ``KEPT`` lists what may still hold a retired word, because it is
stored, signed or an address; ``LEFT_ALONE`` the files that no one rewrites.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT

#: A word that is retired, as a pattern without regard to case → what to write.
RETIRED: Final = {
    "anew": "again, or a precise verb: re-evaluate, restart, edit",
    "whoever": "the role",
    "nobody": "the role with “no” or “not”",
    "somebody": "the role, “a person”, “another user”",
    "judged": "evaluated",
    "thrice": "three times",
    "the book": "the audit log",
    "booked": "logged, recorded",
    "begun": "started",
    "any more": "no longer",
    "by itself": "automatically, on its own, alone",
    "doors?": "page, view, entry point",
    "hand(?:ed|s|ing)? on": "transfer",
    "stands? in for|stood in for": "alternate",
    "ladders?": "escalation",
    "outlets?|takers?": "line handler",
    "please": "leave it out",
    "second factors?|two-step sign-in": "MFA, authentication code",
    "tak(?:e|es|en|ing) back|took back": "undo, revoke, withdraw, recall",
    "tak(?:e|es|en|ing) up again|took up again": "resume",
    "thaw(?:s|ed|ing)?": "unfreeze",
    "turn(?:s|ed|ing)? away": "reject",
    "war rooms?": "command centre",
    "ways? back": "rollback",
}
#: What may hold a retired word → why.
KEPT: Final = {
    r"""["']begun["']|\bGateState\.BEGUN\b|\bBEGUN = """: "a stored state of a gate and a key of the decision record",
    r"(gate\.(not_)?|risk\.|queue\.)(begun|tended)": "stored verbs of the audit log",
    r"""["'{]door["'=]|"door"|door=\\?"|door-open""": "a stored fact of the audit log, a label of the metrics, an icon",
    r"measures:war-room|war-room/|war_room\.html": "an address, with its template",
    r'pwd\.getpwnam\("nobody"\)|`nobody`|``nobody``': "an account of the operating system",
}
#: File or folder → why its words stay.
LEFT_ALONE: Final = {
    "samples/data": "public data sets, with the words of their sources",
    "tests/upgrade/records": "records and a verifier as the version before exported them",
    "tests/architecture/test_words.py": "lists the words",
}
#: Migrations that were applied somewhere keep the labels of their day.
MIGRATIONS: Final = re.compile(r"/migrations/\d{4}_")
SUFFIXES: Final = frozenset(
    ("", ".css", ".example", ".html", ".js", ".json", ".md", ".mjs", ".py", ".sql", ".svg", ".toml", ".txt", ".yaml")
)
SKIPPED: Final = {"var", "staticfiles", "__pycache__", "build"}


def texts() -> Iterator[str]:
    """Yield the path of every text file of the project."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name == ".ci" or not (name[0] == "." or name in SKIPPED))
        for name in sorted(files):
            path = (Path(folder) / name).relative_to(ROOT).as_posix()
            left = any(path == known or path.startswith(f"{known}/") for known in LEFT_ALONE)
            if Path(name).suffix in SUFFIXES and not left and not MIGRATIONS.search(path):
                yield path


def found(text: str) -> list[str]:
    """Return what ``text`` holds of retired words, each with the number of its line."""
    lines = enumerate(text.splitlines(), 1)
    return [f"line {n}: {hit[0]}" for n, line in lines for hit in WORDS.finditer(EXCEPTIONS.sub("·", line))]


# An underscore ends a word, so names of tests are read too.
WORDS: Final = re.compile(rf"(?<![a-z])(?:{'|'.join(RETIRED)})(?![a-z])", re.IGNORECASE)
EXCEPTIONS: Final = re.compile("|".join(KEPT), re.MULTILINE)


def test_no_retired_word_comes_back() -> None:
    hits = {path: found((ROOT / path).read_text(encoding="utf-8")) for path in texts()}
    assert not {path: lines for path, lines in hits.items() if lines}, "RETIRED says what to write instead."


@pytest.mark.parametrize(
    "line",
    [
        "def test_nobody_signs() -> None:",
        "# Ask Somebody else.",
        "<p>The book has no such entry.</p>",
        "// Nothing happens by itself.",
        'raise Denied("It is not open any more.")',
    ],
)
def test_a_retired_word_is_found(line: str) -> None:
    assert found(line)


@pytest.mark.parametrize(
    "line", ['"gate.begun": "started {subject}",', 'BEGUN = "begun"', "Facebook and the booklet", "renew"]
)
def test_what_may_stay_is_not_found(line: str) -> None:
    assert not found(line)


def test_no_exception_outlives_its_reason() -> None:
    unused = [path for path in LEFT_ALONE if not (ROOT / path).exists()]
    everything = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in texts())
    unused += [pattern for pattern in KEPT if not re.search(pattern, everything, re.MULTILINE)]
    assert not unused
