"""Reads run packages as plainly as can be, without any code of the console."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import zstandard

from triage.intake.manifest import Manifest


def manifest(directory: Path) -> Manifest:
    return msgspec.json.decode((directory / "manifest.json").read_bytes(), type=Manifest)


def lines(path: Path) -> list[bytes]:
    """Every physical line of a file, which must end with a newline."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    assert data.endswith(b"\n")
    return data[:-1].split(b"\n")


def of_kind(directory: Path, kind: str) -> list[bytes]:
    """Every line of every file of one kind, in the manifest's order."""
    return [line for file in manifest(directory).files if file.kind == kind for line in lines(directory / file.path)]
