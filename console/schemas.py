"""JSON Schemas that pipelines may rely on, each made from its types. Capabilities register theirs when they start."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from console.errors import Missing

Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_schemas: dict[str, tuple[str, Callable[[], Schema]]] = {}


def register(name: str, title: str, make: Callable[[], Schema]) -> None:
    """Publish a schema under ``/api/v1/schemas/<name>.json`` and ``docs/schemas/``. The last one of a name counts."""
    _schemas[name] = (title, make)


def names() -> list[str]:
    """The names of all published schemas."""
    return sorted(_schemas)


def published(name: str) -> Schema:
    """The schema of that name, with its dialect and title. Raises Missing."""
    if name not in _schemas:
        raise Missing("There is no published schema of that name.")
    title, make = _schemas[name]
    return {"$schema": DIALECT, "title": title, **make()}


def text(name: str) -> str:
    """The exact text of the schema's file."""
    return json.dumps(published(name), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Write every schema to ``folder`` and remove files of schemas that are no more. Returns what is there now."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / f"{name}.json": text(name) for name in names()}
    for path, content in wanted.items():
        path.write_text(content, encoding="utf-8")
    for path in set(folder.glob("*.json")) - set(wanted):
        path.unlink()
    return sorted(wanted)
