"""The gates of a hospital's migration, phase by phase: what each asks for before it lets a wave go on."""

from __future__ import annotations

from typing import Final

from governance.gates.models import Phase
from governance.gates.standard.crossing import CUTOVER, DECOMMISSIONING, EXIT, ROLLBACK
from governance.gates.standard.preparing import ACCESS, CONSENT, INGESTION, SCOPE, VALIDATION
from governance.gates.templates import Template

TEMPLATES: Final[dict[Phase, Template]] = {
    made.phase: made
    for made in (SCOPE, INGESTION, ACCESS, VALIDATION, CONSENT, CUTOVER, ROLLBACK, EXIT, DECOMMISSIONING)
}
