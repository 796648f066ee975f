"""Polling of directory sources: each folder with a manifest whose listed files are all there in full is a package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from console.errors import Refusal
from console.people.queries import system
from triage.intake import actions, packages, queries, store
from triage.intake.packages import Package
from triage.runs.models import Source

_LOCK = 0x504F4C4C  # advisory lock: one poll at a time, however many beats fire


def poll() -> int:
    """Look into every active directory source once. Returns how many runs were announced; 0 if another poll is on."""
    with _only_one() as mine:
        return sum(poll_source(source) for source in queries.polled_sources()) if mine else 0


@contextmanager
def _only_one() -> Iterator[bool]:
    """True for the one poll that may run now. The lock is the session's, so each announcement commits separately."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def poll_source(source: Source) -> int:
    """Take in what is new and complete; what is not is said on the source."""
    problems: list[str] = []
    taken = 0
    try:
        folders = sorted(path.parent for path in store.inbox(source).glob(f"*/{packages.MANIFEST}"))
    except Refusal as refusal:
        folders, problems = [], [refusal.sentence]
    for package in _in_order(source, folders, problems):
        try:
            taken += _take(source, package)
        except (Refusal, OSError) as error:
            problems.append(f"{package.folder.name}: {_sentence(error)}")
    actions.note_poll(source=source, problem=_summary(problems), by=system())
    return taken


def _in_order(source: Source, folders: list[Path], problems: list[str]) -> list[Package]:
    """The packages that are not known yet and are whole, by the time the pipeline started them."""
    found = []
    for folder in folders:
        try:
            if (package := _whole(source, folder, problems)) is not None:
                found.append(package)
        except (Refusal, OSError) as error:
            problems.append(f"{folder.name}: {_sentence(error)}")
    return sorted(found, key=lambda package: (package.manifest.started_at, package.manifest.run_id))


def _whole(source: Source, folder: Path, problems: list[str]) -> Package | None:
    """The package, or None if it is known or still being written; what is wrong with it is added to ``problems``."""
    raw = (folder / packages.MANIFEST).read_bytes()[: packages.MANIFEST_BYTES + 1]
    manifest = packages.read_manifest(raw)
    known = queries.known_digests(source, [manifest.run_id]).get(manifest.run_id)
    if known == hashlib.sha256(raw).hexdigest():
        return None
    if manifest.source != source.name:
        problems.append(f"{folder.name}: its manifest names the source “{manifest.source}”, not “{source.name}”.")
        return None
    for file in manifest.files:
        path = packages.listed_path(folder, file.path)
        size = path.stat().st_size if path.is_file() else 0
        if size < file.bytes:
            problems.append(f"{folder.name}: waiting for {file.path}, {size:,} of {file.bytes:,} bytes are there.")
            return None
    return packages.read(folder)


def _take(source: Source, package: Package) -> int:
    with store.incoming() as folder:
        copied = store.copy_in(package, folder)
        origin = f"inbox: {source.path}/{package.folder.name}"
        return int(actions.announce(package=copied, origin=origin, by=system()).new)


def _sentence(error: Exception) -> str:
    return error.sentence if isinstance(error, Refusal) else f"it cannot be read ({type(error).__name__})."


def _summary(problems: list[str]) -> str:
    shown = " ".join(problems[:3])
    return f"{shown} And {len(problems) - 3} more." if len(problems) > 3 else shown
