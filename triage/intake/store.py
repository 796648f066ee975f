"""The package store: where the files of every run are kept as they came, below the package root."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from console.errors import Invalid, Missing
from triage.intake import packages
from triage.runs.models import Run, Source

_INCOMING = ".incoming"


def root() -> Path:
    """The package root."""
    return Path(settings.PACKAGE_ROOT)


def folder(run: Run) -> Path:
    """Where the files of a run are kept."""
    return root() / run.package


@contextmanager
def incoming() -> Iterator[Path]:
    """A private folder for a package on its way in; what is still in it at the end goes."""
    path = root() / _INCOMING / uuid.uuid4().hex
    path.mkdir(parents=True, mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def copy_in(package: packages.Package, target: Path) -> packages.Package:
    """Copy manifest, signature and listed files (nothing else) to ``target`` and read the copy."""
    wanted = [packages.MANIFEST, *(file.path for file in package.manifest.files)]
    if package.signature is not None:
        wanted.append(packages.SIGNATURE)
    for name in wanted:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages.listed_path(package.folder, name), place, follow_symlinks=False)
    copied = packages.read(target)
    if copied.digest != package.digest:
        raise Invalid("manifest.json changed while the package was copied.")
    return replace(copied, unlisted=package.unlisted)


def place(incoming_folder: Path, *, source: str, run_id: str) -> str:
    """Move a package to its place in the store; what an aborted attempt left there goes.

    Returns its path below the root.
    """
    name = f"{source}/{run_id}"
    target = root() / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():
        shutil.rmtree(target)
    incoming_folder.rename(target)
    return name


def inbox(source: Source) -> Path:
    """The folder that a directory source is polled in. Raises Missing, Invalid if it leads out of it."""
    base = Path(settings.INBOX_ROOT)
    path = base / packages.safe_name(source.path)
    if not path.is_dir():
        raise Missing(f"The inbox has no folder “{source.path}”.")
    if not path.resolve().is_relative_to(base.resolve()):
        raise Invalid(f"The inbox folder “{source.path}” leads out of the inbox.")
    return path
