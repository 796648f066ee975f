"""The only writers of people, roles and tokens."""

from __future__ import annotations

from console.people.actions.declared import create_declared_permissions
from console.people.actions.grants import grant_role, revoke_role, sync_roles
from console.people.actions.people import Invitation, deactivate, invite_person, make_person, reactivate
from console.people.actions.reauthentication import proof_failed
from console.people.actions.services import Issued, issue_token, make_service_account, note_use, revoke_token

__all__ = [
    "Invitation",
    "Issued",
    "create_declared_permissions",
    "deactivate",
    "grant_role",
    "invite_person",
    "issue_token",
    "make_person",
    "make_service_account",
    "note_use",
    "proof_failed",
    "reactivate",
    "revoke_role",
    "revoke_token",
    "sync_roles",
]
