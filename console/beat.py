"""What beat wakes, and how often.

Celery only wakes; rows in PostgreSQL are the truth, so a missed beat costs time and never work.
"""

from __future__ import annotations

from typing import Any, Final

from celery.schedules import crontab, schedule

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "poll-sources": {"task": "triage.intake.tasks.poll_sources", "schedule": schedule(5.0)},
    "resume-runs": {"task": "triage.intake.tasks.resume_runs", "schedule": schedule(15.0)},
    "release-decisions": {
        "task": "triage.cases.tasks.release_decisions",
        "schedule": schedule(1.0),
        "options": {"expires": 5},
    },
    "sweep-queues": {"task": "triage.cases.tasks.sweep_queues", "schedule": schedule(5.0), "options": {"expires": 10}},
    "sweep-rollback": {
        "task": "governance.rollback.tasks.sweep",
        "schedule": schedule(15.0),
        "options": {"expires": 30},
    },
    "sweep-gates": {
        "task": "governance.gates.tasks.sweep_gates",
        "schedule": schedule(30.0),
        "options": {"expires": 60},
    },
    "sweep-risks": {
        "task": "governance.risks.tasks.sweep_risks",
        "schedule": schedule(60.0),
        "options": {"expires": 90},
    },
    "sample-measures": {
        "task": "governance.measures.tasks.sample",
        "schedule": schedule(60.0),
        "options": {"expires": 90},
    },
    "forget-measures": {"task": "governance.measures.tasks.forget", "schedule": crontab(minute="17", hour="3")},
    "mail-notices": {"task": "console.notices.tasks.mail", "schedule": schedule(30.0), "options": {"expires": 60}},
    "clear-sessions": {"task": "console.people.tasks.clear_sessions", "schedule": crontab(minute="7", hour="3")},
}
