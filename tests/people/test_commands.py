"""The commands by which an installation gets its first people and service accounts."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from console.people import queries
from console.people.models import ServiceToken, User, UserKind
from console.people.permissions import may
from console.people.secret import digest
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_service_account_prints_its_token_alone() -> None:
    out, err = run("service_account", "nightly", "--role", "pipeline", "--days", "10")
    text = out.strip()
    assert ServiceToken.objects.get(digest=digest(text)).user.username == "nightly"
    assert "\n" not in text
    assert text not in err


def test_a_second_call_issues_a_second_token_for_the_same_account() -> None:
    run("service_account", "nightly", "--role", "pipeline", "--token-name", "a")
    run("service_account", "nightly", "--role", "pipeline", "--token-name", "b")
    assert User.objects.filter(kind=UserKind.SERVICE).count() == 1
    assert ServiceToken.objects.count() == 2


def test_a_role_on_one_source_holds_there_only() -> None:
    mine, other = factories.make_source("mine"), factories.make_source("other")
    run("service_account", "nightly", "--role", "pipeline", "--source", "mine")
    user = User.objects.get(username="nightly")
    assert may(user, "runs.push_run", mine)
    assert not may(user, "runs.push_run", other)
    assert not may(user, "cases.read_feed")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ana", "--role", "pipeline"), "ana is a person"),
        (("nightly", "--role", "pipeline", "--source", "nowhere"), "There is no source called nowhere."),
        (("nightly", "--role", "pipeline", "--days", "1000"), "1 to 366 days"),
        (("nightly", "--role", "reviewer"), "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_refused(ana: User, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("service_account", *arguments)
    assert not ServiceToken.objects.exists()


def test_a_person_is_made_with_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{factories.PASSWORD}\n"))
    run("create_person", "nina", "--role", "administrator", "--printed-name", "Nina Novak")
    nina = User.objects.get(username="nina")
    assert nina.check_password(factories.PASSWORD)
    assert nina.name == "Nina Novak"
    assert may(nina, "people.manage_people")
    assert nina.grants.get().granted_by == queries.system()


def test_a_weak_password_makes_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        run("create_person", "nina")
    assert not User.objects.filter(username="nina").exists()


def test_roles_are_brought_in_line_quietly() -> None:
    assert run("sync_roles")[0] == "Roles synchronised: 0 changed.\n"
