"""One scenario for every action on risks: what must stand before, and the call itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from governance.risks import actions as risks
from governance.risks.models import Escalation
from tests import factories
from tests.risks import making
from triage.cases.models import Case

if TYPE_CHECKING:
    from tests.architecture.scenarios import Stage


def scenarios(s: Stage) -> dict[str, Callable[[], Any]]:
    """Action → its call, on rows that stand ready for it."""
    stella, bo = factories.make_user("stella", role="steward"), factories.make_user("bo-risks", role="board")
    plain, asked, held = (making.make_risk(stella) for _ in range(3))
    requested, taken = making.ask(asked, stella), risks.take_up(acceptance=making.ask(held, stella), by=bo)
    granted = making.accept(making.make_risk(stella), stella, bo)
    closed = risks.close(risk=making.make_risk(stella), reason="Over.", by=stella)
    linked = making.make_risk(stella)
    case = factories.make_case(severity=4, state="withdrawn")
    link = risks.link(risk=linked, kind="case", target=case.ref, by=stella)
    Case.objects.filter(pk=case.pk).update(state="open")
    control = risks.add_control(risk=plain, means="design", text="One system writes.", by=stella)
    late = timezone.now() + dt.timedelta(days=1000)
    overdue = making.make_risk(stella)
    step = Escalation.objects.create(risk=overdue, step=1, because="Overdue.", due_at=late, at=timezone.now())
    return {
        "risks.register.add_risk": lambda: making.make_risk(stella),
        "risks.register.edit": lambda: risks.edit(risk=plain, said=making.said(stella, title="Other"), by=stella),
        "risks.register.review": lambda: risks.review(risk=plain, note="Still right.", by=stella),
        "risks.register.close": lambda: risks.close(risk=plain, reason="Over.", by=stella),
        "risks.register.reopen": lambda: risks.reopen(risk=closed, reason="It came back.", by=stella),
        "risks.ratings.rate": lambda: making.rate(plain, 4, stella),
        "risks.acceptances.request_acceptance": lambda: making.ask(plain, stella),
        "risks.acceptances.take_up": lambda: risks.take_up(acceptance=requested, by=bo),
        "risks.acceptances.decide_acceptance": lambda: risks.decide_acceptance(
            acceptance=taken, grant=True, reason="Carried.", by=bo
        ),
        "risks.acceptances.revoke_acceptance": lambda: risks.revoke_acceptance(
            acceptance=granted, reason="No more.", by=bo
        ),
        "risks.links.link": lambda: risks.link(risk=plain, kind="case", target=case.ref, by=stella),
        "risks.links.unlink": lambda: risks.unlink(link=link, by=stella),
        "risks.links.add_control": lambda: risks.add_control(
            risk=plain, means="protective", text="A check.", by=stella
        ),
        "risks.links.put_in_place": lambda: risks.put_in_place(control=control, by=stella),
        "risks.links.drop_control": lambda: risks.drop_control(control=control, by=stella),
        "risks.seeding.use_template": lambda: risks.use_template(wave=None, owner=stella, by=stella),
        "risks.maintenance.sweep": lambda: risks.sweep(by=s.system, now=late),
        "risks.maintenance.acknowledge_escalation": lambda: risks.acknowledge_escalation(escalation=step, by=stella),
    }
