"""Plain functions that make what tests need, through the same actions that the console uses where there are any."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.utils import timezone

from console.people.models import User, UserKind
from console.people.roles import ROLES
from console.waves.models import Wave
from triage.cases import keys
from triage.cases.models import Case, MigrationException, Occurrence
from triage.questions.models import Membership, ServiceMailbox
from triage.queues.models import Queue, QueueTarget, Severity
from triage.runs.models import Run, RunState, Source

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


@cache
def _hashed() -> str:
    # Hashing is slow on purpose; once a process is enough.
    return make_password(PASSWORD)


def make_user(name: str, *, role: str | None = None, kind: str = UserKind.PERSON, **fields: Any) -> User:
    """A user who holds ``role`` on the whole console."""
    user = User(username=name, name=name.title(), email=f"{name}@hospital.test", kind=kind, **fields)
    user.password = _hashed()
    user.save()
    if role:
        wanted = [code.split(".") for code in ROLES[role].permissions]
        for app, codename in wanted:
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_wave(slug: str = "wave-1") -> Wave:
    """A wave."""
    return Wave.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def make_source(name: str = "legacy-pas", **fields: Any) -> Source:
    """A source that pushes."""
    return Source.objects.get_or_create(name=name, defaults={"title": name.title(), **fields})[0]


def make_queue(slug: str = "merges", *, targets: dict[str, Queue] | None = None, **fields: Any) -> Queue:
    """A queue of merge cases. ``targets``: by name, the queues that its cases are sent on to."""
    defaults = {"name": slug.title(), "kind": "merge", **fields}
    queue = Queue.objects.get_or_create(slug=slug, defaults=defaults)[0]
    for name, to in (targets or {}).items():
        QueueTarget.objects.update_or_create(queue=queue, name=name, defaults={"to": to})
    return queue


def make_mailbox(slug: str = "archive", *members: User, **fields: Any) -> ServiceMailbox:
    """A mailbox; without members one of its own, who has no role, serves it."""
    box = ServiceMailbox.objects.get_or_create(slug=slug, defaults={"name": slug.title(), **fields})[0]
    for person in members or (User.objects.filter(username=f"{slug}-clerk").first() or make_user(f"{slug}-clerk"),):
        Membership.objects.get_or_create(mailbox=box, person=person)
    return box


def make_run(run_id: str | None = None, *, by: User | None = None, state: str = RunState.LOADED, **fields: Any) -> Run:
    """A loaded run without files."""
    now = timezone.now()
    return Run.objects.create(
        source=fields.pop("source", None) or make_source(),
        wave=fields.pop("wave", None) or make_wave(),
        run_id=run_id or f"run-{next(_numbers)}",
        state=state,
        manifest=fields.pop("manifest", {}),
        manifest_digest="0" * 64,
        started_at=now,
        finished_at=now,
        announced_by=by or User.objects.get(kind=UserKind.SYSTEM),
        **fields,
    )


def examined(*systems: str, complete: bool = True) -> dict[str, Any]:
    """A manifest that states that the run examined every record of these systems."""
    return {"examined": {"systems": list(systems), "complete": complete}}


def record(number: int, system: str = "LEGACY-PAS", **fields: str | None) -> dict[str, Any]:
    """One source record of a merge line."""
    return {
        "system": system,
        "id": f"rec-{number}",
        "facility": "North Clinic",
        "extracted_at": "2026-09-01T08:00:00Z",
        "fields": {
            "family": "Okello",
            "given": "Grace",
            "birth_date": "1984-03-12",
            "sex": "f",
            "phone": "712300633",
            "national_id": "CF21927470OWMT",
        }
        | fields,
    }


def merge_line(left: int = 1, right: int = 2, **changes: Any) -> dict[str, Any]:
    """One merge line about two records, whose weights add up. ``changes`` replace its top-level keys."""
    comparisons = [
        {"field": "family", "level": "exact", "weight": 6.5},
        {"field": "given", "level": "jaro_winkler>=0.88", "weight": 2.25},
        {"field": "birth_date", "level": "day_differs", "weight": 1.5},
        {"field": "sex", "level": "exact", "weight": 1.0},
        {"field": "national_id", "level": "missing", "weight": 0.0},
    ]
    return {
        "id": f"m-{left}-{right}",
        "records": [
            record(left),
            record(right, "CLINIC-EPR", given="Gracee", birth_date="1984-03-21", national_id=None),
        ],
        "match": {
            "model": "test",
            "version": "1",
            "prior": -9.25,
            "lower_threshold": -2.0,
            "upper_threshold": 8.0,
            "grade": "possible",
            "pairs": [{"left": 0, "right": 1, "score": 2.0, "comparisons": comparisons}],
        },
        "severity": "medium",
        "domain": "identity",
        "reasons": ["conflicting_birth_date"],
    } | changes


def make_case(
    *, queue: Queue | None = None, run: Run | None = None, line: dict[str, Any] | None = None, **fields: Any
) -> Case:
    """An open merge case with its exception and occurrence, about two records no one else's case is about."""
    if line is None:
        number = next(_numbers) * 2 + 1_000_000
        line = merge_line(number, number + 1)
    run = run or make_run()
    payload = json.dumps(line)
    record_keys = sorted(keys.record_key(item["system"], item["id"]) for item in line["records"])
    now = timezone.now()
    severity = fields.pop("severity", Severity.MEDIUM)
    fingerprint = keys.fingerprint("merge", *map(str, record_keys))
    case = Case.objects.create(
        kind="merge",
        fingerprint=fingerprint,
        evidence=keys.digest(payload.encode()),
        queue=queue or make_queue(),
        wave=run.wave,
        severity=severity,
        priority=fields.pop("priority", severity * 100),
        domain=line["domain"],
        reasons=line["reasons"],
        score=line["match"]["pairs"][0]["score"],
        size=len(line["records"]),
        record_keys=record_keys,
        opened_at=fields.pop("opened_at", now),
        due_at=fields.pop("due_at", now + dt.timedelta(days=2)),
        opened_run=run,
        latest_exception_id=0,
        **fields,
    )
    exception = MigrationException.objects.create(
        case=case, run=run, evidence=case.evidence, digest=keys.digest(payload.encode()), payload=payload
    )
    Case.objects.filter(pk=case.pk).update(latest_exception_id=exception.pk)
    case.latest_exception_id = exception.pk
    Occurrence.objects.create(case=case, run=run, exception_id=exception.pk, file_id=0, line_no=1)
    return case
