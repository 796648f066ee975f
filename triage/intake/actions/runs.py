"""Runs are announced: their package is put into the store and a worker is woken."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from console.waves.models import Wave
from triage.intake import rules, signatures, store, wake
from triage.intake.packages import Package
from triage.runs.models import Run, RunFile, RunState, Source


@dataclass(frozen=True, slots=True)
class Announced:
    """The run, and whether this announcement made it (False: it was known with the same content)."""

    run: Run
    new: bool


def announce(*, package: Package, origin: str, by: User) -> Announced:
    """Take in a package whose files lie in a folder of ``store.incoming``; they are moved, not copied.

    The same manifest again gives the same run. Raises Denied; Invalid for an unknown source or wave and for a missing
    or wrong signature; Stale when the run id is known with another manifest.
    """
    manifest = package.manifest
    source = Source.objects.filter(name=manifest.source).first()
    if source is None:
        raise Invalid(f"Source “{manifest.source}” does not exist. Create it or correct the manifest.")
    require(by, "runs.push_run", source, to=f"send runs of the source “{source.name}”")
    if not source.active:
        raise Invalid(f"The source “{source.name}” is inactive.")
    wave = Wave.objects.filter(slug=manifest.wave).first()
    if wave is None:
        raise Invalid(f"Wave “{manifest.wave}” does not exist. Create it or correct the manifest.")
    signed = signatures.check(public_key=source.public_key, raw=package.raw, signature=package.signature)
    with log.transaction(by=by, purpose="announce"):
        # The source's lock makes two announcements of one run wait for each other.
        Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        known = Run.objects.select_for_update(no_key=True).filter(source=source, run_id=manifest.run_id).first()
        if known is None:
            return Announced(_first(package, source=source, wave=wave, origin=origin, signed=signed, by=by), new=True)
        rules.same_run(
            run_id=manifest.run_id, source=source.name, known=known.manifest_digest, sent=package.digest
        ).require()
        if rules.may_replace(known.state, known.lines):
            _again(known, package, signed=signed, by=by)
        return Announced(known, new=False)


def _first(package: Package, *, source: Source, wave: Wave, origin: str, signed: bool, by: User) -> Run:
    manifest = package.manifest
    run = Run.objects.create(
        source=source,
        wave=wave,
        run_id=manifest.run_id,
        package=store.place(package.folder, source=source.name, run_id=manifest.run_id),
        origin=origin,
        manifest=msgspec.to_builtins(manifest),
        manifest_digest=package.digest,
        signed=signed,
        started_at=manifest.started_at,
        finished_at=manifest.finished_at,
        decisions_applied=manifest.decisions_applied,
        purpose=manifest.purpose or "",
        lines_expected=sum(file.rows for file in manifest.files),
        notes=_notes(package, source),
        announced_by=by,
    )
    RunFile.objects.bulk_create(
        RunFile(run=run, path=file.path, kind=file.kind, rows=file.rows, bytes=file.bytes, sha256=file.sha256)
        for file in manifest.files
    )
    facts = {"source": source.name, "run": run.run_id, "manifest": package.digest, "signed": signed, "origin": origin}
    log.record("run.announced", subject=run, by=by, facts=facts | {"files": len(manifest.files)})
    wake.take_in(run.pk)
    return run


def _again(run: Run, package: Package, *, signed: bool, by: User) -> None:
    """The first files did not fit the manifest; these may."""
    run.package = store.place(package.folder, source=package.manifest.source, run_id=run.run_id)
    run.state, run.problem, run.sums, run.settled_at, run.signed = RunState.ANNOUNCED, "", [], None, signed
    run.checked_bytes, run.attempts, run.notes = 0, 0, _notes(package, run.source)
    run.save(
        update_fields=[
            "package", "state", "problem", "sums", "settled_at", "signed", "checked_bytes", "attempts", "notes",
        ]
    )  # fmt: skip
    log.record("run.sent_again", subject=run, by=by, facts={"run": run.run_id, "manifest": package.digest})
    wake.take_in(run.pk)


def _notes(package: Package, source: Source) -> list[str]:
    notes = [f"{name} is not listed in the manifest and was left out." for name in package.unlisted]
    if package.signature is not None and not source.public_key:
        notes.append("The manifest is signed, but the source has no key to check the signature with.")
    return notes
