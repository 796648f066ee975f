from __future__ import annotations

import pytest

from tests.gates.signing import scene as scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    """A gate that is ready to be sealed and signed."""
    return scenes.make()
