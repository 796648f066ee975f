"""The manifest of a run package, versions 1 and 1.1, as types; its JSON Schema comes from them.

Version 1.1 adds optional fields: why the run was made, what it continues, which messages it read, what it counted, and
what it examined. A manifest of version 1 has none of these, and its run proves no decision.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from console import identifiers
from triage.cases.lines import Key, Word

FORMAT: Final = "migration-run/1"
FORMAT_1_1: Final = "migration-run/1.1"
FORMATS: Final = (FORMAT, FORMAT_1_1)

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=200, extra_json_schema={"pattern": identifiers.PATTERN})]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
#: Why a run was made: a full load of history, a delta that follows it, live synchronisation, a shadow run beside
#: production, a rehearsal, or a run that only validates.
Purpose = Literal["history", "delta", "live", "shadow", "rehearsal", "validation"]
PURPOSES: Final[tuple[str, ...]] = get_args(Purpose)
#: A line handler declares the kind of file that it takes (``triage.intake.line_handlers``). A package that names
#: another kind is refused.
FileKind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$(?!\n)", max_length=16)]


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


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state of the source that the run read: how it is called, and a digest of it."""

    reference: Label
    digest: Label


class Offsets(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The messages of one topic of one interface that the run read: those after ``from``, up to and with ``to``.

    In a chain of runs ``from`` is the last ``to`` of the run before.
    """

    interface: Label
    topic: Label
    from_: Count
    to: Count


class Validated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many records passed the pipeline's own validation, and how many did not."""

    passed: Count
    failed: Count


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the pipeline counted besides its stages: late arrivals, merges sent twice, errors by class, validation."""

    late: Count | None = None
    duplicate_merges: Count | None = None
    error_classes: Annotated[dict[Word, Count], Meta(max_length=200)] = {}
    validation: Validated | None = None


class Examined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which records the run looked at: without this statement it proves no decision by silence.

    With ``population`` files these are the records they list. ``complete`` says that every record of ``systems`` was
    examined; with files, that they list every record of ``systems``: one that is missing there has vanished.
    """

    systems: Annotated[list[Key], Meta(min_length=1, max_length=200)]
    complete: bool


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run. ``decisions_applied`` is the last position of the decision feed that the run had applied.

    What follows it is new in version 1.1. ``continues`` is the run of the same source that a delta follows.
    """

    format: Literal["migration-run/1", "migration-run/1.1"]
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
    purpose: Purpose | None = None
    continues: Name | None = None
    snapshot: Snapshot | None = None
    offsets: Annotated[list[Offsets], Meta(max_length=1000)] = []
    counts: Counts | None = None
    operator: Label | None = None
    examined: Examined | None = None


#: The fields that a manifest of version 1 does not have.
NEW_FIELDS: Final = ("purpose", "continues", "snapshot", "offsets", "counts", "operator", "examined")
