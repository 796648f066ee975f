"""Who is acting, why, and under which correlation id: carried to the database as transaction-local settings.

Whatever writes (an action, allauth, a management command, raw SQL through Django) passes one wrapper on the connection.
Before the first write of a transaction it sets the actor in the database, where row triggers read it. Writes outside
of a transaction get one of their own for it, because a transaction-local setting needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from console.correlation import current

Words = tuple[str, str, str]
_UNATTRIBUTED: Words = ("", "", "")
# Statements that change no row of a table, or that cannot run inside of a transaction. Everything else may write.
_READS = frozenset(
    word
    for words in (
        "SELECT SHOW SET RESET SAVEPOINT RELEASE ROLLBACK BEGIN COMMIT START FETCH DECLARE CLOSE MOVE LOCK EXPLAIN",
        "VALUES LISTEN NOTIFY UNLISTEN VACUUM ANALYZE CREATE ALTER DROP GRANT REVOKE COMMENT REINDEX",
    )
    for word in words.split()
)
_STAMP = (
    "SELECT set_config('concord.actor', %s, true), set_config('concord.purpose', %s, true),"
    " set_config('concord.cid', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Acting:
    """The actor and the purpose of a write. ``actor_id`` None: the actor is unknown and the entry unattributed."""

    actor_id: int | None
    purpose: str

    def words(self) -> Words:
        """As the database wants it."""
        return ("" if self.actor_id is None else str(self.actor_id), self.purpose[:64], current())


Source = Callable[[], Acting | None]
# An entry point sets a source. It is read at every write, since a request's user changes during sign-in.
_source: ContextVar[Source | None] = ContextVar("acting_source", default=None)
# `log.transaction` sets this; it takes precedence over the entry point.
_action: ContextVar[Acting | None] = ContextVar("acting_action", default=None)


def acting() -> Acting | None:
    """Return the current actor; None when none is set."""
    action = _action.get()
    if action is not None:
        return action
    source = _source.get()
    return source() if source is not None else None


def in_action() -> Acting | None:
    """Return the actor of the current ``log.transaction``; None outside of one."""
    return _action.get()


@contextmanager
def at_entry_point(source: Source) -> Iterator[None]:
    """Attribute writes outside of actions to what ``source`` answers, until the block ends."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


@contextmanager
def action(who: Acting) -> Iterator[None]:
    """Attribute all writes to ``who`` until the block ends."""
    token = _action.set(who)
    try:
        yield
    finally:
        _action.reset(token)


def stamp(connection: BaseDatabaseWrapper) -> None:
    """Tell the database who acts, unless this transaction knows already. Needs an open transaction."""
    _forget_ended(connection)
    wanted = _wanted()
    if _known(connection) != wanted:
        with connection.cursor() as cursor:
            cursor.execute(_STAMP, wanted)
        connection._concord_known = wanted  # type: ignore[attr-defined]


def _wanted() -> Words:
    return (acting() or Acting(None, "")).words()


def _known(connection: BaseDatabaseWrapper) -> Words | None:
    """Return the settings of the open transaction; None when a rollback to a savepoint made them uncertain."""
    found: Words | None = getattr(connection, "_concord_known", _UNATTRIBUTED)
    return found


def _forget_ended(connection: BaseDatabaseWrapper) -> None:
    """Discard what was set for a transaction that has ended on the server."""
    session = connection.connection
    if session is None or session.info.transaction_status == TRANSACTION_STATUS_IDLE:
        connection._concord_known = _UNATTRIBUTED  # type: ignore[attr-defined]


def _wrapper(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Stamp before a write."""
    connection: BaseDatabaseWrapper = context["connection"]
    _forget_ended(connection)
    words = sql.lstrip()[:12].split(maxsplit=1) if isinstance(sql, str) else []
    word = words[0].upper() if words else ""
    if word == "ROLLBACK":
        connection._concord_known = None  # type: ignore[attr-defined]
    if word in _READS or _known(connection) == _wanted():
        return execute(sql, params, many, context)
    if connection.in_atomic_block:
        if not connection.needs_rollback:
            stamp(connection)
        return execute(sql, params, many, context)
    if not connection.get_autocommit():
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        stamp(connection)
        return execute(sql, params, many, context)


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """A new session knows nothing yet; the wrapper stays on the connection object over reconnects."""
    connection._concord_known = _UNATTRIBUTED  # type: ignore[attr-defined]
    if _wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrapper)


def connect() -> None:
    """Watch every connection that is made from now on."""
    connection_created.connect(_watch, dispatch_uid="console.audit.attribution")
    for connection in connections.all(initialized_only=True):
        _watch(connection)
