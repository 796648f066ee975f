"""The people of the demonstration hospital and how they sign in. Their passwords are made at the first start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.errors import Denied
from console.people import actions
from console.people.models import User, UserKind

LOGINS: Final = "demo-logins.txt"
PIPELINE: Final = "legacy-pas-pipeline"


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who can sign in: username, printed name, role, and what they are for."""

    username: str
    name: str
    role: str
    does: str


CAST: Final = (
    Member("ana", "Ana Achieng", "reviewer", "reviews identity matches"),
    Member("ben", "Ben Byaruhanga", "reviewer", "reviews identity matches"),
    Member("lena", "Lena Lutaaya", "lead", "leads the queues"),
    Member("rita", "Rita Rukundo", "lead", "adjudicates decisions that contradict each other"),
    Member("omar", "Omar Okot", "operator", "operates the migration"),
    Member("cora", "Cora Chebet", "compliance", "reads the audit log"),
    Member("bo", "Bo Bagonza", "board", "is CIO and chairs the governance board"),
    Member("mira", "Mira Mbabazi", "board", "is CMIO; her NO-GO on clinical safety is a veto"),
    Member("nora", "Nora Nansubuga", "board", "is CNO on the board"),
    Member("theo", "Theo Tumusiime", "board", "takes Nora's seat when she is recused"),
    Member("paul", "Paul Pacutho", "board", "is privacy officer; his NO-GO on privacy is a veto"),
    Member("sam", "Sam Ssebunya", "steward", "prepares gates, keeps the risks, seals packages"),
    Member("ada", "Ada Apio", "administrator", "invites people and grants roles"),
)


def address_of(username: str) -> str:
    """The email address by which an account is known to be the demonstration's."""
    return f"{username}@hospital.example"


def password_under(home: Path) -> str:
    """The password of all of the cast, from the logins under ``home``; empty when they are not there."""
    logins = home / LOGINS
    words = logins.read_text(encoding="utf-8").split() if logins.exists() else []
    return words[1] if words[1:] else ""


def bring_in(home: Path, *, by: User) -> dict[str, User]:
    """Make those who are not there yet, and the pipeline's service account. Writes the logins under ``home``."""
    there = {user.username: user for user in User.objects.filter(username__in=[m.username for m in CAST] + [PIPELINE])}
    _refuse_hospital()
    password = password_under(home) or _password()
    for member in CAST:
        if member.username not in there:
            user = actions.make_person(
                username=member.username,
                name=member.name,
                email=address_of(member.username),
                password=password,
                by=by,
            )
            actions.grant_role(user=user, role=member.role, by=by)
            there[member.username] = user
            _note(home, member, password)
    if PIPELINE not in there:
        pipeline = actions.make_service_account(username=PIPELINE, name="Pipeline of the legacy PAS", by=by)
        actions.grant_role(user=pipeline, role="pipeline", by=by)
        issued = actions.issue_token(user=pipeline, name="demonstration", days=90, by=by)
        _write(home, f"API token of {PIPELINE}: {issued.text}\n")
        there[PIPELINE] = pipeline
    assert there[PIPELINE].kind == UserKind.SERVICE
    return there


def _refuse_hospital() -> None:
    """Raise Denied in a console that people use already: the demonstration's accounts need no password to enter."""
    people = User.objects.filter(kind=UserKind.PERSON)
    if people.exists() and not people.filter(username=CAST[0].username, email=address_of(CAST[0].username)).exists():
        raise Denied("This console has users of its own. The demonstration needs a console without any.")


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _note(home: Path, member: Member, password: str) -> None:
    _write(home, f"{member.username:<5} {password}   {member.name}, {member.does}\n")


def _write(home: Path, line: str) -> None:
    path = home / LOGINS
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as logins:
        logins.write(line)
