"""Shared steps of risk actions: lock the waves and the risk, then publish the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.urls import reverse

from console import fact_changes
from console.audit import log
from console.fact_changes import Cause
from console.notices import actions as notices
from console.people.models import User
from console.people.permissions import require
from console.waves import locks as wave_locks
from governance.risks.models import Risk


def waves_of(risk: Risk) -> list[int] | None:
    """The waves that a risk bears on; None for all of them."""
    return None if risk.wave_id is None else [risk.wave_id]


@contextmanager
def locked_risk(risk: Risk, by: User, *, permission: str = "", to: str = "") -> Iterator[Risk]:
    """Open a transaction on one risk: lock its waves first, then its row, and read it again. Raises Denied."""
    if permission:
        require(by, permission, risk.wave, to=to)
    with log.transaction(by=by, purpose="risk"):
        wave_locks.lock_shared(waves_of(risk))
        yield Risk.objects.select_for_update(of=("self",)).select_related("wave", "owner").get(pk=risk.pk)


def changed(cause: Cause, risk: Risk, by: User) -> None:
    """Say that facts changed which a gate may rest on. After the last write."""
    fact_changes.publish(cause, waves=waves_of(risk), by=by, about=risk.ref)


def tell(
    risk: Risk,
    people: Iterable[User],
    kind: str,
    sentence: str,
    by: User,
    *,
    urgent: bool = False,
    oneself: bool = False,
) -> None:
    """Notify people about a risk; the actor only with ``oneself``."""
    to = [person for person in people if oneself or person.pk != by.pk]
    path = reverse("risks:risk", args=[risk.ref])
    notices.tell(to=to, kind=kind, subject=risk.ref, sentence=sentence, path=path, urgent=urgent, by=by)
