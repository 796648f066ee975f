"""A database full of cases, made by SQL: open ones, five times as many closed ones, twenty queues, one of them hot.

Triggers are off while it fills and back on afterwards; what they would have kept (counts, the feed) is written beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import engines
from samples.generate import line

QUEUES = 20
CLOSED_PER_OPEN = 5
CHUNK = 300_000
TEMPLATES = 64
REVIEWERS = 32
RARE = "name_swap"  # the reason of one case in five thousand
TABLES = (
    "cases_case",
    "cases_exception",
    "cases_occurrence",
    "cases_decision",
    "cases_feeditem",
    "cases_queuetally",
    "cases_wavetally",
    "runs_recordexcerpt",
)


def setting() -> None:
    """A wave, a source, a run, twenty queues, a lead, and ``reviewer-0`` and on, who may work every queue."""
    from django.utils import timezone  # noqa: PLC0415 - the settings need the engines

    from console.people.models import User, UserKind  # noqa: PLC0415
    from console.waves.models import Wave  # noqa: PLC0415
    from triage.queues.models import Queue  # noqa: PLC0415
    from triage.runs.models import Run, RunState, Source  # noqa: PLC0415

    now = timezone.now()
    wave = Wave.objects.get_or_create(slug="wave-1-outpatients", defaults={"name": "Outpatients"})[0]
    source = Source.objects.get_or_create(name="bench", defaults={"title": "Benchmark"})[0]
    system = User.objects.get(kind=UserKind.SYSTEM)
    Run.objects.create(
        source=source,
        wave=wave,
        run_id="populated",
        state=RunState.LOADED,
        manifest={},
        manifest_digest="0" * 64,
        started_at=now,
        finished_at=now,
        announced_by=system,
    )
    for number in range(QUEUES):
        name = f"Merges {number:02d}" if number else "Merges, hot"
        # One reviewer stands for many here and holds far more cases than a person may.
        fields = {"name": name, "kind": "merge", "order": 200 + number, "hold_limit": 32767}
        Queue.objects.get_or_create(slug=f"bench-{number:02d}", defaults=fields)
    for number in range(REVIEWERS):
        person(f"reviewer-{number}", "reviewer")
    person("lead-0", "lead")


def person(name: str, role: str) -> Any:
    """Someone who holds ``role`` on the whole console, without a usable password."""
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    from console.people.models import User  # noqa: PLC0415
    from console.people.roles import ROLES  # noqa: PLC0415

    user = User(username=name, name=name.title(), email=f"{name}@hospital.test")
    user.set_unusable_password()
    user.save()
    for code in ROLES[role].permissions:
        app, codename = code.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def queues() -> list[Any]:
    """The twenty queues, the hot one first."""
    from triage.queues.models import Queue  # noqa: PLC0415

    return list(Queue.objects.filter(slug__startswith="bench-").order_by("slug"))


def reviewers() -> list[Any]:
    """The thirty-two reviewers."""
    from console.people.models import User  # noqa: PLC0415

    return list(User.objects.filter(username__startswith="reviewer-").order_by("pk"))


def fill(name: str, *, opened: int, closed: int | None = None) -> None:
    """Fill the database ``name``, which Django points to, with ``opened`` open cases among ``closed`` closed ones."""
    from console.audit import guard  # noqa: PLC0415

    setting()
    closed = opened * CLOSED_PER_OPEN if closed is None else closed
    every = (opened + closed) // opened
    with engines.admin(name) as cursor:
        guard.lift(guard.admin_url())
        with _bare(cursor):
            for first in range(1, opened + closed + 1, CHUNK):
                values = {"first": first, "last": min(first + CHUNK - 1, opened + closed), "every": every}
                for statement in (_CASES, _EXCEPTIONS, _OCCURRENCES, _DECISIONS, _EXCERPTS):
                    cursor.execute(statement, values | _constants())
            cursor.execute(_FEED)
            cursor.execute(_SYSTEMS)
            cursor.execute(
                "INSERT INTO cases_queuetally (queue_id, state, delta) "
                "SELECT queue_id, state, count(*) FROM cases_case GROUP BY 1, 2"
            )
            cursor.execute(_WAVE_TALLY)
        for table in ("cases_case", "cases_exception", "cases_decision"):
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))")
        guard.guard(guard.admin_url())
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


@contextmanager
def _bare(cursor: Any) -> Iterator[None]:
    """The tables without triggers, secondary indexes and unique constraints while they fill."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'u' AND conrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = pg_constraint.conindid)",
        [list(TABLES)],
    )
    unique = cursor.fetchall()
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[]) AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [list(TABLES)],
    )
    indexes = cursor.fetchall()
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    for table, constraint, _ in unique:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    for index, _ in indexes:
        cursor.execute(f"DROP INDEX {index}")
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for table, constraint, definition in unique:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")
    for _, definition in indexes:
        cursor.execute(definition)
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def _constants() -> dict[str, Any]:
    from console.people.models import User  # noqa: PLC0415
    from triage.runs.models import Run  # noqa: PLC0415

    run = Run.objects.get(run_id="populated")
    people = User.objects.filter(username__startswith="reviewer-").order_by("pk")
    return {
        "queues": [queue.pk for queue in queues()],
        "run": run.pk,
        "wave": run.wave_id,
        "people": list(people.values_list("pk", flat=True)),
        "templates": [_template(number) for number in range(TEMPLATES)],
    }


