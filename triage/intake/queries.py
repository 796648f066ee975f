"""What is read about sources and runs. Lists are paged by key and never counted by scanning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people.models import User
from console.people.permissions import may, may_anywhere, scoped
from console.waves.models import Wave
from triage.intake.line_handlers import first_kinds
from triage.intake.parsing import KEPT
from triage.intake.rules import UNSETTLED
from triage.runs.models import FileState, Layer, Reconciliation, RejectedLine, Run, RunFile, RunState, Source

RECONCILIATIONS = 500
_LIST_FIELDS = (
    "run_id",
    "state",
    "lines",
    "lines_expected",
    "opened",
    "known",
    "verified",
    "reopened",
    "rejected",
    "announced_at",
    "started_at",
    "settled_at",
    "problem",
    "source__name",
    "source__title",
    "wave__slug",
    "wave__name",
)


def visible_runs(user: User) -> QuerySet[Run]:
    """The runs that the user may see: all, those of a source, or those of a wave."""
    runs = Run.objects.select_related("source", "wave")
    if may(user, "runs.view_runs"):
        return runs
    sources = scoped(user, "runs.view_runs", Source.objects.all())
    waves = scoped(user, "waves.view_wave", Wave.objects.all())
    return runs.filter(Q(source__in=sources) | Q(wave__in=waves))


def may_see_runs(user: User) -> bool:
    """True if there is at least one source or wave whose runs the user may see."""
    return may_anywhere(user, "runs.view_runs", Source) or may_anywhere(user, "waves.view_wave", Wave)


def run_for(user: User, pk: int) -> Run:
    """A run that the user may see. Raises Missing."""
    found = visible_runs(user).select_related("announced_by", "recalled_by", "continues").filter(pk=pk).first()
    if found is None:
        raise Missing("There is no such run, or your roles do not let you see it.")
    return found


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; empty means any. ``state`` may be ``unsettled``; source and wave go by their names."""

    state: str = ""
    source: str = ""
    wave: str = ""


def page_of_runs(user: User, wanted: RunFilter, *, place: Place = TOP, size: int = keyset.PAGE) -> Page[Run]:
    """One page of runs, the newest first."""
    found = visible_runs(user).only(*_LIST_FIELDS)
    if wanted.state:
        found = found.filter(state__in=list(UNSETTLED) if wanted.state == "unsettled" else [wanted.state])
    if wanted.source:
        found = found.filter(source__name=wanted.source)
    if wanted.wave:
        found = found.filter(wave__slug=wanted.wave)
    return keyset.page(found, keyset.NEWEST, place, size=size)


def recent_runs(user: User, *, limit: int = 5) -> list[Run]:
    """The newest runs."""
    return list(visible_runs(user).only(*_LIST_FIELDS).order_by("-pk")[:limit])


def runs_in_trouble(user: User, *, limit: int = 5) -> list[Run]:
    """The newest runs that are quarantined or have failed."""
    troubled = visible_runs(user).filter(state__in=[RunState.QUARANTINED, RunState.FAILED])
    return list(troubled.only(*_LIST_FIELDS).order_by("-pk")[:limit])


def reconciliations_of(run: Run) -> list[Reconciliation]:
    """What a run says it reconciled: storage first, then schemas, records and workflows; at most 500."""
    places = {layer: place for place, layer in enumerate(Layer.values)}
    found = list(run.reconciliations.order_by("layer", "domain", "check_name")[:RECONCILIATIONS])
    return sorted(found, key=lambda row: (places[row.layer], row.domain, row.check_name))


def waves_of(run_id: int) -> list[int]:
    """The wave of a run, for holding it before the run is locked: a run's wave never changes. Empty without the run."""
    return list(Run.objects.filter(pk=run_id).values_list("wave_id", flat=True))


def waves_of_file(file_id: int) -> list[int]:
    """As ``waves_of``, for the run of a file."""
    return list(RunFile.objects.filter(pk=file_id).values_list("run__wave_id", flat=True))


def files_of(run: Run) -> list[RunFile]:
    """The files of a run, in the manifest's order."""
    return list(run.files.order_by("pk"))


def files_in_turn(run: Run) -> list[RunFile]:
    """The files of a run in the order in which they are taken in."""
    first = first_kinds()
    return sorted(files_of(run), key=lambda file: file.kind not in first)


