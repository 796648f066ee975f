"""The pages on which people sign: each signature proves who it is, and what was typed survives a refusal."""

from __future__ import annotations

import datetime as dt
import re
import unittest.mock
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from console import environment
from console.audit.models import LogEntry
from console.people.models import User
from console.sealing import canonical
from governance.gates import actions
from governance.gates.models import Ballot, DecisionPackage, GateDecision, Signature
from tests import factories
from tests.gates.signing.scene import Scene
from tests.people import oidc


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ballot(package: DecisionPackage, **more: object) -> dict[str, object]:
    typed = {"seen": package.digest, "request_key": str(uuid.uuid4()), "choice": "go", "way": "password"}
    return typed | {"password": factories.PASSWORD} | more


def test_the_page_says_what_is_signed_and_what_each_answer_means(scene: Scene) -> None:
    package = scene.seal()
    page = client_of(scene.mira).get(f"/gates/{scene.gate.ref}/sign/").content.decode()
    assert package.digest in page
    assert "People are trained" in page
    assert f"I vote NO-GO on {scene.gate.ref}" in page
    assert "Chief medical information officer, with a veto" in page
    assert 'autocomplete="current-password"' in page
    main = page[page.index("<main") : page.index("</main>")]
    assert 'autocomplete="off"' not in main, "a password manager may fill it in"


