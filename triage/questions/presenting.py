"""What the page of a question shows of its case: the identifiers of its records, masked, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

from triage.cases import kinds, queries
from triage.cases.models import Case
from triage.desk.masked_values import MaskedValue, Value


@dataclass(frozen=True, slots=True)
class Record:
    """A source record, named by its system and its masked identifier."""

    system: str
    identifier: Value


def records(case: Case) -> list[Record]:
    """The records that the case is about; none where its kind names no records."""
    kind = kinds.find(case.kind)
    if kind is None or not kind.records_at:
        return []
    line = json.loads(queries.payload(case.latest_exception_id))
    masks = MaskedValue(lifted=False)
    named = [one for one in line.get(kind.records_at, ()) if isinstance(one, dict)]
    return [Record(str(one.get("system", "")), masks.identifier(str(one.get("id", "")))) for one in named]
