"""The only writers of risks."""

from __future__ import annotations

from governance.risks.actions.acceptances import decide_acceptance, request_acceptance, revoke_acceptance, take_up
from governance.risks.actions.events import hear
from governance.risks.actions.links import add_control, drop_control, link, put_in_place, unlink
from governance.risks.actions.maintenance import Swept, acknowledge_escalation, sweep
from governance.risks.actions.ratings import rate
from governance.risks.actions.register import Said, Scored, add_risk, close, edit, reopen, review
from governance.risks.actions.seeding import use_template

__all__ = [
    "Said",
    "Scored",
    "Swept",
    "acknowledge_escalation",
    "add_control",
    "add_risk",
    "close",
    "decide_acceptance",
    "drop_control",
    "edit",
    "hear",
    "link",
    "put_in_place",
    "rate",
    "reopen",
    "request_acceptance",
    "review",
    "revoke_acceptance",
    "sweep",
    "take_up",
    "unlink",
    "use_template",
]  # fmt: skip
