"""A wave, and the people of a rollback plan: Bo decides, Cora stands in, Stella keeps the plan."""

from __future__ import annotations

import pytest

from console.people.models import User
from console.waves.models import Wave
from governance.rollback.models import RollbackPlan
from tests import factories
from tests.rollback import making


@pytest.fixture
def stella(db: None) -> User:
    """The migration steward."""
    return factories.make_user("stella", role="steward")


@pytest.fixture
def wave(db: None) -> Wave:
    """The wave."""
    return factories.make_wave()


@pytest.fixture
def plan(wave: Wave, bo: User, cora: User, stella: User) -> RollbackPlan:
    """A plan whose window is open."""
    return making.plan(wave, bo, cora, by=stella)
