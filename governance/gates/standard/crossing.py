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

REHEARSED = "A way back that nobody has walked is a hope. Only a rehearsal of this very plan, at volume, counts."
RESTORED = "A backup is proven by restoring it, not by having made it."
RECORDS = "Records that do not reconcile are lost, doubled or changed; the board sees how many, exactly."


CUTOVER: Final = Template(
    Phase.CUTOVER,
    1,
    "Cutover readiness",
    (
        none_open(3),
        ratio(
            "reconciled-record",
            "Records reconcile",
            RECORDS,
            ("reconciliation", "ge", "0.995"),
            dimension="record",
            samples=1000,
            days=3,
            domain=CLINICAL,
        ),
        ratio(
            "reconciled-workflow",
            "Whole workflows reconcile",
            "Orders, results and medication lists must hang together, not only arrive.",
            ("reconciliation", "ge", "0.99"),
            dimension="workflow",
            samples=100,
            days=3,
            domain=CLINICAL,
        ),
        ratio(
            "rejected-lines",
            "Hardly any line is turned away",
            "A line that is turned away is a record that nobody looks at.",
            ("rejected-lines", "le", "0.001"),
            samples=100,
            days=3,
        ),
        ratio(
            "login-success",
            "People can sign in",
            "Measured in the dress rehearsal: who cannot sign in cannot care.",
            ("login-success", "ge", "0.99"),
            samples=100,
            days=2,
            domain=OPERATIONAL,
        ),
        window(
            "chart-open-p95",
            "Charts open quickly",
            "Measured in the dress rehearsal, at the slowest of twenty openings.",
            ("chart-open-p95", "le", "2"),
            each=DAY,
            times=1,
            domain=CLINICAL,
        ),
        recency(
            "restore-test", "A restore was tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        recency(
            "rollback-rehearsed",
            "The rollback was rehearsed",
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
            "access-review", "Accounts and roles were reviewed", "Nobody keeps access that their work does not need."
        ),
        attested(
            "downtime-procedures",
            "Downtime procedures are in place",
            "Care goes on while systems do not; the wards must know how.",
            "Every ward of this wave has its downtime procedures, forms and read-only charts, and has tried them.",
            days=30,
            domain=CLINICAL,
        ),
    ),
    freezes=True,
)

ROLLBACK: Final = Template(
    Phase.ROLLBACK,
    1,
    "Rollback readiness",
    (
        recency(
            "rollback-rehearsed",
            "The rollback was rehearsed",
            REHEARSED,
            "rollback-rehearsed",
            days=30,
            domain=TECHNICAL,
            waivable=False,
        ),
        recency(
            "restore-test", "A restore was tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        attested(
            "authority-reachable",
            "Whoever may roll back can be reached",
            "A decision that waits for a telephone is a decision to go on.",
            "The authority and the deputy of the rollback plan can be reached throughout the window.",
            days=7,
            domain=OPERATIONAL,
        ),
        ceiling(TECHNICAL, 2),
    ),
)

EXIT: Final = Template(
    Phase.EXIT,
    1,
    "Post-cutover exit",
    (
        after(Phase.CUTOVER),
        none_open(1),
        window(
            "login-success",
            "People can sign in",
            "Watched for an hour, five minutes at a time.",
            ("login-success", "ge", "0.99"),
            each=300,
            times=12,
            coverage=90,
            domain=OPERATIONAL,
        ),
        window(
            "chart-open-p95",
            "Charts open quickly",
            "Watched for an hour, five minutes at a time.",
            ("chart-open-p95", "le", "2"),
            each=300,
            times=12,
            coverage=90,
            domain=CLINICAL,
        ),
        window(
            "order-errors",
            "Orders go through",
            "An order that fails quietly delays care.",
            ("order-errors", "le", "0.005"),
            each=300,
            times=12,
            coverage=90,
            domain=CLINICAL,
        ),
        window(
            "interface-backlog",
            "Interfaces keep up",
            "Results that queue up are results that nobody sees.",
            ("interface-backlog", "le", "100"),
            each=300,
            times=12,
            coverage=90,
        ),
        attested(
            "wards-settled",
            "The wards say that they can work",
            "Numbers cannot say whether people can work.",
            "Ward leads of this wave say that they can do their work with what they have.",
            days=3,
            domain=CLINICAL,
        ),
        ceiling(CLINICAL, 2),
    ),
    poll_hours=24,
)

DECOMMISSIONING: Final = Template(
    Phase.DECOMMISSIONING,
    1,
    "Decommissioning",
    (
        after(Phase.EXIT),
        recency(
            "restore-test", "A restore was tested", RESTORED, "restore-test", days=30, domain=TECHNICAL, waivable=True
        ),
        control(
            "legacy-archive",
            "The legacy archive can be read",
            "Records must be readable for as long as the law asks, without the system that wrote them.",
            domain=PRIVACY,
        ),
        attested(
            "retention-agreed",
            "Retention and destruction are agreed",
            "What is destroyed cannot be asked for again.",
            "What is kept, where, for how long, and what is destroyed was agreed with legal counsel.",
            days=90,
            domain=PRIVACY,
        ),
        ceiling(PRIVACY, 2),
    ),
)
