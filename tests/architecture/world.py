"""One of everything, so that every entry point has data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from console.audit.models import LogEntry
from console.notices.models import Notice
from console.people.models import RoleGrant, ServiceToken, User, UserKind
from governance.measures import actions as measures
from governance.risks import actions as risks
from governance.risks.models import Escalation
from governance.rollback import actions as rollback
from tests import factories
from tests.architecture.board import Board
from tests.architecture.crowd import Crowd
from tests.architecture.entry_points import EntryPoint
from tests.bulk import making as bulk
from tests.risks import making as register
from tests.rollback import making
from triage.cases import actions as cases
from triage.cases.models import SavedView
from triage.comments import actions as comments
from triage.questions.models import Question
from triage.queues.models import BusinessCalendar, Queue, RoutingRule, SlaPolicy
from triage.runs.models import RunState

#: Roles as columns of the tables, with the username of who holds each.
CAST = ("reviewer", "lead", "operator", "compliance", "steward", "board", "administrator")


class World:
    """Makes one of everything and knows the address of every entry point. A crowd brings more of everything."""

    def __init__(self, crowd: Crowd | None = None) -> None:
        self.crowd = crowd = crowd or Crowd(0)
        self.people = {role: factories.make_user(f"the-{role}", role=role) for role in CAST}
        self.people["none"] = factories.make_user("the-none")
        self.service = factories.make_user("the-service", role="pipeline", kind=UserKind.SERVICE)
        self.queue = factories.make_queue()
        self.run = factories.make_run("run-of-the-world", state=RunState.LOADED)
        self.case = factories.make_case(queue=self.queue, run=self.run)
        crowd.measures(self)
        crowd.triage(self)
        crowd.people(self)
        crowd.questions(self)
        self.pks = [*self._way_back(), *self._register(), *self._pks()]
        people = {name: self.people[role] for name, role in (("chair", "board"), ("steward", "steward"))}
        self.crowd.bulk(self)
        self.board = Board(self.run.wave, operator=self.people["operator"], crowd=crowd, **people)
        crowd.waves(self)
        self.entry = LogEntry.objects.order_by("id").first()

    def address(self, entry: EntryPoint) -> str:
        """The entry point's URL with fitting parameters."""
        return reverse(entry.name, kwargs={name: self._value(entry, name) for name in entry.parameters})

    def _value(self, entry: EntryPoint, name: str) -> Any:
        if "gates/<" in entry.route:
            return self.board.value(entry, name)
        if name == "ref":
            return self.risk.ref if "risks/" in entry.route else self.case.ref
        if name == "kind" and "subjects/" in entry.route:
            return "wave"
        if name == "slug" and "mailboxes/" in entry.route:
            return self.mailbox.slug
        if name == "slug":
            return self.run.wave.slug if "wave" in entry.route else self.queue.slug
        if name == "name":
            return "manifest" if "schemas" in entry.route else self.run.source.name
        if name == "subject":
            return self.case.ref
        if name == "entry_id":
            return self.entry.pk
        if name == "code":
            return making.CALL.code if "rollback/" in entry.route else self.measure.code
        if name == "receipt":
            return bytes(self.entry.leaf_hash).hex()
        if "subjects/" in entry.route:
            return self.run.wave.pk
        return next(pk for part, pk in self.pks if part in entry.route)

    def _way_back(self) -> list[tuple[str, int]]:
        """A rollback plan with an alarm, and the notice that someone got of it."""
        by, board = self.people["operator"], self.people["board"]
        triggers = (making.CALL, making.BACKLOG, *self.crowd.triggers())
        plan = making.plan(self.run.wave, board, self.people["compliance"], by=by, triggers=triggers)
        self.crowd.plan(self, plan)
        making.rehearsal(plan, by=by)
        alarm = rollback.call_alarm(trigger=plan.triggers.get(code=making.BACKLOG.code), why="Orders wait.", by=by)
        notice = Notice.objects.filter(to=board).latest("pk")
        return [("rollback/alarms/", alarm.pk), ("rollback/versions/", plan.version), ("notices/<", notice.pk)]

    def _register(self) -> list[tuple[str, int]]:
        """A risk with an acceptance that is asked for, a link, a control and an escalation; a measure of one's own."""
        by = self.people["steward"]
        self.risk = register.make_risk(by, wave=self.run.wave)
        self.measure = measures.define_measure(
            code="beds-free", title="Beds free", unit="count", direction="higher", fresh_seconds=3600, by=by
        )
        self.crowd.register(self, self.risk)
        asked = register.ask(self.risk, by)
        link = risks.link(risk=self.risk, kind="case", target=self.case.ref, by=by)
        control = risks.add_control(risk=self.risk, means="design", text="One system writes.", by=by)
        now = timezone.now()
        late = Escalation.objects.create(risk=self.risk, step=1, because="Overdue.", due_at=now, at=now)
        rows = {"acceptances/": asked, "links/": link, "controls/": control, "escalations/": late}
        return [(part, row.pk) for part, row in rows.items()]

    def _asked(self) -> Question:
        """A question to a mailbox that everyone with a role serves, so that each of them may answer it."""
        self.mailbox = factories.make_mailbox("records", *(self.people[role] for role in CAST))
        by, case = (
            factories.make_user("the-asker", role="reviewer"),
            factories.make_case(queue=self.queue, run=self.run),
        )
        held = cases.claim(case=case, by=by).case
        due = timezone.now() + dt.timedelta(days=30)
        done = cases.decide(
            case=held, verdict="NEEDS_INFO", reason="other", asked_of="records", until=due, seen=1, by=by
        )
        return Question.objects.get(decision=done.decision)

    def _pks(self) -> list[tuple[str, int]]:
        by = User.objects.get(kind=UserKind.SYSTEM)
        someone = factories.make_user("someone")
        grant = RoleGrant.objects.create(user=someone, role="reviewer", granted_by=by)
        kind = ContentType.objects.get_for_model(Queue)
        RoleGrant.objects.create(user=someone, role="lead", scope_type=kind, scope_id=self.queue.pk, granted_by=by)
        token = ServiceToken.objects.create(
            user=self.service, name="t", digest="0" * 64, hint="cnc_", expires_at=timezone.now() + dt.timedelta(days=1)
        )
        calendar = BusinessCalendar.objects.create(name="Working days")
        policy = SlaPolicy.objects.create(queue=self.queue, minutes=60, calendar=calendar)
        rule = RoutingRule.objects.create(order=1, name="All", kind="merge", queue=self.queue)
        view = SavedView.objects.create(owner=self.people["lead"], name="Mine", query="state=open")
        question = self._asked()
        comment = comments.write(case=self.case, text="@the-reviewer", by=self.people["lead"])
        return [
            ("comments/<", comment.pk),
            ("questions/<", question.pk),
            ("grants/", grant.pk),
            ("tokens/<", token.pk),
            ("service-accounts/", self.service.pk),
            ("people/", someone.pk),
            ("calendars/", calendar.pk),
            ("sla/policy/", policy.pk),
            ("rules/", rule.pk),
            ("views/", view.pk),
            ("runs/", self.run.pk),
            ("bulk/", bulk.carried_out("due", [self.case], self.people["lead"], at=bulk.at(days=9)).pk),
        ]
