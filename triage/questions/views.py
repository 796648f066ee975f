"""The pages of questions: those put to a person, one of them with the box to answer it, and who may be asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from console import keyset
from console.people.permissions import may
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.cases import kinds
from triage.cases.queries import case_for
from triage.questions import actions, presenting, queries
from triage.questions.forms import AnswerForm


@dataclass(frozen=True, slots=True)
class View:
    """One of the two lists, as the tabs show it."""

    label: str
    url: str
    current: bool


@never_cache
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The questions put to this person: open ones by due time, or closed ones."""
    closed, here = request.GET.get("show") == "closed", reverse("questions:questions")
    page = queries.page_of_questions(person(request), closed=closed, place=keyset.asked(request.GET))
    views = [View("Open", here, not closed), View("Closed", f"{here}?show=closed", closed)]
    context = {"page": page, "views": views, "closed": closed, "now": timezone.now()}
    return render(request, "questions/questions.html", context)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Questions that wait for this person, and answers to theirs, for the home page."""
    by = person(request)
    context = {"questions": queries.first_questions(by), "answers": queries.answers_for(by), "now": timezone.now()}
    return render(request, "questions/_home.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question: who asked it and what, and the box to answer it. The look is logged before it is sent."""
    by, form = person(request), AnswerForm(sent(request))
    found = queries.question_for(by, number)
    answered = submit(form, actions.answer, question=found, by=by)
    if isinstance(answered, Done):
        said = f"Your answer about {found.case.ref} is saved. {found.by} has been notified."
        return succeed(request, said, "questions:questions")
    actions.opened(question=found, by=by)
    addressed = queries.addressed(found, by)
    context = {
        "question": found,
        # What was typed stays on the page, also when the question has ended meanwhile.
        "form": form if form.is_bound or (addressed and found.by_id != by.pk and not found.outcome) else None,
        "sees_case": may(by, queries.SEE, found.case.queue),
        "reads": addressed or found.by_id == by.pk,
        "records": presenting.records(found.case),
        "kind": kinds.label(found.case.kind),
        "reason": kinds.reason_label(found.case.kind, found.decision.reason),
        "late": not found.outcome and found.due_at < timezone.now(),
    }
    return render(request, "questions/question.html", context, status=answered.status)


@never_cache
@require_safe
def addressees(request: HttpRequest, ref: str) -> HttpResponse:
    """Who may be asked about this case, as options of a list."""
    by = person(request)
    found = queries.offered(case_for(by, ref).queue, viewer=by)
    return render(request, "questions/_addressees.html", {"addressees": found})
