"""The reference of fields says what the code does: its tables are written from it.

``CONCORD_WRITE_BASELINES=1`` writes them.
"""

from __future__ import annotations

import os
import re

from tests.architecture.source import ROOT
from triage.desk.columns import COLUMNS, OWNERS
from triage.desk.fields import label
from triage.desk.placeholders import ANYWHERE, DATES, NAMES, NOT_NAMES, NUMBERS

PAGE = ROOT / "docs/reference/fields.md"


def columns() -> str:
    rows = [
        f"| `{name}` | {label(name)} | {', '.join(f'`{one}`' for one in others)} |" for name, others in COLUMNS.items()
    ]
    return "\n".join(["| field | label | also read from |", "|---|---|---|", *rows])


def placeholders() -> str:
    dates = (f"{year:04d}-{month:02d}-{day:02d}" for year, month, day in sorted(DATES) if day)
    rows = {
        "any field": sorted(ANYWHERE),
        "any but names and places": sorted(NOT_NAMES),
        "names": sorted(NAMES),
        "dates": list(dates),
        "identifiers": sorted(NUMBERS),
    }
    said = [f"| {where} | {', '.join(f'`{value}`' for value in values)} |" for where, values in rows.items()]
    return "\n".join(["| in | values, in any letter case |", "|---|---|", *said])


def written(page: str) -> str:
    for name, table in (("columns", columns()), ("placeholders", placeholders())):
        page = re.sub(rf"<!-- {name} -->\n(\n\|.*?\n(?=\n))?", f"<!-- {name} -->\n\n{table}\n", page, flags=re.DOTALL)
    return page


def test_the_tables_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("CONCORD_WRITE_BASELINES"):
        PAGE.write_text(written(page), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written(page)
    assert all(f"`{owner}`" in page for owner in OWNERS)


def test_a_column_means_one_field() -> None:
    named = [other for others in COLUMNS.values() for other in others]
    assert len(named) == len(set(named))
    assert not set(named) & set(COLUMNS)
