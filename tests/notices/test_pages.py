"""The page of notices, the bell, and what is urgent on the home page."""

from __future__ import annotations

import pytest
from django.test import Client

from console.notices import actions
from console.notices.models import Notice
from console.people.models import User

pytestmark = pytest.mark.django_db


def _tell(*to: User, by: User, subject: str = "GATE-3", urgent: bool = False) -> None:
    actions.tell(
        to=to, kind="gate.vote_asked", subject=subject, sentence=f"Vote on {subject}.", path="/waves/", urgent=urgent,
        by=by,
    )  # fmt: skip


def _page(client: Client, user: User, address: str = "/notices/") -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_so(client: Client, eve: User) -> None:
    assert "You have read everything" in _page(client, eve)
    assert "No notice yet" in _page(client, eve, "/notices/?show=all")
    assert "Notifications: none unread" in _page(client, eve)


def test_the_bell_counts_and_each_sees_their_own(client: Client, bo: User, eve: User, omar: User) -> None:
    _tell(bo, by=omar)
    _tell(bo, eve, by=omar, subject="GATE-4")
    page = _page(client, bo)
    assert "Notifications: 2 unread" in page
    assert "Vote on GATE-3." in page
    assert "Vote on GATE-3." not in _page(client, eve)


def test_opening_one_marks_it_read_and_leads_to_the_thing(client: Client, bo: User, omar: User) -> None:
    _tell(bo, by=omar)
    notice = Notice.objects.get()
    client.force_login(bo)
    answer = client.post(f"/notices/{notice.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/waves/")
    assert "Vote on GATE-3." not in _page(client, bo)
    assert "Vote on GATE-3." in _page(client, bo, "/notices/?show=all")


def test_marking_one_and_marking_all(client: Client, bo: User, omar: User) -> None:
    for number in range(3):
        _tell(bo, by=omar, subject=f"GATE-{number}")
    first = Notice.objects.order_by("pk")[0]
    client.force_login(bo)
    client.post(f"/notices/{first.pk}/read/")
    newest = Notice.objects.order_by("-pk")[0].pk
    assert f'name="through" value="{newest}"' in _page(client, bo)
    _tell(bo, by=omar, subject="GATE-9")
    assert (
        "2 notices are marked as read."
        in client.post("/notices/read/", {"through": newest}, follow=True).content.decode()
    )
    assert "Vote on GATE-9." in _page(client, bo)
    assert client.post("/notices/read/", {"through": "x"}).status_code == 422


def test_no_one_reads_anothers(client: Client, bo: User, eve: User, omar: User) -> None:
    _tell(bo, by=omar)
    client.force_login(eve)
    for verb in ("open", "read"):
        assert client.post(f"/notices/{Notice.objects.get().pk}/{verb}/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_pages_of_fifty(client: Client, bo: User, omar: User) -> None:
    for number in range(55):
        _tell(bo, by=omar, subject=f"GATE-{number:02}")
    first = _page(client, bo)
    assert "Vote on GATE-54." in first
    assert "Vote on GATE-04." not in first
    after = Notice.objects.order_by("-pk")[49].pk
    second = _page(client, bo, f"/notices/?after={after}")
    assert "Vote on GATE-04." in second
    assert "Vote on GATE-05." not in second


def test_what_is_urgent_stands_on_the_home_page(client: Client, bo: User, omar: User) -> None:
    _tell(bo, by=omar)
    assert "/notices/home/" not in _page(client, bo, "/")
    _tell(bo, by=omar, subject="WAVE-ALARM", urgent=True)
    assert 'hx-get="/notices/home/"' in _page(client, bo, "/")
    part = _page(client, bo, "/notices/home/")
    assert "Vote on WAVE-ALARM." in part
    assert "Vote on GATE-3." not in part


def test_each_chooses_their_mail(client: Client, bo: User) -> None:
    client.force_login(bo)
    client.post("/ui/preferences/", {"mail": "urgent"})
    bo.refresh_from_db()
    assert bo.preferences["mail"] == "urgent"
