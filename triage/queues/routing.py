"""Routing rules as one SQL expression, and the same rules read in Python.

Intake and the dry run ask PostgreSQL to route a million rows at once: the rules become one CASE over the columns that
staged lines and cases share. ``first_match`` gives the same answer for one row; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.queues.models import Severity
from triage.runs import facilities

# A case's priority is its severity times BASE plus what lifts it within that severity: its rule's own priority,
# that it was transferred, or that a released answer to it was reversed. So a severity is a range of priorities.
BASE = 100
RULE_PRIORITIES = range(50)
HANDED_ON = 60
REVERSED = 90


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule without its row: conditions, the queue it sends to and the priority it adds."""

    conditions: dict[str, Any]
    queue_id: int
    priority: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may ask about one line or case."""

    wave: str
    severity: int
    domain: str
    reasons: tuple[str, ...]
    size: int
    score: float | None
    facilities: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    holds: Callable[[Facts, Any], bool]
    words: bool


CONDITIONS: dict[str, _Condition] = {
    "wave": _Condition("{wave} = ANY({value}::text[])", lambda f, v: f.wave in v, words=True),
    "severity_at_least": _Condition("{row}.severity >= {value}", lambda f, v: f.severity >= v, words=False),
    "domain": _Condition("{row}.domain = ANY({value}::text[])", lambda f, v: f.domain in v, words=True),
    "any_reason": _Condition(
        "{row}.reasons::text[] && {value}::text[]", lambda f, v: bool(set(f.reasons) & set(v)), words=True
    ),
    "source": _Condition("{source} = ANY({value}::text[])", lambda f, v: f.source in v, words=True),
    "facility": _Condition(
        "{row}.facilities::text[] && {value}::text[]", lambda f, v: bool(set(f.facilities) & set(v)), words=True
    ),
    "size_at_least": _Condition("{row}.size >= {value}", lambda f, v: f.size >= v, words=False),
    "score_at_least": _Condition(
        "{row}.score >= {value}", lambda f, v: f.score is not None and f.score >= v, words=False
    ),
    "score_below": _Condition("{row}.score < {value}", lambda f, v: f.score is not None and f.score < v, words=False),
}


def tidy(conditions: dict[str, Any]) -> dict[str, Any]:
    """The conditions with facilities in the spelling in which cases have them. What is wrong stays as it is."""
    named = conditions.get("facility")
    if not (isinstance(named, list) and all(isinstance(word, str) for word in named)):
        return conditions
    return conditions | {"facility": [*facilities.words(named)]}


def check(conditions: dict[str, Any]) -> list[str]:
    """What is wrong with a rule's conditions, in sentences; empty when nothing is."""
    wrong = [f"“{name}” is no condition." for name in sorted(set(conditions) - set(CONDITIONS))]
    for name in sorted(set(conditions) & set(CONDITIONS)):
        value = conditions[name]
        if CONDITIONS[name].words:
            if not (isinstance(value, list) and value and all(isinstance(word, str) and word for word in value)):
                wrong.append(f"“{name}” needs at least one word.")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            wrong.append(f"“{name}” needs a number.")
    return wrong


def compile_rules(rules: Sequence[Rule], *, row: str, wave: str, source: str) -> tuple[str, dict[str, Any]]:
    """The number of the first rule that fits (1 is the first, ``len(rules) + 1`` when none does) as SQL and parameters.

    ``row`` is the alias that has the columns; ``wave`` the SQL of the wave's slug, ``source`` that of the name of the
    source whose run reported the row last. All are ours, never a person's.
    """
    branches, parameters = [], {}
    for number, rule in enumerate(rules, start=1):
        tests = []
        for name, value in sorted(rule.conditions.items()):
            key = f"rule_{number}_{name}"
            parameters[key] = value
            tests.append(CONDITIONS[name].sql.format(row=row, wave=wave, source=source, value=f"%({key})s"))
        branches.append(f"WHEN {' AND '.join(tests) or 'true'} THEN {number}")
    if not branches:
        return "1", parameters
    return f"CASE {' '.join(branches)} ELSE {len(rules) + 1} END", parameters


def first_match(rules: Sequence[Rule], facts: Facts) -> int:
    """What ``compile_rules`` computes, for one row."""
    for number, rule in enumerate(rules, start=1):
        if all(CONDITIONS[name].holds(facts, value) for name, value in rule.conditions.items()):
            return number
    return len(rules) + 1


def describe(conditions: dict[str, Any]) -> list[str]:
    """A rule's conditions in words, one each."""
    return [
        _WORDS[name].format(", ".join(value).replace("_", " ") if isinstance(value, list) else _number(name, value))
        for name, value in conditions.items()
        if name in _WORDS
    ]


def _number(name: str, value: float) -> str:
    return Severity(int(value)).word if name == "severity_at_least" else f"{value:g}"


_WORDS = {
    "wave": "the wave is {}",
    "severity_at_least": "the severity is at least {}",
    "domain": "the domain is {}",
    "any_reason": "a reason is {}",
    "source": "the source is {}",
    "facility": "a facility is {}",
    "size_at_least": "it is about {} records or more",
    "score_at_least": "the score is at least {} bits",
    "score_below": "the score is below {} bits",
}
