"""Intake: from a gzip package to cases that can be worked, against a raw COPY of the very same rows.

What intake does to a line: checks size, hash and count of its file, decompresses, parses, validates, names problem and
evidence, stages, finds known cases, opens new ones with queue and due time, keeps the exact line, counts, books. COPY
does none of it: it puts the finished rows of the same three tables back into tables of the same columns and indexes.
Both run on fresh tables, in turns, after a checkpoint. Then the same lines come a second time and all are known.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import engines, population
from benchmarks.figures import Figure, median
from benchmarks.sizes import Sizes

TABLES = ("cases_case", "cases_exception", "cases_occurrence")
FIRST, AGAIN = 0.5, 1.0
MEMORY_MIB = 256


def measure(sizes: Sizes) -> list[Figure]:
    """Rates of a first and a second intake over the rate of COPY, and the most memory the worker took."""
    rounds = []
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder:
        first, again = _packages(Path(folder), sizes.lines)
        for _ in range(sizes.intake_rounds):
            with engines.copy("intake") as name:
                rounds.append(_round(name, first, again, Path(folder), sizes.lines))
    return _figures(rounds, sizes.lines)


def _figures(rounds: list[dict[str, Any]], lines: int) -> list[Figure]:
    copied = median(one["copy"]["seconds"] for one in rounds)
    raw = {
        "COPY lines/s": lines / copied,
        "intake lines/s": lines / median(one["first"]["seconds"] for one in rounds),
        "again lines/s": lines / median(one["again"]["seconds"] for one in rounds),
        "processor s (COPY, first, again)": [
            median(one[which]["busy"] for one in rounds) for which in ("copy", "first", "again")
        ],
        "rounds": len(rounds),
    }
    phases = {
        f"{which}: {phase} s": median(one[which]["phases"][phase] for one in rounds)
        for which in ("first", "again")
        for phase in rounds[0][which]["phases"]
    }
    return [
        Figure(
            f"intake of {lines:,} new lines / COPY of their rows",
            median(one["copy"]["seconds"] / one["first"]["seconds"] for one in rounds),
            budget=FIRST,
            sense="at least",
            raw=raw,
        ),
        Figure(
            f"intake of {lines:,} known lines / the same COPY",
            median(one["copy"]["seconds"] / one["again"]["seconds"] for one in rounds),
            budget=AGAIN,
            sense="at least",
            raw=phases,
        ),
        Figure(
            "intake, most memory of the worker",
            max(one[which]["memory"] for one in rounds for which in ("first", "again")),
            "MiB",
            MEMORY_MIB,
            raw={"first MiB": [one["first"]["memory"] for one in rounds]},
        ),
    ]


def _packages(folder: Path, lines: int) -> tuple[Path, Path]:
    """A package, and another run with the same lines."""
    from samples.generate import make_package  # noqa: PLC0415

    first = make_package(folder / "run-1", lines)
    again = folder / "run-2"
    shutil.copytree(first, again, copy_function=os.link)
    manifest = json.loads((first / "manifest.json").read_text())
    (again / "manifest.json").unlink()
    (again / "manifest.json").write_text(json.dumps(manifest | {"run_id": "run-2"}))
    return first, again


def _round(name: str, first: Path, again: Path, folder: Path, lines: int) -> dict[str, Any]:
    manifest = json.loads((first / "manifest.json").read_text())
    with engines.use(name), tempfile.TemporaryDirectory(dir=folder) as home:
        _house(manifest)
        os.environ["CONCORD_HOME"] = home
        taken = _take_in(name, first)
        _expect(name, lines, lines, 1)
        copied = _copy(name, folder)
        known = _take_in(name, again)
        _expect(name, lines, lines, 2)
    return {"first": taken, "copy": copied, "again": known}


def _house(manifest: dict[str, Any]) -> None:
    """Queues with routing rules and due times, the source and the wave."""
    from triage.queues.models import BusinessCalendar, RoutingRule, SlaPolicy  # noqa: PLC0415
    from triage.runs.models import Source  # noqa: PLC0415

    population.setting()
    Source.objects.get_or_create(name=manifest["source"], defaults={"title": "Generated"})
    hours = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = BusinessCalendar.objects.create(name="Office hours", weekly=hours)
    queues = population.queues()
    conditions = [
        {"severity_at_least": 4},
        {"any_reason": ["possible_twin"]},
        {"score_at_least": 5.0, "domain": ["identity"]},
        {"any_reason": ["conflicting_sex", "name_swap"], "severity_at_least": 2},
    ]
    for order, condition in enumerate(conditions):
        RoutingRule.objects.create(
            order=order,
            name=f"Rule {order}",
            kind="merge",
            conditions=condition,
            queue=queues[order + 1],
            priority=order,
        )
    for severity in (1, 2, 3, 4):
        SlaPolicy.objects.create(severity=severity, minutes=480 * (5 - severity), calendar=calendar)


def _take_in(name: str, package: Path) -> dict[str, Any]:
    """Take the package in, in a process of its own, whose memory is the worker's."""
    _checkpoint(name)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.intake", str(package)], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _expect(name: str, cases: int, exceptions: int, reports: int) -> None:
    """The figures count only if every line is where it belongs."""
    with engines.admin(name) as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE state = 'open') FROM cases_case")
        found = [*cursor.fetchone()]
        for table in TABLES[1:]:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found += cursor.fetchone()
    if found != [cases, cases, exceptions, cases * reports]:
        raise RuntimeError(f"Intake did not land what it was given: {found}.")


