"""Whole lines about one pair, reported again: what intake makes of them and what the page says."""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.desk.reading import address, decision, page, signed_in, words
from triage.cases import actions, arrivals, kinds, sequencer, staging
from triage.cases.models import Case
from triage.queues.actions.standard import make_standard_queues
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db
Line = dict[str, Any]


@pytest.fixture(autouse=True)
def _standard(lena: User) -> None:
    make_standard_queues(by=lena)


def low() -> Line:
    """A pair that no rule finds severe."""
    line = factories.merge_line(severity="low", reasons=[])
    for record in line["records"]:
        record["fields"] |= {"family": "Kato", "given": "Moses", "birth_date": "1970-01-12", "sex": "male"}
    return line


def taken_in(line: Line, run_id: str) -> Case:
    """The case of a line after a run has reported it."""
    payload = json.dumps(line).encode()
    kind, run = kinds.get("merge"), factories.make_run(run_id)
    staged = kind.staged(payload)
    with transaction.atomic(), connection.cursor() as cursor:
        stage = staging.take(cursor)
        cursor.copy_expert(stage.copy, io.BytesIO(staging.row(1, staged, payload)))
        arrivals.land(cursor, stage=stage, run=run, file_id=1, kind=kind, now=timezone.now())
    return Case.objects.select_related("queue").get(kind="merge", fingerprint=staged.fingerprint)


def critical(line: Line) -> None:
    line["severity"], line["reasons"] = "critical", ["allergy_conflict"]


def critical_and_renamed(line: Line) -> None:
    critical(line)
    line["records"][0]["fields"]["given"] = "Musa"


def weighted(line: Line) -> None:
    match = line["match"]
    match["upper_threshold"], match["version"] = 2.0, "2"
    match["pairs"][0]["comparisons"][0]["weight"] += 12.0
    match["pairs"][0]["score"] += 12.0


def after(change: Callable[[Line], None], line: Line | None = None) -> Line:
    changed = copy.deepcopy(line or low())
    change(changed)
    return changed


@pytest.mark.parametrize("change", [critical, critical_and_renamed])
def test_a_pair_that_became_critical_is_critical_at_once(change: Callable[[Line], None], ana: User) -> None:
    case = taken_in(low(), "run-1")
    assert (case.severity, case.queue.slug) == (1, "identity")
    case = taken_in(after(change), "run-2")
    assert (case.severity, case.queue.slug, case.reasons) == (4, "identity-high-risk", ["allergy_conflict"])
    assert case.due_at - timezone.now() < dt.timedelta(hours=4, minutes=1)
    said = words(page(signed_in(ana), case))
    assert "What changed since earlier reports" in said
    assert "Severity: low → critical" in said
    assert "Reasons: none → allergy conflict" in said
    assert "severity Low → Critical; queue Identity matches → High-risk matches; due earlier" in said
    assert ("Given A" in said or "Given name A" in said or "given, reasons" in said) is (change is critical_and_renamed)


def test_weights_thresholds_and_model_are_shown_as_last_reported(ana: User) -> None:
    before = taken_in(low(), "run-1")
    case = taken_in(after(weighted), "run-2")
    assert (case.severity, case.queue_id, case.due_at) == (before.severity, before.queue_id, before.due_at)
    said = words(page(signed_in(ana), case))
    assert "Thresholds: −2.0 and +8.0 bits → −2.0 and +2.0 bits" in said
    assert "Score: +2.0 bits → +14.0 bits" in said
    assert "Model: test 1 → test 2" in said
    assert "Matched by test 2" in said
    assert "model, thresholds, weights" in said
    assert "As reported since run run-2" in said


def test_a_decision_stands_and_what_was_reported_is_shown_beside_it(ana: User) -> None:
    case = taken_in(low(), "run-1")
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    case = taken_in(after(critical, after(weighted)), "run-2")
    assert (case.state, case.severity) == ("released", 1)
    said = words(page(signed_in(ana), case))
    assert "After the decision, run run-2 reported this case differently, with the severity critical." in said
    assert "What changed since the last decision" in said
    assert "The decision stands." in said


def test_a_decision_on_what_was_reported_before_is_refused_and_shows_what_changed_since(ana: User) -> None:
    case = taken_in(low(), "run-1")
    taken_in(after(weighted), "run-2")
    case.refresh_from_db()
    actions.claim(case=case, by=ana)
    client = signed_in(ana)
    sent = decision(case)
    taken_in(after(critical, after(weighted)), "run-3")
    answer = client.post(f"{address(case)}decisions/", sent)
    assert answer.status_code == 409
    said = words(answer.content.decode())
    assert "What changed since you opened the case" in said
    assert "Severity: low → critical" in said
    assert "Model: test 1 → test 2" not in said, "that was seen"
    case.refresh_from_db()
    assert case.state == "claimed"
    assert client.post(f"{address(case)}decisions/", sent | {"seen": case.revision}).status_code == 302


def test_the_page_names_a_recalled_report(ana: User, omar: User) -> None:
    from triage.intake.actions import recalls

    taken_in(low(), "run-1")
    case = taken_in(after(critical), "run-2")
    run = case.reported_changes.get().run
    recalls.recall(run=run, reason="Wrong.", by=omar)
    said = words(page(signed_in(ana), case))
    assert "Run run-2, whose report of this case is shown, has been recalled." in said
    assert Queue.objects.filter(cases=case).exists()
