"""What a run says that it examined, and whether its silence may prove anything. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from console.ui.text import joined, plural

#: The kind of file that lists the records which a run examined.
POPULATION: Final = "population"
#: Runs of these purposes do not act on the records that decisions are about: their silence proves nothing there.
APART: Final = frozenset({"shadow", "rehearsal", "validation"})
NOTHING: Final = "so this run proves nothing by silence."


@dataclass(frozen=True, slots=True)
class Examined:
    """What a manifest states. ``complete``: every record of ``systems``; ``listed``: a population file says which."""

    systems: tuple[str, ...]
    complete: bool
    listed: bool


def statement(manifest: dict[str, Any], *, listed: bool) -> Examined | None:
    """What the manifest of a run states; None when it does not say. ``listed``: it has population files."""
    said = manifest.get("examined")
    return Examined(tuple(said["systems"]), bool(said["complete"]), listed) if said else None


def reservation(said: Examined | None, *, purpose: str, rejected: int) -> str:
    """Why no silence of such a run proves anything, as a sentence; empty when it may.

    ``rejected``: lines of its population files that could not be read.
    """
    if purpose in APART:
        return f"The purpose of the run is “{purpose}”: it acts on no record of the hospital, {NOTHING}"
    if said is None:
        return f"The manifest does not state which records the run examined, {NOTHING}"
    if rejected:
        lost = f"{plural(rejected, 'line')} of population {'was' if rejected == 1 else 'were'} rejected"
        return f"{lost}. It is not known which records the run examined, {NOTHING}"
    if not said.complete and not said.listed:
        return f"The manifest states that some records of {names(said.systems)} were examined, but not which, {NOTHING}"
    return ""


def words(said: Examined) -> str:
    """What was examined, for people: follows “examined”."""
    if said.listed:
        every = f", which are all records of {names(said.systems)}" if said.complete else ""
        return f"the records of its population file{every}"
    return f"every record of {names(said.systems)}" if said.complete else f"some records of {names(said.systems)}"


def names(systems: tuple[str, ...]) -> str:
    """The names of systems in a sentence, at most five of them."""
    if len(systems) > 5:
        return f"{', '.join(systems[:5])} and {len(systems) - 5} more systems"
    return joined(systems)
