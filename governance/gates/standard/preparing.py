"""Before the day: scope, ingestion, access, validation, consent."""

from __future__ import annotations

from typing import Final

from governance.gates.models import Phase
from governance.gates.templates import (
    CLINICAL,
    OPERATIONAL,
    PRIVACY,
    SECURITY,
    TECHNICAL,
    Template,
    after,
    attested,
    ceiling,
    control,
    none_open,
    ratio,
)

RECORDS = "Records that do not reconcile are lost, doubled or changed; the board sees how many, exactly."


SCOPE: Final = Template(
    Phase.SCOPE,
    1,
    "Scope and mapping",
    (
        attested(
            "scope-agreed",
            "The wave's scope is agreed",
            "Everybody must mean the same records when they say yes.",
            "Departments, facilities, domains and record counts of this wave are agreed by their owners.",
            days=90,
            domain=OPERATIONAL,
        ),
        attested(
            "mapping-reviewed",
            "Clinical informatics reviewed the mapping",
            "A wrong mapping is repeated on every record that it touches.",
            "The source-to-canonical mapping of every domain in scope was reviewed by a clinical informaticist.",
            days=90,
            domain=CLINICAL,
        ),
        ratio(
            "mapping-coverage",
            "Mapping covers the codes in use",
            "Shown for the board; it binds once dictionary releases report it.",
            ("mapping-coverage", "ge", "0.98"),
            samples=100,
            days=30,
            blocking=False,
        ),
        ceiling(CLINICAL, 3),
    ),
)

INGESTION: Final = Template(
    Phase.INGESTION,
    1,
    "Ingestion readiness",
    (
        after(Phase.SCOPE),
        ratio(
            "rejected-lines",
            "Hardly any line is turned away",
            "A line that is turned away is a record that nobody looks at.",
            ("rejected-lines", "le", "0.001"),
            samples=100,
        ),
        ratio(
            "reconciled-storage",
            "What was extracted arrived",
            RECORDS,
            ("reconciliation", "ge", "0.999"),
            dimension="storage",
            samples=100,
        ),
        ratio(
            "reconciled-schema",
            "What arrived has the expected shape",
            RECORDS,
            ("reconciliation", "ge", "0.999"),
            dimension="schema",
            samples=100,
        ),
        control("source-integrity", "Extracts are proven complete", "A truncated extract looks like a small one."),
        ceiling(TECHNICAL, 3),
    ),
)

ACCESS: Final = Template(
    Phase.ACCESS,
    1,
    "Access control",
    (
        after(Phase.SCOPE),
        control(
            "access-review", "Accounts and roles were reviewed", "Nobody keeps access that their work does not need."
        ),
        control(
            "emergency-access", "Emergency access was tried", "Care must not wait for a password; every use is seen."
        ),
        control("audit-trail", "The audit trail was tried", "Who looked at which chart must be answerable afterwards."),
        attested(
            "sign-in-ready",
            "Sign-in is ready for the first day",
            "On the first morning everybody signs in at once.",
            "Accounts, second factors and single sign-on of everybody in this wave were checked.",
            days=30,
            domain=SECURITY,
        ),
        ceiling(SECURITY, 2),
    ),
)

VALIDATION: Final = Template(
    Phase.VALIDATION,
    1,
    "Validation",
    (
        after(Phase.INGESTION),
        none_open(7),
        ratio(
            "reconciled-record",
            "Records reconcile",
            RECORDS,
            ("reconciliation", "ge", "0.995"),
            dimension="record",
            samples=1000,
            domain=CLINICAL,
        ),
        ratio(
            "identity-errors",
            "Identity decisions hold",
            "A wrong merge shows one patient's allergies to another. Nobody can waive this.",
            ("identity-errors", "le", "0.001"),
            domain=CLINICAL,
            waivable=False,
        ),
        control(
            "chart-review",
            "Clinicians compared charts with the legacy system",
            "Numbers agree long before charts read right; people who use them must look.",
            days=30,
            domain=CLINICAL,
        ),
        ratio(
            "review-agreement",
            "Second reviewers agree",
            "Shown for the board: where reviewers differ, the rules are unclear.",
            ("review-agreement", "ge", "0.95"),
            samples=20,
            days=30,
            blocking=False,
        ),
        ceiling(CLINICAL, 2),
    ),
)

CONSENT: Final = Template(
    Phase.CONSENT,
    1,
    "Consent",
    (
        after(Phase.SCOPE),
        control(
            "consent-sample",
            "Consents were compared with their paper or scan",
            "A refusal that becomes a consent on the way cannot be taken back.",
            days=30,
            domain=PRIVACY,
        ),
        attested(
            "consent-rules",
            "The privacy officer agreed to how consents are carried over",
            "Which consent outlives a change of system is a legal question.",
            "The rules by which consents, refusals and restrictions are carried over were agreed to.",
            days=90,
            domain=PRIVACY,
        ),
        ratio(
            "consent-parity",
            "Consents are the same on both sides",
            "Shown for the board; it binds once consents report it.",
            ("consent-parity", "ge", "1"),
            days=7,
            domain=PRIVACY,
            blocking=False,
        ),
        ceiling(PRIVACY, 2),
    ),
)
