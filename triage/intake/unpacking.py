"""Packages that come as one archive: zip or tar. Nothing is written outside the target, nothing beyond the limit."""

from __future__ import annotations

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from console.errors import Invalid
from triage.intake import packages

ENTRIES = 5000
_PIECE = 1024 * 1024


_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError),  # compression and encryption that zipfile does not know
    *(FileExistsError, IsADirectoryError, NotADirectoryError),  # one name is a file here and a folder there
)


class TooLarge(Invalid):
    """More bytes than are taken in at once (413)."""

    status = 413
    code = "too_large"


def unpack(archive: Path, target: Path, *, limit: int) -> tuple[str, ...]:
    """Unpack manifest, signature and listed files into ``target``. Returns the names of other files, left out.

    A single folder around the package is taken off. Raises Invalid for archives that are damaged, hold links, or name
    files outside of themselves; TooLarge for more than ``limit`` bytes in all.
    """
    if zipfile.is_zipfile(archive):
        with _sound("zip"), zipfile.ZipFile(archive) as opened_zip:
            return _unpack_zip(opened_zip, target, limit)
    try:
        opened = tarfile.open(archive)  # noqa: SIM115 - closed below
    except tarfile.TarError as error:
        raise Invalid("The package is neither a zip nor a tar archive.") from error
    with _sound("tar"), opened as opened_tar:
        return _unpack_tar(opened_tar, target, limit)


@contextmanager
def _sound(kind: str) -> Iterator[None]:
    """What the library says of a damaged archive, as a sentence."""
    try:
        yield
    except _DAMAGE as error:
        raise Invalid(f"The {kind} archive is damaged or uses an unsupported format.") from error


def _unpack_zip(archive: zipfile.ZipFile, target: Path, limit: int) -> tuple[str, ...]:
    members = [item for item in archive.infolist() if not item.is_dir()]
    for item in members:
        kind = item.external_attr >> 16
        if kind and stat.S_IFMT(kind) not in {0, stat.S_IFREG}:
            raise Invalid(f"The archive contains “{_shown(item.filename)}”, which is not a regular file.")
        if item.flag_bits & 1:
            raise Invalid(f"“{_shown(item.filename)}” is encrypted. Send the package unencrypted.")
    names = _names([item.filename for item in members])
    return _write_wanted(names, lambda place: archive.open(members[place]), target, limit)


def _unpack_tar(archive: tarfile.TarFile, target: Path, limit: int) -> tuple[str, ...]:
    members: list[tarfile.TarInfo] = []
    total = 0
    for item in archive:
        if item.isdir():
            continue
        if not item.isreg() or item.issparse():
            raise Invalid(f"The archive contains “{_shown(item.name)}”, which is not a regular file.")
        total += item.size
        if total > limit or len(members) > ENTRIES:
            raise TooLarge(_too_large(limit))
        members.append(item)
    names = _names([item.name.removeprefix("./") for item in members])

    def opened(place: int) -> IO[bytes]:
        stream = archive.extractfile(members[place])
        if stream is None:
            raise Invalid(f"“{_shown(members[place].name)}” cannot be read from the archive.")
        return stream

    return _write_wanted(names, opened, target, limit)


def _names(raw: list[str]) -> list[str]:
    """Safe, distinct names below the package's own folder."""
    if len(raw) > ENTRIES:
        raise Invalid(f"The archive contains more than {ENTRIES:,} files.")
    names = [packages.safe_name(name) for name in raw]
    manifests = sorted((name for name in names if name.split("/")[-1] == packages.MANIFEST), key=lambda n: n.count("/"))
    if not manifests:
        raise Invalid(f"The archive contains no {packages.MANIFEST}.")
    prefix = manifests[0].removesuffix(packages.MANIFEST)
    names = [name.removeprefix(prefix) if name.startswith(prefix) else f"../{name}" for name in names]
    if len(set(names)) != len(names):
        raise Invalid("The archive contains two files with the same name.")
    return names


def _write_wanted(names: list[str], opened: Callable[[int], IO[bytes]], target: Path, limit: int) -> tuple[str, ...]:
    places = {name: place for place, name in enumerate(names)}
    left = limit
    left -= _write(opened(places[packages.MANIFEST]), target / packages.MANIFEST, packages.MANIFEST_BYTES + 1)
    manifest = packages.read_manifest((target / packages.MANIFEST).read_bytes())
    wanted = {file.path for file in manifest.files} | {packages.SIGNATURE}
    for name in sorted(wanted & places.keys()):
        left -= _write(opened(places[name]), target / name, left, whole=limit)
    others = sorted(set(names) - wanted - {packages.MANIFEST})
    return tuple(name.removeprefix("../") for name in others[:20])


def _write(source: IO[bytes], path: Path, left: int, *, whole: int | None = None) -> int:
    """Copy at most ``left`` bytes; returns how many. Raises TooLarge when there are more and ``whole`` is the limit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with source, path.open("xb") as file:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > left:
                if whole is None:
                    file.write(piece[: left - written])  # what is too long must be seen to be, not look whole
                    break
                raise TooLarge(_too_large(whole))
            file.write(piece)
    return written


def _too_large(limit: int) -> str:
    return f"The package exceeds the limit of {limit:,} bytes when unpacked."


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:120]
