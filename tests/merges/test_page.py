"""The review page: what it shows, to whom, and what it keeps hidden until a reveal is in the book."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from console.audit.models import LogEntry
from console.people.models import User
from tests import factories
from tests.factories import merge_line, record
from tests.merges.test_evidence import cluster
from triage.cases import actions
from triage.cases.keys import record_key
from triage.cases.models import Case, MigrationException, Occurrence, Reopening
from triage.desk.masked_values import MaskedValue
from triage.merges import evidence
from triage.merges.page import comparison
from triage.queues.models import Severity
from triage.runs.models import RecordExcerpt

pytestmark = pytest.mark.django_db

SECRETS = ["Wanjiru-Odhiambo", "Zephaniah", "1979-11-23", "CF77665544", "0777123987", "rec-zq9917"]


def telling_line() -> dict[str, Any]:
    """A line whose values cannot stand on the page by chance."""
    family, given, birth_date, national_id, phone, key = SECRETS
    values = {"family": family, "given": given, "birth_date": birth_date, "national_id": national_id, "phone": phone}
    line = merge_line(records=[record(1, **values), record(2, "CLINIC-EPR", **values)])
    line["records"][0]["id"] = key
    line["records"][1]["fields"]["given"] = "Zephania"
    line["records"][0]["history"] = [{"field": "family", "value": "Kibet-Former", "valid_to": "2019-05-01"}]
    return line


def address(case: Case) -> str:
    return f"/cases/{case.ref}/"


def page(client: Client, case: Case, **params: str) -> str:
    response = client.get(address(case), params)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(html: str) -> str:
    """The page's text, without tags and runs of space."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def entries(verb: str) -> int:
    return LogEntry.objects.filter(verb=verb).count()


def test_a_look_is_masked_and_in_the_book(ana: User) -> None:
    case = factories.make_case(line=telling_line())
    before = entries("case.opened")
    html = page(signed_in(ana), case)
    assert entries("case.opened") == before + 1
    for secret in [*SECRETS, "23-Nov-1979", "Kibet-Former", "Wanjiru", "Nov-1979"]:
        assert secret not in html
    assert "Differ" in html or "Partly" in html


ODD = st.text(alphabet="ЖЩЮфqxz0123456789'-é\u0301 ", min_size=4, max_size=40).filter(
    lambda value: sum(map(str.isalnum, value)) >= 4
)


@given(values=st.tuples(ODD, ODD, ODD, ODD), other=ODD, key=ODD)
def test_the_masked_page_holds_at_most_thirty_percent_of_any_value(
    values: tuple[str, str, str, str], other: str, key: str
) -> None:
    names = ("family", "birth_date", "national_id", "address")
    line = merge_line(
        records=[record(1, **dict(zip(names, values, strict=True))), record(2, "CLINIC-EPR", family=other)]
    )
    line["records"][0]["id"] = key
    found = evidence.decode(json.dumps(line).encode())
    html = render_to_string("merges/_grid.html", {"view": comparison(found, MaskedValue(False))})
    for value in [*values, other, key]:
        assert value not in html
    shown = [
        re.sub(r"<[^>]+>", "", cell)
        for cell in re.findall(r'class="masked"><span aria-hidden="true">(.*?)</span><span class="v', html)
    ]
    told = [shown_value for record_ in found.records for name, shown_value in record_.fields.items() if shown_value]
    assert len(shown) >= len(told)
    for text in shown:
        hidden = text.count("•")
        letters = sum(map(str.isalnum, text))
        assert letters <= 0.3 * (hidden + letters)


def test_nobody_without_a_role_learns_that_the_case_exists(eve: User) -> None:
    case = factories.make_case(line=telling_line())
    before = entries("case.opened")
    response = signed_in(eve).get(address(case))
    missing = signed_in(eve).get("/cases/EX-999999/")
    assert (response.status_code, missing.status_code) == (404, 404)
    assert entries("case.opened") == before


