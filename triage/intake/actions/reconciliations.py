"""What a run says it reconciled, kept line by line inside the chunk that brings it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from console.people.models import User
from triage.cases.kinds import LineRefused
from triage.line_handlers import Numbered, Origin

_COLUMNS = ("layer", "domain", "check", "expected", "matched", "note")


def keep_lines(*, run: Origin, lines: Sequence[Numbered], by: User) -> Mapping[int, LineRefused]:
    """Keep the sound lines of one chunk, ``by`` intake; gives back those about a check that the run spoke of before.

    Inside intake's transaction, which books the chunk. A check counted twice would count its units twice.
    """
    first: dict[tuple[str, str, str], int] = {}
    for number, line in lines:
        first.setdefault((line.layer, line.domain, line.check), number)
    mine = [line for number, line in lines if first[line.layer, line.domain, line.check] == number]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [run.id, *([getattr(line, name) for line in mine] for name in _COLUMNS)])
        kept = {first[row] for row in cursor.fetchall()}
    twice = LineRefused("twice", "Duplicate of an earlier line for the same layer, domain and check.")
    return {number: twice for number, _ in lines if number not in kept}


_KEEP = """
INSERT INTO runs_reconciliation (run_id, layer, domain, "check", expected, matched, note)
SELECT %s, layer, domain, name, expected, matched, note
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])
     AS given (layer, domain, name, expected, matched, note)
ORDER BY layer, domain, name
ON CONFLICT (run_id, layer, domain, "check") DO NOTHING
RETURNING layer, domain, "check"
"""
