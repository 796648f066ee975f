"""What a manifest of version 1.1 says besides: sensible on its own, and in agreement with its version and its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from console.errors import Invalid
from triage.intake.manifest import FORMAT, FORMAT_1_1, NEW_FIELDS, PURPOSES, Manifest
from triage.runs.examined import POPULATION

_NULL: Final = b"null"


def check_head(version: str, fields: Mapping[str, msgspec.Raw]) -> None:
    """Refuse fields that the version does not have, and a purpose that does not exist. Raises Invalid."""
    if version == FORMAT and (early := [name for name in NEW_FIELDS if name in fields]):
        raise Invalid(
            f"manifest.json: {', '.join(early)} {'belongs' if len(early) == 1 else 'belong'} to format “{FORMAT_1_1}”. "
            f"Change the format, which is “{FORMAT}”, or leave {'it' if len(early) == 1 else 'them'} out."
        )
    purpose = bytes(fields.get("purpose", _NULL))
    if purpose != _NULL and purpose not in [f'"{word}"'.encode() for word in PURPOSES]:
        raise Invalid(f"manifest.json: purpose must be one of {', '.join(PURPOSES)}.")


def check(manifest: Manifest) -> None:
    """Refuse statements that contradict themselves or the list of files. Raises Invalid."""
    populations = [file.path for file in manifest.files if file.kind == POPULATION]
    if populations and manifest.examined is None:
        wanted = f"format “{FORMAT_1_1}” with “examined”"
        raise Invalid(f"manifest.json lists {populations[0]} as “{POPULATION}”; that needs {wanted}.")
    if manifest.examined and (twice := _twice(manifest.examined.systems)):
        raise Invalid(f"manifest.json: examined.systems names “{twice[:60]}” twice.")
    if twice := _twice(f"{one.topic} of {one.interface}" for one in manifest.offsets):
        raise Invalid(f"manifest.json: offsets names the topic {twice[:200]} twice.")


def names(manifest: Manifest) -> list[tuple[str, str]]:
    """Every name in the statements with its place, for checks that all names share."""
    found = [("operator", manifest.operator)] if manifest.operator is not None else []
    if manifest.snapshot:
        found += [("snapshot.reference", manifest.snapshot.reference), ("snapshot.digest", manifest.snapshot.digest)]
    for number, one in enumerate(manifest.offsets):
        found += [(f"offsets[{number}].interface", one.interface), (f"offsets[{number}].topic", one.topic)]
    if manifest.examined:
        found += [(f"examined.systems[{number}]", system) for number, system in enumerate(manifest.examined.systems)]
    return found


def _twice(names: Iterable[str]) -> str:
    """The first name that stands there more than once; empty without any."""
    return next((name for name, times in Counter(names).items() if times > 1), "")