def _copy(name: str, folder: Path) -> dict[str, float]:
    """Seconds that COPY takes for the rows of the three tables, into new tables with their columns and indexes.

    Beside them the seconds that client and server were busy for it.
    """
    seconds = busy = 0.0
    with engines.admin(name) as cursor:
        cursor.execute("SET ROLE concord_owner")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        for table in TABLES:
            with (folder / f"{table}.copy").open("wb") as file:
                cursor.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT", file, 2**20)
        cursor.execute("RESET ROLE")
        cursor.execute("CHECKPOINT")
        for table in TABLES:
            with (folder / f"{table}.copy").open("rb") as file:
                start, before = time.perf_counter(), _busy(cursor)
                cursor.copy_expert(f"COPY bare_{table} FROM STDIN", file, 2**20)
                seconds += time.perf_counter() - start
                busy += _busy(cursor) - before
            (folder / f"{table}.copy").unlink()
            cursor.execute(f"DROP TABLE bare_{table}")
    return {"seconds": seconds, "busy": busy}


def _busy(cursor: Any) -> float:
    """Seconds of processor time that this process and the server behind the cursor have used up to now."""
    cursor.execute("SELECT pg_backend_pid()")
    fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _checkpoint(name: str) -> None:
    with engines.admin(name) as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


class _Clock:
    """Adds up the seconds that functions take, by phase. Parsing runs beside the rest, in a thread of its own."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, phase: str, module: Any, function: str) -> None:
        """From now on, count ``module.function`` to ``phase``."""
        timed = getattr(module, function)

        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return timed(*args, **kwargs)
            finally:
                self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start

        setattr(module, function, call)


def _work(package: Path) -> dict[str, Any]:
    """The worker: check and load one package as a Celery task would; seconds by phase and memory in MiB."""
    from django.db import connection  # noqa: PLC0415

    from console.people.queries import system  # noqa: PLC0415
    from triage.cases import arrivals  # noqa: PLC0415
    from triage.intake import actions, loader, packages, parsing, store  # noqa: PLC0415
    from triage.intake.actions import chunks  # noqa: PLC0415

    by, clock = system(), _Clock()
    with store.incoming() as folder:
        run = actions.announce(package=store.copy_in(packages.read(package), folder), origin="bench", by=by).run
    clock.watch("parse (beside)", parsing, "parse_cases")
    clock.watch("chunks", actions, "land")
    clock.watch("stage and land", chunks, "_land")
    clock.watch("land", arrivals, "land")
    with connection.cursor() as cursor:
        before = _busy(cursor)
    start = time.perf_counter()
    loader.check(run.pk)
    checked = time.perf_counter() - start
    for file in run.files.all():
        loader.load(file.pk)
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        busy = _busy(cursor) - before
    run.refresh_from_db()
    if run.state != "loaded":
        raise RuntimeError(f"The run is {run.state}: {run.problem}")
    spent = clock.seconds
    staged = spent.pop("stage and land")
    spent |= {"stage": staged - spent["land"], "count, log, commit": spent.pop("chunks") - staged}
    spent["wait for parse"] = seconds - checked - staged - spent["count, log, commit"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "busy": busy, "memory": memory, "phases": {"verify": checked, **spent}}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_work(Path(sys.argv[1]))))
