"""Find runs by their identifier and sources by name."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from console.people.permissions import scoped
from triage.intake.queries import visible_runs
from triage.runs.models import Run, Source


def runs(user: User, text: str, limit: int) -> list[Hit]:
    """The runs that this person may see of that identifier, then those whose identifier begins so. By index."""
    shown = visible_runs(user).only("run_id", "state", "source__title", "wave__name")
    exact = list(shown.filter(run_id=text).order_by("-pk")[:limit])
    longer = shown.filter(run_id__startswith=text).exclude(run_id=text)[: limit - len(exact)]
    return [_run(run) for run in (*exact, *sorted(longer, key=lambda run: -run.pk))]


def sources(user: User, text: str, limit: int) -> list[Hit]:
    """The sources whose runs this person may see and whose name holds the text. One query over a short table."""
    named = Source.objects.filter(Q(name__icontains=text) | Q(title__icontains=text))
    found = scoped(user, "runs.view_runs", named).order_by("name")[:limit]
    return [
        Hit(
            title=source.title,
            url=f"{reverse('intake:runs')}?{urlencode({'source': source.name})}",
            detail=f"{source.name}: its runs",
            state="" if source.active else "inactive",
        )
        for source in found
    ]


def _run(run: Run) -> Hit:
    return Hit(
        title=run.run_id,
        url=reverse("intake:run", args=[run.pk]),
        detail=f"{run.source.title}, {run.wave.name}",
        state=run.state,
    )
