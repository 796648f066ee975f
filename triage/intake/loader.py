"""Takes a run in: checks its files before anything is loaded, then streams each file chunk by chunk to the cases.

Parsing runs in a thread one chunk ahead of the database, so that both processors of a small server are busy. A worker
that dies loses the chunk it was at; the next one goes on after the last chunk that was committed.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.conf import settings

from console.errors import Refusal
from console.people.queries import system
from triage.cases.queries import last_position
from triage.intake import (
    actions,
    chains,
    checks,
    line_handlers,
    measuring,
    packages,
    parsing,
    queries,
    reader,
    store,
    streams,
)
from triage.intake.actions import Lease
from triage.intake.line_handlers import AnyHandler
from triage.intake.manifest import Manifest
from triage.runs.models import Run, RunFile

_BEAT = 5.0  # seconds between signs of life while no chunk commits
_AHEAD = 2  # parsed chunks that may wait for the database


class LeaseLost(Exception):
    """Another worker has taken over the lease; the caller stops silently."""


# The check


def check(run_id: int) -> Run | None:
    """Check a run's files against its manifest; it then loads or is quarantined. None if it is not its turn."""
    run = Run.objects.get(pk=run_id)
    by = system()
    if queries.earlier_unsettled(run) or (lease := actions.lease_run(run_id, by=by)) is None:
        return None
    if lease.spent:
        return actions.fail(run_id=run_id, problem="Verification failed after 5 attempts.", by=by)
    manifest = msgspec.convert(run.manifest, Manifest)
    try:
        before, chain = chains.before(run, manifest.continues)
        sums = checks.compare(manifest, _measure(run, manifest, lease), feed_end=last_position(), chain=chain)
    except LeaseLost:
        return None
    except Refusal as refusal:
        return actions.quarantine(run_id=run_id, holder=lease.holder, sums=[], problem=refusal.sentence, by=by)
    if problem := checks.problem(sums):
        return actions.quarantine(run_id=run_id, holder=lease.holder, sums=sums, problem=problem, by=by)
    checked = actions.pass_check(run_id=run_id, holder=lease.holder, sums=sums, continues=before, by=by)
    if checked is not None:
        actions.populate(run_id=run_id, by=by)  # a retried one may have its population already
        actions.settle(run_id=run_id, by=by)  # a run without files to load is done
    return checked


def _measure(run: Run, manifest: Manifest, lease: Lease) -> dict[str, checks.Found]:
    folder, meter = store.folder(run), _Pulse(lease)
    found = {}
    for file in manifest.files:
        path = packages.listed_path(folder, file.path)
        if not path.is_file():
            found[file.path] = checks.Found(0, "", 0, "The file is not in the package.")
        else:
            found[file.path] = measuring.measure(path, tell=meter.tell)
    return found


def go_on(populated: Iterable[int], finished: Iterable[int]) -> None:
    """Take runs on whose last worker died after the last chunk of their population, or of their last file."""
    for run_id in populated:
        actions.populate(run_id=run_id, by=system())
    for run_id in finished:
        actions.settle(run_id=run_id, by=system())


class _Pulse:
    """Renews the lease of a check every few seconds and tells how far it has come."""

    def __init__(self, lease: Lease) -> None:
        self.lease, self.bytes, self.last = lease, 0, time.monotonic()

    def tell(self, count: int) -> None:
        """So many more bytes are checked. Raises LeaseLost."""
        self.bytes += count
        if time.monotonic() - self.last >= 1.0:
            self.last = time.monotonic()
            if not actions.renew_run(self.lease, checked_bytes=self.bytes):
                raise LeaseLost


# The loading


def load(file_id: int) -> bool:
    """Load a file to its end. False if it is done, held by another worker, or taken over in the meantime."""
    lease = actions.lease_file(file_id)
    if lease is None:
        return False
    file, by = RunFile.objects.select_related("run").get(pk=file_id), system()
    if lease.spent:
        problem = f"{file.path}: loading stopped at line {file.lines:,} after 5 failed attempts."
        actions.fail(run_id=file.run_id, problem=problem, by=by)
        return False
    try:
        whole = _load(file, lease, line_handlers.handler_for(file.kind))
    except Refusal as refusal:
        actions.fail(run_id=file.run_id, problem=f"{file.path}: {refusal.sentence}", by=by)
        return False
    except streams.Broken as broken:
        problem = f"{file.path}: {broken.sentence} It was whole when it was checked."
        actions.fail(run_id=file.run_id, problem=problem, by=by)
        return False
    except BaseException:
        actions.release_file(lease)
        raise
    if whole:
        actions.populate(run_id=file.run_id, by=by)
        actions.settle(run_id=file.run_id, by=by)
    return whole


def _load(file: RunFile, lease: Lease, handler: AnyHandler) -> bool:
    by, held = system(), None
    with _parsed_ahead(file, handler, lease) as coming:
        for parsed in coming:
            # One chunk is held back, so that the last one is known as such and commits for good with the file's end.
            if held is not None and not actions.land(lease=lease, parsed=held, handler=handler, done=False, by=by):
                return False
            held = parsed
    return actions.land(lease=lease, parsed=held, handler=handler, done=True, by=by)


@dataclass(slots=True)
class _End:
    """The parser is through, or broke off with an error."""

    error: BaseException | None = None


Ready = queue.Queue[parsing.Parsed | _End]


@contextmanager
def _parsed_ahead(file: RunFile, handler: AnyHandler, lease: Lease) -> Iterator[Iterator[parsing.Parsed]]:
    """The file's chunks from where it stopped, parsed in a thread. The lease is renewed while none is ready."""
    ready: Ready = queue.Queue(maxsize=_AHEAD - 1)
    stop = threading.Event()
    path = packages.listed_path(store.folder(file.run), file.path)
    thread = threading.Thread(target=_parse, args=(path, file.lines, handler, ready, stop), daemon=True)
    thread.start()
    try:
        yield _arriving(ready, lease)
    finally:
        stop.set()
        while thread.is_alive():
            _drain(ready)
            thread.join(0.05)


def _parse(path: Path, skip: int, handler: AnyHandler, ready: Ready, stop: threading.Event) -> None:
    try:
        found = reader.chunks(
            _until(streams.blocks(path), stop),
            skip=skip,
            max_lines=settings.INTAKE_CHUNK_LINES,
            line_bytes=settings.INTAKE_LINE_BYTES,
        )
        for chunk in found:
            ready.put(parsing.parse(chunk, handler))
        ready.put(_End())
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised again in the thread that asked
        ready.put(_End(error))


def _until(blocks: Iterator[bytes], stop: threading.Event) -> Iterator[bytes]:
    for block in blocks:
        if stop.is_set():
            return
        yield block


def _arriving(ready: Ready, lease: Lease) -> Iterator[parsing.Parsed]:
    while True:
        try:
            item = ready.get(timeout=_BEAT)
        except queue.Empty:
            if not actions.renew_file(lease):
                return
            continue
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item


def _drain(ready: Ready) -> None:
    while True:
        try:
            ready.get_nowait()
        except queue.Empty:
            return
