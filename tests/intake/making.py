"""Packages for tests: sound unless told otherwise, written as an exporter would write them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zstandard

from console.people.queries import system
from tests import factories
from triage.intake import actions, loader, packages, queries, store
from triage.intake.actions import Announced
from triage.queues.models import Queue
from triage.runs.models import Run, Source

Line = dict[str, Any] | bytes


def world() -> Source:
    """What a run needs before it can come: a source, two waves and a queue."""
    factories.make_wave("wave-1")
    factories.make_wave("wave-2")
    make_queue()
    return factories.make_source("legacy-pas")


def make_queue() -> Queue:
    """The queue that merges go to."""
    return factories.make_queue("merges")


def encoded(lines: Iterable[Line]) -> bytes:
    """The lines as NDJSON; bytes are taken as they are."""
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


def stored(name: str, content: bytes) -> bytes:
    """The content as its suffix says that it is stored."""
    if name.endswith(".gz"):
        return gzip.compress(content, mtime=0)
    return zstandard.compress(content) if name.endswith(".zst") else content


def entry(folder: Path, name: str, data: bytes, rows: int, kind: str = "merges") -> dict[str, Any]:
    """Write a stored file and give its entry of the manifest."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"path": name, "kind": kind, "rows": rows, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def lines_file(
    folder: Path, lines: Iterable[Line], name: str = "merges.ndjson", kind: str = "merges"
) -> dict[str, Any]:
    """Write lines to a file and give its entry."""
    rows = list(lines)
    return entry(folder, name, stored(name, encoded(rows)), len(rows), kind)


def manifest(folder: Path, files: list[dict[str, Any]], /, **changes: Any) -> Path:
    """Write the manifest of a package whose run is called like its folder."""
    said = {
        "format": "migration-run/1",
        "source": "legacy-pas",
        "run_id": folder.name,
        "wave": "wave-1",
        "started_at": "2026-09-01T08:00:00Z",
        "finished_at": "2026-09-01T09:00:00Z",
        "transformation": {"name": "legacy-to-fhir", "version": "1.0", "digest": "sha256:abc"},
        "files": files,
        "stages": [{"stage": "match", "domain": "identity", "in": 10, "out": 8, "rejected": 2}],
    } | changes
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(said))
    return folder


def package(root: Path, run_id: str, lines: Iterable[Line], name: str = "merges.ndjson", /, **changes: Any) -> Path:
    """A package of one merges file."""
    folder = root / run_id
    folder.mkdir(parents=True)
    return manifest(folder, [lines_file(folder, lines, name)], **changes)


def looked(applied: int) -> dict[str, Any]:
    """Fields of a manifest whose run had applied so much and examined every record that lines of tests are about."""
    said = {"format": "migration-run/1.1", "decisions_applied": applied}
    return said | factories.examined("LEGACY-PAS", "CLINIC-EPR")


def announce(folder: Path) -> Announced:
    """Announce a copy of the package, as Concord itself."""
    with store.incoming() as target:
        return actions.announce(package=store.copy_in(packages.read(folder), target), origin="command", by=system())


def take_in(folder: Path) -> Run:
    """Announce and load a package in this process."""
    run = announce(folder).run
    loader.check(run.pk)
    for file in queries.files_in_turn(run):
        loader.load(file.pk)
    run.refresh_from_db()
    return run


def merge_lines(start: int, count: int) -> list[dict[str, Any]]:
    """So many lines about records of their own."""
    return [factories.merge_line(10 * n, 10 * n + 1) for n in range(start, start + count)]
