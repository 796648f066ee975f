"""The gates of a hospital's migration, phase by phase: what each asks for before a wave may go ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from governance.gates.standard.crossing import CUTOVER, DECOMMISSIONING, EXIT, ROLLBACK
from governance.gates.standard.preparing import ACCESS, CONSENT, INGESTION, SCOPE, VALIDATION
from governance.gates.templates import Template
from governance.subjects import WAVE

TEMPLATES: Final[dict[str, Template]] = {
    made.phase: made
    for made in (SCOPE, INGESTION, ACCESS, VALIDATION, CONSENT, CUTOVER, ROLLBACK, EXIT, DECOMMISSIONING)
}

_of_kinds: dict[str, dict[str, Template]] = {WAVE: TEMPLATES}


def register(kind: str, templates: Iterable[Template]) -> None:
    """Add the gates of another kind of subject, in the order of their phases."""
    _of_kinds[kind] = {template.phase: template for template in templates}


def templates_of(kind: str) -> Mapping[str, Template]:
    """Return the templates of the gates of this kind of subject by phase, in their order; none for an unknown kind."""
    return _of_kinds.get(kind, {})
