"""What is material to a decision, part by part: what must not change under the signatures on a package.

A capability declares its parts in its registration, the gates theirs like any other::

    parts=(MATERIAL.part(MaterialPart("release", read=_release, compare=differing("release-changed", "…"))),)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.capabilities.registry import Registry
from governance.gates.packages.snapshots import Snapshot
from governance.gates.values import Changed, Material
from governance.subjects import Subject

#: What differs between the sealed value of a part and its value now, given the keys of those who have signed.
Compare = Callable[[Any, Any, Collection[int]], Iterable[Changed]]
#: What a part reads of many subjects at a moment.
Load = Callable[[Collection[Subject], dt.datetime], Mapping[Subject, Any]]


def _text(value: Any) -> str:
    """Return a text as it is. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text.")
    return value


@dataclass(frozen=True, slots=True)
class MaterialPart:
    """One part. ``name`` is sealed and never changes.

    ``read`` returns its value for a gate at a moment, without a query. A part that rests on more than the snapshot has
    names ``load``, which reads that for many subjects in a constant number of queries: the snapshot carries what was
    found of its subject as ``loaded[name]``. ``spell`` gives the value its one spelling in JSON (integers, texts,
    sorted lists, objects) and raises AttributeError, KeyError, TypeError or ValueError for what is no value of this
    part. ``compare`` yields a ``Changed`` for each change that withdraws signatures and a ``Drift`` for each other one.
    A change of the part ``implied_by`` is told instead of one of this.
    """

    name: str
    read: Callable[[Snapshot], Any]
    compare: Compare
    spell: Callable[[Any], Any] = _text
    implied_by: str = ""
    load: Load | None = None


#: Every part. One that a sealed package does not know is no change of it: it was declared later.
MATERIAL: Final = Registry[MaterialPart]("part of what is material", lambda part: part.name)


def load(subjects: Collection[Subject], now: dt.datetime) -> dict[Subject, dict[str, Any]]:
    """Return subject → part → what the parts need beyond a snapshot."""
    found = {part.name: part.load(subjects, now) for part in MATERIAL if part.load}
    return {subject: {name: values[subject] for name, values in found.items()} for subject in subjects}


def read(snapshot: Snapshot) -> Material:
    """Return the value of every part for a gate at a moment."""
    return Material({part.name: part.read(snapshot) for part in MATERIAL})


def differing(code: str, sentence: str, say: Callable[[Any], str] = str) -> Compare:
    """Return the comparison by which any difference is material. ``say``: the value in a few words."""

    def compare(was: Any, is_: Any, signers: Collection[int]) -> Iterator[Changed]:
        if was != is_:
            yield Changed(code, sentence, say(was), say(is_))

    return compare
