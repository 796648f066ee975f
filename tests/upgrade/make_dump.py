"""Make the database of the version before, with that version's own code. See README.md for the commands.

Starts from a finished demonstration, adds what it lacks (every state of a case, gates that are sealed, superseded and
withdrawn, roles on one thing only, acceptances, waivers, alarms), looks at the result and writes what it saw.
"""

from __future__ import annotations

import datetime as dt
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from console.engines import databases
from console.engines.addresses import with_database
from console.engines.binaries import postgres_bin
from console.engines.testing import engines

NAME = "before"
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
OUT = Path(__file__).parent
#: Columns that hold secrets of the throw-away console, and what stands in the dump instead.
SECRETS = {"people_user": ("password", "!"), "people_servicetoken": ("digest", "")}


def _run(command: str, *arguments: str) -> bytes:
    return subprocess.run([Path(postgres_bin()) / command, *arguments], check=True, capture_output=True).stdout


def _settle(dump: str) -> str:
    """Restore the demonstration into throw-away engines and point Django at it; gives the superuser's address."""
    found = engines()
    databases.create_database(found.admin_url, NAME)
    admin = with_database(found.admin_url, NAME)
    _run("pg_restore", "--exit-on-error", "--clean", "--if-exists", "-d", admin, dump)
    os.environ |= {
        "DATABASE_URL": with_database(found.database_url, NAME),
        "DATABASE_OWNER_URL": with_database(found.owner_url, NAME),
        "DATABASE_ADMIN_URL": admin,
        "REDIS_URL": found.redis_url,
        "CONCORD_SECRET_KEY": found.secret_key,
        "CONCORD_HOME": tempfile.mkdtemp(),
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DJANGO_ALLOWED_HOSTS": "testserver",
    }
    import django
    from django.conf import settings

    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    return admin


