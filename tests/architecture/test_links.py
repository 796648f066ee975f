"""No link in the documents is dead: every relative link leads to a file, and to a heading of it where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT

FOLDERS: Final = (".", "docs", "samples", "benchmarks")
#: Public data sets with documents of their own.
LEFT_ALONE: Final = ROOT / "samples" / "data"

_CODE: Final = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HEADING: Final = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    found = {path for name in FOLDERS for path in (ROOT / name).glob("*.md" if name == "." else "**/*.md")}
    return sorted(path for path in found if LEFT_ALONE not in path.parents)


def links(text: str) -> Iterator[str]:
    """Yield the targets of links and pictures outside of code."""
    return (hit[1] for hit in _LINK.finditer(_CODE.sub("", text)))


def anchors(text: str) -> set[str]:
    """The anchors that headings get: lower case, punctuation dropped, hyphens for spaces."""
    headings = (hit[1] for hit in _HEADING.finditer(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead(document: Path, text: str) -> list[str]:
    """Return the links of ``text`` that lead nowhere from the place of ``document``."""
    found = []
    for link in links(text):
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if _ELSEWHERE.match(link):
            continue
        inside = target.is_relative_to(ROOT) and target.exists()
        if not inside or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    assert not dead(document, document.read_text(encoding="utf-8"))


@pytest.mark.parametrize("link", ["nowhere.md", "docs/nowhere.md#top", "README.md#no-such-heading", "../outside.md"])
def test_a_dead_link_is_found(link: str) -> None:
    assert dead(ROOT / "README.md", f"See [there]({link}).") == [link]


def test_links_that_are_alive_pass() -> None:
    text = (
        "[a](docs/how-to/run.md) [b](README.md#quick-start) [c](#quick-start) [d](https://example.org) `[e](nowhere)`"
    )
    assert dead(ROOT / "README.md", text) == []
