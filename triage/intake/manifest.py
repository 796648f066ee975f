"""The manifest of a run package, version 1 (``migration-run/1``), as types; its JSON Schema comes from them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FORMAT = "migration-run/1"

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
#: A line handler declares the kind of file that it takes (``triage.intake.line_handlers``). A package that names
#: another kind is refused.
FileKind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=16)]


class Transformation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which transformation produced the run: name, version, and a digest of its code or configuration."""

    name: Label
    version: Label
    digest: Label


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"in_": "in"}):
    """Records counted through one stage of the pipeline for one domain. ``in`` must equal ``out`` + ``rejected``."""

    stage: Label
    domain: Label
    in_: Count
    out: Count
    rejected: Count
    hash_total: Annotated[str, Meta(max_length=200)] | None = None


class PackageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the package: path inside it, kind, lines, size in bytes as stored, SHA-256 of those bytes."""

    path: Annotated[str, Meta(min_length=1, max_length=300)]
    kind: FileKind
    rows: Count
    bytes: Count
    sha256: Sha256


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run. ``decisions_applied`` is the last position of the decision feed that the run had applied."""

    format: Literal["migration-run/1"]
    source: Name
    run_id: Name
    wave: Name
    started_at: dt.datetime
    finished_at: dt.datetime
    transformation: Transformation
    files: Annotated[list[PackageFile], Meta(max_length=1000)]
    stages: Annotated[list[Stage], Meta(max_length=1000)] = []
    dictionary_release: Label | None = None
    decisions_applied: Count | None = None
