"""The people of these tests: Stella keeps the register, Bo and Bea sit on the board."""

from __future__ import annotations

import pytest

from console.people.models import User
from tests import factories


@pytest.fixture
def stella(db_ready: None) -> User:
    """A steward."""
    return factories.make_user("stella", role="steward")


@pytest.fixture
def bea(db_ready: None) -> User:
    """A second member of the board."""
    return factories.make_user("bea", role="board")
