"""How much is measured: full for the record, small for a look, tiny to keep the scripts from rotting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of lines, cases, clients and repeats of one run of the benchmarks."""

    name: str
    lines: int
    intake_rounds: int
    few: int
    """Open cases of the small database; it has five times as many closed ones."""
    many: int
    """Open cases of the big database; it has five times as many closed ones."""
    clients: int
    claims: int
    """Claims by each client in each round."""
    rounds: int
    requests: int
    """Requests a page in each round."""
    decisions: int
    """Decisions in each round."""


SIZES = {
    sizes.name: sizes
    for sizes in (
        Sizes("full", 1_000_000, 2, 10_000, 1_000_000, 32, 20, 5, 60, 100),
        Sizes("small", 100_000, 3, 2_000, 20_000, 32, 10, 3, 20, 60),
        Sizes("tiny", 600, 1, 200, 600, 4, 2, 1, 1, 4),
    )
}
