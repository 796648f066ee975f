"""What the review page shows of a patient match: pairs, values and their masks, charts, what changed."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from console.people.models import User
from tests import factories
from tests.desk.reading import address, page, signed_in, words
from tests.factories import merge_line, record
from tests.merges.test_evidence import cluster
from triage.cases import actions
from triage.cases.keys import record_key
from triage.cases.models import Case, MigrationException, Occurrence, Reopening
from triage.desk.masked_values import MaskedValue
from triage.merges import evidence
from triage.merges.page import comparison
from triage.runs.models import RecordExcerpt

pytestmark = pytest.mark.django_db


ODD = st.text(alphabet="ЖЩЮфqxz0123456789'-é\u0301 ", min_size=4, max_size=40).filter(
    lambda value: sum(map(str.isalnum, value)) >= 4
)


@settings(deadline=None)  # the first drawing reads the templates
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
    html = render_to_string(
        "merges/_sheet.html", {"view": comparison(found, MaskedValue(False)), "impact": {}, "case": {"ref": "EX-1"}}
    )
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
    assert counts[1] <= 26


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


def test_all_charts_stand_on_one_axis_once_they_are_revealed(ana: User) -> None:
    run = factories.make_run()
    case = factories.make_case(line=merge_line(611, 612), run=run)
    entry = {"domain": "condition", "text": "Gestational diabetes", "on": "2024-03-05"}
    chart("LEGACY-PAS", "rec-611", run, entries=[entry])
    chart("CLINIC-EPR", "rec-612", run, entries=[entry | {"domain": "encounter", "text": "Antenatal visit"}])
    client = signed_in(ana)
    assert "Dates are masked" in words(page(client, case))
    client.post(f"{address(case)}reveal/")
    html = page(client, case)
    assert 'class="times__visit"' in html
    assert "05-Mar-2024: Gestational diabetes" in html
    assert "As a list, 2 entries" in words(html)


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
