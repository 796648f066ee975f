"""How the words of the console look: each severity, state and agreement has a word, a shape and a tone.

The word always stands beside the icon, and the icon's shape differs as well as its colour, so colour is never needed.
"""

from __future__ import annotations

from typing import Final

from console.capabilities.parts import STATES, Look

SEVERITIES: Final[dict[str, Look]] = {
    "critical": Look("Critical", "octagon-alert", "critical"),
    "high": Look("High", "triangle-alert", "high"),
    "medium": Look("Medium", "diamond", "medium"),
    "low": Look("Low", "circle", "low"),
}

#: One word each, where there is no room for more.
AGREEMENT_WORDS: Final[dict[str, str]] = {
    "agree": "Agree",
    "partial": "Partly",
    "disagree": "Differ",
    "missing_one": "Missing",
    "missing_both": "Missing",
    "conflict_in_time": "Changed",
}

AGREEMENTS: Final[dict[str, Look]] = {
    "agree": Look("Agrees", "equal", "agree"),
    "partial": Look("Partly agrees", "equal-approximately", "partial"),
    "disagree": Look("Differs", "equal-not", "disagree"),
    "missing_one": Look("Missing in one", "circle-dashed", "missing_one"),
    "missing_both": Look("Missing in both", "circle-slash-2", "missing_both"),
    "conflict_in_time": Look("Changed over time", "history", "conflict_in_time"),
}


def state_look(code: str) -> Look:
    """Return the look that a capability has declared for this state; an unknown state is shown as its own words."""
    found = STATES.get(code)
    return found.look if found else look_of(code, {})


def look_of(key: str, words: dict[str, Look], *, unknown_icon: str = "tag") -> Look:
    """Return the look of ``key``; an unknown key is shown plainly as its own words, never as nothing."""
    found = words.get(key) or words.get(key.lower()) or words.get(key.upper())
    return found or Look(key.replace("_", " ").replace("-", " ").capitalize() or "Unknown", unknown_icon, "outline")
