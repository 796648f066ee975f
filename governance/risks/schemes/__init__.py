"""The rating schemes, by name and version. None is ever taken away: ratings name the one that they were made under."""

from __future__ import annotations

from typing import Final

from console.errors import Invalid
from governance.risks.schemes import dcb0129, hfmea, nist80030, rpn
from governance.risks.schemes.base import SEVERITIES, Axis, Band, Factors, Field, Level, Outcome, Scheme, Word

SCHEMES: Final[dict[str, Scheme]] = {
    scheme.name: scheme for scheme in (dcb0129.SCHEME, hfmea.SCHEME, nist80030.SCHEME, rpn.SCHEME)
}


def get(name: str) -> Scheme:
    """The scheme of that name. Raises Invalid."""
    found = SCHEMES.get(name)
    if found is None:
        raise Invalid("There is no rating scheme of that name.")
    return found


def choices() -> list[tuple[str, str]]:
    """Name and title of each, for forms."""
    return [(scheme.name, f"{scheme.title}: {scheme.about}") for scheme in SCHEMES.values()]


__all__ = [
    "SCHEMES", "SEVERITIES", "Axis", "Band", "Factors", "Field", "Level", "Outcome", "Scheme", "Word", "choices", "get",
]  # fmt: skip
