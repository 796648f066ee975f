"""What compliance reads in one place: the tables of this capability that are governed, and who may do what in it."""

from __future__ import annotations

from typing import Final

from console.audit.governed import Governed, govern

_OF: Final = ("DOWN-", "procedure_id")

GOVERNED: Final[tuple[Governed, ...]] = (
    govern("toy_capability_procedure", "id wave_id title made_by_id made_at", of=("DOWN-", "id")),
    govern("toy_capability_procedureversion", "id procedure_id version by_id at", of=_OF, frozen=True),
    govern(
        "toy_capability_exemption",
        "id procedure_id ward requested_by_id requested_at not_after decided_by_id decided_at granted revoked_by_id "
        "revoked_at",
        of=_OF,
    ),
)

GRANTS: Final = {"steward": {"waves.write_procedures"}, "board": {"waves.sign_procedures"}}
