"""What is material to a decision, part by part: what must not change under the signatures on a package.

A capability declares its parts in its registration, the gates theirs like any other::

    parts=(MATERIAL.part(MaterialPart("release", read=_release, compare=differing("release-changed", "…"))),)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from console.capabilities.registry import Registry
from governance.gates.packages.snapshots import Snapshot
from governance.gates.values import Changed, Material

#: What differs between the sealed value of a part and its value now, given the keys of those who have signed.
Compare = Callable[[Any, Any, Collection[int]], Iterable[Changed]]


def text(value: Any) -> str:
    """Return a text as it is. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text.")
    return value


@dataclass(frozen=True, slots=True)
class MaterialPart:
    """One part. ``name`` is sealed and never changes.

    ``read`` returns its value for a gate at a moment, in a constant number of queries. ``spell`` gives that value its
    one spelling in JSON (integers, texts, sorted lists, objects) and raises AttributeError, KeyError, TypeError or
    ValueError for what is no value of this part. ``compare`` yields a ``Changed`` for each change that withdraws
    signatures and a ``Drift`` for each other one. A change of the part ``implied_by`` is told instead of one of this.
    """

    name: str
    read: Callable[[Snapshot], Any]
    compare: Compare
    spell: Callable[[Any], Any] = text
    implied_by: str = ""


#: Every part. One that a sealed package does not know is no change of it: it was declared later.
MATERIAL: Final = Registry[MaterialPart]("part of what is material", lambda part: part.name)


def read(snapshot: Snapshot) -> Material:
    """Return the value of every part for a gate at a moment."""
    return Material({part.name: part.read(snapshot) for part in MATERIAL})


def differing(code: str, sentence: str, say: Callable[[Any], str] = str) -> Compare:
    """Return the comparison by which any difference is material. ``say``: the value in a few words."""

    def compare(was: Any, is_: Any, signers: Collection[int]) -> Iterator[Changed]:
        if was != is_:
            yield Changed(code, sentence, say(was), say(is_))

    return compare
