"""The acts that a lead may carry out on many cases, in words and with their rules. None is a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.errors import Missing
from console.ui.text import plural
from triage.bulk import rules
from triage.bulk.rules import Rule


@dataclass(frozen=True, slots=True)
class Words:
    """What an act says. ``{cases}`` is “4 cases”, ``{to}`` what its form asked for.

    ``plain``: the title before anything is chosen; ``title`` afterwards. ``will``, ``already`` and ``wont`` follow
    the numbers of a preview, ``done`` that of a result. ``log``: what the audit log says it was.
    """

    plain: str
    title: str
    button: str
    will: str
    already: str
    wont: str
    done: str
    log: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``label``, ``key`` and ``icon`` are those of its button; ``asks``: it needs something besides cases."""

    code: str
    label: str
    key: str
    icon: str
    rule: Rule
    words: Words
    asks: bool = True

    def title(self, number: int, to: str) -> str:
        """What it is going to do, or did, to so many cases."""
        words = self.words.title if to or not self.asks else self.words.plain
        return words.format(cases=plural(number, "case"), to=to)

    def button(self, number: int) -> str:
        """What its button says."""
        return self.words.button.format(cases=plural(number, "case"))


_ALL: Final = (
    Act(
        "assign", "Hand over…", "a", "user-check", rules.assign,
        Words("Hand over {cases}", "Hand over {cases} to {to}", "Hand over {cases}", "will move", "theirs already",
              "will not", "handed over", "hand-over to {to}"),
    ),
    Act(
        "move", "Move…", "q", "folder-input", rules.move,
        Words("Move {cases}", "Move {cases} to {to}", "Move {cases}", "will move", "there already", "will not",
              "moved", "move to {to}"),
    ),
    Act(
        "due", "Due…", "d", "calendar-clock", rules.due,
        Words("Set when {cases} must be decided", "Make {cases} due {to}", "Set the due time of {cases}",
              "will change", "due then already", "will not", "changed", "due time {to}"),
    ),
    Act(
        "priority", "Priority…", "s", "arrow-up-narrow-wide", rules.priority,
        Words("Prioritise {cases}", "Give {cases} priority {to}", "Prioritise {cases}",
              "will change", "have it already", "will not", "changed", "priority {to}"),
    ),
    Act(
        "release", "Release claims", "r", "user-minus", rules.release,
        Words("Release the claims on {cases}", "Release the claims on {cases}", "Release the claims on {cases}",
              "will be open again", "without a claim", "will not", "open again", "release of claims"),
        asks=False,
    ),
    Act(
        "defer", "Defer…", "h", "alarm-clock", rules.defer,
        Words("Defer {cases}", "Defer {cases} until {to}", "Defer {cases}",
              "will wait", "wait until then already", "will not", "deferred", "deferral until {to}"),
    ),
)  # fmt: skip
ACTS: Final = {act.code: act for act in _ALL}


def get(code: str) -> Act:
    """The act of that name. Raises Missing."""
    found = ACTS.get(code)
    if found is None:
        raise Missing("There is no such bulk change.")
    return found
