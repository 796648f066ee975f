"""The review page of any kind: what it shows, to whom, and what it keeps hidden until a reveal is logged."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from console.people.models import User
from tests import factories
from tests.desk.reading import SECRETS, address, decision, entries, keys, page, signed_in, telling_line, words
from tests.factories import merge_line
from triage.cases import actions
from triage.cases.models import Case
from triage.queues.models import Severity

pytestmark = pytest.mark.django_db


def test_a_look_is_masked_and_in_the_book(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    before = entries("case.opened")
    html = page(signed_in(ana), case)
    assert entries("case.opened") == before + 1
    for secret in [*SECRETS, "23-Nov-1979", "Kibet-Former", "Wanjiru", "Nov-1979"]:
        assert secret not in html
    assert "Differ" in html or "Partly" in html


def test_no_one_without_a_role_learns_that_the_case_exists(eve: User) -> None:
    case = factories.make_case(line=telling_line())
    before = entries("case.opened")
    response = signed_in(eve).get(address(case))
    missing = signed_in(eve).get("/cases/EX-999999/")
    assert (response.status_code, missing.status_code) == (404, 404)
    assert entries("case.opened") == before


def test_a_reveal_is_logged_then_shown_and_ends_with_the_claim(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(ana)
    actions.claim(case=case, by=ana)
    answer = client.post(f"{address(case)}reveal/", {"pair": "0-1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address(case)}?pair=0-1")
    assert entries("case.revealed") == 1
    html = page(client, case)
    for secret in ["Wanjiru-Odhiambo", "Zephaniah", "23-Nov-1979", "CF77665544", "rec-zq9917", "Kibet-Former"]:
        assert secret in words(html).replace(" ", "") or secret in words(html)
    assert entries("case.revealed") == 1
    actions.release_claim(case=case, by=ana)
    actions.claim(case=case, by=ana)
    assert "CF77665544" not in page(client, case)


def test_a_reveal_is_one_session_s_own(ana: User, ben: User) -> None:
    case = factories.make_case(line=telling_line())
    first = signed_in(ana)
    first.post(f"{address(case)}reveal/")
    assert "CF77665544" in page(first, case)
    for other in (signed_in(ana), signed_in(ben)):
        assert "CF77665544" not in page(other, case)


def test_a_reveal_without_a_claim_lasts_a_quarter_of_an_hour(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(ana)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        client.post(f"{address(case)}reveal/")
        clock.shift(dt.timedelta(minutes=14))
        assert "CF77665544" in page(client, case)
        clock.shift(dt.timedelta(minutes=2))
        assert "CF77665544" not in page(client, case)


def test_a_reveal_does_not_cover_evidence_that_came_later(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(ana)
    client.post(f"{address(case)}reveal/")
    Case.objects.filter(pk=case.pk).update(revision=case.revision + 1)
    assert "CF77665544" not in page(client, case)


def test_masking_again(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(ana)
    client.post(f"{address(case)}reveal/")
    client.post(f"{address(case)}hide/")
    assert "CF77665544" not in page(client, case)


def test_compliance_sees_cases_and_cannot_reveal(cora: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(cora)
    assert "Your roles do not allow you to reveal" in page(client, case)
    assert client.post(f"{address(case)}reveal/").status_code == 403
    assert entries("case.revealed") == 0
    assert "CF77665544" not in page(client, case)


def test_a_reveal_is_never_a_get(ana: User) -> None:
    case = factories.make_case()
    assert signed_in(ana).get(f"{address(case)}reveal/").status_code == 405


def test_a_permission_lost_masks_what_was_revealed(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    client = signed_in(ana)
    client.post(f"{address(case)}reveal/")
    ana.user_permissions.remove(*ana.user_permissions.filter(codename="reveal_patient"))
    assert "CF77665544" not in page(client, case)


def test_the_page_is_not_kept_by_browsers(ana: User) -> None:
    assert "no-store" in signed_in(ana).get(address(factories.make_case())).headers["Cache-Control"]


def test_no_answer_is_suggested(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    html = page(signed_in(ana), case)
    assert not re.search(r'<input[^>]*name="(verdict|reason)"[^>]*\schecked', html)
    assert {f'data-key="{number}"' for number in "124567"} == set(re.findall(r'data-key="[0-9]"', html))


def test_the_keys_of_the_page(ana: User) -> None:
    case = factories.make_case()
    client = signed_in(ana)
    assert {"c", "n", "r"} <= keys(page(client, case))
    actions.claim(case=case, by=ana)
    assert {"b", "r", *"124567"} <= keys(page(client, case))


def test_sibling_cases_are_listed_to_those_who_may_see_them(ana: User) -> None:
    case = factories.make_case(line=merge_line(801, 802))
    sibling = factories.make_case(line=merge_line(801, 803))
    other = factories.make_case(line=merge_line(804, 805))
    html = page(signed_in(ana), case)
    assert f"/cases/{sibling.ref}/" in html
    assert f"/cases/{other.ref}/" not in html


def test_a_decision_by_the_form(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    client = signed_in(ana)
    assert client.post(f"{address(case)}decisions/", decision(case)).status_code == 302
    html = page(client, case)
    assert "Different people" in words(html)
    assert "u" in keys(html)
    assert client.post(f"{address(case)}undo/").status_code == 302
    assert "took the decision back" in words(page(client, case))


def test_what_was_typed_survives_a_refusal(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    sent = decision(case, seen=case.revision + 1, note="Ask the <b>clinic</b>")
    answer = signed_in(ana).post(f"{address(case)}decisions/", sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "changed after you opened it" in html
    assert "Ask the &lt;b&gt;clinic&lt;/b&gt;</textarea>" in html
    assert re.search(r'value="NO_MATCH"[^>]*\schecked', html)
    assert re.search(r'value="namesakes"[^>]*\schecked', html)


def test_a_claim_that_ran_out_loses_no_note(ana: User) -> None:
    case = factories.make_case()
    answer = signed_in(ana).post(f"{address(case)}decisions/", decision(case, note="Half an hour of work"))
    assert answer.status_code == 409
    assert "Half an hour of work</textarea>" in answer.content.decode()


@pytest.mark.parametrize(
    ("severity", "sent", "status"),
    [
        (Severity.LOW, {"verdict": "LINK", "reason": ""}, 302),
        (Severity.HIGH, {"verdict": "LINK", "reason": ""}, 422),
        (Severity.HIGH, {"verdict": "LINK", "reason": "identifiers_agree"}, 302),
        (Severity.LOW, {"verdict": "NO_MATCH", "reason": ""}, 422),
        (Severity.LOW, {"verdict": "NO_MATCH", "reason": "identifiers_agree"}, 422),
        (Severity.LOW, {"verdict": "DEFER", "reason": "later_run_expected", "until": ""}, 422),
        (Severity.LOW, {"verdict": "NEEDS_INFO", "reason": "ask_the_patient"}, 422),
        (Severity.LOW, {"verdict": "NEEDS_INFO", "reason": "ask_the_patient", "asked_of": "north-clinic"}, 302),
        (Severity.LOW, {"verdict": "ESCALATE", "reason": "second_opinion"}, 422),
        (Severity.LOW, {"verdict": "", "reason": ""}, 422),
    ],
)
def test_reasons_and_what_else_a_verdict_needs(ana: User, severity: int, sent: dict[str, str], status: int) -> None:
    case = factories.make_case(severity=severity)
    factories.make_mailbox("north-clinic")
    actions.claim(case=case, by=ana)
    assert signed_in(ana).post(f"{address(case)}decisions/", decision(case, **sent)).status_code == status


def test_a_verdict_that_cannot_be_given_says_why(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    html = page(signed_in(ana), case)
    assert "has no target queue" in words(html)
    assert re.search(r'value="ESCALATE"[^>]*\sdisabled', html)


def test_someone_else_s_claim_is_named_and_a_lead_can_take_it_away(ana: User, ben: User, lena: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    assert "Ana has already claimed" in words(page(signed_in(ben), case))
    assert "take-away" not in page(signed_in(ben), case)
    assert "take-away" in page(signed_in(lena), case)


def test_a_case_of_another_name_is_missing(ana: User) -> None:
    client = signed_in(ana)
    for ref in ("EX-0", "EX-99999999", "ex-1", "EX-1x"):
        assert client.post(f"/cases/{ref}/reveal/").status_code == 404
