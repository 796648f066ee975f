"""The day and what follows it: cutover, rollback, exit, decommissioning."""

from __future__ import annotations

from typing import Final

from governance.gates.models import Phase
from governance.gates.templates import (
    CLINICAL,
    DAY,
    OPERATIONAL,
    PRIVACY,
    TECHNICAL,
    Template,
    after,
    attested,
    ceiling,
    control,
    none_open,
    ratio,
    recency,
    window,
)

REHEARSED = "Only a successful rehearsal of the current plan version at production volume counts."
RESTORED = "A backup is only proven by a successful restore."
RECORDS = "Unreconciled records were lost, duplicated or altered. The exact number is shown."


CUTOVER: Final = Template(
    Phase.CUTOVER,
    2,
    "Cutover readiness",
    (
        none_open(3),
        ratio(
            "reconciled-record",
            "Record reconciliation",
            RECORDS,
            ("reconciliation", "ge", "0.995"),
            dimension="record",
            samples=1000,
            days=3,
            domain=CLINICAL,
        ),
        ratio(
            "reconciled-workflow",
            "Workflow reconciliation",
            "Orders, results and medication lists must work together end to end, not just be present.",
            ("reconciliation", "ge", "0.99"),
            dimension="workflow",
            samples=100,
            days=3,
            domain=CLINICAL,
        ),
        ratio(
            "rejected-lines",
            "Rejected lines",
            "A rejected line was not loaded, so no one has reviewed it.",
            ("rejected-lines", "le", "0.001"),
            samples=100,
            days=3,
        ),
        ratio(
            "login-success",
            "Sign-in success rate",
            "Measured in the dress rehearsal. Staff who cannot sign in cannot treat patients.",
            ("login-success", "ge", "0.99"),
            samples=100,
            days=2,
            domain=OPERATIONAL,
        ),
        window(
            "chart-open-p95",
            "Chart opening time (p95)",
            "Measured in the dress rehearsal at the 95th percentile.",
            ("chart-open-p95", "le", "2"),
            each=DAY,
            times=1,
            domain=CLINICAL,
        ),
        recency(
            "restore-test", "Backup restore tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        recency(
            "rollback-rehearsed",
            "Rollback rehearsed",
            REHEARSED,
            "rollback-rehearsed",
            days=30,
            domain=TECHNICAL,
            waivable=False,
        ),
        ceiling(CLINICAL, 2),
        after(Phase.ACCESS),
        after(Phase.VALIDATION),
        control(
            "access-review", "Access review completed", "Least privilege: no one has more access than their job needs."
        ),
        attested(
            "downtime-procedures",
            "Downtime procedures are in place",
            "Wards must be able to deliver care safely during downtime.",
            "Every ward in this wave has downtime procedures, forms and read-only charts, and has tested them.",
            days=30,
            domain=CLINICAL,
        ),
    ),
    freezes=True,
)

ROLLBACK: Final = Template(
    Phase.ROLLBACK,
    2,
    "Rollback readiness",
    (
        recency(
            "rollback-rehearsed",
            "Rollback rehearsed",
            REHEARSED,
            "rollback-rehearsed",
            days=30,
            domain=TECHNICAL,
            waivable=False,
        ),
        recency(
            "restore-test", "Backup restore tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        attested(
            "authority-reachable",
            "Rollback decision-makers are reachable",
            "If no one can be reached to decide, the cutover continues by default.",
            "The decision authority and deputy can be reached throughout the cutover window.",
            days=7,
            domain=OPERATIONAL,
        ),
        ceiling(TECHNICAL, 2),
    ),
)

EXIT: Final = Template(
    Phase.EXIT,
    2,
    "Post-cutover exit",
    (
        after(Phase.CUTOVER),
        none_open(1),
        window(
            "login-success",
            "Sign-in success rate",
            "Must hold in every 5-minute interval for 1 hour.",
            ("login-success", "ge", "0.99"),
            each=300,
            times=12,
            coverage=90,
            domain=OPERATIONAL,
        ),
        window(
            "chart-open-p95",
            "Chart opening time (p95)",
            "Must hold in every 5-minute interval for 1 hour.",
            ("chart-open-p95", "le", "2"),
            each=300,
            times=12,
            coverage=90,
            domain=CLINICAL,
        ),
        window(
            "order-errors",
            "Order error rate",
            "A silently failed order delays care.",
            ("order-errors", "le", "0.005"),
            each=300,
            times=12,
            coverage=90,
            domain=CLINICAL,
        ),
        window(
            "interface-backlog",
            "Interface backlog",
            "Clinicians cannot see results that are stuck in a queue.",
            ("interface-backlog", "le", "100"),
            each=300,
            times=12,
            coverage=90,
        ),
        attested(
            "wards-settled",
            "Ward leads confirm readiness",
            "System metrics do not show whether staff can work safely.",
            "The ward leads in this wave confirm that their teams can work safely on the new system.",
            days=3,
            domain=CLINICAL,
        ),
        ceiling(CLINICAL, 2),
    ),
    poll_hours=24,
)

DECOMMISSIONING: Final = Template(
    Phase.DECOMMISSIONING,
    2,
    "Decommissioning",
    (
        after(Phase.EXIT),
        recency(
            "restore-test", "Backup restore tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        control(
            "legacy-archive",
            "Legacy archive is readable",
            "Records must stay readable for the full retention period without the legacy system.",
            domain=PRIVACY,
        ),
        attested(
            "retention-agreed",
            "Retention and destruction schedule agreed",
            "Destroyed records cannot be recovered.",
            "Legal counsel has agreed what is retained, where and for how long, and what is destroyed.",
            days=90,
            domain=PRIVACY,
        ),
        ceiling(PRIVACY, 2),
    ),
)
