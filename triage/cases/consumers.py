"""Whose decisions an account may read and acknowledge: those of every source, or those of the sources it acts for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from console.errors import Denied, Invalid
from console.people import permissions
from console.people.models import User
from triage.runs.models import Source

#: On the console as a whole, and on one source.
READ: Final = ("cases.read_feed", "runs.read_decisions")
ACKNOWLEDGE: Final = ("cases.acknowledge_feed", "runs.acknowledge_decisions")
_SHOWN: Final = 20


def readable(user: User, name: str = "") -> list[Source] | None:
    """The sources whose decisions this account reads when it asks for ``name`` ("": for all). None: of every source.

    Raises Denied for a source it does not act for, Invalid for one that does not exist.
    """
    if name:
        return [_named(user, READ, name, to="read the decisions")]
    return None if _of_all(user, READ) else _own(user, READ)


def acknowledgeable(user: User, name: str = "") -> Source:
    """The source that this account acknowledges decisions of; ``name`` may be left out by one that has only one.

    Raises Denied for a source it does not act for, Invalid for one that does not exist or when the name is needed.
    """
    if name:
        return _named(user, ACKNOWLEDGE, name, to="acknowledge the decisions")
    own = list(Source.objects.all()[: _SHOWN + 1]) if _of_all(user, ACKNOWLEDGE) else _own(user, ACKNOWLEDGE)
    if len(own) == 1 and not _of_all(user, ACKNOWLEDGE):
        return own[0]
    raise Invalid(f"Name the “source” whose decisions you have applied: {_listed(own)}.")


def may_read(user: User, sources: Iterable[Source] | None) -> bool:
    """Whether this account may read the decisions of these sources; None: of every source."""
    if sources is None:
        return _of_all(user, READ)
    return all(_may(user, READ, source) for source in sources)


def may_acknowledge(user: User, source: Source) -> bool:
    """Whether this account may acknowledge decisions of this source."""
    return _may(user, ACKNOWLEDGE, source)


def _named(user: User, wanted: tuple[str, str], name: str, *, to: str) -> Source:
    found = Source.objects.filter(name=name[:100].replace("\0", "")).first()
    if found is None and _of_all(user, wanted):
        raise Invalid(f"There is no source of that name. There are: {_listed(Source.objects.all()[: _SHOWN + 1])}.")
    if found is None or not _may(user, wanted, found):
        raise Denied(f"Your roles do not allow you to {to} of that source.")
    return found


def _of_all(user: User, wanted: tuple[str, str]) -> bool:
    return any(permissions.may(user, permission) for permission in wanted)


def _may(user: User, wanted: tuple[str, str], source: Source) -> bool:
    return _of_all(user, wanted) or permissions.may(user, wanted[1], source)


def _own(user: User, wanted: tuple[str, str]) -> list[Source]:
    return list(permissions.scoped(user, wanted[1], Source.objects.all()))


def _listed(sources: Iterable[Source]) -> str:
    names = [source.name for source in sources]
    more = " and others" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none yet"
