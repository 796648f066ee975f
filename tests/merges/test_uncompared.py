"""A line in which some pairs were never compared: taken in, shown, listed and compared with later lines."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from console.people.models import User
from tests import factories
from tests.intake.test_strict_lines import only
from triage.cases import kinds

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pairs", [((0, 1), (1, 2)), ((0, 2), (1, 2)), ((0, 1), (2, 3))])
def test_the_page_shows_a_case_with_a_pair_that_was_not_compared(
    ana: User, client: Client, pairs: tuple[tuple[int, int], ...]
) -> None:
    case = factories.make_case(line=only(1 + max(max(pair) for pair in pairs), *pairs))
    client.force_login(ana)
    for query in ("", "?pair=0-1", "?pair=0-2", "?pair=1-2", "?pair=0-3"):
        assert client.get(f"/cases/{case.ref}/{query}").status_code == 200, query


def test_a_pair_that_is_compared_later_is_a_change() -> None:
    kind, before, after = kinds.get("merge"), only(3, (0, 1), (1, 2)), only(3, (0, 1), (0, 2), (1, 2))
    first, second = (json.dumps(line).encode() for line in (before, after))
    assert kind.staged(first).fingerprint == kind.staged(second).fingerprint
    assert kind.differences(first, second)
