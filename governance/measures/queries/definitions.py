"""Which measures there are, and what each is."""

from __future__ import annotations

from collections.abc import Iterable

from console.errors import Missing
from governance.measures import builtin
from governance.measures.models import Direction, ReportedMeasure, Unit
from governance.measures.standard import STANDARD
from governance.measures.values import Definition, Origin


def catalogue(*, inactive: bool = False) -> list[Definition]:
    """Every measure: built in, standard, and those that people here have defined (``inactive`` ones if asked for)."""
    rows = ReportedMeasure.objects.order_by("title", "code")
    custom = [_custom(row) for row in (rows if inactive else rows.filter(active=True))]
    return [*(measure.definition for measure in builtin.every()), *STANDARD.values(), *custom]


def definition(code: str) -> Definition | None:
    """The measure of that code, even one that is no longer reported. None if there is none."""
    found = _known(code)
    if found is None:
        row = ReportedMeasure.objects.filter(code=code[:64].replace("\0", "")).first()
        found = _custom(row) if row else None
    return found


def definitions(codes: Iterable[str]) -> dict[str, Definition]:
    """The measures of these codes, in one query at most; unknown codes are left out."""
    wanted = {code for code in codes if "\0" not in code}
    found = {code: known for code in wanted if (known := _known(code))}
    rest = wanted - set(found)
    if rest:
        found |= {row.code: _custom(row) for row in ReportedMeasure.objects.filter(code__in=rest)}
    return found


def defined(code: str) -> ReportedMeasure:
    """The row of a measure that people here have defined. Raises Missing."""
    row = ReportedMeasure.objects.filter(code=code[:64].replace("\0", "")).first()
    if row is None:
        raise Missing("There is no measure of that code that may be changed here.")
    return row


def _known(code: str) -> Definition | None:
    measure = builtin.get(code)
    return measure.definition if measure else STANDARD.get(code)


def _custom(row: ReportedMeasure) -> Definition:
    return Definition(
        code=row.code,
        title=row.title,
        why=row.why,
        unit=Unit(row.unit),
        direction=Direction(row.direction),
        fresh_seconds=row.fresh_seconds,
        origin=Origin.CUSTOM,
        keep_days=row.keep_days,
        noun=row.noun,
        inactive=not row.active,
    )
