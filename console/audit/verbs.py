"""Everything the book can say: one verb each, with the sentence a person reads. An unknown verb is refused.

Sentences are completed with ``subject`` and the entry's facts; a fact that is absent reads as ``…``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Verb:
    """``code`` is ``family.what``; ``sentence`` follows the actor's name: "decided {subject}: {verdict}"."""

    code: str
    sentence: str
    icon: str

    @property
    def family(self) -> str:
        """What kind of thing it happens to."""
        return self.code.partition(".")[0]


_VERBS: dict[str, Verb] = {}
FAMILIES: Final[dict[str, str]] = {
    "case": "Cases",
    "queue": "Queues",
    "queues": "Queue maintenance",
    "feed": "Decision feed",
    "run": "Runs",
    "wave": "Waves",
    "source": "Sources",
    "gate": "Gates",
    "waiver": "Waivers",
    "risk": "Risks",
    "measure": "Measures",
    "rollback": "Rollback",
    "notice": "Notices",
    "person": "People",
    "role": "Roles",
    "service": "Service accounts",
    "token": "Tokens",
    "session": "Sign-in",
    "book": "The book",
    "row": "Row changes",
    "schema": "Schema changes",
}


class UnknownVerb(LookupError):
    """Code asked the book to say something that it has no sentence for: a mistake in the code."""


def register(code: str, sentence: str, icon: str = "circle") -> None:
    """Teach the book a verb, or another sentence for one it knows."""
    _VERBS[code] = Verb(code, sentence, icon)


def get(code: str) -> Verb:
    """The verb. Raises UnknownVerb."""
    try:
        return _VERBS[code]
    except KeyError:
        raise UnknownVerb(f"The book has no verb {code!r}; register it in console.audit.verbs.") from None


def look(code: str) -> Verb:
    """The verb for reading: an entry of a verb that code has since forgotten is still told."""
    return _VERBS.get(code) or Verb(code, f"{code} {{subject}}", "circle")


def codes() -> list[str]:
    """All verbs in their order."""
    return sorted(_VERBS)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(code: str, subject: str, facts: Mapping[str, Any]) -> str:
    """What the entry says, without its actor."""
    words = _Facts({key: _word(value) for key, value in facts.items()})
    words["subject"] = subject or "the console"
    return look(code).sentence.format_map(words)


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value[:5])) + (" …" if len(value) > 5 else "")
    return str(value)


for _code, _sentence, _icon in (
    # Row changes and the book itself
    ("row.created", "created {table} {pk}", "plus"),
    ("row.updated", "changed {table} {pk}", "pencil"),
    ("row.deleted", "removed {table} {pk}", "trash-2"),
    ("row.truncated", "truncated {table}", "trash-2"),
    ("schema.changed", "changed the definition of {table}: {command}", "database"),
    ("book.viewed", "viewed the audit log", "book-open"),
    ("book.guarded", "enabled audit log protection", "shield-check"),
    ("book.guard_lifted", "disabled audit log protection", "shield-alert"),
    # Signing in
    ("session.signed_in", "signed in", "log-in"),
    ("session.signed_out", "signed out", "log-out"),
    ("session.sign_in_failed", "sign-in failed", "shield-x"),
    ("session.reauthenticated", "re-authenticated", "key-round"),
    ("session.second_factor_failed", "failed multi-factor authentication", "shield-x"),
    ("person.password_changed", "changed their password", "key-round"),
    ("person.password_reset", "reset their password", "key-round"),
    ("person.password_set", "set a password", "key-round"),
    ("person.email_changed", "changed their e-mail address", "mail"),
    ("person.factor_added", "added a second factor: {type}", "shield-plus"),
    ("person.factor_removed", "removed a second factor: {type}", "shield-minus"),
    ("person.factor_reset", "renewed a second factor: {type}", "shield"),
):
    register(_code, _sentence, _icon)
