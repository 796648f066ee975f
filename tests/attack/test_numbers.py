"""Numbers that are none, bodies that no one can follow, moments that no calendar can read back: never a 500."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from console.errors import Invalid
from console.numbers import BIGGEST, whole
from console.people.models import User
from tests.intake import making
from tests.intake.test_api import client_of
from triage.queues import sla
from triage.runs.models import Run

pytestmark = pytest.mark.django_db
NO_NUMBERS = ["²", "٣", "-1", "9" * 30, "0" * 5000, "9" * 5000, "1e3", "<script>"]


def test_only_plain_digits_within_bounds_are_numbers() -> None:
    assert [whole(text) for text in NO_NUMBERS] == [None] * len(NO_NUMBERS)
    assert whole(str(BIGGEST)) == BIGGEST
    assert whole(str(BIGGEST + 1)) is None
    assert (whole("59", most=59), whole("60", most=59)) == (59, None)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_page_markers_of_runs_and_book_that_are_no_numbers(
    db: None, omar: User, cora: User, text: str, client: Client
) -> None:
    for user, paths in ((omar, ["/runs/", "/api/v1/runs/"]), (cora, ["/book/", "/api/v1/book/"])):
        client.force_login(user)
        for path in paths:
            for name in ("after", "limit"):
                known = {200, 400} if path.startswith("/api/") else {200, 422}
                assert client.get(path, {name: text}).status_code in known, (path, name)


def test_a_time_of_day_in_other_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="no time of day"):
        sla._minute("mon", "²:30")
    assert sla._minute("mon", "24:00") == 24 * 60


@pytest.mark.parametrize("body", ["[" * 200_000, '{"through":' * 100_000])
def test_bottomless_json_is_malformed_and_no_fault(db: None, pipe: User, body: str) -> None:
    client = client_of(pipe, ["cases.acknowledge_feed"])
    answer = client.post("/api/v1/decisions/acks/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")


@pytest.mark.parametrize(
    "times",
    [
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"finished_at": "9999-12-31T23:59:59-12:00"},
    ],
)
def test_a_run_at_the_ends_of_the_calendar_is_refused(
    db: None, omar: User, client: Client, tmp_path: Path, times: dict[str, str]
) -> None:
    making.world()
    with pytest.raises(Invalid, match="must be between"):
        making.announce(making.package(tmp_path, "far", making.merge_lines(1, 1), **times))
    assert not Run.objects.exists()
    client.force_login(omar)
    assert client.get("/runs/").status_code == 200
