"""Components say what they mean: a word and a shape beside every colour, a reason beside every refusal."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
import time_machine
from django import forms

from console.answers import Allowed, Forbidden
from console.capabilities.parts import STATES, Look
from console.keyset import Page
from console.ui import badges, dates, text
from console.ui.labels import AGREEMENTS, SEVERITIES
from tests.ui.rendering import draw, gallery_page
from triage.cases.kinds import KINDS, AnyKind
from triage.merges.grades import GRADES

NOW = dt.datetime(2026, 3, 14, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("level", SEVERITIES)
def test_severity_is_word_and_shape_not_colour_alone(level: str) -> None:
    html = draw("{% severity level %}", level=level)
    assert SEVERITIES[level].word in html
    assert "<svg" in html
    assert 'aria-hidden="true"' in html, "the word is read once, the icon not at all"


def test_severities_agreements_grades_and_verdicts_each_have_a_shape_of_its_own() -> None:
    for words in (SEVERITIES, AGREEMENTS, GRADES, *(_verdicts(kind) for kind in KINDS)):
        assert len({look.icon for look in words.values()}) == len(words)


def _verdicts(kind: AnyKind) -> dict[str, Look]:
    return {verdict.code: verdict.look for verdict in kind.verdicts}


@pytest.mark.parametrize("key", [*STATES.names(), "something_new"])
def test_a_state_is_always_shown_in_words(key: str) -> None:
    html = draw("{% state key %}", key=key)
    assert re.search(r"[A-Z][A-Za-z]+", re.sub(r"<[^>]+>", "", html))
    assert "<svg" in html


def test_a_disabled_button_says_why() -> None:
    why = "You opened this case; another reviewer must decide."
    html = draw('{% button "Decide" answer=answer name="verdict" value="LINK" %}', answer=Forbidden(why))
    assert "disabled" in html
    assert why in html
    assert "LINK" not in html
    assert "disabled" not in draw('{% button "Decide" answer=answer %}', answer=Allowed())


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    sources = [
        "{% badge evil %}",
        "{% state evil %}",
        "{% severity evil %}",
        "{% agreement 'agree' evil %}",
        "{% button evil %}",
        "{% empty evil why=evil %}",
        "{% stat evil evil %}",
        "{% facts rows %}",
        "{% characters parts %}",
        "{% page_header evil lead=evil %}{% endpage_header %}",
        "{% panel evil %}{{ evil }}{% endpanel %}",
        "{% timeline events %}",
    ]
    events = [SimpleNamespace(at=NOW, who=evil, sentence=evil, note=evil, icon="dot", tone="", receipt=evil)]
    context = {"evil": evil, "rows": [(evil, evil)], "parts": [(evil, True)], "events": events}
    for source in sources:
        assert "<script" not in draw(source, **context), source


def test_no_part_needs_what_the_content_security_policy_forbids() -> None:
    html = gallery_page()
    assert not re.search(r"\s(style|on[a-z]+|hx-on[\w:-]*)=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "scripts come from files"
    assert "javascript:" not in html


def test_form_errors_are_tied_to_their_fields() -> None:
    class Note(forms.Form):
        reason = forms.CharField(help_text="One sentence.")

    html = draw("{% error_summary form %}{{ form }}", form=Note({"reason": ""}))
    assert '<a href="#id_reason">Reason: This field is required.</a>' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    for name in described.group(1).split():
        assert f'id="{name}"' in html
    assert 'aria-invalid="true"' in html


def test_progress_polls_only_while_there_is_something_to_wait_for() -> None:
    running = draw('{% progress "Run" 50 200 rate=10.0 eta=15 poll="/runs/1/progress/" %}')
    assert 'hx-trigger="every 2s"' in running
    assert '"X-Background": "true"' in running, "asking on its own must not keep a session alive"
    assert "25%" in running
    assert "about 15 seconds left" in running
    done = draw('{% progress "Run" 200 200 status="done" poll="/runs/1/progress/" %}')
    assert "hx-get" not in done
    assert "finished" in done


def test_progress_of_unknown_length_claims_no_percentage() -> None:
    html = draw('{% progress "Counting" 12 %}')
    assert "%" not in html
    assert "value=" not in html


def test_the_pager_keeps_the_filters_and_never_counts() -> None:
    page = Page([1, 2], next="def", before="abc", first=False)
    html = draw("{% pager page 'case' %}", page=page)
    assert "view=mine&amp;after=def" in html or "view=mine&after=def" in html
    assert "view=mine&amp;before=abc" in html
    assert 'href="?view=mine" rel="first"' in html
    assert "2 cases on this page" in html
    assert "First page" not in draw("{% pager page 'case' %}", page=Page([1], next="def"))
    assert "Next" not in draw("{% pager page 'case' %}", page=Page([1]))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "just now"),
        (42, "42 seconds ago"),
        (-90, "in 1 minute"),
        (7300, "2 hours ago"),
        (90_000, "1 day ago"),
        (8_000_000, "11-Dec-2025"),
    ],
)
def test_relative_times(seconds: int, words: str) -> None:
    assert dates.relative(NOW - dt.timedelta(seconds=seconds), NOW) == words


@time_machine.travel(NOW, tick=False)
def test_a_moment_carries_exact_utc() -> None:
    html = dates.moment(NOW - dt.timedelta(hours=3))
    assert 'title="14-Mar-2026 09:00:00 UTC"' in html
    assert 'datetime="2026-03-14T09:00:00+00:00"' in html
    assert ">3 hours ago<" in html


def test_dates_numbers_and_lengths_of_time() -> None:
    assert dates.day("1970-01-02") == "02-Jan-1970"
    assert dates.day("1970") == "1970", "a partial date stays as it came"
    assert [dates.span(seconds) for seconds in (45, 180, 7500, 273_600)] == [
        "45 seconds",
        "3 minutes",
        "2 hours 5 minutes",
        "3 days 4 hours",
    ]
    assert text.nhs_number("9434765919") == "943 476 5919"
    assert text.nhs_number("MRN-4411") == "MRN-4411"
    assert text.person_name("Okafor", "Amara") == "OKAFOR, Amara"
    assert [text.bits(weight) for weight in (7.44, -2.0, -0.04)] == ["+7.4", "\N{MINUS SIGN}2.0", "0.0"]


def test_a_severity_drawn_twice_is_the_same_and_escaped() -> None:
    assert badges.severity("high") == badges.severity("high")
    assert "<b>" not in badges.severity("<b>")
    assert "<b>" not in badges.state("<b>", "<b>")
