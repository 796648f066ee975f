"""Waves: made and described by operators, seen by those whose role says so, frozen by gates."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid
from console.people import actions as people
from console.people.models import User
from console.waves import actions
from console.waves.models import Wave
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_operator_makes_and_describes_a_wave(client: Client, omar: User) -> None:
    client.force_login(omar)
    form = {"slug": "wave-2", "name": "Cardiology", "description": "North Clinic", "planned_for": "2026-12-01"}
    assert client.post("/waves/make/", form)["Location"] == "/waves/wave-2/"
    client.post("/waves/wave-2/describe/", {"name": "Cardiology North", "description": "", "planned_for": ""})
    wave = Wave.objects.get(slug="wave-2")
    assert (wave.name, wave.description, wave.planned_for) == ("Cardiology North", "", None)
    assert sorted(
        LogEntry.objects.filter(facts={"slug": "wave-2"}, verb__startswith="wave.").values_list("verb", flat=True)
    ) == [
        "wave.described",
        "wave.made",
    ]
    assert "Cardiology North" in client.get("/waves/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "wave-1"}, "There is a wave of that slug already."),
        ({"slug": "two words"}, "A slug holds letters"),
        ({"name": " "}, "A wave needs a name"),
    ],
)
def test_a_wave_that_makes_no_sense_is_refused(omar: User, changes: dict[str, str], sentence: str) -> None:
    factories.make_wave("wave-1")
    with pytest.raises(Invalid, match=sentence):
        actions.make_wave(**{"slug": "wave-2", "name": "Two", **changes}, by=omar)
    assert Wave.objects.count() == 1


def test_the_form_shows_why_a_wave_was_refused(client: Client, omar: User) -> None:
    factories.make_wave("wave-1")
    client.force_login(omar)
    answer = client.post("/waves/make/", {"slug": "wave-1", "name": "Again"})
    assert answer.status_code == 422
    assert "There is a wave of that slug already." in answer.content.decode()


def test_a_frozen_wave_cannot_be_edited(client: Client, omar: User) -> None:
    wave = factories.make_wave()
    Wave.objects.filter(pk=wave.pk).update(frozen_at=timezone.now(), frozen_because="gate G-1 was signed")
    with pytest.raises(Denied, match="is frozen: gate G-1 was signed"):
        actions.describe_wave(wave=wave, name="Other", by=omar)
    client.force_login(omar)
    page = client.get(f"/waves/{wave.slug}/").content.decode()
    assert "Frozen" in page
    assert "disabled" in page


def test_reviewers_neither_see_nor_make_waves(client: Client, ana: User) -> None:
    wave = factories.make_wave()
    client.force_login(ana)
    assert client.get("/waves/").status_code == 403
    assert client.get(f"/waves/{wave.slug}/").status_code == 404
    assert client.get("/waves/make/").status_code == 403
    with pytest.raises(Denied, match="Your roles do not allow you to make waves"):
        actions.make_wave(slug="x", name="X", by=ana)


def test_a_role_on_one_wave_shows_that_one(client: Client, ada: User, eve: User) -> None:
    mine, other = factories.make_wave("mine"), factories.make_wave("other")
    people.grant_role(user=eve, role="board", scope=mine, by=ada)
    client.force_login(eve)
    page = client.get("/waves/").content.decode()
    assert "/waves/mine/" in page
    assert "/waves/other/" not in page
    assert client.get(f"/waves/{other.slug}/").status_code == 404
    assert client.get(f"/waves/{mine.slug}/describe/").status_code == 403


def test_the_list_pages_by_key_at_a_constant_number_of_queries(
    client: Client, omar: User, django_assert_max_num_queries: object
) -> None:
    Wave.objects.bulk_create(
        Wave(slug=f"w{number:02}", name=f"W {number:02}", planned_for=dt.date(2026, 12, 1)) for number in range(60)
    )
    client.force_login(omar)
    client.get("/waves/")
    with django_assert_max_num_queries(8):
        page = client.get("/waves/").content.decode()
    assert "/waves/w49/" in page
    assert "/waves/w50/" not in page
    assert "/waves/w50/" in client.get("/waves/?after=w49").content.decode()


def test_no_wave_yet_says_what_to_do(client: Client, omar: User, bo: User) -> None:
    client.force_login(omar)
    assert "Create the first one" in client.get("/waves/").content.decode()
    client.force_login(bo)
    assert "A migration operator makes waves." in client.get("/waves/").content.decode()
