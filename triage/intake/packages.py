"""A run package on disk: which names are safe, what its manifest says, which files it has."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from console import identifiers, strict_json
from console.errors import Invalid
from console.schemas import Schema
from triage.intake import line_handlers, statements
from triage.intake.manifest import FORMAT, FORMATS, NEW_FIELDS, Manifest

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
MANIFEST_BYTES = 4 * 1024 * 1024
# Valid years of a run. At the ends of the calendar a time zone leads to moments that cannot be read back.
EARLIEST, LATEST = 1970, 2999

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_ENUM = re.compile(r"Invalid enum value '.*'", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `.*`(?= - at|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose manifest is readable and whose listed names are safe. Nothing is said of the files' content."""

    folder: Path
    manifest: Manifest
    digest: str
    raw: bytes
    signature: bytes | None
    unlisted: tuple[str, ...] = ()


class _Head(msgspec.Struct):
    format: str


def safe_name(name: str) -> str:
    """The name as a plain relative path below the package. Raises Invalid if it climbs out or cannot be trusted."""
    shown = "".join(c if c.isprintable() else "?" for c in name)[:120]
    parts = name.split("/")
    if not name or len(name) > 300 or any(ord(c) < 32 or c in "\\:\x7f" for c in name):
        raise Invalid(f"The path “{shown}” must be a plain relative path.")
    if any(part in {"", ".", ".."} or len(part.encode("utf-8", "replace")) > 200 for part in parts):
        raise Invalid(f"The path “{shown}” points outside the package.")
    return name


def read_manifest(raw: bytes) -> Manifest:
    """Parse and validate a manifest. Raises Invalid with a sentence that names the place."""
    if len(raw) > MANIFEST_BYTES:
        raise Invalid(f"manifest.json is longer than {MANIFEST_BYTES} bytes.")
    try:
        strict_json.check(raw)
        said = msgspec.json.decode(raw, type=_Head).format
        if said not in FORMATS:
            read = "” and “".join(FORMATS)
            raise Invalid(f"manifest.json has format “{said[:60]}”; this console reads “{read}”.")
        statements.check_head(said, msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
        manifest = msgspec.json.decode(raw, type=Manifest)
    except strict_json.NotStrict as error:
        raise Invalid(f"manifest.json is not JSON that every reader takes alike. {error.sentence}") from error
    except msgspec.ValidationError as error:
        raise Invalid(f"manifest.json does not match the schema: {scrubbed(str(error))}.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid("manifest.json is not JSON.") from error
    _sensible(manifest)
    return manifest


def manifest_schema() -> Schema:
    """The JSON Schema of a manifest, with the kinds of file that this console knows."""
    schema: Schema = msgspec.json.schema(Manifest)
    schema["$defs"]["PackageFile"]["properties"]["kind"] = {"enum": line_handlers.file_kinds()}
    # A manifest of version 1 has none of the later fields.
    schema["$defs"]["Manifest"] |= {
        "if": {"properties": {"format": {"const": FORMAT}}},
        "then": {"properties": dict.fromkeys(NEW_FIELDS, False)},
    }
    return schema


def scrubbed(message: str) -> str:
    """A validation message without the values it quotes; the path (``$.records[0].id``) stays."""
    return _UNKNOWN.sub("unknown field", _ENUM.sub("Invalid enum value", message))[:300]


def _sensible(manifest: Manifest) -> None:
    """What types cannot say: whole names, safe and distinct paths, times with a zone and in order."""
    for field in ("source", "run_id", "wave"):
        if not _NAME.fullmatch(getattr(manifest, field)):
            raise Invalid(f"manifest.json: {field} must be made of letters, digits, “_”, “.” and “-”.")
    seen: set[str] = set()
    known = line_handlers.file_kinds()
    for file in manifest.files:
        if safe_name(file.path) in {MANIFEST, SIGNATURE}:
            raise Invalid(f"manifest.json lists {file.path}, which is a reserved file name.")
        if file.path in seen:
            raise Invalid(f"manifest.json lists {file.path} twice.")
        if file.kind not in known:
            raise Invalid(f"manifest.json lists {file.path} as “{file.kind}”, which is not a kind of file it may hold.")
        seen.add(file.path)
    statements.check(manifest)
    for where, text in _labels(manifest):
        if fault := identifiers.fault(text):
            raise Invalid(f"manifest.json: {where} {fault}.")
    _sensible_times(manifest.started_at, manifest.finished_at)


def _sensible_times(started_at: dt.datetime, finished_at: dt.datetime) -> None:
    for name, moment in (("started_at", started_at), ("finished_at", finished_at)):
        if moment.tzinfo is None:
            raise Invalid(f"manifest.json: {name} has no time zone.")
        if not EARLIEST <= moment.year <= LATEST:
            raise Invalid(f"manifest.json: {name} must be between {EARLIEST} and {LATEST}.")
    if finished_at < started_at:
        raise Invalid("manifest.json: finished_at lies before started_at.")


def _labels(manifest: Manifest) -> list[tuple[str, str]]:
    """Every name that people read, with its place."""
    what = manifest.transformation
    named = [(f"transformation.{name}", getattr(what, name)) for name in ("name", "version", "digest")]
    for number, stage in enumerate(manifest.stages):
        named += [(f"stages[{number}].stage", stage.stage), (f"stages[{number}].domain", stage.domain)]
    if manifest.dictionary_release is not None:
        named.append(("dictionary_release", manifest.dictionary_release))
    return named + statements.names(manifest)


def read(folder: Path) -> Package:
    """The package in ``folder``. Raises Invalid for a manifest that is missing or makes no sense, and for links."""
    raw = _plain_bytes(folder, MANIFEST)
    if raw is None:
        raise Invalid(f"The package has no {MANIFEST}.")
    manifest = read_manifest(raw)
    unlisted = _unlisted(folder, {file.path for file in manifest.files})
    for file in manifest.files:
        if not listed_path(folder, file.path).is_file():
            raise Invalid(f"The package lists {file.path}, but the file is not there.")
    return Package(
        folder=folder,
        manifest=manifest,
        digest=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        signature=_plain_bytes(folder, SIGNATURE, limit=1024),
        unlisted=unlisted,
    )


def listed_path(folder: Path, name: str) -> Path:
    """Where a listed file stands. Raises Invalid if the way there goes through a symbolic link."""
    path = folder
    for part in safe_name(name).split("/"):
        path = path / part
        if path.is_symlink():
            raise Invalid(f"{name}: symbolic links are not allowed in a package.")
    return path


def _plain_bytes(folder: Path, name: str, *, limit: int = MANIFEST_BYTES) -> bytes | None:
    path = folder / name
    if path.is_symlink():
        raise Invalid(f"{name} is a symbolic link; a package holds plain files only.")
    if not path.is_file():
        return None
    if path.stat().st_size > limit:
        raise Invalid(f"{name} is longer than {limit} bytes.")
    return path.read_bytes()


def _unlisted(folder: Path, listed: set[str]) -> tuple[str, ...]:
    """Names of files beside the listed ones, at most twenty; links are refused, hidden files are no matter."""
    known = listed | {MANIFEST, SIGNATURE}
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise Invalid("The package holds a symbolic link; a package holds plain files only.")
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and not path.name.startswith("."):
            found.append(name)
    return tuple(found[:20])
