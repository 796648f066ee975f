"""Find the cases about a source record by its number: whole, or by its beginning where a chart excerpt was sent.

Cases know their records by keys alone, hashes of system and number. So a number is tried in every system that lines
have named, and answered by the index on keys; beginnings are answered by the index on the numbers of chart excerpts.
Names are in no index, and cannot be searched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from console.people.permissions import scoped
from triage.cases import kinds
from triage.cases.keys import record_key
from triage.cases.kinds import NamedRecord
from triage.cases.models import Case, MigrationException, State
from triage.desk.field_rules import FieldRules, read_rules
from triage.desk.fields import visible
from triage.desk.masking import mask_text
from triage.queues.models import Queue
from triage.runs.models import RecordSystem

#: Of so many numbers that begin with a text the cases are looked for. Each costs a look into the index on keys, and
#: while a run is taken in each of these reads the entries that the index has still to sort in (GIN's pending list).
BEGINNINGS: Final = 25
#: Of so many cases about one record the best are shown.
CASES: Final = 100
_BEYOND: Final = "\U0010ffff"
_CASE: Final = re.compile(r"ex-?\d*", re.IGNORECASE | re.ASCII)
#: Of a name, these fields show their first letter, in this order.
_NAMES: Final = ("given", "family", "full_name")


@dataclass(frozen=True, slots=True)
class _Found:
    """A case about a record that was searched for: its key and, as the search knows them, system and number."""

    case: int
    key: int
    system: str
    number: str


def is_case_number(text: str) -> bool:
    """Say whether a text is the number of a case, or begins like one: then it is no search for a patient's record."""
    return _CASE.fullmatch(text) is not None


def find(user: User, text: str, limit: int) -> list[Hit]:
    """Cases about records of that number, or of a number that begins so, in queues that this person may see.

    Whole numbers first, then unresolved cases, then the newest. Masked. Seven queries at most, all by index.
    """
    spellings = _spellings(text)
    whole = _whole(spellings)
    wanted = whole | _beginning(spellings)
    queues = list(scoped(user, "cases.see_queue", Queue.objects.all()).values_list("pk", flat=True))
    if not (wanted and queues):
        return []
    found = [_Found(case, key, *wanted[key]) for case, key in _cases(wanted, whole, queues, limit)]
    return _hits(found)


def _spellings(text: str) -> tuple[str, ...]:
    """How a number may be kept that was typed so: with or without its blanks, composed or not, in either case."""
    close = "".join(text.split())
    forms = [unicodedata.normalize(form, one) for one in (text, close) for form in ("NFC", "NFD")]
    return tuple(dict.fromkeys((text, *forms, *map(str.upper, forms), *map(str.lower, forms))))


def _whole(spellings: Iterable[str]) -> dict[int, tuple[str, str]]:
    """The keys that a record of this number has, in each of the systems, with system and number."""
    systems = list(RecordSystem.objects.values_list("name", flat=True))
    return {record_key(system, one): (system, one) for one in spellings for system in systems}


def _beginning(spellings: Iterable[str]) -> dict[int, tuple[str, str]]:
    """The keys of charted records whose number begins so, with system and number."""
    with connection.cursor() as cursor:
        parts = " UNION ALL ".join(f"({_BEGINNING})" for _ in spellings)
        values = [value for one in spellings for value in (one, one + _BEYOND, BEGINNINGS)]
        cursor.execute(parts, values)
        return {key: (system, number) for key, system, number in cursor.fetchall()}


def _cases(wanted: Iterable[int], whole: Iterable[int], queues: Sequence[int], limit: int) -> list[tuple[int, int]]:
    values: dict[str, Any] = {"keys": list(wanted), "whole": list(whole), "queues": list(queues)}
    values |= {"unresolved": [*State.UNRESOLVED], "looked": CASES, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CASES, values)
        return list(cursor.fetchall())


def _hits(found: Sequence[_Found]) -> list[Hit]:
    cases = Case.objects.in_bulk([one.case for one in found])
    lines = MigrationException.objects.filter(pk__in=[case.latest_exception_id for case in cases.values()])
    kept = {line.pk: line for line in lines.select_related("run__source").only("payload", "run__source__field_rules")}
    return [_hit(one, cases[one.case], kept.get(cases[one.case].latest_exception_id)) for one in found]


def _hit(found: _Found, case: Case, line: MigrationException | None) -> Hit:
    named = kinds.get(case.kind).named(line.payload.encode()) if line else ()
    record = next((one for one in named if one.key == found.key), None)
    where = [visible(found.system), visible(record.facility) if record else "", kinds.label(case.kind).lower()]
    name = _name(record, read_rules(line.run.source.field_rules)) if record and line else ""
    return Hit(
        title=f"{mask_text('record_id', found.number)} {name}".strip(),
        url=reverse("cases:case", args=[case.ref]),
        detail=", ".join(filter(None, where)),
        aside=case.ref,
        state=case.state,
        masked=True,
    )


def _name(record: NamedRecord, rules: FieldRules) -> str:
    """The masked name of a record's patient."""
    fields = {rules.name(column): value for column, value in record.fields.items() if value}
    return " ".join(mask_text(field, fields[field]) for field in _NAMES if field in fields)


_BEGINNING: Final = """
SELECT record_key, system, record_id FROM runs_recordexcerpt
WHERE record_id COLLATE "C" >= %s AND record_id COLLATE "C" < %s
ORDER BY record_id COLLATE "C" LIMIT %s
"""
# Record by record, and of nothing else: PostgreSQL takes every record for one that half a percent of all cases are
# about, and with a limit it would rather walk another index, or the whole table, until it has met so many.
_CASES: Final = """
SELECT near.id, wanted.key
FROM unnest(%(keys)s::bigint[]) AS wanted (key) CROSS JOIN LATERAL (
    WITH about AS MATERIALIZED (
        SELECT c.id, c.queue_id, c.state FROM cases_case AS c WHERE c.record_keys @> ARRAY[wanted.key]
    )
    SELECT about.id, about.state FROM about WHERE about.queue_id = ANY(%(queues)s::bigint[]) LIMIT %(looked)s
) AS near
ORDER BY wanted.key = ANY(%(whole)s::bigint[]) DESC, near.state = ANY(%(unresolved)s) DESC, near.id DESC
LIMIT %(limit)s
"""
