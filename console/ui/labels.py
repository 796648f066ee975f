"""How the words of the console look: each severity, state and agreement has a word, a shape and a tone.

The word always stands beside the icon, and the icon's shape differs as well as its colour, so that nobody needs colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Look:
    """A word for people, the icon beside it, and the tone (a ``badge--…`` modifier) that repeats it in colour."""

    word: str
    icon: str
    tone: str


SEVERITIES: Final[dict[str, Look]] = {
    "critical": Look("Critical", "octagon-alert", "critical"),
    "high": Look("High", "triangle-alert", "high"),
    "medium": Look("Medium", "diamond", "medium"),
    "low": Look("Low", "circle", "low"),
}

STATES: Final[dict[str, Look]] = {
    # cases
    "open": Look("Open", "circle-dot", "info"),
    "claimed": Look("Claimed", "user-check", "special"),
    "deferred": Look("Deferred", "alarm-clock", "outline"),
    "waiting": Look("Waiting", "hourglass", "outline"),
    "needs_info": Look("Needs information", "message-circle-question-mark", "medium"),
    "escalated": Look("Escalated", "arrow-up-from-line", "special"),
    "blocked": Look("Blocked", "ban", "medium"),
    "decided": Look("Decided", "check", "info"),
    "released": Look("Released", "send", "info"),
    "acknowledged": Look("Acknowledged", "check-check", "info"),
    "verified": Look("Verified", "badge-check", "success"),
    "reopened": Look("Reopened", "rotate-ccw", "high"),
    "reversed": Look("Reversed", "undo-2", "high"),
    "withdrawn": Look("Withdrawn", "archive-x", "outline"),
    "closed": Look("Closed", "circle-check", "success"),
    # runs and their chunks
    "announced": Look("Received", "megaphone", "outline"),
    "checking": Look("Checking", "scan-search", "info"),
    "checked": Look("Checked", "list-checks", "info"),
    "pending": Look("Waiting", "hourglass", "outline"),
    "loading": Look("Loading", "loader", "info"),
    "routing": Look("Routing", "split", "info"),
    "running": Look("Running", "loader", "info"),
    "loaded": Look("Loaded", "circle-check", "success"),
    "done": Look("Done", "circle-check", "success"),
    "quarantined": Look("Quarantined", "shield-alert", "alarm"),
    "failed": Look("Failed", "circle-x", "alarm"),
    "recalled": Look("Recalled", "undo-2", "high"),
    "rejected": Look("Rejected", "circle-x", "alarm"),
    # risks and their acceptances
    "investigating": Look("Investigating", "search", "info"),
    "remediating": Look("Remediating", "wrench", "info"),
    "deviation-requested": Look("Acceptance requested", "hourglass", "outline"),
    "deviation-approved": Look("Accepted", "hand", "special"),
    "proposed": Look("Proposed", "hourglass", "outline"),
    "under_review": Look("Under review", "search", "info"),
    # waves, people, tokens
    "frozen": Look("Frozen", "snowflake", "special"),
    "active": Look("Active", "circle-check", "success"),
    "inactive": Look("Inactive", "circle-minus", "outline"),
    "expired": Look("Expired", "calendar-x", "high"),
    "revoked": Look("Revoked", "ban", "alarm"),
    # criteria of gates, gates, ballots
    "pass": Look("Pass", "circle-check", "success"),
    "fail": Look("Fail", "octagon-x", "critical"),
    "inconclusive": Look("Inconclusive", "circle-question-mark", "high"),
    "stale": Look("Stale", "clock-alert", "high"),
    "collecting": Look("Preparing", "list-checks", "outline"),
    "polling": Look("Voting open", "vote", "info"),
    "consolidated": Look("Votes counted", "scale", "info"),
    "go": Look("GO", "circle-check-big", "success"),
    "go-with-conditions": Look("GO with conditions", "badge-check", "success"),
    "no-go": Look("NO-GO", "octagon-x", "critical"),
    "superseded": Look("Invalidated", "file-x", "high"),
    "lapsed": Look("Expired", "calendar-x", "high"),
    "begun": Look("Started", "play", "special"),
    "abstain": Look("Abstain", "circle-minus", "outline"),
    "recused": Look("Recused", "user-x", "outline"),
}

AGREEMENTS: Final[dict[str, Look]] = {
    "agree": Look("Agrees", "equal", "agree"),
    "partial": Look("Partly agrees", "equal-approximately", "partial"),
    "disagree": Look("Differs", "equal-not", "disagree"),
    "missing_one": Look("Missing in one", "circle-dashed", "missing_one"),
    "missing_both": Look("Missing in both", "circle-slash-2", "missing_both"),
    "conflict_in_time": Look("Changed over time", "history", "conflict_in_time"),
}

VERDICTS: Final[dict[str, Look]] = {
    "LINK": Look("Same person", "link", "success"),
    "NO_MATCH": Look("Different people", "unlink", "info"),
    "PARTITION": Look("Split into groups", "split", "info"),
    "DEFER": Look("Defer", "alarm-clock", "outline"),
    "NEEDS_INFO": Look("Needs information", "message-circle-question-mark", "medium"),
    "OVERLAY_SUSPECTED": Look("Overlay suspected", "layers-2", "alarm"),
    "ESCALATE": Look("Escalate", "arrow-up-from-line", "special"),
}

GRADES: Final[dict[str, Look]] = {
    "certain": Look("Certain", "circle-check", "success"),
    "probable": Look("Probable", "circle-dot-dashed", "info"),
    "possible": Look("Possible", "circle-question-mark", "medium"),
    "certainly-not": Look("Certainly not", "circle-x", "outline"),
}


def look_of(key: str, words: dict[str, Look], *, unknown_icon: str = "tag") -> Look:
    """Return the look of ``key``; an unknown key is shown plainly as its own words, never as nothing."""
    found = words.get(key) or words.get(key.lower()) or words.get(key.upper())
    return found or Look(key.replace("_", " ").replace("-", " ").capitalize() or "Unknown", unknown_icon, "outline")
