"""The pages of risks: drawn with little, much and nothing; who may open what; forms that refuse."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.keyset import Place
from console.people import actions as people
from console.people.models import User
from console.people.permissions import forget
from governance.risks import actions, queries
from governance.risks.models import LinkKind, Risk, RiskLink
from tests import factories
from tests.risks.making import WORDS, accept, ask, make_risk, rate, report


def _signed_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


def _text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content[:400]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _form() -> dict[str, str]:
    return {
        "wave": "wave-1",
        "title": "Orders arrive late",
        "domain": "clinical",
        "cause": "A queue.",
        "hazard": "No one sees the order.",
        "effect": "Nothing is done.",
        "harm": "Late treatment.",
        "failure_mode": "Messages wait.",
        "detection_method": "The backlog.",
        "detection_measure": "interface-backlog",
        "detection_operator": "le",
        "detection_threshold": "100",
        "axis_likelihood": "medium",
        "axis_consequence": "major",
        "rationale": "Seen in rehearsal.",
        "same": "on",
    }


def test_the_whole_life_of_a_risk_through_its_pages(client: Client, stella: User, bo: User) -> None:
    wave = factories.make_wave()
    _signed_in(client, stella)
    assert "The register is empty" in _text(client, "/risks/")
    assert "Seen" not in _text(client, "/risks/add/")
    added = client.post("/risks/add/?scheme=dcb0129-1", _form() | {"owner": str(stella.pk)})
    risk = Risk.objects.get()
    assert added["Location"] == f"/risks/{risk.ref}/"
    assert queries.latest([risk])[risk.pk]["current"].level == "3 undesirable"
    page = _text(client, f"/risks/{risk.ref}/")
    assert "No one sees the order." in page
    assert "No data" in page, "No system has reported the backlog."
    looked = client.post(f"/risks/{risk.ref}/rate/", _rating("high", look="1"))
    assert "4 control mandatory" in looked.content.decode()
    assert risk.ratings.count() == 2, "Looking a level up saves nothing."
    client.post(f"/risks/{risk.ref}/rate/", _rating("medium"))
    assert risk.ratings.count() == 3
    client.post(f"/risks/{risk.ref}/review/", {"note": "Unchanged."})
    client.post(f"/risks/{risk.ref}/controls/", {"means": "design", "text": "One system writes."})
    control = risk.controls.get()
    client.post(f"/risks/{risk.ref}/controls/{control.pk}/in-place/")
    until = (timezone.now() + dt.timedelta(days=10)).date().isoformat()
    client.post(f"/risks/{risk.ref}/acceptances/ask/", {"reason": "Controls follow.", "until": until})
    asked = risk.acceptances.get()
    _signed_in(client, bo)
    assert "Start review" in _text(client, f"/risks/{risk.ref}/")
    client.post(f"/risks/{risk.ref}/acceptances/{asked.pk}/take-up/")
    assert "Controls follow." in _text(client, f"/risks/{risk.ref}/acceptances/{asked.pk}/decide/")
    client.post(f"/risks/{risk.ref}/acceptances/{asked.pk}/decide/", {"grant": "yes", "reason": "Carried."})
    page = _text(client, f"/risks/{risk.ref}/")
    assert "It ends" in page
    assert "Accepted" in _text(client, f"/waves/{wave.slug}/risks/fragment/")
    client.post(f"/risks/{risk.ref}/acceptances/{asked.pk}/revoke/", {"reason": "No more."})
    _signed_in(client, stella)
    client.post(f"/risks/{risk.ref}/controls/{control.pk}/drop/")
    assert "must add a new rating" in _text(client, f"/risks/{risk.ref}/")
    client.post(f"/risks/{risk.ref}/close/", {"reason": "The wave has moved."})
    assert "Closed" in _text(client, f"/risks/{risk.ref}/")
    assert risk.ref not in _text(client, "/risks/")
    assert risk.ref in _text(client, "/risks/?status=closed")
    client.post(f"/risks/{risk.ref}/reopen/", {"reason": "It has not."})
    assert risk.ref in _text(client, "/risks/")


def _rating(likelihood: str, **more: str) -> dict[str, str]:
    words = {"axis_likelihood": likelihood, "axis_consequence": "major"}
    return {"kind": "current", "rationale": "Looked at it.", **words, **more}


@pytest.mark.parametrize("part", ["edit", "rate", "review", "close", "acceptances/ask"])
def test_forms_are_drawn_and_refuse_nothing_filled_in(client: Client, stella: User, part: str) -> None:
    risk = make_risk(stella)
    _signed_in(client, stella)
    assert _text(client, f"/risks/{risk.ref}/{part}/")
    answer = client.post(f"/risks/{risk.ref}/{part}/", {"nothing": "1"})
    assert answer.status_code == 422
    assert b"There is a problem" in answer.content


def test_a_risk_is_edited(client: Client, stella: User, bo: User) -> None:
    risk = make_risk(stella)
    _signed_in(client, stella)
    fields = _form() | {"owner": str(bo.pk), "status": "remediating", "scheme": "hfmea-1"}
    assert client.post(f"/risks/{risk.ref}/edit/", fields).status_code == 302
    risk.refresh_from_db()
    assert (risk.title, risk.owner, risk.status, risk.scheme) == ("Orders arrive late", bo, "remediating", "hfmea-1")
    assert "Single point weakness" in _text(client, f"/risks/{risk.ref}/rate/"), "The next rating asks its questions."
    bad = client.post(f"/risks/{risk.ref}/edit/", fields | {"detection_operator": ""})
    assert bad.status_code == 422
    assert b"Enter the acceptable range of the detection measure" in bad.content


@pytest.mark.parametrize("scheme", ["dcb0129-1", "hfmea-1", "nist-800-30-1", "fmea-rpn-1"])
def test_every_scheme_has_its_form_and_its_matrix(client: Client, stella: User, scheme: str) -> None:
    _signed_in(client, stella)
    assert client.get(f"/risks/add/?scheme={scheme}").status_code == 200
    assert "No open risk" in _text(client, f"/risks/heat-map/?scheme={scheme}&kind=target")


def test_cells_say_level_and_count_and_lead_to_the_very_risks(client: Client, stella: User) -> None:
    first, second, other = (make_risk(stella, severity=severity) for severity in (3, 3, 1))
    _signed_in(client, stella)
    answer = client.get("/risks/heat-map/")
    html = answer.content.decode()
    assert html.count('scope="col"') >= 5
    address = re.search(r'href="(/risks/\?[^"]*row=medium&amp;column=major[^"]*)"[^>]*>2 risks', html)
    assert address, "The cell of two risks leads to them."
    assert "3 undesirable" in html
    listed = _text(client, address[1].replace("&amp;", "&"))
    assert first.ref in listed
    assert second.ref in listed
    assert other.ref not in listed
    assert "likelihood medium and consequence major" in listed


def test_a_matrix_without_levels_of_its_own(client: Client, stella: User) -> None:
    risk = make_risk(stella, severity=None)
    grave = {"severity": "10", "occurrence": "9", "detection": "9"}
    actions.rate(risk=risk, kind="current", factors=grave, rationale="Often, unseen.", scheme="fmea-rpn-1", by=stella)
    _signed_in(client, stella)
    html = client.get("/risks/heat-map/?scheme=fmea-rpn-1").content.decode()
    assert "S×O 81 to 100" in html
    assert "heat__cell--4" in html, "The cell shows how grave its risk is."
    assert risk.ref in _text(client, "/risks/?scheme=fmea-rpn-1&kind=current&row=9,10&column=9,10")


def test_who_had_scored_it_what_at_a_past_moment(client: Client, stella: User) -> None:
    risk = make_risk(stella, severity=3)
    before = timezone.now()
    rate(risk, 1, stella)
    _signed_in(client, stella)
    now = _text(client, f"/risks/{risk.ref}/?as_of={(timezone.now() + dt.timedelta(minutes=1)).isoformat()[:19]}")
    assert "1 acceptable" in now
    then = client.get(f"/risks/{risk.ref}/", {"as_of": before.isoformat()}).content.decode()
    table = then[then.index("Ratings at that moment") :]
    assert "3 undesirable" in table
    assert "1 acceptable" not in table[: table.index("</table>")]
    assert "Not rated at that time." in table, "There was no residual rating."
    early = _text(client, f"/risks/{risk.ref}/?as_of=2020-01-01T00:00")
    assert early.count("Not rated at that time.") == 4
    for bad in ("yesterday", "2026-13-45T00:00", "0000", "9999-99-99T99:99"):
        assert "That is no date" in _text(client, f"/risks/{risk.ref}/?as_of={bad}")
    client.get(f"/risks/{risk.ref}/?as_of=0001-01-01T00:00")
    client.get(f"/risks/{risk.ref}/?as_of=9999-12-31T23:59")


def test_links_lead_to_cases_and_refusals_stand_on_the_page(client: Client, stella: User) -> None:
    risk, case = make_risk(stella), factories.make_case()
    _signed_in(client, stella)
    client.post(f"/risks/{risk.ref}/links/", {"kind": "case", "target": case.ref.lower(), "note": "The pair."})
    html = client.get(f"/risks/{risk.ref}/").content.decode()
    assert f'href="{reverse("cases:case", args=[case.ref])}"' in html
    for target in (case.ref, "EX-999999", "", "‹script›"):
        again = client.post(f"/risks/{risk.ref}/links/", {"kind": "case", "target": target, "note": "As typed."})
        assert again.status_code in {409, 422}
        assert b"notice--error" in again.content
        assert b"As typed." in again.content
    link = RiskLink.objects.get()
    client.post(f"/risks/{risk.ref}/links/{link.pk}/close/")
    assert RiskLink.objects.get().closed_by == stella, "A link closes; it is not deleted."
    assert client.post(f"/risks/{risk.ref}/links/{link.pk}/close/").status_code == 404
    assert link.kind == LinkKind.CASE


def test_the_template_starts_a_register_once(client: Client, stella: User) -> None:
    factories.make_wave()
    _signed_in(client, stella)
    fields = {"wave": "wave-1", "owner": str(stella.pk)}
    assert "Start from the template" in _text(client, "/risks/template/")
    assert client.post("/risks/template/", fields).status_code == 302
    count = Risk.objects.count()
    assert count >= 12
    assert client.post("/risks/template/", fields).status_code == 422
    assert Risk.objects.count() == count
    page = _text(client, "/risks/?wave=wave-1")
    assert "Unacceptable" in page
    assert "hospital-2" in _text(client, f"/risks/{Risk.objects.order_by('pk')[0].ref}/")


def test_a_register_of_an_earlier_template_is_not_started_again(stella: User) -> None:
    wave = factories.make_wave()
    made = actions.use_template(wave=wave, owner=stella, by=stella)
    for risk in made[1:]:
        Risk.objects.filter(pk=risk.pk).update(template=risk.template.replace("hospital-2", "hospital-1"))
    Risk.objects.filter(pk=made[0].pk).update(template="")
    again = actions.use_template(wave=wave, owner=stella, by=stella)
    assert [risk.title for risk in again] == [made[0].title]


def test_an_overdue_risk_and_its_escalation_on_the_page(client: Client, stella: User, bo: User) -> None:
    risk = make_risk(stella, owner=stella)
    Risk.objects.update(review_on=timezone.now() - dt.timedelta(minutes=1))
    actions.sweep(by=factories.User.objects.get(kind="system"))
    _signed_in(client, stella)
    assert "must review this risk" in _text(client, f"/risks/{risk.ref}/")
    assert risk.ref in _text(client, "/risks/?overdue=1")
    step = risk.escalations.get()
    client.post(f"/risks/{risk.ref}/escalations/{step.pk}/acknowledge/")
    step.refresh_from_db()
    assert step.acknowledged_by == stella
    assert client.post(f"/risks/{risk.ref}/escalations/{step.pk}/acknowledge/").status_code == 409


def test_states_of_detection_on_the_page(client: Client, stella: User) -> None:
    wave = factories.make_wave()
    bound = {"detection_measure": "interface-backlog", "detection_operator": "le", "detection_threshold": Decimal(100)}
    risk = make_risk(stella, wave=wave, **bound)
    _signed_in(client, stella)
    report("interface-backlog", "80", wave=wave, as_of=timezone.now() - dt.timedelta(seconds=2))
    assert "Within threshold" in _text(client, f"/risks/{risk.ref}/")
    report("interface-backlog", "180", wave=wave)
    assert "Threshold breached" in _text(client, f"/risks/{risk.ref}/")


@pytest.mark.parametrize(
    ("name", "sees", "keeps"),
    [
        ("stella", True, True), ("bo", True, False), ("omar", True, False), ("cora", True, False),
        ("lena", True, False), ("ana", False, False), ("ada", False, False), ("eve", False, False),
    ],
)  # fmt: skip
def test_who_may_open_what(
    client: Client, request: pytest.FixtureRequest, stella: User, name: str, sees: bool, keeps: bool
) -> None:
    risk = make_risk(stella)
    wave = risk.wave
    assert wave is not None
    asked = ask(risk, stella)
    _signed_in(client, request.getfixturevalue(name))
    assert client.get("/risks/").status_code == (200 if sees else 403)
    assert client.get("/risks/heat-map/").status_code == (200 if sees else 403)
    assert client.get(f"/risks/{risk.ref}/").status_code == (200 if sees else 404)
    assert client.get(f"/waves/{wave.slug}/risks/fragment/").status_code == (200 if sees else 404)
    for part in ("add/", "template/"):
        assert client.get(f"/risks/{part}").status_code == (200 if keeps else 403)
    for part in ("edit/", "rate/", "review/", "close/"):
        assert client.get(f"/risks/{risk.ref}/{part}").status_code == (200 if keeps else 403 if sees else 404)
    decides = 200 if name == "bo" else 403 if sees else 404
    assert client.get(f"/risks/{risk.ref}/acceptances/{asked.pk}/decide/").status_code == decides
    for part in ("links/", "controls/", f"acceptances/{asked.pk}/take-up/"):
        assert client.get(f"/risks/{risk.ref}/{part}").status_code == 405


def test_someone_with_one_wave_sees_its_risks_and_no_others(client: Client, stella: User, eve: User) -> None:
    ada = factories.make_user("ada", role="administrator")
    mine, other = make_risk(stella), make_risk(stella, wave=factories.make_wave("wave-2"))
    programme = make_risk(stella, programme=True)
    people.grant_role(user=eve, role="steward", scope=mine.wave, by=ada)
    forget(eve)
    _signed_in(client, eve)
    page = _text(client, "/risks/")
    assert mine.ref in page
    assert other.ref not in page
    assert programme.ref not in page
    for hidden in (other, programme):
        assert client.get(f"/risks/{hidden.ref}/").status_code == 404
        assert client.get(f"/risks/{hidden.ref}/rate/").status_code == 404
    assert client.get(f"/risks/{mine.ref}/rate/").status_code == 200
    assert "The whole programme" not in _text(client, "/risks/add/")
    assert programme.ref not in _text(client, f"/waves/{mine.wave.slug}/risks/fragment/")  # type: ignore[union-attr]
    assert "1 open risk" in _text(client, "/risks/heat-map/?kind=inherent")


@pytest.mark.parametrize(
    "ref", ["RISK-0", "RISK-01", "RISK-x", "RISK-99999999999999999999", "EX-1", "risk-1", "RISK-²"]
)
def test_names_of_no_risk_are_missing(client: Client, stella: User, ref: str) -> None:
    _signed_in(client, stella)
    assert client.get(f"/risks/{ref}/").status_code == 404


def test_pages_cost_as_many_queries_with_many_risks_as_with_one(client: Client, stella: User, bo: User) -> None:
    accept(make_risk(stella), stella, bo)
    _signed_in(client, stella)
    addresses = ("/risks/", "/risks/heat-map/", "/waves/wave-1/risks/fragment/")
    few = [_queries(client, stella, url) for url in addresses]
    for number in range(12):
        risk = make_risk(stella, severity=1 + number % 4)
        if number % 4 < 3:
            accept(risk, stella, bo)
    assert [_queries(client, stella, url) for url in addresses] == few


def _queries(client: Client, user: User, url: str) -> int:
    client.get(url)
    forget(user)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_pages_follow_by_key_and_lose_no_one(client: Client, stella: User) -> None:
    risks = {make_risk(stella, severity=severity).pk for severity in (None, 1, 4, 2, 3, 1, 4)}
    seen, after, levels = [], "", []
    while True:
        page = queries.page_of_risks(stella, queries.Filters(), now=timezone.now(), place=Place(after=after), size=2)
        seen += [one.risk.pk for one in page.items]
        levels += [one.current.severity if one.current else 5 for one in page.items]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(risks)
    assert levels == sorted(levels, reverse=True)
    for nonsense in ("x", "1~2~3", "~", "5~²", "99999999999999999999~1"):
        assert queries.page_of_risks(stella, queries.Filters(), now=timezone.now(), place=Place(after=nonsense)).first


def test_filters(client: Client, stella: User, bo: User) -> None:
    low, high = make_risk(stella, severity=1, domain="privacy"), make_risk(stella, severity=3, programme=True)
    unrated = make_risk(stella, severity=None)
    accept(low, stella, bo)
    ask(high, stella)

    def found(**filters: str) -> set[str]:
        read = queries.read_filters(filters)
        return {one.risk.ref for one in queries.page_of_risks(stella, read, now=timezone.now()).items}

    assert found() == {low.ref, high.ref, unrated.ref}
    assert found(severity="1") == {low.ref}
    assert found(severity="unrated") == {unrated.ref}
    assert found(domain="privacy") == {low.ref}
    assert found(wave="programme") == {high.ref}
    assert found(wave="wave-1") == {low.ref, unrated.ref}
    assert found(status="deviation-approved") == {low.ref}
    assert found(status="deviation-requested") == {high.ref}
    assert found(status="open") == {unrated.ref}
    assert found(severity="9", domain="nope", status="nope") == {low.ref, high.ref, unrated.ref}
    assert found(overdue="1") == set()
    assert WORDS[1]["consequence"] == "minor"
    assert found(scheme="dcb0129-1", kind="current", row="very-low", column="minor") == {low.ref}
