"""Causes are types: families are heard whole, and what is no cause is refused."""

from __future__ import annotations

from enum import StrEnum

import pytest

from console import fact_changes
from console.fact_changes import Cause, Change, Subscription
from console.people.queries import system
from console.waves.causes import WaveCause
from governance.gates.causes import GateCause
from governance.gates.models import Supersession


class Toys(Cause):
    """A family."""


class Wooden(Toys):
    CARVED = "toy_carved"


class Metal(Toys):
    CAST = "toy_cast"


@pytest.fixture
def heard(db: None) -> list[Change]:
    return []


def test_a_subscription_hears_its_families_and_nothing_else(heard: list[Change]) -> None:
    mine = Subscription("toys", (Toys,), heard.append)
    with fact_changes.SUBSCRIPTIONS.holding(mine, only=True):
        for cause in (Wooden.CARVED, WaveCause.DESCRIBED, Metal.CAST):
            fact_changes.publish(cause, waves=[2, 1, 2], by=system(), about="TOY-1")
    assert [(change.cause, change.waves) for change in heard] == [(Wooden.CARVED, (1, 2)), (Metal.CAST, (1, 2))]
    assert list(fact_changes.causes(Toys)) == [Wooden.CARVED, Metal.CAST]


def test_a_bare_string_is_refused(heard: list[Change]) -> None:
    with (
        fact_changes.SUBSCRIPTIONS.holding(Subscription("all", (Cause,), heard.append), only=True),
        pytest.raises(TypeError, match="'toy_carved' is no cause"),
    ):
        fact_changes.publish("toy_carved", waves=None, by=system())  # type: ignore[arg-type]
    assert not heard


def test_no_two_causes_are_stored_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not list(fact_changes.shared_values())
    tin = StrEnum("Tin", {"CAST": "toy_cast"})
    monkeypatch.setattr(fact_changes, "causes", lambda: [*Metal, *tin])
    assert list(fact_changes.shared_values()) == ["Tin and Metal both have the cause 'toy_cast'."]


def test_every_cause_fits_where_it_is_stored() -> None:
    longest = Supersession._meta.get_field("cause").max_length or 0
    assert max(len(cause.value) for cause in fact_changes.causes()) <= longest
    assert GateCause.DECIDED == "gate_decided", "Values are stored: they never change."
