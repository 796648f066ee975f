"""Pages of measures: drawn empty, with little and with much; who may see what; nothing missing is shown as nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.audit.models import LogEntry
from console.people import actions as people
from console.people.models import User
from console.waves.models import Wave
from governance.measures import actions, bounds
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison
from governance.measures.models import ReportedMeasure, Sample
from tests import factories
from triage.queues.models import Severity


@pytest.fixture
def wave(db_ready: None) -> Wave:
    return factories.make_wave()


def keep(code: str, wave: Wave | None, *, ago: float = 1, **fields: Any) -> None:
    at = timezone.now() - dt.timedelta(minutes=ago)
    Sample.objects.create(measure=code, wave=wave, as_of=at, received_at=at, source="api:watch", **fields)


def text(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content[:300]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_a_wave_the_next_step_is_said(client: Client, ana: User, ada: User, eve: User, bo: User) -> None:
    client.force_login(bo)
    assert "No data yet." in text(client, "/measures/")  # the programme as a whole
    wave = factories.make_wave()
    people.grant_role(user=eve, role="board", scope=wave, by=ada)
    wave_of_other = factories.make_wave("wave-2")
    client.force_login(eve)
    page = text(client, "/measures/")
    assert "Whole programme" not in page
    assert client.get(f"/measures/?wave={wave_of_other.slug}").status_code == 404
    assert client.get("/measures/?wave=*").status_code == 403
    client.force_login(ana)
    for address in ("/measures/", "/measures/critical-open/", "/measures/define/"):
        assert client.get(address).status_code == 403
    assert client.get(f"/waves/{wave.slug}/war-room/").status_code == 404


def test_no_wave_at_all(client: Client, ada: User, eve: User) -> None:
    wave = factories.make_wave()
    people.grant_role(user=eve, role="board", scope=wave, by=ada)
    wave.delete()
    client.force_login(eve)
    assert "No wave yet" in text(client, "/measures/")


def test_a_page_says_what_is_out_of_bounds_stale_and_missing(client: Client, bo: User, wave: Wave) -> None:
    keep("login-success", wave, numerator=12_345, denominator=12_445)
    keep("chart-open-p95", wave, value="3.1")
    keep("interface-backlog", wave, value="7", ago=30)
    keep("order-errors", wave, numerator=0, denominator=0)
    client.force_login(bo)
    page = text(client, f"/measures/?wave={wave.slug}")
    assert "1 measure out of bounds, 1 stale, " in page
    assert "99.19%" in page
    assert "12,345 of 12,445 sign-ins" in page
    assert "should be at most 2 s" in page
    assert "There was nothing to count: 0 of 0." in page
    assert "No run of this wave has been loaded yet." in page
    assert ">0<" not in page.split('id="silent"')[1]


def test_counts_of_cases_lead_to_the_records(client: Client, bo: User, wave: Wave) -> None:
    run = factories.make_run(wave=wave)
    factories.make_case(run=run, severity=Severity.CRITICAL)
    client.force_login(bo)
    page = text(client, f"/measures/?wave={wave.slug}")
    address = f"/cases/?wave={wave.slug}&amp;severity=critical&amp;state=unresolved"
    assert address in page
    assert client.get(address.replace("&amp;", "&")).status_code == 200
    detail = text(client, f"/measures/open-cases/?wave={wave.slug}")
    assert "severity/critical" in detail
    assert "kind/merge" in detail


def test_one_measure_at_large(client: Client, bo: User, wave: Wave) -> None:
    for minutes in range(0, 120, 5):
        keep("chart-open-p95", wave, ago=minutes, value="1.5", samples=400)
    keep("chart-open-p95", wave, ago=3, value="1.9", dimension="ward-7")
    client.force_login(bo)
    page = text(client, f"/measures/chart-open-p95/?wave={wave.slug}")
    assert "Last 1 day: between 1.5 s and 1.5 s, last 1.5 s; it should be at most 2 s." in page
    assert "ward-7" in page
    assert "api:watch" in page
    assert "1.9 s" in text(client, f"/measures/chart-open-p95/?wave={wave.slug}&part=ward-7&days=7")
    assert client.get("/measures/no-such/").status_code == 404
    assert "No values yet" in text(client, "/measures/seal-lag/?wave=*&after=junk&days=3000")


def test_a_corrected_value_is_struck_out(client: Client, bo: User, pipe: User, wave: Wave) -> None:
    at = timezone.now().isoformat()
    for value in (9, 1):
        line = {"measure": "replication-lag", "wave": wave.slug, "value": value, "as_of": at}
        actions.report(lines=[line], source="api:pipe", by=pipe)
    client.force_login(bo)
    assert "<s>9 s</s>" in text(client, f"/measures/replication-lag/?wave={wave.slug}")


def test_values_page_by_key(client: Client, bo: User, wave: Wave) -> None:
    for minutes in range(120):
        keep("replication-lag", wave, ago=minutes, value=str(minutes))
    client.force_login(bo)
    first = text(client, f"/measures/replication-lag/?wave={wave.slug}")
    after = re.search(r"after=([^\"&]+)", first)
    assert after
    second = text(client, f"/measures/replication-lag/?wave={wave.slug}&after={after[1]}")
    assert "50 s" in second
    assert "49 s" not in re.sub(r"between.*?last", "", second).split('id="values"')[1]


@pytest.mark.parametrize("address", ["/measures/?wave=wave-1", "/waves/wave-1/war-room/", "/measures/login-success/"])
def test_much_data_costs_no_more_queries(client: Client, bo: User, wave: Wave, address: str) -> None:
    keep("login-success", wave, numerator=9, denominator=10)
    keep("chart-open-p95", wave, value="1")
    client.force_login(bo)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    Sample.objects.bulk_create(
        Sample(
            measure=code,
            wave=wave,
            value="1" if code == "chart-open-p95" else None,
            numerator=9 if code == "login-success" else None,
            denominator=10 if code == "login-success" else None,
            as_of=timezone.now() - dt.timedelta(minutes=minutes),
            received_at=timezone.now(),
            source="api:watch",
        )
        for minutes in range(2000)
        for code in ("login-success", "chart-open-p95")
    )
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(many) == len(few)
    path = re.search(r'class="course__line" d="([^"]*)"', page)
    assert path
    assert 20 <= path[1].count("L") <= 60


def test_the_war_room_puts_trouble_first(client: Client, bo: User, wave: Wave) -> None:
    keep("login-success", wave, numerator=100, denominator=100)
    keep("order-errors", wave, numerator=9, denominator=100)
    client.force_login(bo)
    page = text(client, f"/waves/{wave.slug}/war-room/")
    assert "1 measure out of bounds: Order error rate." in page
    assert page.index("Order error rate") < page.index("Sign-in success rate")
    assert page.index("Action needed") < page.index("No issues")
    assert 'role="status"' in page


def test_the_war_room_announces_only_what_changed(client: Client, bo: User, wave: Wave) -> None:
    client.force_login(bo)
    keep("order-errors", wave, numerator=0, denominator=100)
    page = text(client, f"/waves/{wave.slug}/war-room/")
    address = re.search(r'hx-get="([^"]*)"', page.split('id="war-room"')[1])
    assert address
    headers = {"HX-Request": "true", "X-Background": "true"}
    assert "hx-swap-oob" not in text(client, address[1], **headers)
    keep("order-errors", wave, ago=0, numerator=90, denominator=100)
    changed = text(client, address[1], **headers)
    assert 'hx-swap-oob="innerHTML:#war-said">1 measure out of bounds: Order error rate.' in changed


def test_an_empty_war_room_says_so(client: Client, bo: User, wave: Wave) -> None:
    client.force_login(bo)
    assert "No data for this wave yet." in text(client, f"/waves/{wave.slug}/war-room/")


def test_a_bound_that_someone_asks_for_comes_before_the_usual_one(client: Client, bo: User, wave: Wave) -> None:
    asked = Threshold("chart-open-p95", Comparison.LE, 1, asked_by="GATE-3", path="/gates/GATE-3/")  # type: ignore[arg-type]
    silent = Threshold("help-desk-volume", Comparison.LE, 9, asked_by="GATE-3", path="/gates/GATE-3/")  # type: ignore[arg-type]
    with bounds.THRESHOLDS.holding(bounds.Asking("test", lambda wave: [asked, silent])):
        keep("chart-open-p95", wave, value="1.5")
        client.force_login(bo)
        page = text(client, f"/waves/{wave.slug}/war-room/")
    assert "1 measure out of bounds: Chart opening time (p95)" in page
    assert "/gates/GATE-3/" in page
    assert page.index("Help desk calls") < page.index("without a value")


def test_people_define_and_change_measures(client: Client, omar: User, wave: Wave) -> None:
    client.force_login(omar)
    form = {
        "code": "beds-unmapped",
        "title": "Beds not yet mapped",
        "unit": "count",
        "direction": "lower",
        "fresh_minutes": "90",
        "keep_days": "30",
    }
    assert "Define a measure" in text(client, "/measures/define/")
    assert client.post("/measures/define/", form | {"code": "critical-open"}).status_code == 422
    assert client.post("/measures/define/", form | {"code": "No Such"}).status_code == 422
    answer = client.post("/measures/define/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/measures/beds-unmapped/")
    assert ReportedMeasure.objects.get().fresh_seconds == 5400
    again = client.post("/measures/define/", form)
    assert "There is a measure “beds-unmapped” already." in again.content.decode()
    assert "No value reported for this wave." in text(client, "/measures/beds-unmapped/")
    assert 'value="90"' in text(client, "/measures/beds-unmapped/change/")
    changed = form | {"title": "Beds", "fresh_minutes": "5"}
    assert client.post("/measures/beds-unmapped/change/", changed).status_code == 302
    assert ReportedMeasure.objects.get().active is False
    assert "No longer" in text(client, "/measures/beds-unmapped/")
    assert client.get("/measures/critical-open/change/").status_code == 404
    verbs = LogEntry.objects.filter(verb__startswith="measure.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["measure.defined", "measure.changed"]


def test_only_those_who_may_define_measures(client: Client, bo: User, wave: Wave) -> None:
    client.force_login(bo)
    assert client.get("/measures/define/").status_code == 403
    assert "Define a measure" not in text(client, "/measures/")
