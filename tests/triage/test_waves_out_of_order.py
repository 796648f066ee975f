"""Waves that are locked after other things, and so without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from console.errors import Stale
from console.waves import locks as wave_locks
from console.waves.models import Wave
from tests import factories
from tests.cases.landing import Line, case_of, land
from triage.cases import actions
from triage.cases.models import Case, State

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def _own_database(committed_db: str) -> None:
    """Each test commits."""


def reported(wave: Wave) -> Case:
    land(factories.make_run(wave=wave), Line("x", severity=4))
    return case_of("x")


@contextmanager
def in_another_session(statement: str, values: list[int]) -> Iterator[None]:
    """Run a statement in a session of its own, which ends with the block."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, values)
        yield
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")  # closing a session does not wait for its end
        other.close()


def test_waves_are_tried_without_waiting() -> None:
    wave, other = factories.make_wave("wave-1"), factories.make_wave("wave-2")
    with in_another_session("SELECT pg_advisory_lock(%s, %s)", [wave_locks._SPACE, wave.pk]), transaction.atomic():
        assert not wave_locks.try_shared([wave.pk])
        assert wave_locks.try_shared([other.pk])
    with in_another_session("SELECT pg_advisory_lock_shared(%s, %s)", [wave_locks._SPACE, wave.pk]):
        with transaction.atomic():
            assert wave_locks.try_shared([wave.pk])
        Wave.objects.filter(pk=wave.pk).update(guarded_at=timezone.now())
        with transaction.atomic():
            assert not wave_locks.try_shared([wave.pk]), "a guarded wave is held by one at a time"
    with transaction.atomic():
        assert wave_locks.try_shared([wave.pk])


def test_a_decision_does_not_wait_for_a_wave_out_of_order() -> None:
    ana = factories.make_user("ana", role="reviewer")
    factories.make_queue()
    first, second = factories.make_wave("wave-1"), factories.make_wave("wave-2")
    case = reported(first)
    actions.claim(case=case, by=ana)
    reported(second)
    with (
        in_another_session("SELECT pg_advisory_lock(%s, %s)", [wave_locks._SPACE, second.pk]),
        pytest.raises(Stale, match="another wave"),
    ):
        actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    assert case_of("x").state == State.CLAIMED
