"""Sessions that should be over: those of people shut out, and those that a clock would keep alive."""

from __future__ import annotations

import pytest
from django.test import Client

from console.people import actions, rules
from console.people.models import User

pytestmark = pytest.mark.django_db


def test_a_session_does_not_come_back_with_its_account(db: None, ana: User, ben: User, ada: User) -> None:
    stolen, other = Client(), Client()
    stolen.force_login(ana)
    other.force_login(ben)
    assert stolen.get("/me/").status_code == 200
    actions.deactivate(user=ana, by=ada)
    actions.reactivate(user=ana, by=ada)
    assert stolen.get("/me/").status_code == 302, "not even when no one asked while the account was shut"
    assert other.get("/me/").status_code == 200


def test_a_clock_set_back_does_not_keep_a_session_alive() -> None:
    times = {"started_at": 1_000_000, "seen_at": 1_000_000, "idle": 900, "limit": 43_200}
    assert rules.session_ended(now=1_000_000 - 86_400, **times) == "idle"
    assert rules.session_ended(now=1_000_000 - 5, **times) == "", "clocks are corrected by seconds all the time"
