"""What later runs say about decisions, and what is left of a run that is recalled."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from console.audit import log
from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from tests.factories import merge_line
from tests.intake import making
from triage.cases.actions import outcomes
from triage.cases.models import Case, Decision, FeedItem, Reopening, State
from triage.intake import actions, loader
from triage.runs.models import FileState, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def about(number: int) -> Case:
    """The case of the line that ``merge_lines`` makes for this number."""
    return Case.objects.get(exceptions__payload__contains=f'"m-{10 * number}-{10 * number + 1}"')


def states(*numbers: int) -> list[str]:
    return [about(number).state for number in numbers]


def release(case: Case, verdict: str, position: int, by: User) -> None:
    """Put a released decision on a case, as people and the sequencer would have left it."""
    now = timezone.now()
    decision = Decision.objects.create(
        case=case, verdict=verdict, by=by, decided_at=now, seen_revision=1, seen_exception_id=case.latest_exception_id,
        release_at=now, request_key=uuid.uuid4(), receipt="0" * 64, entry_id=0,
    )  # fmt: skip
    FeedItem.objects.create(position=position, decision=decision, released_at=now)
    Case.objects.filter(pk=case.pk).update(state=State.RELEASED, decision=decision)


def test_a_later_run_verifies_what_it_no_longer_reports(tmp_path: Path, ana: User) -> None:
    making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 6)))
    for number, verdict in enumerate(("LINK", "NO_MATCH", "LINK", "NO_MATCH", "LINK"), 1):
        release(about(number), verdict, number, ana)
    disputed = {about(3).pk: "applied_but_reported", about(4).pk: "evidence_changed"}
    changed = merge_line(40, 41, reasons=["new_reason"])
    changed["records"][0]["fields"]["national_id"] = "OTHER"
    lines = [merge_line(30, 31), changed]  # cases 3 (the same) and 4 (other evidence)
    again = making.take_in(making.package(tmp_path, "run-2", lines, **making.looked(4)))
    assert (again.verified, again.reopened, again.known) == (2, 2, 0)
    assert dict(Reopening.objects.values_list("case_id", "cause")) == disputed
    assert states(1, 2, 5, 6) == ["verified", "verified", "released", "open"]
    assert set(Case.objects.filter(pk__in=disputed).values_list("state", flat=True)) == {"open"}
    assert LogEntry.objects.get(verb="run.loaded", object_pk=str(again.pk)).facts["verified"] == 2


def test_a_run_that_applied_nothing_proves_nothing(tmp_path: Path, ana: User) -> None:
    making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 1)))
    release(Case.objects.get(), "LINK", 1, ana)
    assert making.take_in(making.package(tmp_path, "run-2", making.merge_lines(5, 1))).verified == 0


def test_recall_withdraws_what_only_this_run_opened(tmp_path: Path, omar: User, ana: User) -> None:
    first = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 5)))
    making.take_in(making.package(tmp_path, "run-2", making.merge_lines(1, 1)))
    release(about(2), "LINK", 1, ana)
    before = outcomes.preview(first)
    done = actions.recall(run=first, reason="Sent with the wrong mapping.", by=omar)
    assert done == before == outcomes.Withdrawn(withdrawn=3, settled=1, known_elsewhere=1)
    assert states(1, 2, 3, 4, 5) == ["open", "released", "withdrawn", "withdrawn", "withdrawn"]
    first.refresh_from_db()
    assert (first.state, first.withdrawn, first.recall_reason) == (RunState.RECALLED, 3, "Sent with the wrong mapping.")
    assert LogEntry.objects.filter(verb="run.recalled").count() == 1
    third = making.take_in(making.package(tmp_path, "run-3", making.merge_lines(3, 1)))
    assert (third.returned, third.opened) == (1, 0)


def test_recall_is_refused_with_a_sentence(tmp_path: Path, omar: User, ana: User) -> None:
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 2))).run
    with pytest.raises(Stale, match="opened no cases"):
        actions.recall(run=run, reason="x", by=omar)
    with pytest.raises(Denied, match="do not allow you to recall a run"):
        actions.recall(run=run, reason="x", by=ana)
    loader.check(run.pk)
    with pytest.raises(Invalid, match="Enter a reason"):
        actions.recall(run=run, reason="  ", by=omar)
    actions.recall(run=run, reason="Too early.", by=omar)
    with pytest.raises(Stale, match="recalled already"):
        actions.recall(run=run, reason="x", by=omar)


def test_a_recall_stops_the_loading(tmp_path: Path, omar: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INTAKE_CHUNK_LINES = 2
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 10))).run
    loader.check(run.pk)
    land, landed = actions.land, []

    def land_and_recall(**given: Any) -> bool:
        landed.append(done := land(**given))
        if len(landed) == 2:
            actions.recall(run=run, reason="Stop.", by=omar)
        return done

    monkeypatch.setattr(actions, "land", land_and_recall)
    assert loader.load(run.files.get().pk) is False
    assert landed == [True, True, False]
    run.refresh_from_db()
    assert (run.state, run.opened, run.withdrawn) == (RunState.RECALLED, 4, 4)
    assert run.files.get().state == FileState.LOADING
    assert actions.lease_file(run.files.get().pk) is None


def test_the_book_and_the_change_stand_or_fall_together(
    tmp_path: Path, omar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 2)))

    def torn(*given: Any, **named: Any) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(log, "record", torn)
    with pytest.raises(RuntimeError, match="no ink"):
        actions.recall(run=run, reason="x", by=omar)
    with pytest.raises(RuntimeError, match="no ink"):
        making.announce(making.package(tmp_path, "run-2", making.merge_lines(9, 2)))
    run.refresh_from_db()
    assert run.state == RunState.LOADED
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}
    assert run.source.runs.count() == 1
