"""One form of times, numbers, shares and lengths of time, wherever they are read."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from console.ui import dates, formatting

AT = dt.datetime(2026, 11, 28, 22, 5, 9, tzinfo=dt.UTC)
fractions = st.fractions(0, 10**6)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "28-Nov-2026 22:05 UTC"),
        ("Africa/Nairobi", "29-Nov-2026 01:05 EAT"),
        ("Europe/London", "28-Nov-2026 22:05 GMT"),
        ("America/Sao_Paulo", "28-Nov-2026 19:05 UTC-03"),
    ],
)
def test_a_page_shows_the_persons_zone(zone: str, shown: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert dates.clock(AT) == shown
        assert f">{shown}<" in dates.moment(AT, "exact")
        assert ">28-Nov-2026 22:05 UTC<" in dates.moment(AT, "utc"), "whatever the person's zone is"
    assert dates.in_zone(AT, zone) == shown


def test_utc_is_read_from_sealed_documents_too() -> None:
    assert dates.utc(AT) == dates.utc("2026-11-28T22:05:09.000000Z") == "28-Nov-2026 22:05 UTC"
    assert dates.utc("2026-11-29T01:05:09+03:00") == "28-Nov-2026 22:05 UTC"
    assert dates.utc(None) == dates.utc("") == dates.clock(None) == ""


@pytest.mark.parametrize(
    ("seconds", "exact", "about"),
    [
        (0, "0 seconds", "less than a second"),
        (1, "1 second", "1 second"),
        (5_400, "1 hour 30 minutes", "1 hour 30 minutes"),
        (90_061, "1 day 1 hour 1 minute 1 second", "1 day 1 hour"),
        (86_400 + 59, "1 day 59 seconds", "1 day"),
        (30 * 86_400, "30 days", "30 days"),
        (10_000 * 86_400, "10,000 days", "10,000 days"),
    ],
)
def test_lengths_of_time(seconds: int, exact: str, about: str) -> None:
    assert (formatting.duration(seconds), formatting.about(seconds)) == (exact, about)


@given(limit=st.integers(0, 10**8), more=st.floats(0.001, 10**8))
def test_an_age_and_the_limit_it_is_beyond_never_read_alike(limit: int, more: float) -> None:
    said, most = formatting.beside(limit + more, limit)
    assert said != most
    assert most == formatting.duration(limit)


@given(value=fractions, up=st.booleans(), decimals=st.integers(0, 6))
def test_a_value_is_shortened_to_the_side_that_was_asked_for(value: Fraction, up: bool, decimals: int) -> None:
    shown = formatting.shortened(value, up=up, decimals=decimals)
    assert 0 <= (shown - value if up else value - shown) < Fraction(1, 10**decimals)
    assert Fraction(formatting.decimal(shown, decimals).replace(",", "")) == shown


@pytest.mark.parametrize(
    ("share", "up", "shown"),
    [
        (Fraction(1, 30), False, "3.33%"),
        (Fraction(1, 30), True, "3.34%"),
        (Fraction(99_996, 100_000), False, "99.99%"),
        (Fraction(99_996, 100_000), True, "over 99.99%"),
        (Fraction(1, 10**6), False, "under 0.01%"),
        (Fraction(1, 10**6), True, "0.01%"),
        (Fraction(0), True, "0%"),
        (Fraction(1), False, "100%"),
        (Fraction(3, 2), True, "150%"),
    ],
)
def test_shares(share: Fraction, up: bool, shown: str) -> None:
    assert formatting.percent(share, up=up) == shown


def test_negative_numbers_keep_their_sign() -> None:
    assert formatting.decimal(Fraction(-1234567, 100)) == "-12,345.67"
    assert formatting.decimal(Fraction(-1, 1000)) == "0"
