"""The verbs of the audit log, each with the sentence that readers see. An unknown verb is refused.

Sentences are completed with ``subject`` and the entry's facts; a fact that is absent reads as ``…``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.capabilities.parts import FAMILIES, VERBS, Verb


class UnknownVerb(LookupError):
    """A verb that no app declares: a mistake in the code."""


def get(code: str) -> Verb:
    """The verb. Raises UnknownVerb."""
    try:
        return VERBS[code]
    except KeyError:
        raise UnknownVerb(f"The audit log has no verb {code!r}; declare it in the capability's registration.") from None


def look(code: str) -> Verb:
    """The verb for reading: an entry of a verb that code has since forgotten is still told."""
    return VERBS.get(code) or Verb(code, f"{code} {{subject}}", "circle")


def families() -> list[tuple[str, str]]:
    """Code and label of every family, in the order in which capabilities declare them."""
    return [(family.code, family.label) for family in FAMILIES]


def codes() -> list[str]:
    """All verbs in their order."""
    return sorted(VERBS.names())


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
        if not value:
            return "none"
        return ", ".join(map(str, value[:5])) + (" …" if len(value) > 5 else "")
    return str(value)
