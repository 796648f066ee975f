"""A pushed package on its way from the request's temporary files into the store. Nothing is held in memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from console.errors import Invalid
from triage.intake import packages, store, unpacking
from triage.intake.packages import Package


@dataclass(frozen=True, slots=True)
class Sent:
    """The files of one multipart request."""

    package: UploadedFile | None
    manifest: UploadedFile | None
    signature: UploadedFile | None
    files: Sequence[UploadedFile]


def receive(sent: Sent, target: Path) -> Package:
    """Put what was sent into ``target`` and read it as a package. Raises Invalid, TooLarge."""
    if (sent.package is None) == (sent.manifest is None):
        raise Invalid("Send either one archive as “package”, or “manifest” and “files”.")
    if sent.package is not None:
        with store.incoming() as aside:
            archive = aside / "archive"
            _settle(sent.package, archive)
            unlisted = unpacking.unpack(archive, target, limit=settings.INTAKE_UPLOAD_BYTES)
    else:
        unlisted = _separate(sent, target)
    return replace(packages.read(target), unlisted=unlisted)


def _separate(sent: Sent, target: Path) -> tuple[str, ...]:
    """Store manifest and files that were sent separately; find a file by its listed path or by its unique name."""
    assert sent.manifest is not None
    if (sent.manifest.size or 0) > packages.MANIFEST_BYTES:
        raise Invalid(f"manifest.json is longer than {packages.MANIFEST_BYTES} bytes.")
    _settle(sent.manifest, target / packages.MANIFEST)
    if sent.signature is not None:
        _settle(sent.signature, target / packages.SIGNATURE)
    manifest = packages.read_manifest((target / packages.MANIFEST).read_bytes())
    by_name: dict[str, list[str]] = {}
    for file in manifest.files:
        by_name.setdefault(file.path.split("/")[-1], []).append(file.path)
    unlisted = []
    for upload in sent.files:
        name = packages.safe_name(upload.name or "")
        paths = by_name.get(name, [])
        if len(paths) > 1:
            raise Invalid(f"The manifest lists {len(paths)} files of the name {name}; send the package as an archive.")
        if not paths:
            unlisted.append(name)
        elif (target / paths[0]).exists():
            raise Invalid(f"The file {name} was sent twice.")
        else:
            _settle(upload, target / paths[0])
    return tuple(unlisted[:20])


def _settle(upload: UploadedFile, path: Path) -> None:
    """Give an upload its place: by a link where the temporary file is on the same disk, else by copying."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(upload, TemporaryUploadedFile):
        try:
            os.link(upload.temporary_file_path(), path)
        except OSError:
            shutil.copyfile(upload.temporary_file_path(), path)
        return
    with path.open("xb") as file:
        for piece in upload.chunks():
            file.write(piece)
