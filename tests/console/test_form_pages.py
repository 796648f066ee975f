"""From a form to an action and back: what was refused stands in the form, with what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from console.errors import Denied, Invalid, Missing, Refusal, Stale
from console.web.form_pages import Done, NotDone, press, sent, submit


class NameForm(forms.Form):
    name = forms.CharField(max_length=10)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class DayForm(NameForm):
    def fields_for_action(self) -> dict[str, Any]:
        return {"title": self.cleaned_data["name"].upper()}


RowForms = forms.formset_factory(NameForm, extra=0)


def _form(text: str = "name=Ana&seen=3", kind: type[NameForm] = NameForm) -> NameForm:
    return kind(QueryDict(text), initial={"seen": 4})


def _refuse(refusal: Refusal) -> Any:
    def action(**said: Any) -> None:
        raise refusal

    return action


def test_what_a_valid_form_says_reaches_the_action_once() -> None:
    calls: list[dict[str, Any]] = []
    done = submit(_form(), lambda **said: calls.append(said), by="Ben")
    assert done == Done(None), "an action that returns nothing is done as well"
    assert calls == [{"name": "Ana", "seen": 3, "by": "Ben"}]


def test_a_form_may_say_itself_what_its_action_takes() -> None:
    assert submit(_form(kind=DayForm), lambda *, title: title) == Done("ANA")


def test_a_page_that_is_only_opened_calls_nothing() -> None:
    assert submit(NameForm(initial={"seen": 4}), _refuse(Denied("Never asked."))) == NotDone(200)


@pytest.mark.parametrize("rows", ["", "&form-TOTAL_FORMS=1&form-INITIAL_FORMS=0&form-0-name=&form-0-seen=x"])
def test_a_form_that_is_not_valid_calls_nothing(rows: str) -> None:
    form = _form("name=much+too+long&seen=3" if not rows else f"name=Ana&seen=3{rows}")
    beside = [RowForms(form.data)] if rows else []
    assert submit(form, _refuse(Denied("Never asked.")), beside=beside) == NotDone(422)


@pytest.mark.parametrize(("refusal", "status"), [(Invalid("No such day."), 422), (Stale("It has moved on."), 409)])
def test_a_refusal_stands_in_the_form_with_what_was_typed(refusal: Refusal, status: int) -> None:
    form = _form()
    assert submit(form, _refuse(refusal)) == NotDone(status, refusal.sentence)
    assert form.non_field_errors() == [refusal.sentence]
    assert form["name"].value() == "Ana"
    assert form["seen"].value() == "4", "sent again, it says that the present state was looked at"


@pytest.mark.parametrize("refusal", [Denied("Your role does not allow it."), Missing("There is none.")])
def test_other_refusals_have_a_page_of_their_own(refusal: Refusal) -> None:
    with pytest.raises(type(refusal)):
        submit(_form(), _refuse(refusal))


def test_a_button_learns_why_nothing_was_done() -> None:
    assert press(len, "abc") == Done(3)
    assert press(_refuse(Stale("It has moved on."))) == NotDone(409, "It has moved on.")


def test_a_form_sent_with_nothing_was_sent() -> None:
    factory = RequestFactory()
    assert sent(factory.get("/")) is None
    assert sent(factory.post("/")) == QueryDict()
