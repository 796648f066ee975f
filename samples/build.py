"""Builds the demonstration hospital's run packages: ``python -m samples.build --out DIR``."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
from pathlib import Path

from samples import next_run, rehearsal
from samples.demo_decisions import as_feed, demo_decisions
from samples.hospital import at
from samples.review import true_pairs
from samples.story import run_five, run_one, run_three, run_two

TRUTH = Path(__file__).parent / "truth.csv"


def build(out: Path) -> list[Path]:
    """Write the packages that depend on no one's decisions under ``out``; return their directories, oldest first.

    These are weeks 37 to 39 and the run that must be quarantined. The run of week 40 that proves decisions is made by
    ``next_run.build`` once there are decisions.
    """
    return [run_one(out), run_two(out), run_three(out), run_five(out)]


def truth() -> str:
    """Return the known truth as CSV: every pair of records that is one person."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["left_system", "left_id", "right_system", "right_id"])
    writer.writerows((*left, *right) for left, right in true_pairs(at(1)))
    return buffer.getvalue()


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.build", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="directory for the packages, made if missing")
    parser.add_argument("--proof", action="store_true", help="also week 40, as if the demo decisions were positions 1…")
    parser.add_argument("--rehearsal", action="store_true", help="also the runs before the cutover, as of now")
    parser.add_argument("--truth", action="store_true", help="also rewrite samples/truth.csv")
    arguments = parser.parse_args()
    made = build(arguments.out)
    if arguments.proof:
        made.append(next_run.build(arguments.out, as_feed(demo_decisions())))
    if arguments.rehearsal:
        now, decisions = dt.datetime.now(dt.UTC), as_feed(demo_decisions())
        made.append(rehearsal.validation(arguments.out, decisions, now=now))
        made.append(rehearsal.dress(arguments.out, decisions, now=now))
        made.append(rehearsal.delta(arguments.out, decisions, number=1, now=now))
    if arguments.truth:
        TRUTH.write_text(truth(), encoding="utf-8")
    for directory in made:
        print(directory)


if __name__ == "__main__":
    main()
