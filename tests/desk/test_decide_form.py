"""The decide form: what belongs to some verdicts only goes by their places, in form and stylesheet alike."""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings
from django.utils import timezone

from console.answers import Allowed, Answer, Forbidden
from triage.cases.kinds import Reason, Then, Verdict
from triage.cases.kinds.checks import PLACES
from triage.desk.decide_form import DecideForm, decide_form

KEEP = Verdict("KEEP", "Keep", "1", "Keep it.", Then.SETTLE, "decided: Keep", reason_required=False)
DROP = Verdict("DROP", "Drop", "2", "Drop it.", Then.SETTLE, "decided: Drop")
LATER = Verdict("LATER", "Later", "3", "Later.", Then.DEFER, "decided: Later")
ASK = Verdict("ASK", "Ask", "4", "Ask.", Then.ASK, "decided: Ask")
REASONS = (Reason("sure", "I am sure", "s", ("KEEP", "DROP")), Reason("tired", "It is late", "t", ("LATER",)))


def form(*verdicts: Verdict, severe: bool = False) -> DecideForm:
    def answer(verdict: Verdict) -> Answer:
        return Forbidden("Not here.") if verdict is DROP else Allowed()

    return decide_form(verdicts, REASONS, answer=answer, severe=severe, now=timezone.now())


def test_reasons_and_needs_name_the_places_of_their_verdicts() -> None:
    found = form(LATER, KEEP, ASK, DROP)
    assert [(choice.place, choice.verdict.code) for choice in found.verdicts] == [
        (1, "LATER"),
        (2, "KEEP"),
        (3, "ASK"),
        (4, "DROP"),
    ]
    assert [choice.places for choice in found.reasons] == ["2 4", "1"]
    assert (found.until_places, found.asked_of_places) == ("1", "3")


def test_a_kind_without_such_verdicts_needs_neither_a_date_nor_someone_to_ask() -> None:
    found = form(KEEP, DROP)
    assert (found.until_places, found.asked_of_places) == ("", "")


def test_a_verdict_that_cannot_be_chosen_says_why() -> None:
    assert [choice.answer.reason for choice in form(KEEP, DROP).verdicts if not choice.answer] == ["Not here."]


def test_where_a_reason_is_optional_the_form_names_the_verdicts() -> None:
    assert form(KEEP, DROP).reasons_needed == "optional for “Keep”"
    assert form(KEEP, DROP, severe=True).reasons_needed == "required"
    assert form(DROP).reasons_needed == "required"


def test_the_date_offered_is_in_a_week_and_never_today() -> None:
    found, today = form(LATER), timezone.localdate()
    assert found.until_first == (today + dt.timedelta(days=1)).isoformat()
    assert found.until_default == (today + dt.timedelta(days=7)).isoformat()


def test_two_forms_are_two_requests() -> None:
    assert form(KEEP).request_key != form(KEEP).request_key


def test_the_stylesheet_has_a_rule_for_every_place_that_a_kind_may_use() -> None:
    text = (settings.BASE_DIR / "static" / "css" / "review.css").read_text(encoding="utf-8")
    places = re.findall(r'\.decide:has\(\[data-place="(\d+)"\]:checked\) \[data-for~="(\d+)"\]', text)
    assert places == [(str(place), str(place)) for place in range(1, PLACES + 1)]
