"""The deferral past the cutover that one reviewer asks for and another answers, as the review page shows it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from triage.cases import kinds
from triage.cases.models import Decision
from triage.desk.masked_values import MaskedValue
from triage.desk.queries import Dossier


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal in words. ``note`` may name a patient: empty until a reveal. ``request_key`` names the answer."""

    decision: Decision
    reason: str
    note: str
    hidden: bool
    waves: str
    request_key: uuid.UUID


def asked(dossier: Dossier, masks: MaskedValue) -> Asked | None:
    """The proposal on a case, while no other person has answered it."""
    found, case = dossier.proposal, dossier.case
    if found is None:
        return None
    return Asked(
        decision=found,
        reason=kinds.reason_label(case.kind, found.reason) if found.reason else "",
        note=(masks.prose(found.note) or "") if found.note else "",
        hidden=bool(found.note) and not masks.lifted,
        waves=", ".join(str(wave) for wave in (case.wave, *dossier.further_waves)),
        request_key=uuid.uuid4(),
    )
