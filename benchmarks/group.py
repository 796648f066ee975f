"""A group of figures in a process of its own: ``python -m benchmarks.group GROUP SIZE ANSWER``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks.figures import Figure, dump
from benchmarks.sizes import SIZES, Sizes


def main(group: str, size: str, answer: str) -> None:
    """Measure one group, or several parted by commas, and write the figures to the file ``answer``."""
    found = [figure for name in group.split(",") for figure in _GROUPS[name](SIZES[size])]
    Path(answer).write_text(dump(found), encoding="utf-8")


def _intake(sizes: Sizes) -> list[Figure]:
    from benchmarks import intake  # noqa: PLC0415 - what a group needs, and no more

    return intake.measure(sizes)


def _cases(sizes: Sizes) -> list[Figure]:
    """Claims, pages and gates share the two databases: filling them takes longer than measuring."""
    from benchmarks import claims, engines, gates, pages, population  # noqa: PLC0415

    with engines.copy("few") as few, engines.copy("many") as many:
        for name, opened in ((few, sizes.few), (many, sizes.many)):
            with engines.use(name):
                population.fill(name, opened=opened)
        names = {"few": few, "many": many}
        return claims.measure(sizes, **names) + pages.measure(sizes, **names) + gates.measure(sizes, **names)


def _decisions(sizes: Sizes) -> list[Figure]:
    """Decisions and the audit log share two databases, one of them without the audit log's triggers."""
    from benchmarks import audit_log, decisions, engines, population  # noqa: PLC0415

    with engines.copy("logged") as logged, engines.copy("plain") as plain:
        for name in (logged, plain):
            with engines.use(name):
                population.fill(name, opened=max(3 * sizes.decisions * (sizes.rounds + 1), sizes.few))
        decisions.unbook(plain)
        names = {"logged": logged, "plain": plain}
        return decisions.measure(sizes, **names) + audit_log.measure(sizes, **names)


def _start(sizes: Sizes) -> list[Figure]:
    from benchmarks import start  # noqa: PLC0415

    return start.measure()


_GROUPS: dict[str, Callable[[Sizes], list[Figure]]] = {
    "intake": _intake,
    "cases": _cases,
    "decisions": _decisions,
    "start": _start,
}

if __name__ == "__main__":
    if sys.argv[1] != "start":
        django.setup()
    main(*sys.argv[1:])
