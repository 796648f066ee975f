"""From a form or a button to one action, and back: the only place where a page catches what an action refuses.

A view parses the form, calls one action and draws one page::

    form = MakeForm(sent(request))
    made = submit(form, actions.make_wave, by=user)
    if isinstance(made, Done):
        return succeed(request, f"{made.value} is made.", "waves:wave", made.value.slug)
    return render(request, "waves/edit.html", {"form": form}, status=made.status)

What is invalid (422) or no longer so (409) stands in the form, with all that was typed. Every other refusal passes: the
middleware answers it with a page of its own. An accepted form leads to another address, so that loading the page
again sends nothing; that a second press of the button sends nothing, static/js/once.js sees to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

from django.contrib import messages
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from console.errors import Invalid, Stale

P = ParamSpec("P")
R = TypeVar("R")

#: The hidden field that says which state of a thing its author had looked at.
_SEEN: Final = "seen"


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """The action was carried out; ``value`` is what it returned."""

    value: R


@dataclass(frozen=True, slots=True)
class NotDone:
    """Nothing has changed: the page is shown with this status, and says ``sentence`` if the action was refused.

    ``field`` is the field that has to be mended, where the action named one.
    """

    status: int
    sentence: str = ""
    field: str = ""


@runtime_checkable
class Translated(Protocol):
    """A form whose action takes other arguments than the form has fields."""

    def fields_for_action(self) -> dict[str, Any]:
        """Return what the action takes of a valid form."""


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, even if that is nothing; None when its page is only opened."""
    return request.POST if request.method == "POST" else None


def submit(
    form: BaseForm, action: Callable[..., R], /, *, beside: Iterable[BaseFormSet[Any]] = (), **about: Any
) -> Done[R] | NotDone:
    """Call ``action`` with ``about`` and what the form says, if it was sent and is valid.

    ``beside`` are the sets of forms on the same page, which have to be valid as well; the action is given none of them.
    What the action refuses becomes the form's error. The page then shows the present state: a form that names the state
    it was filled in on (``seen``) names the present one, so that sending it again is a choice made with that in view.
    """
    if not form.is_bound:
        return NotDone(200)
    if not all([form.is_valid(), *(others.is_valid() for others in beside)]):
        return NotDone(422)
    answer = press(lambda: action(**about, **_said(form)))
    if isinstance(answer, NotDone):
        form.add_error(None, answer.sentence)
        show_current(form)
    return answer


def press(action: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Done[R] | NotDone:
    """Call the action of a button whose page itself shows why nothing was done."""
    try:
        return Done(action(*args, **kwargs))
    except (Invalid, Stale) as refusal:
        return NotDone(refusal.status, refusal.sentence, str(refusal.details.get("field", "")))


def succeed(request: HttpRequest, sentence: str, to: str, *args: Any) -> HttpResponse:
    """Say what was done and lead to ``to``, an address or the name of one with its ``args``."""
    messages.success(request, sentence)
    return redirect(to, *args)


def show_current(form: BaseForm) -> None:
    """Let a form that was sent name the state that its page now shows (``seen``), if it names one."""
    if _SEEN in form.fields:
        data = cast(QueryDict, form.data).copy()
        data[form.add_prefix(_SEEN)] = str(form.get_initial_for_field(form.fields[_SEEN], _SEEN))
        form.data = data


def _said(form: BaseForm) -> dict[str, Any]:
    return form.fields_for_action() if isinstance(form, Translated) else form.cleaned_data