class Acts:
    """What people of the demonstration do besides."""

    def __init__(self) -> None:
        from console.people.models import User
        from console.waves.models import Wave
        from triage.cases.models import Queue

        self.people = {user.username: user for user in User.objects.all()}
        self.system = self.people["concord"]
        self.one, self.two = Wave.objects.order_by("id")
        self.queues = {queue.slug: queue for queue in Queue.objects.all()}

    def all(self) -> None:
        """Go through everything."""
        self.grants()
        self.cases()
        self.setup()
        self.risks()
        self.rollback()
        self.measures()
        self.gates()

    def grants(self) -> None:
        """Roles on one queue, one wave and one source; one that was revoked; one person deactivated; none at all."""
        from console.people import actions
        from triage.runs.models import Source

        ada = self.people["ada"]
        scopes = {
            "hanna": [("reviewer", self.queues["identity"]), ("lead", self.queues["identity-overlays"])],
            "piet": [("operator", self.two), ("board", self.one), ("operator", Source.objects.get())],
            "gone": [("reviewer", None)],
            "nemo": [("lead", None)],
        }
        for name, roles in scopes.items():
            made = actions.make_person(username=name, name=name.title(), password="long and unlikely words", by=ada)
            grants = [actions.grant_role(user=made, role=role, scope=scope, by=ada) for role, scope in roles]
            self.people[name] = made
            if name == "nemo":
                actions.revoke_role(grant=grants[0], by=ada)
            if name == "gone":
                actions.deactivate(user=made, by=ada)

    def cases(self) -> None:
        """Leave cases claimed, decided, deferred, waiting, transferred, undone, released and reversed."""
        from django.utils import timezone

        from triage.cases import actions, sequencer
        from triage.cases.actions import views
        from triage.cases.models import Case

        ana, ben, lena, now = self.people["ana"], self.people["ben"], self.people["lena"], timezone.now()
        open_ones = iter(Case.objects.filter(state="open", queue=self.queues["identity"]).order_by("id")[:20])

        def decided(verdict: str, reason: str, by: Any = ana, **more: Any) -> Any:
            case = actions.claim(case=next(open_ones), by=by).case
            return actions.decide(case=case, verdict=verdict, reason=reason, seen=case.revision, by=by, **more).case

        reversed_, released = decided("LINK", "identifiers_agree"), decided("NO_MATCH", "namesakes")
        sequencer.release(by=self.system, now=now + HOUR)
        actions.reverse(case=Case.objects.get(pk=reversed_.pk), reason="The paper record differs.", by=lena)
        assert Case.objects.get(pk=released.pk).state == "released"
        decided("NO_MATCH", "namesakes")
        decided("DEFER", "later_run_expected", until=now + 3 * DAY)
        decided("NEEDS_INFO", "identifier_missing", asked_of="The registry desk")
        decided("OVERLAY_SUSPECTED", "charts_conflict", by=ben)
        decided("ESCALATE", "second_opinion", by=ben)
        actions.undo(case=decided("LINK", "identifiers_agree"), by=ana)
        actions.claim(case=next(open_ones), by=ben)
        actions.take_away(case=actions.claim(case=next(open_ones), by=ana).case, reason="Gone home.", by=lena)
        views.save_view(name="Open ones", query="state=open", shared=True, by=lena)

    def setup(self) -> None:
        """A routing rule of the hospital's own, before those of the standard set-up."""
        from triage.cases.actions import routing

        routing.save_rule(
            rule=None,
            name="Large matches",
            kind="merge",
            conditions={"domain": ["identity"]},
            queue=self.queues["identity-high-risk"],
            priority=20,
            active=True,
            by=self.people["lena"],
        )

    def risks(self) -> None:
        """Acceptances that are requested, taken up, granted and revoked."""
        from django.utils import timezone

        from governance.risks import actions
        from governance.risks.models import Risk

        sam, bo, until = self.people["sam"], self.people["bo"], timezone.now() + 30 * DAY

        def asked(risk: Any) -> Any:
            return actions.request_acceptance(risk=risk, reason="For the first weeks.", not_after=until, by=sam)

        free = [risk for risk in Risk.objects.order_by("id") if risk.closed_at is None]
        free = [risk for risk in free if not risk.acceptances.exists()]
        asked(free[0])
        actions.take_up(acceptance=asked(free[1]), by=bo)
        taken = actions.take_up(acceptance=asked(free[2]), by=bo)
        granted = actions.decide_acceptance(acceptance=taken, grant=True, reason="Carried.", by=bo)
        actions.revoke_acceptance(acceptance=granted, reason="No longer.", by=bo)

    def rollback(self) -> None:
        """A plan of the second wave whose window is open, with an alarm that is decided and one that is not."""
        from django.utils import timezone
        from governance.rollback.terms import PlanDraft, TriggerDraft

        from governance.rollback import actions
        from governance.rollback.models import DataScope

        now, omar, bo = timezone.now().replace(microsecond=0), self.people["omar"], self.people["bo"]
        call = TriggerDraft("clinical-call", "A clinician calls it")
        measured = TriggerDraft(
            "backlog", "Orders do not arrive", measure="interface-backlog", operator="ge", threshold=Decimal(100)
        )
        draft = PlanDraft(
            authority=bo,
            deputy=self.people["mira"],
            decide_within=20,
            window_start=now - HOUR,
            window_end=now + 7 * HOUR,
            margin=30,
            rto=120,
            rpo=15,
            mtd=240,
            transport="Point the interface engine back.",
            data_scope=DataScope.REPLAYABLE,
            data="Replay what was written since the cutover.",
            steps="Activate. Recover. Reconstitute.",
            triggers=(call, measured),
        )
        plan = actions.write_plan(wave=self.two, draft=draft, reason="First.", by=omar)
        first = actions.call_alarm(trigger=plan.triggers.get(code="clinical-call"), why="Wrong ward.", by=omar)
        actions.answer_alarm(alarm=first, answer="go_on", reason="Known, and harmless.", by=bo)
        plan = actions.write_plan(wave=self.two, draft=replace(draft, rto=150), reason="More time.", seen=1, by=omar)
        actions.call_alarm(trigger=plan.triggers.get(code="backlog"), why="Orders wait.", by=omar)

    def measures(self) -> None:
        """A measure of the hospital's own, with values."""
        from django.utils import timezone

        from console.people import actions as people
        from governance.measures import actions

        actions.define_measure(
            code="beds-free", title="Beds free", unit="count", direction="higher", fresh_seconds=86_400,
            by=self.people["sam"],
        )  # fmt: skip
        line = {"measure": "beds-free", "wave": self.two.slug, "value": 12, "as_of": timezone.now().isoformat()}
        ada = self.people["ada"]
        monitor = people.make_service_account(username="monitor", by=ada)
        people.grant_role(user=monitor, role="monitor", by=ada)
        actions.report(lines=[line], source="api:monitor", by=monitor)

    def gates(self) -> None:
        """Packages of the second wave: open to votes, superseded, withdrawn, decided NO-GO; waivers in each state."""
        from django.utils import timezone

        from governance.gates import actions
        from governance.gates.models import Gate
        from samples.board.seats import places

        sam, bo, omar = self.people["sam"], self.people["bo"], self.people["omar"]
        voters = [self.people[name] for name in ("bo", "mira", "nora", "paul")]
        gates = {gate.phase: gate for gate in Gate.objects.filter(wave=self.two).select_related("wave")}
        for phase in ("scope", "ingestion", "access", "validation", "consent"):
            board = {"places": places(self.people), "quorum": 3, "go_needed": 3, "reason": "Appointed.", "seen": 0}
            if not gates[phase].policies.exists():
                actions.change_policy(gate=gates[phase], by=sam, **board)

        def vote(package: Any, by: Any, choice: str, **more: Any) -> Any:
            why = "" if choice == "go" else "It is too early."
            return actions.vote(
                package=package, choice=choice, seen=package.digest, proof="password", rationale=why, by=by, **more
            )

        self._waivers(gates["access"])
        nogo = actions.seal(gate=gates["scope"], by=sam)
        for person in voters:
            vote(nogo, person, "no-go")
        actions.consolidate(package=nogo, by=bo)
        actions.decide(package=nogo, outcome="no-go", seen=nogo.digest, proof="password", by=bo, statement="Not yet.")
        fallen = actions.seal(gate=gates["ingestion"], by=sam)
        vote(fallen, bo, "no-go")
        criterion = gates["ingestion"].criteria.filter(retired_at__isnull=True).order_by("id")[0]
        actions.retire_criterion(criterion=criterion, reason="Asked elsewhere.", by=sam)
        actions.withdraw(package=actions.seal(gate=gates["consent"], by=sam), reason="Too early.", by=sam)
        standing = actions.seal(gate=gates["validation"], by=sam)
        asked = actions.Asked("The wards are told.", omar, timezone.now() + DAY)
        vote(standing, self.people["mira"], "go-with-conditions", conditions=[asked])

    def _waivers(self, gate: Any) -> None:
        """A failed control test, and waivers requested, granted and revoked."""
        from django.utils import timezone

        from governance.gates import actions
        from governance.gates.models import Kind
        from governance.gates.templates import How

        sam, omar, mira, now = self.people["sam"], self.people["omar"], self.people["mira"], timezone.now()
        actions.record_control_test(
            wave=self.two,
            control="ward-locks",
            method="test",
            satisfied=False,
            finding="Two entrances stay open.",
            evidence="Folder 7.",
            population=20,
            sample=20,
            period_from=(now - 7 * DAY).date(),
            period_to=now.date(),
            tested_at=now,
            by=omar,
        )
        for number in range(3):
            how = How(Kind.CONTROL_TEST, subject="ward-locks", domain="clinical")
            criterion = actions.add_criterion(
                gate=gate, code=f"locks-{number}", title=f"Locks {number}", how=how, reason="Asked by audit.", by=sam
            )
            waiver = actions.ask_waiver(
                criterion=criterion,
                reason="The locksmith comes next week.",
                compensating_control="A guard at each entrance.",
                not_after=now + 14 * DAY,
                seen=1,
                by=omar,
            )
            if number:
                actions.decide_waiver(waiver=waiver, granted=True, reason="For two weeks.", by=mira)
            if number == 2:
                actions.revoke_waiver(waiver=waiver, reason="The guard is ill.", by=mira)


