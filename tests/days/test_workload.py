"""The workload of queues: for those who lead them, about queues and never about a person's pace."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from tests import factories
from triage.cases import actions
from triage.cases.models import Claim
from triage.days.models import QueueFlow

pytestmark = pytest.mark.django_db
PAGE = "/queues/workload/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def queue():
    return factories.make_queue()


def page(client, user) -> str:
    client.force_login(user)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def put(queue, days_ago: int, *, came: int = 0, went: int = 0) -> None:
    at = timezone.now().replace(minute=0, second=0, microsecond=0) - days_ago * DAY
    QueueFlow.objects.create(queue_id=queue.pk, at=at, came=came, went=went)


def test_it_is_for_those_who_lead_queues(client, ana, ada, queue) -> None:
    for who in (ana, ada):
        client.force_login(who)
        assert client.get(PAGE).status_code == 403


def test_no_data_is_said_and_not_drawn(client, lena, queue) -> None:
    text = page(client, lena)
    assert "none waits" in text
    assert "too early to say" in text


def test_a_queue_with_its_ages_pace_and_people(client, lena, ana, ben, queue) -> None:
    now = timezone.now()
    for age in (0, 0, 1, 3, 9):
        case = factories.make_case(queue=queue, opened_at=now - age * DAY - dt.timedelta(hours=2), due_at=now + DAY)
    factories.make_case(queue=queue, due_at=now - DAY)
    for who in (ana, ben):
        case = factories.make_case(queue=queue)
        actions.claim(case=case, by=who)
    for ago in range(1, 9):
        put(queue, ago, came=1, went=3)
    text = page(client, lena)
    assert "5 under 1 day, 1 1–2 days, 1 2–4 days, 1 over 7 days" in client.get(PAGE).content.decode()
    assert "2 people" in text
    assert "today 8" in text
    assert "empty about" in text
    for name in (str(ana), str(ben)):
        assert name not in text, "who works how much is not for this page"


def test_only_a_claim_that_runs_puts_a_reviewer_on_a_queue(client, lena, ana, queue) -> None:
    case = factories.make_case(queue=queue, due_at=timezone.now() - DAY)
    actions.claim(case=case, by=ana)
    assert "1 person" in page(client, lena)
    Claim.objects.update(expires_at=timezone.now() - DAY)
    assert "no reviewer" in page(client, lena)


def test_the_api_says_the_same_to_those_who_lead(client, lena, ana, queue) -> None:
    factories.make_case(queue=queue, opened_at=timezone.now() - 9 * DAY, due_at=timezone.now() - DAY)
    for ago in range(1, 9):
        put(queue, ago, came=1, went=3)
    client.force_login(ana)
    assert client.get("/api/v1/queues/workload/").status_code == 403
    client.force_login(lena)
    found = client.get("/api/v1/queues/workload/").json()["items"][0]
    assert {name: found[name] for name in ("queue", "waiting", "ages", "overdue", "people", "paused")} == {
        "queue": "merges",
        "waiting": 1,
        "ages": [0, 0, 0, 0, 1],
        "overdue": 1,
        "people": 0,
        "paused": 0,
    }
    assert (len(found["days"]), found["forecast"]["outlook"], found["forecast"]["change"]) == (7, "empties", -2.0)
