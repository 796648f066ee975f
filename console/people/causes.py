"""Why what people may do changes, on which their signatures rest."""

from __future__ import annotations

from console.fact_changes import Cause


class PeopleCause(Cause):
    """Changes of accounts and roles. They touch every wave."""

    ROLE_REVOKED = "role_revoked"
    ROLES_SYNCED = "roles_synced"
    DEACTIVATED = "person_deactivated"