def _observe(acts: Acts, at: dt.datetime) -> dict[str, Any]:
    """Look at it all at one moment, with a token that lives only for the look."""
    import time_machine

    from console.audit.models import LogEntry
    from console.people import actions
    from console.people.models import User
    from governance.gates.models import DecisionPackage, Gate
    from tests.upgrade import observing
    from triage.cases.models import Case

    with time_machine.travel(at, tick=False):
        counts, frozen, last = observing.counts(), observing.frozen(), LogEntry.objects.latest("id").pk
        people = {name: User.objects.get(username=name) for name in observing.PEOPLE}
        clients = {name: observing.client_of(user) for name, user in people.items() if user.is_active}
        gates = list(Gate.objects.order_by("id"))
        states = [case.ref for case in Case.objects.order_by("state", "id").distinct("state")]
        addresses = [*observing.API, *(f"gates/{gate.ref}/" for gate in gates), *(f"cases/{ref}/" for ref in states)]
        pages = [f"/gates/{gate.ref}/" for gate in gates] + [f"/cases/{ref}/" for ref in states]
        pages += [f"/risks/RISK-{number}/" for number in range(1, 15)]
        token = actions.issue_token(user=acts.people["legacy-pas-pipeline"], name="look", by=acts.people["ada"])
        for package in DecisionPackage.objects.filter(decision__isnull=False).select_related("gate"):
            name = f"{package.gate.ref}-round-{package.turn}.json"
            address = f"/api/v1/gates/{package.gate.ref}/decision/?turn={package.turn}"
            answer = clients["sam"].get(address)
            if package.pk in {4, 6}:
                (OUT / "records" / name).write_bytes(answer.content)
        return {
            "at": at.isoformat(),
            "counts": counts,
            "frozen": frozen,
            "last_entry": last,
            "permissions": observing.permissions(people, [*acts.queues.values(), acts.one, acts.two]),
            "pages": observing.pages(clients, pages),
            "api": {name: observing.api(clients[name], addresses) for name in ("lena", "sam", "hanna", "piet")},
            "feed": observing.feed(token.text),
        }


def _without_secrets(sql: str) -> str:
    """Make passwords unusable and tokens of no one: they are of a console that was thrown away."""
    for table, (column, instead) in SECRETS.items():
        found = re.search(rf"^COPY public\.{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", sql, re.S | re.M)
        assert found, table
        at = found.group(1).split(", ").index(column)
        lines = []
        for number, line in enumerate(found.group(2).splitlines()):
            cells = line.split("\t")
            cells[at] = instead or f"{number:064x}"
            lines.append("\t".join(cells) + "\n")
        sql = sql[: found.start(2)] + "".join(lines) + sql[found.end(2) :]
    return sql


def main(dump: str) -> None:
    """Write ``before.sql.xz``, ``before.json.xz`` and ``records/``."""
    admin = _settle(dump)
    from django.utils import timezone

    acts = Acts()
    acts.all()
    sql = _without_secrets(_run("pg_dump", "-d", admin).decode())
    # Everything below writes entries of the audit log: they are not in the dump.
    (OUT / "records").mkdir(exist_ok=True)
    seen = _observe(acts, timezone.now())
    for name, text in (("before.json.xz", json.dumps(seen, indent=0, sort_keys=True)), ("before.sql.xz", sql)):
        (OUT / name).write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main(sys.argv[1])
