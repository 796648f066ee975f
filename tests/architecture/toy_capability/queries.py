"""What is read of procedures, always as of a moment."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Missing
from console.people.models import User
from console.people.permissions import may, scoped
from console.sealing import canonical
from console.waves.models import Wave
from governance import versions
from governance.approvals.queries import standing
from governance.approvals.values import ApprovalState
from governance.signing.models import Signature
from governance.signing.queries import counting
from tests.architecture.toy_capability.models import Exemption, Procedure, ProcedureVersion

SEE: Final = "waves.view_wave"
WRITE: Final = "waves.write_procedures"
SIGN: Final = "waves.sign_procedures"
LONGEST: Final = dt.timedelta(days=30)
_REF: Final = re.compile(r"^DOWN-([1-9][0-9]{0,17})$")


@dataclass(frozen=True, slots=True)
class ExemptionData:
    """An exemption with its state."""

    row: Exemption
    state: ApprovalState


@dataclass(frozen=True, slots=True)
class Detail:
    """A procedure as it stands: its newest version, the signatures that count on it, and the exemptions from it."""

    procedure: Procedure
    version: ProcedureVersion
    signatures: list[Signature]
    exemptions: list[ExemptionData]

    @property
    def exempt(self) -> list[str]:
        """The wards that need not follow it."""
        return [one.row.ward for one in self.exemptions if one.state == ApprovalState.ACTIVE]


def procedure_for(user: User, ref: str) -> Procedure:
    """Return the procedure of that name, if this person may see its wave. Raises Missing."""
    match = _REF.match(ref)
    found = Procedure.objects.select_related("wave").filter(pk=match[1]).first() if match else None
    if found is None or not may(user, SEE, found.wave):
        raise Missing("There is no such procedure, or you may not see it.")
    return found


def visible(user: User) -> list[Procedure]:
    """Return the procedures of the waves that this person may see, newest first."""
    waves = scoped(user, SEE, Wave.objects.all())
    return list(Procedure.objects.filter(wave__in=waves).select_related("wave").order_by("-id"))


def exemption_for(procedure: Procedure, pk: int) -> Exemption:
    """Return an exemption from this procedure. Raises Missing."""
    found = procedure.exemptions.filter(pk=pk).first()
    if found is None:
        raise Missing(f"{procedure.ref} has no such exemption.")
    return found


def current(procedure: Procedure) -> ProcedureVersion:
    """Return the newest version; there is always one."""
    found = versions.last_of(procedure.versions.select_related("by"))
    assert found is not None
    return found


def detail(procedure: Procedure, now: dt.datetime) -> Detail:
    """Return a procedure as it stands at ``now``."""
    version = current(procedure)
    rows = procedure.exemptions.select_related("requested_by", "decided_by").order_by("id")
    signatures = list(counting(procedure.ref, version.digest))
    return Detail(procedure, version, signatures, [ExemptionData(row, row.approval_state(now)) for row in rows])


def may_sign(user: User, procedure: Procedure) -> Answer:
    """Return whether this person may sign a procedure."""
    able = may(user, SIGN, procedure.wave)
    return Allowed() if able else Forbidden("Your roles do not allow you to sign procedures.")


def waits(procedure: Procedure, ward: str, now: dt.datetime) -> bool:
    """Return whether an exemption of this ward stands or waits."""
    return standing(Exemption.objects.filter(procedure=procedure, ward=ward), now).exists()


def digest_of(procedure: Procedure, version: int, text: str) -> str:
    """Return the digest of one version: of its canonical text, so that the same words give the same digest."""
    said = {"procedure": procedure.ref, "version": version, "text": text}
    return canonical.digest(canonical.text(said))
