"""The built-in measures of triage: what each is called, what it counts, and how it is read."""

from __future__ import annotations

from typing import Final

from governance.measures import facts, run_facts
from governance.measures.builtin import BuiltIn
from governance.measures.models import Direction, Unit

_LOWER, _HIGHER = Direction.LOWER, Direction.HIGHER

MEASURES: Final = (
    BuiltIn(
        "critical-open",
        "Unresolved critical cases",
        "Each may harm a patient on the first day.",
        Unit.COUNT,
        _LOWER,
        facts.critical,
        noun="cases",
    ),
    BuiltIn(
        "open-cases",
        "Unresolved cases",
        "Cases waiting for a decision.",
        Unit.COUNT,
        _LOWER,
        facts.open_cases,
        facts.open_cases_by,
        noun="cases",
    ),
    BuiltIn(
        facts.PAST_CUTOVER,
        "Cases deferred past cutover",
        "Unresolved cases that reviewers left for the time after the cutover.",
        Unit.COUNT,
        _LOWER,
        facts.past_cutover,
        facts.past_cutover_by,
        noun="cases",
    ),
    BuiltIn(
        "reconciliation",
        "Reconciled records",
        "Unreconciled records were lost, duplicated or altered.",
        Unit.RATIO,
        _HIGHER,
        facts.reconciliation,
        facts.reconciliation_by,
        noun="checked",
    ),
    BuiltIn(
        "rejected-lines",
        "Rejected lines",
        "A rejected line was not loaded, so no one has reviewed it.",
        Unit.RATIO,
        _LOWER,
        run_facts.rejected,
        run_facts.by_purpose(run_facts.rejected),
        noun="lines",
    ),
    BuiltIn(
        "last-run",
        "Latest loaded run",
        "What a gate decides on must come from a recent run of the right purpose.",
        Unit.EVENT,
        _HIGHER,
        run_facts.last_run,
        run_facts.by_purpose(run_facts.last_run),
        noun="runs",
    ),
    BuiltIn(
        "identity-errors",
        "Identity decision error rate",
        "Share of verified merge decisions that a later run found wrong.",
        Unit.RATIO,
        _LOWER,
        facts.identity,
        noun="decisions",
    ),
    BuiltIn(
        "sla-attainment",
        "Cases decided within SLA",
        "Of those decided in the last seven days.",
        Unit.RATIO,
        _HIGHER,
        facts.sla,
        noun="cases",
    ),
    BuiltIn(
        "review-agreement",
        "Agreement of second reviews",
        "Two people who see the same evidence should come to the same verdict.",
        Unit.RATIO,
        _HIGHER,
        facts.not_yet("review-agreement", "Second review is not available in this version."),
        noun="reviews",
    ),
    BuiltIn(
        "mapping-coverage",
        "Mapping coverage",
        "An unmapped code loses its meaning after migration.",
        Unit.RATIO,
        _HIGHER,
        facts.not_yet("mapping-coverage", "The mapping dictionary is not available in this version."),
        noun="codes",
    ),
    BuiltIn(
        "consent-parity",
        "Consent parity",
        "A patient's refusal must hold after the move as it did before.",
        Unit.RATIO,
        _HIGHER,
        facts.not_yet("consent-parity", "Consent comparison is not available in this version."),
        noun="consents",
    ),
    BuiltIn(
        "seal-lag",
        "Audit log sealing delay",
        "Time between an audit entry and its sealed checkpoint.",
        Unit.SECONDS,
        _LOWER,
        facts.not_yet("seal-lag", "Sealing of the audit log is not available in this version."),
        fresh_seconds=300,
    ),
)
