"""Every icon that a page or the navigation names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lucide import IconDoesNotExist, _load_icon

from console.capabilities import parts
from console.ui.icons import icon
from console.ui.labels import AGREEMENTS, SEVERITIES
from triage.cases.kinds import KINDS
from triage.merges.grades import GRADES

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED = re.compile(r"""(?:\{% icon |icon=)["']([a-z0-9-]+)["']""")


def _named() -> set[str]:
    in_templates = {name for file in (ROOT / "templates").rglob("*.html") for name in NAMED.findall(file.read_text())}
    in_words = {look.icon for words in (SEVERITIES, AGREEMENTS, GRADES) for look in words.values()}
    in_verdicts = {verdict.icon for kind in KINDS for verdict in kind.verdicts}
    declared = {
        item.icon for items in (parts.NAVIGATION, parts.SEARCH_SOURCES, parts.WAVE_LINKS, parts.VERBS) for item in items
    }
    return in_templates | in_words | in_verdicts | declared | {state.look.icon for state in parts.STATES}


@pytest.mark.parametrize("name", sorted(_named()))
def test_the_icon_exists(name: str) -> None:
    _load_icon(name)


def test_an_unknown_icon_breaks_no_page_and_decoration_stays_silent() -> None:
    with pytest.raises(IconDoesNotExist):
        _load_icon("no-such-icon")
    assert "<svg" in icon("no-such-icon")
    assert 'aria-hidden="true"' in icon("check")
    assert 'aria-label="Verified"' in icon("check", 16, "Verified")
