"""Views of runs and sources: pages, live fragments, recall and retry."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import keyset
from console.people.models import User
from console.people.permissions import may, require
from console.ui.text import plural
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import fragment, person
from triage.cases.actions import outcomes
from triage.cases.actions.outcomes import Withdrawn
from triage.intake import actions, presenting, queries, rules, stated
from triage.intake.forms import ChangeSourceForm, MakeSourceForm, RecallForm, rules_initial
from triage.intake.queries import RunFilter
from triage.runs.models import Run, RunFile, RunState

VIEW, PUSH, RECALL, MANAGE = "runs.view_runs", "runs.push_run", "runs.recall_run", "runs.manage_source"
STOP_POLLING = 286
_FILTERS = ("state", "source", "wave")


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """The runs that this person may see, the newest first."""
    user = _viewer(request)
    asked = {name: request.GET.get(name, "")[:100] for name in _FILTERS}
    page = queries.page_of_runs(user, RunFilter(**asked), place=keyset.asked(request.GET))
    states = [("unsettled", "Under way"), *RunState.choices]
    context = {"page": page, "asked": asked, "states": states, "filtered": any(asked.values())}
    return render(request, "intake/runs.html", {**context, "sources": queries.sources_for(user)})


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: stages, sums, files, what it did, what was rejected."""
    user = person(request)
    found = queries.run_for(user, pk)
    files = queries.files_of(found)
    context = _live_context(found, files) | {
        "stated": stated.of_page(found, files),
        "stages": presenting.stage_rows(found.manifest, found.sums),
        "transformation": found.manifest.get("transformation", {}),
        "wrong": [item for item in found.sums if not item["fits"]],
        "reconciled": presenting.reconciled_rows(queries.reconciliations_of(found)),
        "reasons": presenting.reason_rows(found),
        "rejected": queries.rejected_lines(found, size=5) if found.rejected else None,
        "only_counted": queries.only_counted(found),
        "may_recall": rules.may_recall(found.state) if may(user, RECALL, found.source) else None,
        "may_retry": rules.may_retry(found.state) if may(user, PUSH, found.source) else None,
    }
    return render(request, "intake/run.html", context)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Render the live part of a run's page; once the run has ended, the whole page reloads."""
    found = queries.run_for(person(request), pk)
    live = presenting.is_live(found)
    response = render(
        request,
        "intake/_live.html",
        _live_context(found, queries.files_of(found)),
        status=200 if live else STOP_POLLING,
    )
    if not live:
        response["HX-Refresh"] = "true"
    return response


def _live_context(found: Run, files: list[RunFile]) -> dict[str, Any]:
    return {
        "run": found,
        "live": presenting.is_live(found),
        "progress": presenting.progress_of(found, files, timezone.now()),
        "files": presenting.file_rows(files),
    }


@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected lines of a run, of one reason or of all."""
    found = queries.run_for(person(request), pk)
    reason = request.GET.get("reason", "")[:40]
    page = queries.rejected_lines(found, reason=reason, place=keyset.asked(request.GET))
    context = {
        "run": found,
        "page": page,
        "reason": reason,
        "reasons": presenting.reason_rows(found),
        "only_counted": queries.only_counted(found),
    }
    return render(request, "intake/rejected.html", context)


@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Recall a run; before that, what it would do."""
    user = person(request)
    found = queries.run_for(user, pk)
    require(user, RECALL, found.source, to="recall a run of this source")
    form = RecallForm(sent(request))
    if not form.is_bound:
        rules.may_recall(found.state).require()
    recalled = submit(form, actions.recall, run=found, by=user)
    if isinstance(recalled, Done):
        return succeed(request, f"{found.run_id} is recalled: {_effect(recalled.value)}.", "intake:run", found.pk)
    context = {"run": found, "form": form, "effect": outcomes.preview(found)}
    return render(request, "intake/recall.html", context, status=recalled.status)


def _effect(done: Withdrawn) -> str:
    withdrawn = f"{plural(done.withdrawn, 'case')} withdrawn"
    return f"{withdrawn}, {plural(done.unverified, 'case')} no longer verified" if done.unverified else withdrawn


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a quarantined or failed run up again."""
    user = person(request)
    found = queries.run_for(user, pk)
    actions.retry(run=found, by=user)
    return succeed(request, f"{found.run_id} is checked again.", "intake:run", found.pk)


# Sources


@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """The sources that this person may see, with what their last poll could not take in."""
    user = _viewer(request)
    return render(request, "intake/sources.html", {"sources": queries.sources_for(user), "may_make": may(user, MANAGE)})


@require_http_methods(["GET", "POST"])
def make_source(request: HttpRequest) -> HttpResponse:
    """Make a source."""
    user = person(request)
    require(user, MANAGE, to="set up sources")
    form = MakeSourceForm(sent(request))
    made = submit(form, actions.make_source, by=user)
    if isinstance(made, Done):
        return succeed(request, f"The source {made.value.name} is set up.", "intake:sources")
    return render(request, "intake/source.html", {"form": form}, status=made.status)


@require_http_methods(["GET", "POST"])
def change_source(request: HttpRequest, name: str) -> HttpResponse:
    """Change a source."""
    user = person(request)
    source = queries.source_named(user, name)
    require(user, MANAGE, source, to="change this source")
    initial = {field: getattr(source, field) for field in ("title", "kind", "path", "public_key", "active")}
    initial |= rules_initial(source)
    form = ChangeSourceForm(sent(request), initial=initial)
    changed = submit(form, actions.change_source, source=source, by=user)
    if isinstance(changed, Done):
        return succeed(request, f"The source {changed.value.name} is changed.", "intake:sources")
    return render(request, "intake/source.html", {"form": form, "source": source}, status=changed.status)


# Fragments for other pages


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """For the home page: runs in trouble, and the newest ones."""
    user = _viewer(request)
    context = {"troubled": queries.runs_in_trouble(user), "recent": queries.recent_runs(user)}
    return render(request, "intake/_home.html", context)


@require_GET
def wave_runs(request: HttpRequest, slug: str) -> HttpResponse:
    """For a wave's page: its newest runs."""
    user = person(request)
    page = queries.page_of_runs(user, RunFilter(wave=slug), size=10)
    return render(request, "intake/_wave_runs.html", {"page": page, "slug": slug, "all": fragment("intake:runs")})


def _viewer(request: HttpRequest) -> User:
    user = person(request)
    if not queries.may_see_runs(user):
        require(user, VIEW, to="see runs")
    return user
