"""What a capability adds to what is material: parts of a sealed package that must not change under its signatures."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from governance.subjects import Subject


@dataclass(frozen=True, slots=True)
class MaterialPart:
    """One part. ``name`` is sealed and never changes; ``sentence`` tells the board what a change of it means.

    ``read`` returns its value for a subject at a moment as text, such as a digest, in a constant number of queries.
    ``differs`` tells a material change of that value from another; by default every difference is material.
    """

    name: str
    sentence: str
    read: Callable[[Subject, dt.datetime], str]
    differs: Callable[[str, str], bool] = operator.ne


_parts: dict[str, MaterialPart] = {}


def register(part: MaterialPart) -> None:
    """Add a part. Packages sealed before it existed do not know it, and stand. Raises ValueError for a taken name."""
    if _parts.get(part.name, part) != part:
        raise ValueError(f"The material part “{part.name}” is registered already.")
    _parts[part.name] = part


def registered() -> Mapping[str, MaterialPart]:
    """Return the parts by their names."""
    return _parts


def read(subject: Subject, now: dt.datetime) -> dict[str, str]:
    """Return the value of every registered part for a subject."""
    return {name: part.read(subject, now) for name, part in sorted(_parts.items())}
