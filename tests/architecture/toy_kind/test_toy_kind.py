"""A kind of case that is whole in one folder: from the lines of a run to proof, on every page and in the API."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.desk.reading import page, signed_in, words
from tests.intake import making
from triage.cases import actions, feed, keys, queries, sequencer
from triage.cases.kinds.content import digest
from triage.cases.models import Case, Decision, FeedItem, Member, MigrationException, Reopening, State
from triage.queues.actions.standard import make_standard_queues
from triage.queues.models import Queue, RoutingRule
from triage.runs.models import RejectedLine, Run, RunState

pytestmark = pytest.mark.django_db

OCCUPANT = "Wanjiru-Odhiambo"


@pytest.fixture(autouse=True)
def _world(db: None, settings: Any, tmp_path: Path, lena: User) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()
    making.world()
    make_standard_queues(by=lena)  # merges have a queue already, wards have none


def ward(name: str = "M3", **changes: Any) -> dict[str, Any]:
    return {"ward": name, "clinics": ["North", "South"], "occupant": OCCUPANT} | changes


def take_in(tmp_path: Path, run_id: str, *lines: making.Line, **manifest: Any) -> Run:
    folder = tmp_path / run_id
    return making.take_in(making.manifest(folder, [making.lines_file(folder, lines, "w.ndjson", "wards")], **manifest))


def case_of(name: str = "M3") -> Case:
    return Case.objects.get(kind="ward", fingerprint=keys.fingerprint("ward", name))


def assign(case: Case, by: User, clinic: str = "North") -> Decision:
    actions.claim(case=case, by=by)
    content = {"clinic": clinic}
    done = actions.decide(
        case=case, verdict="ASSIGN", reason="floor_plan_agrees", content=content, seen=case.revision, by=by
    )
    return done.decision


def release() -> None:
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))


def post_decision(client: Client, case: Case, **changes: Any) -> Any:
    body = {"verdict": "ASSIGN", "reason": "floor_plan_agrees", "seen": case.revision, "content": {"clinic": "North"}}
    return client.post(
        f"/api/v1/cases/{case.ref}/decisions/", json.dumps(body | changes), content_type="application/json"
    )


# Taken in, routed, listed


def test_its_standard_queues_come_beside_those_of_another_kind() -> None:
    assert list(Queue.objects.filter(kind="ward").values_list("slug", flat=True)) == ["wards", "wards-planners"]
    assert Queue.objects.get(slug="wards").targets.get(name="planners").to.slug == "wards-planners"
    assert list(RoutingRule.objects.filter(kind="ward").values_list("name", flat=True)) == ["Severe"]
    assert list(Queue.objects.filter(kind="merge").values_list("slug", flat=True)) == ["merges"]


def test_lines_of_a_run_open_cases_in_its_queues(tmp_path: Path) -> None:
    lines = [ward("M3"), ward("M4", severity="high"), ward("M5", clinics=["North"]), b"{"]
    run = take_in(tmp_path, "run-1", *lines)
    assert (run.state, run.opened, run.rejected) == (RunState.LOADED, 2, 2)
    assert [case_of(name).queue.slug for name in ("M3", "M4")] == ["wards", "wards-planners"]
    assert case_of().due_at > timezone.now()
    assert set(RejectedLine.objects.values_list("reason", flat=True)) == {"one_clinic", "json"}
    again = take_in(tmp_path, "run-2", ward("M3"), ward("M4", severity="high", clinics=["North", "East"]))
    assert (again.opened, again.known) == (0, 2)
    assert case_of("M4").revision == 2


def test_words_for_a_refused_line_stand_on_the_run_s_page(tmp_path: Path, omar: User) -> None:
    run = take_in(tmp_path, "run-1", ward(clinics=["North"]))
    html = signed_in(omar).get(reverse("intake:run", args=[run.pk])).content.decode()
    assert "Ward claimed by one clinic only" in html


def test_lists_show_its_name_and_its_number(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward(clinics=["North", "South", "East"]))
    text = words(signed_in(ana).get("/queues/wards/").content.decode())
    assert case_of().ref in text
    assert "Clinics" in text
    assert "Ward" in words(signed_in(ana).get("/cases/").content.decode())


def test_a_file_of_a_kind_that_is_not_registered_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    making.manifest(folder, [making.lines_file(folder, [ward()], "w.ndjson", "warts")])
    with pytest.raises(Invalid, match=r"lists w\.ndjson as “warts”, which is not a kind of file it may hold"):
        making.announce(folder)


# Claimed, shown, decided with content


def test_the_review_page_shows_its_evidence_masked_until_a_reveal(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward())
    case, client = case_of(), signed_in(ana)
    html = page(client, case)
    assert "M3: North, South" in words(html)
    assert "2 clinics" in html
    assert OCCUPANT not in html
    client.post(reverse("cases:claim", args=[case.ref]))
    client.post(reverse("cases:reveal", args=[case.ref]))
    assert OCCUPANT in page(client, case)


def test_the_form_decides_with_content(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward())
    case, client = case_of(), signed_in(ana)
    client.post(reverse("cases:claim", args=[case.ref]))
    form = page(client, case)
    assert all(said in form for said in ('name="clinic"', "Assign the ward", "Ward is closed", "The floor plan agrees"))
    sent = {"verdict": "ASSIGN", "reason": "floor_plan_agrees", "seen": 1, "note": "", "then": "stay"}
    missing = client.post(reverse("cases:decide", args=[case.ref]), sent)
    assert missing.status_code == 422
    assert "Choose the clinic that the ward belongs to." in missing.content.decode()
    foreign = client.post(reverse("cases:decide", args=[case.ref]), sent | {"clinic": "East"})
    assert foreign.status_code == 422
    assert "This clinic does not claim the ward." in foreign.content.decode()
    assert client.post(reverse("cases:decide", args=[case.ref]), sent | {"clinic": "South"}).status_code == 302
    decision = Decision.objects.get(case=case)
    assert decision.content == {"clinic": "South"}
    assert "assigned the ward" in (text := words(page(client, case)))
    assert "The ward belongs to South." in text
    entry = LogEntry.objects.get(verb="case.decided", object_pk=str(case.pk))
    assert entry.facts["content"] == digest({"clinic": "South"})
    assert "South" not in json.dumps(entry.facts)


def test_the_api_takes_content_and_knows_a_repetition(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward())
    case, client, key = case_of(), signed_in(ana), str(uuid.uuid4())
    client.post(f"/api/v1/cases/{case.ref}/claim/")
    for content in (None, {"clinic": "East"}, {"clinic": 3}, {"clinic": "North", "beds": 4}, []):
        assert post_decision(client, case, content=content).status_code == 422
    first, again = (post_decision(client, case, request_key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["content"] == {"clinic": "North"}
    other = post_decision(client, case, request_key=key, content={"clinic": "South"})
    assert (other.status_code, Decision.objects.count()) == (422, 1)
    assert "This request key was used for another decision" in other.json()["detail"]


# Released, acknowledged, proved, reopened, passed on


def test_a_decision_is_released_acknowledged_and_proved(tmp_path: Path, ana: User, pipe: User) -> None:
    take_in(tmp_path, "run-1", ward())
    assign(case_of(), ana)
    release()
    [item] = feed.page(0, 5).items
    assert (item.decision.content, item.decision.case.kind) == ({"clinic": "North"}, "ward")
    actions.acknowledge(source=factories.make_source(), through=item.position, by=pipe)
    assert case_of().state == State.ACKNOWLEDGED
    run = take_in(tmp_path, "run-2", ward("M9"), **making.looked(item.position))
    assert (run.verified, case_of().state) == (1, State.VERIFIED)


def test_a_report_disproves_a_decision_that_was_applied(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward())
    assign(case_of(), ana)
    release()
    run = take_in(tmp_path, "run-2", ward(), decisions_applied=1)
    assert (run.reopened, case_of().state) == (1, State.OPEN)
    assert Reopening.objects.get().cause == "applied_but_reported"


def test_a_verdict_may_be_released_at_once_and_not_be_remembered(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", ward())
    case = case_of()
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="CLOSED_NOW", reason="floor_plan_agrees", seen=1, by=ana)
    sequencer.release(by=system())
    assert FeedItem.objects.get().decision.verdict == "CLOSED_NOW"
    later = (timezone.now() + dt.timedelta(minutes=1)).isoformat()
    run = take_in(tmp_path, "run-2", ward(), started_at=later, finished_at=later)
    assert (run.reopened, case_of().state) == (1, State.OPEN)


def test_a_verdict_passes_the_case_on(tmp_path: Path, ana: User, ben: User) -> None:
    take_in(tmp_path, "run-1", ward())
    case = case_of()
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="PASS_ON", seen=1, by=ana)
    found = case_of()
    assert (found.queue.slug, found.state) == ("wards-planners", State.OPEN)
    release()
    assert not FeedItem.objects.exists()
    with pytest.raises(Denied, match="Another reviewer must decide it"):
        actions.claim(case=found, by=ana)
    actions.claim(case=found, by=ben)
    with pytest.raises(Invalid, match="has no target queue"):
        actions.decide(case=found, verdict="PASS_ON", seen=found.revision, by=ben)


# Members; cases of other kinds


def test_beds_are_members_of_their_ward_s_case(tmp_path: Path, ana: User) -> None:
    run = take_in(tmp_path, "run-1", ward(), *(ward(bed=f"bed-{number}") for number in range(40)))
    case = case_of()
    assert (run.opened, Member.objects.filter(case=case).count()) == (1, 40)
    assert MigrationException.objects.filter(case=case).count() == 1
    actions.claim(case=case, by=ana)
    take_in(tmp_path, "run-2", *(ward(bed=f"bed-{number}", occupant=None) for number in range(30, 50)))
    case.refresh_from_db()
    assert (case.revision, case.state, len(queries.members(case))) == (1, State.CLAIMED, 50)


def test_an_assignment_opens_a_case_of_another_kind(tmp_path: Path, ana: User) -> None:
    pair = factories.merge_line(901, 902)
    take_in(tmp_path, "run-1", ward("M3", duplicates=pair), ward("M4", duplicates=pair))
    for name in ("M3", "M4"):
        assign(case_of(name), ana)
    opened = Case.objects.get(kind="merge")
    assert (opened.queue.slug, opened.state, opened.wave) == ("merges", State.OPEN, case_of().wave)
    entries = LogEntry.objects.filter(verb="case.opened_by_decision", object_pk=str(opened.pk)).order_by("pk")
    assert [entry.facts["origin"] for entry in entries] == [case_of("M3").ref, case_of("M4").ref]
    assert [entry.facts["new"] for entry in entries] == [True, False]


def test_a_decision_that_opens_nothing_sensible_is_not_made(tmp_path: Path, ana: User) -> None:
    broken = factories.merge_line(901, 902, records=[])
    take_in(tmp_path, "run-1", ward(duplicates=broken))
    with pytest.raises(Invalid):
        assign(case_of(), ana)
    assert not Decision.objects.exists()
    assert case_of().state == State.CLAIMED