def _template(number: int) -> str:
    """A generated line with ``#`` for its first record's number and ``@`` for its own."""
    text = line(number, seed=0).rstrip("\n").replace("@", "").replace("#", "")
    return text.replace(f"P0-{number:08d}", "P0-#").replace(f"0-{number:08d}", "0-@")


# One of ten cases shares its first record with the case before it: siblings, of whom only one may be claimed at a time.
# A number's hash stands for chance, so that the same numbers always give the same cases.
_NUMBERED = """
    SELECT i, i %% %(every)s = 0 AS is_open, CASE WHEN i %% 10 = 1 THEN i - 1 ELSE i END AS shared,
           ('x' || left(md5(i::text), 7))::bit(28)::int AS chance
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
"""


def _key(system: str, prefix: str, number: str) -> str:
    """SQL of a source record's key, as ``triage.cases.keys`` makes it."""
    name = f"'{system}' || E'\\x1f' || '{prefix}' || lpad({number}::text, 8, '0')"
    return f"('x' || left(encode(sha256(convert_to({name}, 'UTF8')), 'hex'), 16))::bit(64)::bigint"


_CASES = f"""
INSERT INTO cases_case (
    id, kind, fingerprint, evidence, state, queue_id, wave_id, severity, domain, reasons, score, size, record_keys,
    priority, opened_at, due_at, opened_run_id, latest_exception_id, decision_id, reopened, revision)
SELECT i, 'merge', md5('f' || i)::uuid, md5('e' || i)::uuid,
       CASE WHEN is_open THEN 'open' WHEN chance %% 20 < 13 THEN 'verified' WHEN chance %% 20 < 18 THEN 'acknowledged'
            WHEN chance %% 20 < 19 THEN 'released' ELSE 'withdrawn' END,
       (%(queues)s::bigint[])[CASE WHEN chance %% 100 < 30 THEN 1 ELSE 2 + chance / 100 %% {QUEUES - 1} END],
       %(wave)s, 1 + chance / 2000 %% 4, 'identity',
       CASE WHEN chance %% 5000 = 7 THEN ARRAY['{RARE}']
            WHEN chance %% 10 = 3 THEN ARRAY['possible_twin', 'same_household']
            WHEN chance %% 10 < 5 THEN ARRAY['conflicting_birth_date'] ELSE ARRAY['missing_identifier'] END,
       (chance %% 3000) / 100.0 - 15, 2,
       ARRAY[{_key("LEGACY-PAS", "P0-", "shared")}, {_key("CLINIC-EPR", "E0-", "i")}],
       (1 + chance / 2000 %% 4) * 100, now() - make_interval(mins => chance %% 100000),
       now() + make_interval(mins => chance %% 20000 - 5000), %(run)s, i,
       CASE WHEN is_open OR chance %% 20 = 19 THEN NULL ELSE i END, 0, 1
FROM ({_NUMBERED}) AS n
"""
_EXCEPTIONS = f"""
INSERT INTO cases_exception (id, case_id, run_id, evidence, digest, payload)
SELECT i, i, %(run)s, md5('e' || i)::uuid, md5('d' || i)::uuid,
       replace(replace((%(templates)s::text[])[1 + chance %% {TEMPLATES}], '#', lpad(shared::text, 8, '0')),
               '@', lpad(i::text, 8, '0'))
FROM ({_NUMBERED}) AS n
"""
_OCCURRENCES = f"""
INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
SELECT i, %(run)s, i, 0, i FROM ({_NUMBERED}) AS n
"""
_DECISIONS = f"""
INSERT INTO cases_decision (
    id, case_id, role, verdict, reason, note, details, by_id, decided_at, seen_revision, seen_exception_id, release_at,
    request_key, receipt, entry_id)
SELECT i, i, 'first', CASE WHEN chance %% 3 = 0 THEN 'NO_MATCH' ELSE 'LINK' END,
       CASE WHEN chance %% 3 = 0 THEN 'namesakes' ELSE 'identifiers_agree' END, '', '{{}}',
       (%(people)s::bigint[])[1 + chance / 7 %% cardinality(%(people)s::bigint[])],
       now() - make_interval(mins => chance %% 90000), 1, i, now() - make_interval(mins => chance %% 90000),
       md5('k' || i)::uuid, repeat('0', 64), 0
FROM ({_NUMBERED}) AS n WHERE NOT is_open AND chance %% 20 <> 19
"""
# Of each open case one record's chart was sent: what the search for beginnings of numbers looks in.
_EXCERPTS = f"""
INSERT INTO runs_recordexcerpt (record_key, system, record_id, run_id, payload)
SELECT {_key("CLINIC-EPR", "E0-", "i")}, 'CLINIC-EPR', 'E0-' || lpad(i::text, 8, '0'), %(run)s, '{{}}'
FROM ({_NUMBERED}) AS n WHERE is_open
"""
_SYSTEMS = "INSERT INTO runs_recordsystem (name) VALUES ('LEGACY-PAS'), ('CLINIC-EPR') ON CONFLICT DO NOTHING"
_WAVE_TALLY = """
INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
SELECT wave_id, kind, severity, domain, phase, count(*),
       CASE WHEN severity = 4 AND phase = 'unresolved' THEN count(*) ELSE 0 END, true
FROM (SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM cases_case) AS placed
GROUP BY wave_id, kind, severity, domain, phase
"""
_FEED = """
INSERT INTO cases_feeditem (position, decision_id, released_at)
SELECT row_number() OVER (ORDER BY id), id, release_at FROM cases_decision
"""
