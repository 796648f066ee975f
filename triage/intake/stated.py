"""What a run's manifest of version 1.1 states, for its page and for the API. Pure: read from the stored manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from triage.runs import examined
from triage.runs.examined import POPULATION
from triage.runs.models import Run, RunFile
from triage.runs.purposes import PURPOSES

_COUNTS: Final = {"late": "Late arrivals", "duplicate_merges": "Merges sent twice"}
_VALIDATION: Final = {"passed": "Validation passed", "failed": "Validation failed"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure that the pipeline counted. ``wrong``: it is better when it is zero."""

    label: str
    value: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """The statements as a page shows them; empty where the manifest does not say."""

    purpose: str
    examined: str
    continues: str
    continued: Run | None
    operator: str
    snapshot: dict[str, str] | None
    offsets: list[dict[str, Any]]
    counts: list[Counted]


def of_page(run: Run, files: list[RunFile]) -> Stated:
    """What the manifest of ``run`` states, in words."""
    manifest = run.manifest
    said = examined.statement(manifest, listed=any(file.kind == POPULATION for file in files))
    return Stated(
        purpose=PURPOSES.get(run.purpose, ""),
        examined=examined.words(said) if said else "",
        continues=manifest.get("continues") or "",
        continued=run.continues,
        operator=manifest.get("operator") or "",
        snapshot=manifest.get("snapshot"),
        offsets=[offset | {"read": offset["to"] - offset["from"]} for offset in manifest.get("offsets") or ()],
        counts=_counted(manifest.get("counts") or {}),
    )


def of_api(run: Run) -> dict[str, Any]:
    """The statements as the manifest has them."""
    names = ("continues", "examined", "snapshot", "counts", "operator")
    stated = {name: run.manifest.get(name) for name in names}
    return {"purpose": run.purpose, "offsets": run.manifest.get("offsets") or []} | stated


def _counted(counts: dict[str, Any]) -> list[Counted]:
    found = [Counted(label, counts[name], True) for name, label in _COUNTS.items() if counts.get(name) is not None]
    if validated := counts.get("validation"):
        found += [Counted(label, validated[name], name == "failed") for name, label in _VALIDATION.items()]
    classes = sorted((counts.get("error_classes") or {}).items(), key=lambda item: (-item[1], item[0]))
    return found + [Counted(f"Errors: {word.replace('_', ' ')}", number, True) for word, number in classes]
