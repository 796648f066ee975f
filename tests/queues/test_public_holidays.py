"""Public holidays by country in due times, and the set-up pages that speak in hours and names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from console.errors import Invalid
from console.people.models import User
from console.ui import lengths
from console.waves.models import Wave
from tests import factories
from triage.queues import plans, public_holidays, sla
from triage.queues.actions import queues as setting_up
from triage.queues.models import BusinessCalendar, RoutingRule, SlaPolicy

DAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def calendar(country: str, subdivision: str = "", *, holidays: tuple[str, ...] = ()) -> sla.Calendar:
    return sla.calendar("Africa/Kampala", DAYS, holidays, country=country, subdivision=subdivision)


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.timezone(dt.timedelta(hours=3)))


@pytest.mark.parametrize(
    ("start", "hours", "country", "subdivision", "due"),
    [
        # Thursday 24 December 2026, 16:00; Friday is Christmas Day, Saturday Boxing Day.
        (at(2026, 12, 24, 16), 2, "UG", "", at(2026, 12, 28, 9)),
        (at(2026, 12, 24, 16), 2, "", "", at(2026, 12, 25, 9)),
        # Over New Year: the years are computed as the days are reached.
        (at(2026, 12, 31, 16), 2, "UG", "", at(2027, 1, 4, 9)),
        # 26 January 2027, NRM Liberation Day, a Tuesday: nowhere else.
        (at(2027, 1, 25, 16), 2, "UG", "", at(2027, 1, 27, 9)),
        (at(2027, 1, 25, 16), 2, "KE", "", at(2027, 1, 26, 9)),
        # 30 November 2027, Saint Andrew's Day, a Tuesday: in Scotland alone.
        (at(2027, 11, 29, 16), 2, "GB", "SCT", at(2027, 12, 1, 9)),
        (at(2027, 11, 29, 16), 2, "GB", "ENG", at(2027, 11, 30, 9)),
        # 28 December 2026: Boxing Day, a Saturday, is observed on Monday in England.
        (at(2026, 12, 24, 16), 2, "GB", "ENG", at(2026, 12, 29, 9)),
    ],
)
def test_public_holidays_do_not_count(
    start: dt.datetime, hours: int, country: str, subdivision: str, due: dt.datetime
) -> None:
    assert sla.due(start, hours * 60, calendar(country, subdivision)) == due


def test_days_of_ones_own_come_on_top() -> None:
    own = calendar("UG", holidays=("2026-12-28",))
    assert sla.due(at(2026, 12, 24, 16), 120, own) == at(2026, 12, 29, 9)


@pytest.mark.parametrize("country", ["XX", "", "ug"])
def test_an_unknown_country_has_no_holidays(country: str) -> None:
    assert not public_holidays.known(country)
    assert public_holidays.in_year(country, "", 2027) == {}
    assert public_holidays.subdivisions(country) == {}


def test_every_country_can_be_computed_for_years_ahead() -> None:
    assert len(public_holidays.countries()) > 200
    for country in public_holidays.countries():
        assert isinstance(public_holidays.subdivisions(country), dict)
        for year in (2026, 2029):
            assert all(day.year == year for day in public_holidays.in_year(country, "", year))


def test_a_due_time_far_ahead_ends() -> None:
    assert sla.due(at(9990, 1, 4, 8), 60, calendar("UG")) == at(9990, 1, 4, 9)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("15 minutes", 900), ("1 hour 30 minutes", 5400), ("1h30m", 5400), ("4 H", 14_400), ("90 s", 90),
        ("2 days, 1 hour", 176_400), ("0 minutes", 0),
    ],
)  # fmt: skip
def test_lengths_of_time_are_read(text: str, found: int) -> None:
    assert lengths.seconds(text) == found


@pytest.mark.parametrize("text", ["", "900", "soon", "1 h 2 h", "-5 minutes", "1.5 hours", "٣ minutes", "5 weeks"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="for example"):
        lengths.seconds(text)


def test_working_time_has_no_days() -> None:
    assert lengths.hours(30 * 3600) == "30 hours"
    assert lengths.hours(3660) == "1 hour 1 minute"
    with pytest.raises(ValueError, match="Write hours and minutes"):
        lengths.seconds("2 days", days=False)


# Pages and actions


@pytest.fixture
def lead(lena: User, client: Client) -> Iterator[Client]:
    with time_machine.travel("2026-11-29T09:00:00Z", tick=False):
        client.force_login(lena)
        yield client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_calendar_takes_the_holidays_of_a_country_and_shows_the_next(lead: Client) -> None:
    form = {"name": "Kampala", "time_zone": "Africa/Kampala", "mon": "08:00-17:00", "country": "UG", "holidays": ""}
    page = text(lead.get("/sla/calendars/new/"))
    assert '<option value="UG">Uganda</option>' in page
    assert lead.post("/sla/calendars/new/", form | {"country": "XX"}).status_code == 422
    assert lead.post("/sla/calendars/new/", form | {"country": "", "subdivision": "SCT"}).status_code == 422
    assert lead.post("/sla/calendars/new/", form | {"time_zone": "Moon/Base"}).status_code == 422
    assert lead.post("/sla/calendars/new/", form | {"holidays": "soon"}).status_code == 422
    assert lead.post("/sla/calendars/new/", form).status_code == 302
    kept = BusinessCalendar.objects.get()
    assert (kept.country, kept.subdivision) == ("UG", "")
    page = text(lead.get(f"/sla/calendars/{kept.pk}/"))
    assert "Next public holidays" in page
    assert "Christmas Day" in page
    assert "NRM Liberation Day" in page
    assert "Uganda" in text(lead.get("/sla/"))
    due = plans.policies()
    SlaPolicy.objects.create(minutes=120, calendar=kept)
    assert due == []
    assert plans.policies()[0].calendar == kept.hours


def test_choosing_a_country_previews_its_holidays_and_regions(lead: Client) -> None:
    page = text(lead.get("/sla/public-holidays/", {"country": "GB"}))
    assert '<option value="SCT">Scotland</option>' in page
    assert "Christmas Day" in page
    assert "hx-swap-oob" in page
    assert "Scotland" not in text(lead.get("/sla/public-holidays/", {"country": ""}))
    assert lead.get("/sla/public-holidays/", {"country": "<x>", "subdivision": "x"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("place", [("XX", ""), ("GB", "XX"), ("", "SCT")])
def test_a_place_that_is_not_known_is_refused(lena: User, place: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        setting_up.save_calendar(
            calendar=None,
            name="c",
            time_zone="UTC",
            weekly=DAYS,
            holidays=[],
            country=place[0],
            subdivision=place[1],
            by=lena,
        )


def test_set_up_pages_speak_in_lengths_and_names(lead: Client) -> None:
    queue = factories.make_queue("matches")
    page = text(lead.get("/queues/matches/settings/"))
    assert 'value="15 minutes"' in page
    assert 'value="2 minutes"' in page
    assert "(seconds)" not in page
    assert lead.post("/sla/policy/", {"queue": queue.pk, "minutes": "90"}).status_code == 422
    assert lead.post("/sla/policy/", {"queue": queue.pk, "minutes": "30 hours"}).status_code == 302
    assert "30 hours" in text(lead.get("/sla/"))


def test_a_rule_chooses_waves_by_name(lead: Client) -> None:
    queue = factories.make_queue("matches")
    Wave.objects.create(slug="w-1", name="Outpatients")
    rule = {"name": "r", "kind": "merge", "queue": queue.pk, "priority": 0, "wave": ["w-1"], "active": "on"}
    assert "Outpatients" in text(lead.get("/rules/new/"))
    assert lead.post("/rules/new/", rule | {"wave": ["nowhere"]}).status_code == 422
    assert lead.post("/rules/new/", rule).status_code == 302
    kept = RoutingRule.objects.get()
    assert kept.conditions == {"wave": ["w-1"]}
    RoutingRule.objects.update(conditions={"wave": ["later"]})
    assert 'value="later"' in text(lead.get(f"/rules/{kept.pk}/"))
