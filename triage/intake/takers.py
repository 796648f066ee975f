"""Who takes the lines of a file: a kind of case, an outlet, or intake itself (chart excerpts)."""

from __future__ import annotations

from console.errors import Missing
from triage import outlets
from triage.cases import kinds
from triage.cases.kinds import Kind
from triage.outlets import Outlet

#: None: the lines are chart excerpts, which intake keeps itself.
Taker = Kind | Outlet | None

RECORDS = "records"


def is_loadable(file_kind: str) -> bool:
    """True for files whose lines somebody takes; others are kept until Concord has a use for them."""
    return file_kind == RECORDS or _found(file_kind) is not None


def taker_of(file_kind: str) -> Taker:
    """Who takes lines of files of this kind. Raises Missing when nobody does."""
    found = _found(file_kind)
    if found is None and file_kind != RECORDS:
        raise Missing(f"Nothing here takes lines of {file_kind} files (any more).")
    return found


def _found(file_kind: str) -> Kind | Outlet | None:
    return kinds.by_file_kind(file_kind) or outlets.by_file_kind(file_kind)
