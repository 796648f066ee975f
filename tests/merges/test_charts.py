"""Charts side by side: values are read before they differ, and what was not reported is not counted as none."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from console.people.models import User
from tests import factories
from tests.desk.reading import address, page, signed_in, words
from tests.factories import merge_line
from tests.merges.test_review import chart
from triage.desk.field_rules import FieldRules
from triage.desk.masked_values import MaskedValue
from triage.intake.records import RecordExcerpt
from triage.merges import charts
from triage.merges.charts import Chart
from triage.merges.evidence import decode
from triage.merges.harms import harms
from triage.merges.panels import impact
from triage.merges.relations import relate


def of(**facts: Any) -> Chart:
    return charts.read(json.dumps({"system": "S", "id": "1"} | facts).encode())


SAME_TYPES = [
    ("O+", "O Pos"), ("O+", "O positive"), ("O+", "0+"), ("O+", "o pos."), ("O+", "O Rh(D) positive"), ("O+", "O Rh+"),
    ("O+", "Group O, Rh pos"), ("O+", "O +ve"), ("O+", "OPOS"), ("O+", "O(+)"), ("O+", "O (I) Rh+"), ("A-", "A1 neg"),
    ("AB\u2212", "AB negative"), ("B\u207a", "B+"), ("A\uff0b", "A+"), ("O", "0"), ("AB+", "blood group AB positive"),
]  # fmt: skip
OTHER_TYPES = [("O+", "O-"), ("A+", "B+"), ("AB", "A"), ("O neg", "0+"), ("A1+", "B pos")]


@pytest.mark.parametrize(("left", "right"), SAME_TYPES)
def test_blood_types_written_differently_agree(left: str, right: str) -> None:
    for one, two in ((left, right), (right, left)):
        found = charts.blood_types([of(blood_type=one), of(blood_type=two)])
        assert found is not None
        assert found.kind == "agree"
        assert relate("blood_group", one, two).kind == "agree"


@pytest.mark.parametrize(("left", "right"), OTHER_TYPES)
def test_other_blood_types_differ(left: str, right: str) -> None:
    found = charts.blood_types([of(blood_type=left), None, of(), of(blood_type=right)])
    assert found is not None
    assert (found.kind, found.hint) == ("disagree", "a person has one blood type")
    assert relate("blood_type", left, right).kind == "disagree"


@pytest.mark.parametrize(
    ("left", "right", "hint"),
    [("O", "O+", "the Rhesus factor is in one only"), ("O+", "see notes", "one is not a known blood type")],
)
def test_blood_types_that_say_less_agree_in_part(left: str, right: str, hint: str) -> None:
    found = charts.blood_types([of(blood_type=left), of(blood_type=right)])
    assert found is not None
    assert (found.kind, found.hint) == ("partial", hint)


@pytest.mark.parametrize("unknown", ["unknown", "-", "?", "N/A", "", " ", None])
def test_an_unknown_blood_type_is_compared_with_none(unknown: str | None) -> None:
    assert charts.blood_types([of(blood_type="O+"), of(blood_type=unknown)]) is None
    assert charts.blood_types([of(blood_type=unknown), of(blood_type=unknown)]) is None


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (["Penicillin", "Latex"], ["latex", "PENICILLIN "], "agree"),
        (["Allergy to penicillin"], ["Penicillin (allergy)"], "agree"),
        (["Penicillin; Latex"], ["Latex", "Penicillin"], "agree"),
        (["Penicillin", "NKDA"], ["Penicillin"], "agree"),
        (["Penicillin", "unknown"], ["Penicillin"], "agree"),
        (["Penicillin", "Latex"], ["Latex"], "partial"),
        (["Penicillin"], ["Latex"], "disagree"),
        (["Penicillin"], ["NKDA"], "missing_one"),
        (["Penicillin"], ["No known drug allergies"], "missing_one"),
        (["NKDA"], ["No known allergies"], "missing_both"),
        (["nka"], ["NIL KNOWN"], "missing_both"),
        (["NKDA"], [], None),
        (["Penicillin"], [], None),
        (["Penicillin"], ["unknown"], None),
        (["unknown"], ["-"], None),
    ],
)
def test_lists_of_allergies_relate(left: list[str], right: list[str], kind: str | None) -> None:
    for one, two in ((left, right), (right, left)):
        found = charts.allergies([of(allergies=one), of(allergies=two)])
        assert (found.kind if found else None) == kind


def test_allergies_in_one_field_relate() -> None:
    assert relate("allergies", "Penicillin, Latex", "latex; penicillin").kind == "agree"
    assert relate("allergies", "Penicillin, Latex", "latex").kind == "partial"
    assert relate("allergies", "Penicillin", "NKDA").kind == "missing_one"


def test_an_allergy_of_one_chart_alone_is_marked_by_its_substance() -> None:
    both = [of(allergies=["Penicillin", "Latex"]), of(allergies=["allergy to PENICILLIN"]), of(allergies=["NKDA"])]
    assert [(one.text, one.alone) for one in charts.allergies_of(both[0], both)] == [
        ("Penicillin", False),
        ("Latex", True),
    ]


@pytest.mark.django_db
def test_a_chart_without_facts_says_that_they_were_not_reported(ana: User) -> None:
    run = factories.make_run()
    case = factories.make_case(line=merge_line(611, 612), run=run)
    for system, number in (("LEGACY-PAS", "rec-611"), ("CLINIC-EPR", "rec-612")):
        chart(system, number, run, encounters=None, last_seen=None, active_orders=None)
    client = signed_in(ana)
    client.post(f"{address(case)}reveal/")
    said = words(page(client, case)).partition("What a link would bring together")[2].partition("All charts")[0]
    assert said.count("not reported") == 2 * 5
    assert "none recorded" not in said
    assert " 0 " not in said


@pytest.mark.django_db
def test_none_recorded_none_known_and_unknown_are_three_answers(ana: User) -> None:
    run = factories.make_run()
    case = factories.make_case(line=merge_line(621, 622), run=run)
    chart("LEGACY-PAS", "rec-621", run, allergies=[], blood_type=None, portal_account=False, consents=0)
    chart("CLINIC-EPR", "rec-622", run, allergies=["NKDA"], blood_type="unknown", portal_account=True)
    said = words(page(signed_in(ana), case)).partition("What a link would bring together")[2].partition("All charts")[0]
    for answer in ("none recorded", "no known allergies", "not recorded", "recorded as unknown"):
        assert said.count(answer) == 1, answer
    assert "3 visits, 0 consents, no portal account 3 visits, portal account" in said


@pytest.mark.parametrize(
    "line",
    [
        {"blood_type": "O Rh(D) positive"},
        {"encounters": None, "allergies": None, "blood_type": None, "portal_account": None, "entries": None},
        {},
    ],
)
def test_a_records_line_may_leave_out_or_null_what_is_not_known(line: dict[str, Any]) -> None:
    found = msgspec.json.decode(json.dumps({"system": "S", "id": "1"} | line), type=RecordExcerpt)
    assert found.encounters is None
    charts.read(json.dumps({"system": "S", "id": "1"} | line).encode())


def harms_of(one: Chart | None, two: Chart | None, fields: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    line = decode(json.dumps(merge_line()).encode())
    records = [msgspec.structs.replace(line.records[n], fields=said) for n, said in enumerate((fields, other))]
    line = msgspec.structs.replace(line, records=records, reasons=[])
    rules = FieldRules(columns={"nom": "family", "prenom": "given"})
    found = harms(line, impact([one, two], MaskedValue(True)), [], rules)
    return {harm.title: " ".join(words for _, words in harm.said) for harm in found.found}


def test_the_strip_of_harms_reads_values_before_they_differ() -> None:
    same = {"nom": "Kato", "prenom": "Moses", "dob": "1984-03-07"}
    twin = same | {"prenom": "Grace"}
    pos, rewritten, bare, neg = (of(blood_type=said, allergies=[]) for said in ("O+", "0 pos", "O", "O neg"))
    assert harms_of(pos, rewritten, same, same) == {}
    assert harms_of(pos, bare, same, same) == {}
    assert harms_of(pos, neg, same, same) == {"Blood types differ": "O+; O neg; not one person"}
    assert list(harms_of(pos, pos, same, twin)) == ["Twins possible"]
    assert harms_of(pos, pos, same | {"dob": "1900-01-01"}, twin | {"dob": "1900-01-01"}) == {}
    assert harms_of(pos, pos, same | {"dob": "1984"}, twin | {"dob": "1984"}) == {}


def test_what_was_not_reported_contradicts_nothing() -> None:
    listed, none, silent = of(allergies=["Penicillin"]), of(allergies=[]), of()
    assert harms_of(listed, silent, {}, {}) == {}
    assert harms_of(listed, None, {}, {}) == {}
    assert list(harms_of(listed, none, {}, {})) == ["Allergy in one chart only"]
    assert list(harms_of(listed, of(allergies=["NKDA"]), {}, {})) == ["Allergies contradict"]
    assert harms_of(listed, of(allergies=["unknown"]), {}, {}) == {}