def test_a_reveal_is_booked_then_shown_and_ends_with_the_claim(ana: User) -> None:
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
    actions.give_back(case=case, by=ana)
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


def test_hostile_names_stay_text(ana: User) -> None:
    line = cluster(3)
    names = ["<img src=x onerror=alert(1)>", '"><script>alert(2)</script>', "محمد\u202eعبد"]
    for one, name in zip(line["records"], names, strict=True):
        one["fields"]["family"], one["facility"], one["system"] = name, name, name
    case = factories.make_case(line=line)
    client = signed_in(ana)
    client.post(f"{address(case)}reveal/")
    html = page(client, case)
    assert "<img" not in html
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "<bdi" in html


def test_no_answer_is_suggested(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    html = page(signed_in(ana), case)
    assert not re.search(r'<input[^>]*name="(verdict|reason)"[^>]*\schecked', html)
    assert {f'data-key="{number}"' for number in range(1, 7)} <= set(re.findall(r'data-key="[1-6]"', html))


def test_the_keys_of_the_page(ana: User) -> None:
    case = factories.make_case()
    client = signed_in(ana)
    assert {"c", "n", "r"} <= keys(page(client, case))
    actions.claim(case=case, by=ana)
    assert {"b", "r", *"123456"} <= keys(page(client, case))


def keys(html: str) -> set[str]:
    return set(re.findall(r'data-key="(\S+)"', html))


def test_queries_do_not_grow_with_the_records(ana: User) -> None:
    run = factories.make_run()
    cases = [factories.make_case(line=line, run=run) for line in (merge_line(501, 502), cluster(8))]
    for line in (merge_line(501, 502), cluster(8)):
        for one in line["records"]:
            chart(one["system"], one["id"], run)
    client = signed_in(ana)
    counts = []
    for case in [cases[0], *cases]:
        with CaptureQueriesContext(connection) as queries:
            page(client, case)
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[1] <= 24


def chart(system: str, key: str, run: Any, **facts: Any) -> None:
    payload = {"system": system, "id": key, "encounters": 3, "last_seen": "2026-02-03", "active_orders": 2} | facts
    RecordExcerpt.objects.create(
        record_key=record_key(system, key), system=system, record_id=key, run=run, payload=json.dumps(payload)
    )


def test_each_of_many_pairs_can_be_chosen(ana: User) -> None:
    line = cluster(4)
    line["match"]["pairs"][4]["comparisons"][0]["weight"] -= 4.0
    line["match"]["pairs"][4]["score"] -= 4.0
    case = factories.make_case(line=line)
    client = signed_in(ana)
    assert "B with D, the weakest pair" in words(page(client, case))
    assert "Comparison of A with C" in words(page(client, case, pair="0-2"))
    assert "B with D, the weakest pair" in words(page(client, case, pair="9-<b>"))


def test_conflicts_of_charts_are_named_before_their_contents(ana: User) -> None:
    run = factories.make_run()
    case = factories.make_case(line=merge_line(601, 602), run=run)
    chart("LEGACY-PAS", "rec-601", run, blood_type="O+", allergies=["Penicillin"])
    chart("CLINIC-EPR", "rec-602", run, blood_type="AB-", allergies=["Latex"])
    client = signed_in(ana)
    masked = words(page(client, case))
    assert "a person has one blood type" in masked
    assert "none is shared" in masked
    assert not {"Penicillin", "Latex", "O+", "AB-"} & set(masked.split())
    client.post(f"{address(case)}reveal/")
    shown = words(page(client, case))
    assert {"Penicillin", "Latex", "O+", "AB-"} <= set(shown.split())
    assert "only A" in shown


def reported_again(case: Case, line: dict[str, Any], cause: str = "evidence_changed") -> Case:
    """The case as a later run that reports ``line`` leaves it."""
    run = factories.make_run()
    staged = evidence.stage(evidence.decode(json.dumps(line).encode()))
    before, payload = case.latest_exception_id, json.dumps(line)
    decision = case.decisions.order_by("-id").first()
    found = MigrationException.objects.create(
        case=case, run=run, evidence=staged.evidence, digest=staged.evidence, payload=payload
    )
    Occurrence.objects.create(case=case, run=run, exception_id=found.pk, file_id=0, line_no=9)
    Reopening.objects.create(
        case=case,
        run=run,
        decision=decision,
        before_exception_id=before,
        after_exception_id=found.pk,
        cause=cause,
        at=timezone.now(),
    )
    Case.objects.filter(pk=case.pk).update(
        state="open", latest_exception_id=found.pk, reopened=1, revision=case.revision + 1, decision=None
    )
    return Case.objects.get(pk=case.pk)


def test_a_case_that_came_back_says_what_changed(ana: User) -> None:
    line = merge_line(701, 702)
    case = factories.make_case(line=line)
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="LINK", seen=case.revision, reason="identifiers_agree", note="Xylophone", by=ana)
    changed = copy.deepcopy(line)
    changed["records"][1]["fields"]["national_id"] = "CM99887766"
    changed["match"]["grade"] = "probable"
    changed["match"]["pairs"][0]["comparisons"][4]["level"] = "different"
    case = reported_again(Case.objects.get(pk=case.pk), changed)
    client = signed_in(ana)
    html = page(client, case)
    said = words(html)
    assert "What changed since the last decision" in said
    assert "National id B missing" in said
    assert "Match grade: possible → probable" in said
    assert "Comparison of national id: missing → different" in said
    assert "reopened: evidence changed" in said
    assert "Same person (An identifier agrees)" in said
    assert "CM99887766" not in html
    assert "Xylophone" not in html
    client.post(f"{address(case)}reveal/")
    assert "CM99887766" in page(client, case)
    assert "Xylophone" in page(client, case)


