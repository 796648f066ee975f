"""Answers that rules give: allowed, or a refusal that is falsy and carries its sentence.

One answer serves a button (is it shown, and why is it disabled), a form and an API error alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from console.errors import Denied, Refusal


@dataclass(frozen=True, slots=True)
class Allowed:
    """Truthy: the rule has nothing against it."""

    reason: str = ""

    def __bool__(self) -> bool:
        return True

    def require(self) -> None:
        """Do nothing: what is allowed goes ahead."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Falsy: the rule forbids it. ``reason`` is a sentence for the person; ``field`` what of a form is to be mended."""

    reason: str
    error: type[Refusal] = Denied
    field: str = ""

    def __bool__(self) -> bool:
        return False

    def require(self) -> NoReturn:
        """Raise the refusal. Raises ``error`` (by default ``Denied``) with the reason as its sentence."""
        raise self.error(self.reason, **({"field": self.field} if self.field else {}))


Answer = Allowed | Forbidden
