"""What intake declares: navigation, verbs, published schemas, a step of the set-up, a gauge, reconciliation lines."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec

from console.capabilities.declaration import Capability
from console.capabilities.parts import (
    Command,
    Gauge,
    HomePart,
    NavItem,
    PublishedSchema,
    SearchSource,
    Step,
    WavePart,
)
from triage.intake import packages, population, queries, reconciliation, search
from triage.intake.actions.populations import keep_lines as keep_population
from triage.intake.actions.reconciliations import keep_lines
from triage.intake.causes import IntakeCause
from triage.intake.records import RecordExcerpt
from triage.line_handlers import LINE_HANDLERS, LineHandler
from triage.runs.examined import POPULATION
from triage.runs.models import Source

VIEW, MANAGE = "runs.view_runs", "runs.manage_source"
SOURCE: Final = "runs.Source"

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("run.announced", "received run {run} from {source}: {files} files", "megaphone"),
    ("run.sent_again", "sent the files of run {run} again", "megaphone"),
    ("run.checked", "verified run {run}: all {sums} control totals match", "list-checks"),
    ("run.quarantined", "quarantined run {run}: {wrong}", "shield-alert"),
    ("run.chunk_loaded", "loaded lines {first} to {last} of {file} ({run}): {opened} opened, {known} known", "loader"),
    (
        "run.populated",
        "took in the population of run {run}: {records} records, {moved} cases follow",
        "users",
    ),
    ("run.loaded", "finished run {run}: {lines} lines, {opened} cases opened, {verified} verified", "circle-check"),
    ("run.failed", "run {run} failed: {problem}", "circle-x"),
    ("run.retried", "retried run {run}", "rotate-cw"),
    ("run.recalled", "recalled run {run}: {withdrawn} cases withdrawn, {unverified} no longer verified", "undo-2"),
    ("source.made", "made the source {name}", "plus"),
    ("source.changed", "changed the source {name}", "pencil"),
    ("source.polled", "polled the source {name}: {problem}", "folder-search"),
)

_WHY: Final = "Manifests name the source that they come from; a directory source is polled automatically."
_RECONCILIATION: Final = LineHandler(
    "reconciliation",
    "Line of a reconciliation file",
    reconciliation.decode,
    keep_lines,
    reconciliation.schema,
    IntakeCause.RECONCILIATION_ARRIVED,
    refusals=reconciliation.REFUSALS,
)
_POPULATION: Final = LineHandler(
    POPULATION,
    "Line of a population file",
    population.decode,
    keep_population,
    population.schema,
    None,
    refusals=population.REFUSALS,
    first=True,
)

CAPABILITY: Final = Capability(
    urls="triage.intake.urls",
    api_urls="triage.intake.api_urls",
    navigation=(
        NavItem("Runs", "intake:runs", "package-open", "g r", VIEW, 300, model=SOURCE),
        NavItem("Sources", "intake:sources", "folder-input", "", VIEW, 310, model=SOURCE),
    ),
    commands=(Command(label="Set up a source", url_name="intake:make-source", icon="folder-input", permission=MANAGE),),
    search=(
        SearchSource(
            code="runs", label="Runs", icon="package-open", find=search.runs, permission=VIEW, order=50, model=SOURCE
        ),
        SearchSource(
            code="sources",
            label="Sources",
            icon="folder-input",
            find=search.sources,
            permission=VIEW,
            order=60,
            model=SOURCE,
        ),
    ),
    steps=(Step("Set up a source", _WHY, "intake:make-source", MANAGE, Source.objects.exists, order=30),),
    home=(HomePart("intake:home", VIEW, order=20),),
    wave_parts=(WavePart("intake:wave-runs", "runs", order=40),),
    verbs=VERBS,
    families={"run": "Runs", "source": "Sources"},
    schemas=(
        PublishedSchema("manifest", "Manifest of a run package", packages.manifest_schema),
        PublishedSchema("records", "Line of a records file", partial(msgspec.json.schema, RecordExcerpt)),
    ),
    gauges=(
        Gauge("concord_runs", "Runs that are under way or in trouble, by state.", queries.counts_by_state, ("state",)),
    ),
    parts=(LINE_HANDLERS.part(_RECONCILIATION), LINE_HANDLERS.part(_POPULATION)),
)
