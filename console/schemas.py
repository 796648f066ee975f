"""JSON Schemas that pipelines may rely on, each made from its types. Capabilities declare theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from console.capabilities.parts import SCHEMAS, PublishedSchema, Schema
from console.errors import Missing

__all__ = ["DIALECT", "PublishedSchema", "Schema", "names", "published", "text", "write"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def names() -> list[str]:
    """The names of all published schemas."""
    return sorted(SCHEMAS.names())


def published(name: str) -> Schema:
    """The schema of that name, with its dialect and title. Raises Missing."""
    schema = SCHEMAS.get(name)
    if schema is None:
        raise Missing("There is no published schema of that name.")
    return {"$schema": DIALECT, "title": schema.title, **schema.make()}


def text(name: str) -> str:
    """The exact text of the schema's file."""
    return json.dumps(published(name), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Write every schema to ``folder`` and remove files of schemas that no longer exist. Returns what is there now."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / f"{name}.json": text(name) for name in names()}
    for path, content in wanted.items():
        path.write_text(content, encoding="utf-8")
    for path in set(folder.glob("*.json")) - set(wanted):
        path.unlink()
    return sorted(wanted)