def test_sibling_cases_are_listed_to_those_who_may_see_them(ana: User) -> None:
    case = factories.make_case(line=merge_line(801, 802))
    sibling = factories.make_case(line=merge_line(801, 803))
    other = factories.make_case(line=merge_line(804, 805))
    html = page(signed_in(ana), case)
    assert f"/cases/{sibling.ref}/" in html
    assert f"/cases/{other.ref}/" not in html


def decision(case: Case, **changes: Any) -> dict[str, Any]:
    return {"verdict": "NO_MATCH", "reason": "namesakes", "note": "", "seen": case.revision, "then": "stay"} | changes


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
        (Severity.LOW, {"verdict": "NEEDS_INFO", "reason": "ask_the_patient", "asked_of": "North Clinic"}, 302),
        (Severity.LOW, {"verdict": "ESCALATE", "reason": "second_opinion"}, 422),
        (Severity.LOW, {"verdict": "", "reason": ""}, 422),
    ],
)
def test_reasons_and_what_else_a_verdict_needs(ana: User, severity: int, sent: dict[str, str], status: int) -> None:
    case = factories.make_case(severity=severity)
    actions.claim(case=case, by=ana)
    assert signed_in(ana).post(f"{address(case)}decisions/", decision(case, **sent)).status_code == status


def test_a_verdict_that_cannot_be_given_says_why(ana: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    html = page(signed_in(ana), case)
    assert "has no target queue" in words(html)
    assert re.search(r'value="ESCALATE"[^>]*\sdisabled', html)


def test_somebody_else_s_claim_is_named_and_a_lead_can_take_it_away(ana: User, ben: User, lena: User) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    assert "Ana has already claimed" in words(page(signed_in(ben), case))
    assert "take-away" not in page(signed_in(ben), case)
    assert "take-away" in page(signed_in(lena), case)


def test_a_case_of_another_name_is_missing(ana: User) -> None:
    client = signed_in(ana)
    for ref in ("EX-0", "EX-99999999", "ex-1", "EX-1x"):
        assert client.post(f"/cases/{ref}/reveal/").status_code == 404
