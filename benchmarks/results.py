"""The last results, kept in ``RESULTS.md`` with the machine in general terms: no names, no folders."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Figure, number

FILE = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results of the benchmarks

Written by `make bench`; do not edit. A figure is a ratio of two things measured in turns in one run:
absolute times move with the machine, the hour and whatever else runs there.
"""


def machine() -> str:
    """Cores, memory, kind of system and Python."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {pages / 2**30:.0f} GiB of memory, "
        f"{platform.system()} {kernel}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def keep(found: Mapping[str, Sequence[Figure]], *, postgresql: str) -> None:
    """Write the groups that were measured; groups that were not keep what the file says of them."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    where = f"{day}: {machine()}; PostgreSQL {postgresql}, fsync on; {_load()}.\n"
    sections = _sections() | {group: _section(group, where, figures) for group, figures in found.items()}
    FILE.write_text("\n".join([HEAD, *sections.values()]), encoding="utf-8")


def _load() -> str:
    """How busy the machine was in the last quarter of an hour, the benchmarks' own work included."""
    return f"{os.getloadavg()[2]:.1f} processes ready to run on average"


def _sections() -> dict[str, str]:
    if not FILE.exists():
        return {}
    parts = FILE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _section(group: str, where: str, figures: Sequence[Figure]) -> str:
    rows = [f"## {group}\n", where, "| figure | value | budget | | raw |", "|---|---|---|---|---|"]
    for figure in figures:
        budget = f"{figure.sense} {number(figure.budget)} {figure.unit}" if figure.budget is not None else ""
        value = f"{number(figure.value)} {figure.unit}"
        rows.append(f"| {figure.name} | {value} | {budget} | {figure.verdict} | {figure.details()} |")
    return "\n".join(rows) + "\n"