def test_a_vote_is_signed_with_a_password_on_the_page_itself(scene: Scene) -> None:
    package = scene.seal()
    answer = client_of(scene.mira).post(f"/gates/{scene.gate.ref}/sign/", ballot(package), follow=False)
    assert answer.status_code == 302, answer.content.decode()
    row = Signature.objects.get()
    assert (row.person, row.place, row.proof, row.previous) == (scene.mira, 1, "password", "")
    said = canonical.read(row.content)
    assert row.hash == canonical.digest(row.content)
    assert said["package"] == package.digest
    assert said["meaning"] == row.meaning
    assert said["printed_name"] == "Mira"


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_nothing_is_signed_and_the_text_stays(scene: Scene, password: str) -> None:
    package = scene.seal()
    typed = ballot(package, choice="no-go", rationale="The lifts are out of order.", password=password)
    answer = client_of(scene.mira).post(f"/gates/{scene.gate.ref}/sign/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The lifts are out of order." in page
    assert "Not signed" in page
    assert "wrong" not in page
    assert not Ballot.objects.exists()
    failed = LogEntry.objects.filter(verb="session.proof_failed")
    assert failed.count() == (1 if password else 0)
    assert "wrong" not in str(list(failed.values_list("facts", flat=True)))


def test_a_login_of_a_moment_ago_signs_nothing(scene: Scene) -> None:
    package, client = scene.seal(), Client()
    client.post("/accounts/login/", {"login": "mira", "password": factories.PASSWORD})
    typed = ballot(package)
    del typed["password"]
    assert client.post(f"/gates/{scene.gate.ref}/sign/", typed).status_code == 422
    assert not Ballot.objects.exists()


def test_anyone_who_has_a_second_factor_gives_its_code_and_each_code_counts_once(scene: Scene) -> None:
    package, secret = scene.seal(), generate_totp_secret()
    TOTP.activate(scene.mira, secret)
    client = client_of(scene.mira)
    address = f"/gates/{scene.gate.ref}/sign/"
    assert 'autocomplete="one-time-code"' in client.get(address).content.decode()
    assert client.post(address, ballot(package)).status_code == 422
    assert client.post(address, ballot(package, code="000000")).status_code == 422
    assert not Ballot.objects.exists()
    with time_machine.travel(timezone.now(), tick=False):
        code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
        assert client.post(address, ballot(package, code=code)).status_code == 302
    assert Signature.objects.get().proof == "password+totp"


def test_tries_are_limited(scene: Scene) -> None:
    package, client = scene.seal(), client_of(scene.mira)
    pages = [
        client.post(f"/gates/{scene.gate.ref}/sign/", ballot(package, password=f"wrong-{n}")).content.decode()
        for n in range(6)
    ]
    assert "Too many tries" in pages[-1]
    answer = client.post(f"/gates/{scene.gate.ref}/sign/", ballot(package))
    assert answer.status_code == 422
    assert not Ballot.objects.exists()


def test_a_package_that_was_withdrawn_meanwhile_is_not_signed_and_the_text_stays(scene: Scene) -> None:
    package = scene.seal()
    actions.withdraw(package=package, reason="Wrong day.", by=scene.sam)
    typed = ballot(package, choice="abstain", rationale="I was away last week.")
    answer = client_of(scene.nora).post(f"/gates/{scene.gate.ref}/sign/", typed)
    assert answer.status_code == 409
    assert "I was away last week." in answer.content.decode()
    again = scene.seal()
    answer = client_of(scene.nora).post(f"/gates/{scene.gate.ref}/sign/", typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since you opened it" in page
    assert "I was away last week." in page
    assert f'value="{again.digest}"' in page
    assert not Ballot.objects.exists()


def test_conditions_are_signed_with_the_ballot(scene: Scene) -> None:
    package = scene.seal()
    due = (timezone.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    typed = ballot(package, choice="go-with-conditions", rationale="With help.") | {
        "conditions-TOTAL_FORMS": "2",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-text": "Two nurses are on call.",
        "conditions-0-owner": str(scene.paul.pk),
        "conditions-0-due_at": due,
    }
    client, address = client_of(scene.mira), f"/gates/{scene.gate.ref}/sign/"
    page = client.post(address, typed | {"conditions-0-owner": ""}).content.decode()
    assert "Choose an owner." in page
    assert client.post(address, typed).status_code == 302
    said = canonical.read(Signature.objects.get().content)["said"]
    assert [row["text"] for row in said["conditions"]] == ["Two nurses are on call."]
    assert said["conditions"][0]["owner"]["username"] == "paul"


def test_the_same_request_sent_twice_is_one_ballot(scene: Scene) -> None:
    package, client = scene.seal(), client_of(scene.mira)
    typed = ballot(package)
    for _ in range(2):
        assert client.post(f"/gates/{scene.gate.ref}/sign/", typed).status_code == 302
    assert Ballot.objects.count() == 1


def test_no_one_sees_anothers_vote_before_the_count(scene: Scene) -> None:
    package = scene.seal()
    scene.vote(package, scene.mira, "no-go", "A secret reason.")
    for person in (scene.nora, scene.bo, scene.sam):
        for page in ("sign", "decide", "pack"):
            text = client_of(person).get(f"/gates/{scene.gate.ref}/{page}/").content.decode()
            assert "A secret reason." not in text
            assert "no-go" not in re.sub(r'value="no-go"|meaning-no-go', "", text)


def test_the_sealer_is_told_why_a_go_is_closed(scene: Scene) -> None:
    package = scene.seal()
    page = client_of(scene.sam).get(f"/gates/{scene.gate.ref}/sign/").content.decode()
    assert "Your roles do not allow you to vote" in page
    assert "Sign my vote" not in page
    assert package.digest in page


def test_the_chair_decides_and_signs(scene: Scene) -> None:
    package = scene.seal()
    for person in (scene.bo, scene.mira, scene.nora):
        scene.vote(package, person)
    scene.vote(package, scene.paul, "no-go", "Too early.")
    client, address = client_of(scene.bo), f"/gates/{scene.gate.ref}/decide/"
    assert "Voting is still open" in client.get(address).content.decode()
    actions.consolidate(package=package, by=scene.bo)
    page = client.get(address).content.decode()
    assert "Too early." in page
    assert "On behalf of the board, I decide GO on" in page
    typed = {"seen": package.digest, "request_key": str(uuid.uuid4()), "outcome": "go", "password": "wrong"}
    assert client.post(address, typed).status_code == 422
    assert client.post(address, typed | {"password": factories.PASSWORD}).status_code == 302
    decision = GateDecision.objects.get()
    assert decision.signature.meaning.startswith("On behalf of the board, I decide GO on")
    assert decision.signature.previous == Signature.objects.get(place=4).hash
    assert client_of(scene.mira).get(address).status_code == 200


def test_the_pack_prints_what_was_signed_and_is_logged(scene: Scene) -> None:
    package = scene.decided()
    page = client_of(scene.sam).get(f"/gates/{scene.gate.ref}/pack/").content.decode()
    for words in (package.digest, "Dissent: Paul", "Theo (alternate)", "Two nurses are on call.", "pack.css"):
        assert words in page
    assert LogEntry.objects.filter(verb="gate.exported", facts__what="board pack").count() == 1


def test_the_export_is_logged_before_it_leaves(scene: Scene) -> None:
    scene.decided()
    client = client_of(scene.sam)
    for address in (f"/gates/{scene.gate.ref}/decisions/1.json", f"/api/v1/gates/{scene.gate.ref}/decision/?turn=1"):
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        assert answer.content.startswith(b'{"body":')
        assert "attachment" in answer["Content-Disposition"]
    logged = LogEntry.objects.filter(verb="gate.exported", facts__what="decision")
    assert logged.count() == 2


def test_no_export_reveals_a_blind_poll(scene: Scene) -> None:
    scene.vote(scene.seal(), scene.mira)
    client = client_of(scene.sam)
    for address in (f"/gates/{scene.gate.ref}/decisions/1.json", f"/api/v1/gates/{scene.gate.ref}/decision/"):
        assert client.get(address).status_code == 404
    assert not LogEntry.objects.filter(verb="gate.exported").exists()


def test_the_api_says_how_a_gate_stands(scene: Scene) -> None:
    package = scene.seal()
    facts = client_of(scene.sam).get(f"/api/v1/gates/{scene.gate.ref}/").json()
    assert (facts["state"], facts["permits"], facts["blocks"]) == ("polling", True, [])
    assert (facts["turn"], facts["package"]) == (1, package.digest)
    assert facts["criteria"][0]["result"] == "pass"
    key = Client().get("/api/v1/signing-key/").json()
    assert (key["algorithm"], len(key["key"]), len(key["id"])) == ("Ed25519", 64, 16)


def test_the_verifier_is_served_as_it_is_tested(scene: Scene) -> None:
    answer = client_of(scene.sam).get("/gates/verify_decision.py")
    assert answer.status_code == 200
    assert canonical.digest(answer.content.decode()) == answer["X-SHA256"]


@pytest.fixture
def provider(settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[oidc.Provider]:
    with oidc.provider(sub="u-1", email="mira@hospital.test", email_verified=True) as found:
        monkeypatch.setenv("OIDC_ISSUER", found.url)
        monkeypatch.setenv("OIDC_CLIENT_ID", oidc.CLIENT)
        monkeypatch.setenv("OIDC_CLIENT_SECRET", oidc.SECRET)
        monkeypatch.setenv("OIDC_NAME", "Hospital sign-on")
        settings.SOCIALACCOUNT_PROVIDERS = environment.openid_connect()  # type: ignore[attr-defined]
        yield found


def to_the_provider_and_back(client: Client, scene: Scene, package: DecisionPackage, found: oidc.Provider) -> str:
    """Ask to sign by the provider, answer there, and come back; gives the address that one comes back to."""
    typed = ballot(package, way="provider", choice="abstain", rationale="Away.")
    del typed["password"]
    away = client.post(f"/gates/{scene.gate.ref}/sign/", typed)
    assert away.status_code == 302, away.content.decode()
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert not Ballot.objects.exists()
    back = {"code": found.grant(asked), "state": asked["state"][0]}
    answer = client.get("/accounts/oidc/sso/login/callback/", back)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_people_without_a_password_sign_by_their_provider_which_asks_them_again(
    scene: Scene, provider: oidc.Provider
) -> None:
    scene.mira.set_unusable_password()
    scene.mira.save()
    SocialAccount.objects.create(user=scene.mira, provider="sso", uid="u-1")
    package, client = scene.seal(), client_of(scene.mira)
    page = client.get(f"/gates/{scene.gate.ref}/sign/").content.decode()
    assert "Sign with Hospital sign-on" in page
    assert 'type="password"' not in page
    provider.claims["auth_time"] = int(timezone.now().timestamp()) + 1
    address = to_the_provider_and_back(client, scene, package, provider)
    assert address == f"/gates/{scene.gate.ref}/confirm/vote/"
    page = client.get(address).content.decode()
    assert "I abstain from voting" in page
    assert "Hospital sign-on has confirmed your identity" in page
    assert not Ballot.objects.exists(), "coming back signs nothing on its own"
    assert client.post(address).status_code == 302
    row = Signature.objects.get()
    assert (row.person, row.proof, row.ballot.rationale) == (scene.mira, "provider", "Away.")
    assert client.post(address).status_code == 302
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("claims", [{"auth_time": 1_700_000_000}, {}, {"sub": "u-2"}])
def test_an_earlier_sign_in_at_the_provider_or_someone_else_there_signs_nothing(
    scene: Scene, provider: oidc.Provider, claims: dict[str, object]
) -> None:
    SocialAccount.objects.create(user=scene.mira, provider="sso", uid="u-1")
    package, client = scene.seal(), client_of(scene.mira)
    provider.claims.update(claims)
    address = to_the_provider_and_back(client, scene, package, provider)
    answer = client.post(address)
    assert answer.status_code == 422
    assert "Not signed" in answer.content.decode()
    assert not Ballot.objects.exists()
    assert client.get("/me/").status_code == 200, "no one is signed out by it"


def test_a_passkey_is_asked_for_on_a_page_of_its_own(scene: Scene) -> None:
    key = {"name": "key", "credential": {}}
    Authenticator.objects.create(user=scene.mira, type=Authenticator.Type.WEBAUTHN, data=key)
    package, client = scene.seal(), client_of(scene.mira)
    address = f"/gates/{scene.gate.ref}/confirm/vote/"
    assert client.get(address).status_code == 302, "there is nothing to sign yet"
    with unittest.mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
        answer = client.post(f"/gates/{scene.gate.ref}/sign/", ballot(package, way="passkey"))
        assert answer["Location"] == address
        page = client.get(address).content.decode()
        assert "request_options" in page
        assert f"I vote GO on {scene.gate.ref}" in page
        refused = client.post(address, {"credential": '{"id": "x"}'})
        assert refused.status_code == 422
        assert "Passkey check failed" in refused.content.decode()
    assert not Ballot.objects.exists()
