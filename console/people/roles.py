"""Roles as code: each lists its permissions and the scopes it may be granted on. Changing one is a reviewed change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONSOLE: Final = "console"
QUEUE: Final = "cases.queue"
WAVE: Final = "waves.wave"
SOURCE: Final = "runs.source"


@dataclass(frozen=True, slots=True)
class Role:
    """A named bundle of permissions. ``scopes`` are the models it may be granted on, or ``console`` for everything."""

    name: str
    label: str
    purpose: str
    permissions: frozenset[str]
    scopes: frozenset[str]
    for_services: bool = False


_REVIEW = frozenset({"cases.see_queue", "cases.work_queue", "cases.reveal_patient"})
_RUNS = frozenset({"runs.view_runs", "waves.view_wave"})
#: The decision feed: of every source, held on the console, and of one source, held on it.
_FEED = frozenset(
    {"cases.read_feed", "cases.acknowledge_feed", "runs.read_decisions", "runs.acknowledge_decisions"},
)

ROLES: Final[dict[str, Role]] = {
    role.name: role
    for role in (
        Role("reviewer", "Reviewer", "Claims and decides cases.", _REVIEW, frozenset({CONSOLE, QUEUE})),
        Role(
            "lead",
            "Queue lead",
            "Manages queues: routing, SLA targets, claims and reversals.",
            _REVIEW | _RUNS | {"cases.manage_queue", "cases.reverse_decision"},
            frozenset({CONSOLE, QUEUE}),
        ),
        Role(
            "operator",
            "Migration operator",
            "Imports and recalls runs, monitors sources and sets up waves, sources and queues.",
            _RUNS
            | {"runs.push_run", "runs.recall_run", "runs.manage_source", "waves.manage_wave", "people.view_gallery"}
            | {"cases.set_up_queues"}
            | {"waves.begin_gates", "waves.attest_gates", "waves.manage_rollback", "waves.manage_measures"},
            frozenset({CONSOLE, SOURCE, WAVE}),
        ),
        Role(
            "compliance",
            "Compliance officer",
            "Reads the audit log and related records. Patient data is masked.",
            _RUNS | {"audit.view_book", "cases.see_queue"},
            frozenset({CONSOLE}),
        ),
        Role(
            "board",
            "Governance board",
            "Sees waves, runs and masked cases; votes on gates and signs; accepts risks.",
            _RUNS | {"cases.see_queue", "waves.vote_gates", "waves.accept_risks"},
            frozenset({CONSOLE, WAVE}),
        ),
        Role(
            "steward",
            "Migration steward",
            "Sets up gates, maintains the risk register and seals decision packages. Cannot approve a package "
            "they sealed.",
            _RUNS
            | {"cases.see_queue", "waves.manage_wave", "waves.manage_gates", "waves.attest_gates"}
            | {"waves.manage_risks", "waves.manage_measures", "waves.manage_rollback"},
            frozenset({CONSOLE, WAVE}),
        ),
        Role(
            "administrator",
            "Administrator",
            "Invites people, grants roles, makes service accounts. Sees no patient data.",
            frozenset({"people.manage_people", "people.manage_service_accounts", "people.view_gallery"}),
            frozenset({CONSOLE}),
        ),
        Role(
            "pipeline",
            "Pipeline",
            "Pushes runs, reads decisions and acknowledges them: of one source, or of all.",
            _FEED | {"runs.push_run", "runs.view_runs", "waves.report_measures"},
            frozenset({CONSOLE, SOURCE}),
            for_services=True,
        ),
        Role(
            "consumer",
            "Feed consumer",
            "Reads decisions and acknowledges them: of one source, or of all.",
            _FEED,
            frozenset({CONSOLE, SOURCE}),
            for_services=True,
        ),
        Role(
            "monitor",
            "Monitoring",
            "Reports measures: sign-in success, latencies, backlogs.",
            frozenset({"waves.report_measures"}),
            frozenset({CONSOLE}),
            for_services=True,
        ),
    )
}
