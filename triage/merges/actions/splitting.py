"""What decisions asserted ends: their pairs go, and the sets that these connected fall apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from console.errors import Stale
from triage.merges.assertions import components

_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A set that was part of a larger one: its records, the golden record it had, and whether it keeps that."""

    golden: int
    records: list[int]
    keeps: bool


def end(cases: Sequence[int]) -> None:
    """End what the decisions on these cases asserted; each set that they touched is read once, as it stands.

    The largest part of a set keeps its golden record. Raises Stale while others hold on to the sets.
    """
    if not cases or not _hold([*cases]):
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM merges_keptapart WHERE case_id = ANY (%s)", [[*cases]])
        cursor.execute("DELETE FROM merges_linkedpair WHERE case_id = ANY (%s) RETURNING golden_id", [[*cases]])
        touched = sorted({golden for (golden,) in cursor.fetchall()})
        parts = list(_parts(cursor, touched)) if touched else []
        if any(not part.keeps for part in parts):
            _split(cursor, parts)


def _hold(cases: list[int]) -> bool:
    """Lock the golden records that these cases' assertions concern, in ascending order; False when there are none."""
    for _ in range(_TRIES):
        with transaction.atomic(), connection.cursor() as cursor:
            wanted = _concerned(cursor, cases)
            if not wanted:
                return False
            cursor.execute(_LOCK, {"goldens": wanted})
            if len(cursor.fetchall()) == len(wanted) and _concerned(cursor, cases) == wanted:
                return True
            transaction.set_rollback(True)
    raise Stale("Others are deciding on the same records at this moment. Try again.")


def _concerned(cursor: Any, cases: list[int]) -> list[int]:
    cursor.execute(_CONCERNED, {"cases": cases})
    return [golden for (golden,) in cursor.fetchall()]


def _parts(cursor: Any, goldens: list[int]) -> Iterable[Part]:
    """The sets into which those of these golden records fall, by the links that stand."""
    members, links = defaultdict(list), defaultdict(list)
    cursor.execute("SELECT golden_id, record_key FROM merges_recordidentity WHERE golden_id = ANY (%s)", [goldens])
    for golden, key in cursor.fetchall():
        members[golden].append(key)
    cursor.execute("SELECT golden_id, low_key, high_key FROM merges_linkedpair WHERE golden_id = ANY (%s)", [goldens])
    for golden, low, high in cursor.fetchall():
        links[golden].append((low, high))
    for golden in goldens:
        for place, records in enumerate(components(members[golden], links[golden])):
            yield Part(golden, records, keeps=place == 0)


def _split(cursor: Any, parts: list[Part]) -> None:
    """Give every part but the largest of each set a golden record of its own."""
    moving = [part for part in parts if not part.keeps]
    cursor.execute("SELECT nextval('merges_goldenrecord_id_seq') FROM generate_series(1, %s)", [len(moving)])
    fresh = [golden for (golden,) in cursor.fetchall()]
    keeping = [part for part in parts if part.keeps]
    cursor.execute(_MAKE, {"goldens": fresh, "sizes": [len(part.records) for part in moving]})
    values = {"goldens": [part.golden for part in keeping], "sizes": [len(part.records) for part in keeping]}
    cursor.execute(_RESIZE, values)
    moved = [(key, golden) for part, golden in zip(moving, fresh, strict=True) for key in part.records]
    keys, goldens = zip(*moved, strict=True)
    cursor.execute(_MOVE, {"keys": [*keys], "goldens": [*goldens]})


_CONCERNED = """
SELECT golden_id FROM merges_linkedpair WHERE case_id = ANY (%(cases)s)
UNION SELECT low_golden FROM merges_keptapart WHERE case_id = ANY (%(cases)s)
UNION SELECT high_golden FROM merges_keptapart WHERE case_id = ANY (%(cases)s) ORDER BY 1
"""
_LOCK = "SELECT id FROM merges_goldenrecord WHERE id = ANY (%(goldens)s) ORDER BY id FOR UPDATE"
_MAKE = """
INSERT INTO merges_goldenrecord (id, size) SELECT * FROM unnest(%(goldens)s::bigint[], %(sizes)s::int[])
"""
_RESIZE = """
UPDATE merges_goldenrecord AS g SET size = part.size
FROM unnest(%(goldens)s::bigint[], %(sizes)s::int[]) AS part (golden, size) WHERE g.id = part.golden
"""
_MOVE = """
UPDATE merges_recordidentity AS i SET golden_id = part.golden
FROM unnest(%(keys)s::bigint[], %(goldens)s::bigint[]) AS part (key, golden) WHERE i.record_key = part.key
"""
