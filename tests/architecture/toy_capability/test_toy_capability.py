"""A capability of governance that is added from outside: versions, approval, signature, pages, API, permission, log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from console import fact_changes
from console.audit.models import LogEntry
from console.audit_pages.queries import describe_entries
from console.errors import Denied, Stale
from console.fact_changes import Change, Subscription
from console.people import reauthentication
from console.people.models import User
from governance.approvals.values import ApprovalState
from governance.signing.models import Signature
from tests import factories
from tests.architecture.toy_capability import actions, queries
from tests.architecture.toy_capability.causes import ProcedureCause
from tests.architecture.toy_capability.models import Exemption, Procedure, ProcedureVersion

FIRST, SECOND = "Write orders on the pink sheet.", "Write orders on the blue sheet."


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


def page(user: User, path: str, **form: object) -> str:
    """Open or send a page and follow where it leads; what is on it."""
    answer = client_of(user).post(path, form, follow=True) if form else client_of(user).get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.fixture
def stella(db: None) -> User:
    return factories.make_user("stella", role="steward")


@pytest.fixture
def procedure(stella: User) -> Procedure:
    return actions.make_procedure(wave=factories.make_wave(), title="Orders on paper", text=FIRST, by=stella)


@pytest.fixture
def heard(procedure: Procedure) -> Iterator[list[Change]]:
    changes: list[Change] = []
    with fact_changes.SUBSCRIPTIONS.holding(Subscription("toys", (ProcedureCause,), changes.append), only=True):
        yield changes


def test_its_pages_and_its_api_tell_how_it_stands(procedure: Procedure, stella: User, bo: User, eve: User) -> None:
    path = f"/procedures/{procedure.ref}/"
    assert "Orders on paper" in page(bo, "/procedures/")
    assert 'href="/procedures/"' in page(bo, "/")
    assert 'href="/procedures/"' not in page(eve, "/")
    assert FIRST in page(bo, path)
    assert FIRST in page(stella, f"{path}write/")
    shown = page(stella, f"{path}write/", seen=1, text=SECOND)
    assert SECOND in shown
    assert "Version 2" in shown
    actions.sign_procedure(procedure=procedure, seen=queries.current(procedure).digest, proof="password", by=bo)
    assert "Bo: “I have read" in page(bo, path)
    assert client_of(bo).get(f"/api/v1{path}").json() == {
        "ref": procedure.ref,
        "title": "Orders on paper",
        "version": 2,
        "digest": queries.current(procedure).digest,
        "signed_by": ["Bo"],
        "exempt": [],
    }
    for missing in (path, f"/api/v1{path}"):
        assert client_of(eve).get(missing).status_code in (403, 404)
    assert client_of(bo).get("/procedures/DOWN-0/").status_code == 404


def test_its_versions_are_numbered_and_frozen(procedure: Procedure, stella: User, bo: User) -> None:
    last = actions.write_version(procedure=procedure, text=SECOND, seen=1, by=stella)
    assert last.version == 2
    with pytest.raises(Stale, match="The procedure has changed since you opened it"):
        actions.write_version(procedure=procedure, text=FIRST, seen=1, by=stella)
    with pytest.raises(Denied):
        actions.write_version(procedure=procedure, text=FIRST, seen=2, by=bo)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcedureVersion.objects.filter(pk=last.pk).update(text=FIRST)


def test_its_signature_counts_for_the_version_signed(procedure: Procedure, stella: User, bo: User) -> None:
    digest = queries.current(procedure).digest
    row = actions.sign_procedure(procedure=procedure, seen=digest, proof="password", by=bo)
    assert (row.subject, row.digest, row.meaning) == (procedure.ref, digest, actions.meaning(procedure))
    assert queries.detail(procedure, timezone.now()).signatures == [row]
    with pytest.raises(Denied):
        actions.sign_procedure(procedure=procedure, seen=digest, proof="password", by=stella)
    actions.write_version(procedure=procedure, text=SECOND, seen=1, by=stella)
    assert queries.detail(procedure, timezone.now()).signatures == []
    with pytest.raises(Stale):
        actions.sign_procedure(procedure=procedure, seen=digest, proof="password", by=bo)


def test_it_is_signed_on_a_page_that_confirms_who_signs(procedure: Procedure, stella: User, bo: User) -> None:
    path, client = f"/procedures/{procedure.ref}/", client_of(bo)
    typed = {"seen": queries.current(procedure).digest, "request_key": str(uuid.uuid4()), "password": "wrong"}
    shown = client.post(f"{path}sign/", typed)
    assert (shown.status_code, Signature.objects.count()) == (422, 0)
    assert "Incorrect password." in shown.content.decode()
    assert LogEntry.objects.filter(verb="session.proof_failed", actor=bo).count() == 1
    refused = client_of(stella).post(f"{path}sign/", typed | {"password": factories.PASSWORD})
    assert (refused.status_code, Signature.objects.count()) == (403, 0)
    signed = client.post(f"{path}sign/", typed | {"password": factories.PASSWORD}, follow=True).content.decode()
    row = Signature.objects.get()
    assert (row.person, row.proof, row.digest) == (bo, "password", typed["seen"])
    assert f"The procedure is signed. Receipt {row.hash[:16]}" in signed
    client.post(f"{path}sign/", typed | {"password": factories.PASSWORD})
    assert Signature.objects.count() == 1, "The same signature a second time is the first."


def test_a_passkey_signs_what_was_looked_at_and_nothing_else(
    procedure: Procedure, stella: User, bo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"name": "key", "credential": {}}
    Authenticator.objects.create(user=bo, type=Authenticator.Type.WEBAUTHN, data=key)
    monkeypatch.setattr(webauthn, "get_credentials", lambda user: [])
    path, client = f"/procedures/{procedure.ref}/", client_of(bo)
    typed = {"seen": queries.current(procedure).digest, "request_key": str(uuid.uuid4()), "way": "passkey"}
    assert client.get(f"{path}confirm/")["Location"] == f"{path}sign/", "There is nothing to sign yet."
    assert client.post(f"{path}sign/", typed)["Location"] == f"{path}confirm/"
    shown = client.get(f"{path}confirm/").content.decode()
    assert actions.meaning(procedure) in shown
    assert "request_options" in shown
    failed = client.post(f"{path}confirm/", {"credential": "{}"})
    assert "Passkey check failed" in failed.content.decode()
    monkeypatch.setattr(reauthentication, "_passkey", lambda *given: Authenticator.objects.get(user=bo))
    actions.write_version(procedure=procedure, text=SECOND, seen=1, by=stella)
    client.get(f"{path}confirm/")
    late = client.post(f"{path}confirm/", {"credential": "{}"})
    assert (late.status_code, Signature.objects.count()) == (409, 0)
    assert "has changed since you opened it" in late.content.decode()
    client.post(f"{path}sign/", typed | {"seen": queries.current(procedure).digest})
    client.get(f"{path}confirm/")
    assert client.post(f"{path}confirm/", {"credential": "{}"})["Location"] == path
    assert Signature.objects.get().proof == "passkey"


def test_its_approval_is_given_by_another_ends_and_is_revoked(procedure: Procedure, stella: User, bo: User) -> None:
    path, until = f"/procedures/{procedure.ref}/", timezone.now() + dt.timedelta(days=3)
    day = f"{until:%Y-%m-%d %H:%M}"
    assert "Ward 4: requested" in page(stella, f"{path}exempt/", ward="Ward 4", reason="It moves.", not_after=day)
    row = Exemption.objects.get()
    again = client_of(stella).post(f"{path}exempt/", {"ward": "Ward 4", "reason": "It moves.", "not_after": day})
    assert again.status_code == 422
    with pytest.raises(Denied, match="You requested this exemption"):
        actions.decide_exemption(exemption=row, granted=True, reason="Yes.", by=stella)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=row.pk).update(granted=True, decided_by=stella, decided_at=timezone.now())
    assert "Ward 4: active" in page(bo, f"{path}exemptions/{row.pk}/decide/", granted="yes", reason="Agreed.")
    assert queries.detail(procedure, timezone.now()).exempt == ["Ward 4"]
    with time_machine.travel(until + dt.timedelta(seconds=1)):
        assert queries.detail(procedure, timezone.now()).exempt == []
        assert Exemption.objects.get().approval_state(timezone.now()) == ApprovalState.EXPIRED
    assert "Ward 4: revoked" in page(bo, f"{path}exemptions/{row.pk}/revoke/", reason="The ward has moved.")
    assert client_of(bo).get(f"{path}exemptions/{row.pk + 1}/revoke/").status_code == 404


def test_the_audit_log_says_what_was_done(procedure: Procedure, stella: User, bo: User) -> None:
    until = timezone.now() + dt.timedelta(days=3)
    row = actions.request_exemption(procedure=procedure, ward="Ward 4", reason="It moves.", not_after=until, by=stella)
    actions.decide_exemption(exemption=row, granted=False, reason="No.", by=bo)
    actions.sign_procedure(procedure=procedure, seen=queries.current(procedure).digest, proof="password", by=bo)
    entries = LogEntry.objects.filter(subject=procedure.ref).order_by("id")
    acts = describe_entries(list(entries.exclude(verb__startswith="row.")))
    assert [entry.sentence for entry in acts] == [
        f"wrote version 1 of {procedure.ref}",
        f"requested an exemption of Ward 4 from {procedure.ref}",
        f"decided the exemption of Ward 4 from {procedure.ref}: refused",
        f"signed {procedure.ref}: {actions.meaning(procedure)}",
    ]
    assert {"row.created", "row.updated"} <= set(entries.values_list("verb", flat=True))


def test_its_changes_are_heard(procedure: Procedure, heard: list[Change], stella: User, bo: User) -> None:
    actions.write_version(procedure=procedure, text=SECOND, seen=1, by=stella)
    until = timezone.now() + dt.timedelta(days=3)
    row = actions.request_exemption(procedure=procedure, ward="Ward 4", reason="It moves.", not_after=until, by=stella)
    actions.decide_exemption(exemption=row, granted=True, reason="Yes.", by=bo)
    actions.revoke_exemption(exemption=row, reason="The ward has moved.", by=bo)
    assert [change.cause for change in heard] == list(ProcedureCause)
    assert {change.waves for change in heard} == {(procedure.wave_id,)}
