"""Who takes the lines of a file: a kind of case, a line handler, or intake itself (chart excerpts)."""

from __future__ import annotations

from typing import Final

from console.errors import Missing
from triage import line_handlers
from triage.cases import kinds
from triage.cases.kinds import AnyKind
from triage.line_handlers import LineHandler

#: None: the lines are chart excerpts, which intake keeps itself.
AnyHandler = AnyKind | LineHandler | None

RECORDS: Final = "records"
#: Kinds of file that the format names besides those that a capability takes: stored, and not processed until one does.
RESERVED: Final = frozenset({"codes", "consents", "discrepancies"})


def file_kinds() -> list[str]:
    """Every kind of file that a manifest may name."""
    taken = {kind.file_kind for kind in kinds.registered()} | set(line_handlers.LINE_HANDLERS.names())
    return sorted(taken | RESERVED | {RECORDS})


def is_loadable(file_kind: str) -> bool:
    """True for files whose lines are taken in; others are kept until Concord has a use for them."""
    return file_kind == RECORDS or _found(file_kind) is not None


def first_kinds() -> list[str]:
    """The kinds of file that are taken in before all others of their run."""
    return [handler.file_kind for handler in line_handlers.LINE_HANDLERS if handler.first]


def handler_for(file_kind: str) -> AnyHandler:
    """Who takes lines of files of this kind. Raises Missing when the console has no handler for them."""
    found = _found(file_kind)
    if found is None and file_kind != RECORDS:
        raise Missing(f"Files of kind “{file_kind}” are not supported.")
    return found


def _found(file_kind: str) -> AnyKind | LineHandler | None:
    return kinds.by_file_kind(file_kind) or line_handlers.by_file_kind(file_kind)
