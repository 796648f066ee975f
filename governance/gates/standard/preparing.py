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
    2,
    "Scope and mapping",
    (
        attested(
            "scope-agreed",
            "Wave scope agreed",
            "The board must be approving one agreed set of records.",
            "The data owners have agreed the departments, facilities, domains and record counts in this wave.",
            days=90,
            domain=OPERATIONAL,
        ),
        attested(
            "mapping-reviewed",
            "Mapping reviewed by clinical informatics",
            "A mapping error affects every record that uses it.",
            "A clinical informaticist has reviewed the source-to-canonical mapping for every domain in scope.",
            days=90,
            domain=CLINICAL,
        ),
        ratio(
            "mapping-coverage",
            "Mapping coverage",
            "For information only until the mapping dictionary reports coverage.",
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
    2,
    "Ingestion readiness",
    (
        after(Phase.SCOPE),
        ratio(
            "rejected-lines",
            "Rejected lines",
            "A rejected line was not loaded, so no one has reviewed it.",
            ("rejected-lines", "le", "0.001"),
            samples=100,
        ),
        ratio(
            "reconciled-storage",
            "Storage reconciliation",
            RECORDS,
            ("reconciliation", "ge", "0.999"),
            dimension="storage",
            samples=100,
        ),
        ratio(
            "reconciled-schema",
            "Schema reconciliation",
            RECORDS,
            ("reconciliation", "ge", "0.999"),
            dimension="schema",
            samples=100,
        ),
        control(
            "source-integrity",
            "Extract completeness verified",
            "A truncated extract is easily mistaken for a complete small one.",
        ),
        ceiling(TECHNICAL, 3),
    ),
)

ACCESS: Final = Template(
    Phase.ACCESS,
    2,
    "Access control",
    (
        after(Phase.SCOPE),
        control(
            "access-review", "Accounts and roles were reviewed", "Users keep only the access that their work needs."
        ),
        control(
            "emergency-access",
            "Emergency (break-glass) access tested",
            "Staff must be able to reach records in an emergency, and every use must be reviewed.",
        ),
        control("audit-trail", "Audit trail tested", "The hospital must be able to show who opened which chart."),
        attested(
            "sign-in-ready",
            "Day-one sign-in readiness",
            "All staff sign in at the same time on day one.",
            "Accounts, multi-factor authentication and single sign-on have been checked for all staff in this wave.",
            days=30,
            domain=SECURITY,
        ),
        ceiling(SECURITY, 2),
    ),
)

VALIDATION: Final = Template(
    Phase.VALIDATION,
    2,
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
            "Identity decision error rate",
            "A wrong merge puts one patient's allergies on another's chart. This criterion cannot be waived.",
            ("identity-errors", "le", "0.001"),
            domain=CLINICAL,
            waivable=False,
        ),
        control(
            "chart-review",
            "Clinical chart review completed",
            "Matching counts do not prove that charts read correctly. Clinicians must check a sample.",
            days=30,
            domain=CLINICAL,
        ),
        ratio(
            "review-agreement",
            "Inter-reviewer agreement",
            "For information only. Low agreement suggests unclear matching rules.",
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
    2,
    "Consent",
    (
        after(Phase.SCOPE),
        control(
            "consent-sample",
            "Consents checked against source documents",
            "A refusal migrated as a consent exposes data that cannot be recalled.",
            days=30,
            domain=PRIVACY,
        ),
        attested(
            "consent-rules",
            "Consent migration rules approved by the privacy officer",
            "Whether a consent remains valid after migration is a legal question.",
            "The privacy officer has approved the rules for migrating consents, refusals and restrictions.",
            days=90,
            domain=PRIVACY,
        ),
        ratio(
            "consent-parity",
            "Consent parity",
            "For information only until consent comparison is available.",
            ("consent-parity", "ge", "1"),
            days=7,
            domain=PRIVACY,
            blocking=False,
        ),
        ceiling(PRIVACY, 2),
    ),
)
