"""``make bench``: measure every figure and keep the results in ``benchmarks/RESULTS.md``.

    python -m benchmarks.run [--small] [--only NAME …] [--keep FOLDER]

Figures are ratios of two things measured in the same run on the same engines, in turns: an absolute rate says more
about the machine and the hour than about the code. ``--small`` and ``--only`` print and do not write the file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import engines, figures, results
from benchmarks.figures import Figure

GROUPS = ("intake", "cases", "decisions", "start")


def main() -> int:
    """Measure; 1 when a budget is missed."""
    wanted = _arguments()
    found: dict[str, list[Figure]] = {}
    began = time.monotonic()
    print(results.machine(), end="\n\n", flush=True)
    with engines.running(wanted.keep) as home:
        pg = engines.version()
        for group in wanted.only or GROUPS:
            print(f"{group} …", flush=True)
            found[group] = _measure(group, wanted.size, home)
            for figure in found[group]:
                print(f"  {figure.line()}\n      {figure.details()}", flush=True)
    print(f"\n{round(time.monotonic() - began)} s")
    if wanted.size == "full":
        results.keep(found, postgresql=pg)
    return int(any(figure.met is False for group in found.values() for figure in group))


def _measure(group: str, size: str, home: Path) -> list[Figure]:
    """One group in a process of its own, so that none measures another's memory."""
    with tempfile.NamedTemporaryFile("r", dir=home, suffix=".json") as answer:
        subprocess.run([sys.executable, "-m", "benchmarks.group", group, size, answer.name], check=True)
        return figures.load(answer.read())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__.splitlines()[0])
    parser.add_argument("--small", dest="size", action="store_const", const="small", default="full")
    parser.add_argument(
        "--tiny", dest="size", action="store_const", const="tiny", help="check the scripts, not the speed"
    )
    parser.add_argument("--only", action="append", choices=GROUPS, help="measure only this group; may be repeated")
    parser.add_argument("--keep", type=Path, help="use this folder and leave it, for looking into afterwards")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