def rejected_lines(run: Run, *, reason: str = "", place: Place = TOP, size: int = keyset.PAGE) -> Page[RejectedLine]:
    """One page of a run's rejected lines in the order of their intake, of one reason or of all."""
    found = RejectedLine.objects.filter(run=run).select_related("file")
    if reason:
        found = found.filter(reason=reason)
    return keyset.page(found, keyset.OLDEST, place, size=size)


def only_counted(run: Run) -> int:
    """How many of a run's rejected lines were counted and not kept: its files had more than are kept of each."""
    if run.rejected <= KEPT:
        return 0
    return sum(file.rejected - file.rejected_kept for file in files_of(run))


def sources_for(user: User) -> list[Source]:
    """The sources that the user may see."""
    return list(scoped(user, "runs.view_runs", Source.objects.order_by("name")))


def source_named(user: User, name: str) -> Source:
    """A source that the user may see. Raises Missing."""
    found = scoped(user, "runs.view_runs", Source.objects.filter(name=name)).first()
    if found is None:
        raise Missing("There is no such source, or your roles do not let you see it.")
    return found


def polled_sources() -> list[Source]:
    """The active sources that are directories."""
    return list(Source.objects.filter(kind="directory", active=True).order_by("name"))


def known_digests(source: Source, run_ids: Iterable[str]) -> dict[str, str]:
    """The manifest digests of those runs of a source that are known, by run id."""
    return dict(Run.objects.filter(source=source, run_id__in=list(run_ids)).values_list("run_id", "manifest_digest"))


def counts_by_state() -> list[tuple[tuple[str, ...], float]]:
    """How many runs are under way or in trouble, by state: few, however many runs there are."""
    watched = [*UNSETTLED, RunState.QUARANTINED, RunState.FAILED]
    found = dict(Run.objects.filter(state__in=watched).values_list("state").annotate(n=Count("pk")).order_by())
    return [((str(state),), float(found.get(state, 0))) for state in sorted(watched)]


# What is to be done: asked by workers


def runs_to_wake(limit: int) -> list[int]:
    """Return runs that wait for a check without a lease, the oldest first; of each source only the next in order."""
    unsettled = Run.objects.filter(state__in=list(UNSETTLED)).order_by()
    in_turn = unsettled.values("source_id").annotate(first=Min("pk")).values("first")
    waiting = Run.objects.filter(pk__in=in_turn, state__in=[RunState.ANNOUNCED, RunState.CHECKING])
    return list(waiting.filter(_lease_free()).order_by("pk").values_list("pk", flat=True)[:limit])


def files_to_wake(limit: int) -> list[int]:
    """Return files of loading runs without a lease, the oldest first."""
    waiting = RunFile.objects.filter(run__state=RunState.LOADING, state__in=[FileState.WAITING, FileState.LOADING])
    waiting = waiting.filter(Q(kind__in=first_kinds()) | Q(run__populating=False))
    return list(waiting.filter(_lease_free()).order_by("pk").values_list("pk", flat=True)[:limit])


def runs_to_settle(limit: int) -> list[int]:
    """Loading runs whose files are all done: their last worker died between its last chunk and the settling."""
    unfinished = RunFile.objects.filter(state__in=[FileState.WAITING, FileState.LOADING]).values("run_id")
    loading = Run.objects.filter(state=RunState.LOADING).exclude(pk__in=unfinished)
    return list(loading.order_by("pk").values_list("pk", flat=True)[:limit])


def runs_to_populate(limit: int) -> list[int]:
    """Loading runs that still wait for their population although it is all in: their last worker died before."""
    loading = Run.objects.filter(state=RunState.LOADING, populating=True).exclude(pk__in=_unfinished_first())
    return list(loading.order_by("pk").values_list("pk", flat=True)[:limit])


def population_is_in(run: Run) -> bool:
    """True once every file that all others of the run rest on has been taken in."""
    return not _unfinished_first().filter(run_id=run.pk).exists()


def _unfinished_first() -> QuerySet[RunFile, int]:
    states = [FileState.WAITING, FileState.LOADING]
    return RunFile.objects.filter(kind__in=first_kinds(), state__in=states).values_list("run_id", flat=True)


def earlier_unsettled(run: Run) -> bool:
    """True while an earlier run of the same source is under way: evidence must arrive in the order of the runs."""
    return Run.objects.filter(source_id=run.source_id, pk__lt=run.pk, state__in=list(UNSETTLED)).exists()


def next_waiting(run: Run) -> int | None:
    """The next run of the same source that waits for its check."""
    waiting = Run.objects.filter(source_id=run.source_id, state=RunState.ANNOUNCED)
    return waiting.order_by("pk").values_list("pk", flat=True).first()


def _lease_free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
