"""Writes a run package: files as exact bytes, and a manifest whose digests, counts and sums fit them."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import zstandard

from samples.hospital import Key
from samples.people import CLINIC_EPR, LEGACY_PAS, MATERNITY
from triage.intake.manifest import FORMAT_1_1, Examined, FileKind, Manifest, PackageFile, Purpose, Stage, Transformation

SOURCE = "legacy-pas"
TRANSFORMATION = Transformation(
    name="legacy-pas-to-fhir",
    version="2026.9.0",
    digest="sha256:" + hashlib.sha256(b"legacy-pas-to-fhir 2026.9.0").hexdigest(),
)
#: The matcher looks at every record of every system, unless a run lists the records that it looked at.
EVERYTHING = Examined([LEGACY_PAS, CLINIC_EPR, MATERNITY], complete=True)
LISTED = Examined(EVERYTHING.systems, complete=False)


@dataclass(frozen=True)
class Content:
    """One file of a package before compression; its path's suffix says how it is stored. A line holds no newline."""

    path: str
    kind: FileKind
    lines: Sequence[bytes]


def encoded(lines: Iterable[msgspec.Struct]) -> list[bytes]:
    """Return the JSON bytes of each line."""
    encode = msgspec.json.Encoder().encode
    return [encode(line) for line in lines]


def stored(content: Content) -> bytes:
    """Return the bytes of one file as stored; the same lines always give the same bytes."""
    plain = b"".join(line + b"\n" for line in content.lines)
    if content.path.endswith(".gz"):
        buffer = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=6) as file:
            file.write(plain)
        return buffer.getvalue()
    if content.path.endswith(".zst"):
        return zstandard.ZstdCompressor(level=9).compress(plain)
    return plain


def write_file(directory: Path, content: Content) -> PackageFile:
    """Write one file and return its entry for the manifest; rows are physical lines, empty and broken ones too."""
    data = stored(content)
    (directory / content.path).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return PackageFile(content.path, content.kind, len(content.lines), len(data), digest)


def fresh(directory: Path) -> Path:
    """Empty or make the directory of a package."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def write_manifest(
    directory: Path,
    *,
    wave: str,
    started_at: dt.datetime,
    files: list[PackageFile],
    stages: list[Stage],
    decisions_applied: int | None = None,
    finished_at: dt.datetime | None = None,
    purpose: Purpose = "history",
    examined: Examined = EVERYTHING,
) -> Path:
    """Write ``manifest.json`` last, as an exporter does, and return the package's directory, whose name is the run."""
    manifest = Manifest(
        format=FORMAT_1_1,
        source=SOURCE,
        run_id=directory.name,
        wave=wave,
        started_at=started_at,
        finished_at=finished_at or started_at + dt.timedelta(minutes=42),
        transformation=TRANSFORMATION,
        files=files,
        stages=stages,
        dictionary_release=None,
        decisions_applied=decisions_applied,
        purpose=purpose,
        examined=examined,
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (directory / "manifest.json").write_bytes(text + b"\n")
    return directory


def stages(read: Sequence[Key], unreadable: set[Key], held: set[Key]) -> list[Stage]:
    """Count records through extract, transform and match, so that each stage takes in what the last put out.

    ``unreadable`` records fail the transformation; ``held`` ones wait for a person. Hash totals are over what goes out.
    """
    kept = [key for key in read if key not in unreadable]
    settled = [key for key in kept if key not in held]
    steps = [("extract", read, read), ("transform", read, kept), ("match", kept, settled)]
    return [
        Stage(name, "identity", len(taken), len(out), len(taken) - len(out), hash_total(out))
        for name, taken, out in steps
    ]


def hash_total(keys: Iterable[Key]) -> str:
    """Return a control total of records that ignores their order: the sum of their digests modulo 2^64, in hex."""
    digests = (hashlib.sha256("|".join(key).encode()).digest()[:8] for key in keys)
    return f"{sum(int.from_bytes(digest, 'big') for digest in digests) % 2**64:016x}"
