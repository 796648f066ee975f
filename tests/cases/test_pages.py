"""Queue and list pages, one's own decisions, and what leads set up: who may open them, and what they show."""

from __future__ import annotations

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_pages(client, lena):
    queue = factories.make_queue()
    factories.make_case(queue=queue)
    client.force_login(lena)
    for url in ["/queues/", "/queues/merges/", "/cases/", "/decisions/mine/", "/rules/", "/rules/?dry=merge", "/rules/new/", "/sla/", "/sla/policy/", "/sla/calendars/new/", "/queues/new/", "/queues/merges/settings/", "/cases/home/", "/queues/merges/?severity=medium&reason=x&overdue=1"]:
        response = client.get(url)
        assert response.status_code == 200, (url, response.content[:3000])
