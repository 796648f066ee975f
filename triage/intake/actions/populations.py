"""Which records a run examined: taken in by COPY, for as long as the run is under way."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection

from console.people.models import User
from triage.cases.actions.systems import keep_systems
from triage.cases.keys import record_key
from triage.cases.kinds import LineRefused
from triage.intake.population_lines import PopulationLine
from triage.line_handlers import Numbered, Origin
from triage.runs.models import Run

_COPY: Final = "COPY runs_examinedrecord (run_id, record_key, replaces_key, system, record_id) FROM STDIN"
_FOREIGN: Final = LineRefused("system", "$.system is not one of the systems that the manifest says were examined.")
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def keep_lines(*, run: Origin, lines: Sequence[Numbered], by: User) -> Mapping[int, LineRefused]:
    """Keep the records that one chunk lists, ``by`` intake; gives back those of systems that were not to be examined.

    Inside intake's transaction, which logs the chunk. The same record twice is no fault: it was examined.
    """
    systems = set(Run.objects.values_list("manifest__examined__systems", flat=True).get(pk=run.id) or ())
    refused = {number: _FOREIGN for number, line in lines if line.system not in systems}
    rows = [_row(run.id, line) for number, line in lines if number not in refused]
    if any(line.replaces for _, line in lines):  # cases follow to these names
        keep_systems(systems)
    with connection.cursor() as cursor:
        cursor.copy_expert(_COPY, io.BytesIO("".join(rows).encode()))
    return refused


def _row(run_id: int, line: PopulationLine) -> str:
    key, old = record_key(line.system, line.id), line.replaces
    if old is None:
        return f"{run_id}\t{key}\t\\N\t\t\n"
    names = f"{line.system.translate(_ESCAPES)}\t{line.id.translate(_ESCAPES)}"
    return f"{run_id}\t{key}\t{record_key(old.system, old.id)}\t{names}\n"
