"""What may be written on a case, and whom a comment mentions. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid

CHARACTERS: Final = 4000
#: More people than this are a meeting.
MENTIONS: Final = 20
#: “@” and a username, unless it stands inside of a word: the middle of an email address mentions no one.
_MENTION: Final = re.compile(r"(?<![\w@.+-])@([\w@.+-]+)")


def candidates(text: str) -> list[tuple[str, ...]]:
    """For each mention the usernames it may mean, in lower case, the longest first: a sentence may end with a dot."""
    found = (tuple(_spellings(match[1].lower())) for match in _MENTION.finditer(text))
    return list(dict.fromkeys(names for names in found if names))


def spans(text: str, known: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it mentions one of the ``known`` usernames (in lower case)."""
    end = 0
    for match in _MENTION.finditer(text):
        name = next((name for name in _spellings(match[1].lower()) if name in known), None)
        if name is not None:
            yield text[end : match.start()], False
            yield text[match.start() : match.start() + 1 + len(name)], True
            end = match.start() + 1 + len(name)
    yield text[end:], False


def write(ref: str, text: str, *, works: bool) -> Answer:
    """Whether this person may write this on the case."""
    if not works:
        return Forbidden(f"Your roles do not allow you to comment on {ref}.")
    if not text.strip():
        return Forbidden("Enter a comment.", Invalid, "text")
    if len(text) > CHARACTERS:
        return Forbidden(f"The comment is longer than {CHARACTERS} characters.", Invalid, "text")
    return Allowed()


def mention(*, unknown: list[str], unable: list[str], many: bool) -> Answer:
    """Whether everyone mentioned is known and may see the case. ``unable``: printed names of those who may not."""
    if unknown:
        name = unknown[0]
        return Forbidden(
            f"There is no active user “{name}” to mention. Choose a name from the list, or write it without “@”.",
            Invalid,
            "text",
        )
    if unable:
        return Forbidden(
            f"{unable[0]} may not see the cases of this queue. Write the name without “@”.", Invalid, "text"
        )
    if many:
        return Forbidden(f"A comment mentions at most {MENTIONS} people.", Invalid, "text")
    return Allowed()


def withdraw(*, mine: bool) -> Answer:
    """Whether this person may withdraw a comment: their own only."""
    return Allowed() if mine else Forbidden("Only its author can withdraw a comment.")


def _spellings(name: str) -> Iterator[str]:
    """The name as it stands, and without the punctuation that may end a sentence."""
    while name:
        yield name
        if name[-1] not in ".+-@":
            return
        name = name[:-1]
