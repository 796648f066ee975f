"""Holding a wave: changing what it holds and signing for it never happen at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from console import fact_changes
from console.people.queries import system
from console.waves import locks as wave_locks
from console.waves.causes import WaveCause
from console.waves.models import Wave
from tests import listening
from tests.factories import make_wave


def _in_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.committed
def test_two_changers_share_a_wave_that_no_one_guards(committed_db: None) -> None:
    wave, both = make_wave(), threading.Barrier(2, timeout=10)

    def change() -> None:
        with transaction.atomic():
            assert wave_locks.lock_shared([wave.pk]) == ()
            both.wait()

    first, second = _in_thread(change), _in_thread(change)
    first.join(15)
    second.join(15)
    assert not both.broken


@pytest.mark.committed
def test_a_signer_waits_for_a_change_and_sees_it(committed_db: None) -> None:
    wave, held = make_wave(), threading.Event()
    seen: list[str] = []

    def change() -> None:
        with transaction.atomic():
            wave_locks.lock_shared([wave.pk])
            held.set()
            time.sleep(0.5)
            Wave.objects.create(slug="made-meanwhile", name="Made meanwhile")

    def sign() -> None:
        held.wait(10)
        with transaction.atomic():
            wave_locks.lock_exclusive([wave.pk])
            seen.extend(Wave.objects.filter(slug="made-meanwhile").values_list("name", flat=True))

    for thread in (_in_thread(change), _in_thread(sign)):
        thread.join(15)
    assert seen == ["Made meanwhile"]


@pytest.mark.committed
def test_a_change_that_waited_for_the_seal_finds_the_wave_guarded(committed_db: None) -> None:
    wave, sealed = make_wave(), threading.Event()
    found: list[tuple[int, ...]] = []

    def seal() -> None:
        with transaction.atomic():
            wave_locks.lock_exclusive([wave.pk])
            sealed.set()
            time.sleep(0.5)
            Wave.objects.filter(pk=wave.pk).update(guarded_at=timezone.now())

    def change() -> None:
        sealed.wait(10)
        with transaction.atomic():
            found.append(wave_locks.lock_shared(None))

    for thread in (_in_thread(seal), _in_thread(change)):
        thread.join(15)
    assert found == [(wave.pk,)]


@pytest.mark.committed
def test_changers_of_a_guarded_wave_take_turns_and_never_wait_for_each_other(committed_db: None) -> None:
    wave = make_wave()
    Wave.objects.filter(pk=wave.pk).update(guarded_at=timezone.now())
    done: list[int] = []

    def change() -> None:
        for _ in range(10):
            close_old_connections()
            with transaction.atomic():
                wave_locks.lock_shared([wave.pk])
                # What a withdrawal does: it writes the row that everybody holds.
                Wave.objects.filter(pk=wave.pk).update(frozen_because="")
            done.append(1)

    threads = [_in_thread(change) for _ in range(4)]
    for thread in threads:
        thread.join(30)
    assert len(done) == 40


@pytest.mark.committed
def test_a_change_is_told_only_inside_its_transaction(committed_db: None) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        fact_changes.publish(WaveCause.DESCRIBED, waves=None, by=system())


def test_what_a_listener_refuses_undoes_the_change(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[fact_changes.Change] = []

    def refuse(change: fact_changes.Change) -> None:
        heard.append(change)
        raise ValueError(change.cause)

    listening.only(monkeypatch, refuse)
    wave, by = make_wave(), system()

    def rename() -> None:
        with transaction.atomic():
            Wave.objects.filter(pk=wave.pk).update(name="Other")
            fact_changes.publish(WaveCause.DESCRIBED, waves=[wave.pk, wave.pk], by=by)

    with pytest.raises(ValueError, match="wave_described"):
        rename()
    assert Wave.objects.get(pk=wave.pk).name != "Other"
    assert heard[0].waves == (wave.pk,)
