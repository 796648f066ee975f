"""Grant and revoke roles. A user's permissions are always exactly those of the live grants.

A user's row is locked in a mode that does not block references to it: a signer at the same moment refers to it while
holding a wave, which the end of a role locks next.
"""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from guardian.models import UserObjectPermission

from console import fact_changes
from console.audit import log
from console.errors import Missing
from console.people import permissions, rules
from console.people.causes import PeopleCause
from console.people.models import RoleGrant, User
from console.people.roles import CONSOLE, ROLES


def grant_role(*, user: User, role: str, scope: Model | None = None, by: User) -> RoleGrant:
    """Give ``role`` to ``user`` on ``scope`` (None: the whole console). A grant that exists already is returned.

    Raises Denied without permission or for oneself, Invalid for a role that does not fit the user or the scope.
    """
    permissions.require(by, "people.manage_people", to="grant roles")
    with log.transaction(by=by, purpose="grant_role"):
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        where = scope._meta.label_lower if scope else CONSOLE
        rules.may_grant(by=by, user=locked, role=role, scope=where).require()
        scope_type = ContentType.objects.get_for_model(scope) if scope else None
        grant, made = RoleGrant.objects.get_or_create(
            user=locked,
            role=role,
            scope_type=scope_type,
            scope_id=scope.pk if scope else None,
            revoked_at=None,
            defaults={"granted_by": by},
        )
        if made:
            _sync(locked, grant.scope_type_id, grant.scope_id)
            log.record("role.granted", subject=locked, by=by, facts=_facts(grant))
    permissions.forget(user)
    return grant


def revoke_role(*, grant: RoleGrant, by: User) -> RoleGrant:
    """Revoke a grant. A revoked one stays as it is."""
    permissions.require(by, "people.manage_people", to="take roles back")
    with log.transaction(by=by, purpose="revoke_role"):
        user = User.objects.select_for_update(no_key=True).get(pk=grant.user_id)
        live = RoleGrant.objects.select_for_update().filter(pk=grant.pk).first()
        if live is None:
            raise Missing("There is no such grant.")
        if live.revoked_at is None:
            live.revoked_at, live.revoked_by = timezone.now(), by
            live.save(update_fields=["revoked_at", "revoked_by"])
            _sync(user, live.scope_type_id, live.scope_id)
            log.record("role.revoked", subject=user, by=by, facts=_facts(live))
            # What this person signed may rest on the role.
            fact_changes.publish(PeopleCause.ROLE_REVOKED, waves=None, by=by, about=user.username)
    permissions.forget(grant.user)
    return live


def sync_roles(*, by: User) -> int:
    """Bring every user's permissions in line with the roles as code, after a release changed them.

    Returns how many scopes of users changed; books once, and only if there were any.
    """
    permissions.require(by, "people.manage_people", to="bring roles in line")
    with log.transaction(by=by, purpose="sync_roles"):
        places = RoleGrant.objects.filter(revoked_at__isnull=True).order_by("user_id")
        wanted = set(places.values_list("user_id", "scope_type_id", "scope_id"))
        users = User.objects.select_for_update(no_key=True).in_bulk({place[0] for place in wanted})
        changed = sum(_sync(users[user], scope_type, scope_id) for user, scope_type, scope_id in wanted)
        if changed:
            log.record("role.synced", subject=by, by=by, facts={"changed": changed})
            fact_changes.publish(PeopleCause.ROLES_SYNCED, waves=None, by=by)
    return changed


def _facts(grant: RoleGrant) -> dict[str, str]:
    scope = CONSOLE
    if grant.scope_type is not None:
        scope = f"{grant.scope_type.app_label}.{grant.scope_type.model}:{grant.scope_id}"
    return {"username": grant.user.username, "role": grant.role, "scope": scope}


def _sync(user: User, scope_type: int | None, scope_id: int | None) -> bool:
    """Make the user's permissions on one scope what its live grants say. True if that changed anything."""
    live = RoleGrant.objects.filter(user=user, scope_type=scope_type, scope_id=scope_id, revoked_at__isnull=True)
    codes = {code for name in live.values_list("role", flat=True) if name in ROLES for code in ROLES[name].permissions}
    wanted = _permissions(codes)
    if scope_type is None:
        before = set(user.user_permissions.values_list("pk", flat=True))
        user.user_permissions.set(wanted.values_list("pk", flat=True))
        return before != set(wanted.values_list("pk", flat=True))
    # On a single object only the permissions of its own model mean anything.
    own = set(wanted.filter(content_type_id=scope_type).values_list("pk", flat=True))
    on_object = UserObjectPermission.objects.filter(user=user, content_type_id=scope_type, object_pk=str(scope_id))
    before = set(on_object.values_list("permission_id", flat=True))
    on_object.exclude(permission_id__in=own).delete()
    UserObjectPermission.objects.bulk_create(
        UserObjectPermission(user=user, permission_id=pk, content_type_id=scope_type, object_pk=str(scope_id))
        for pk in sorted(own - before)
    )
    return before != own


def _permissions(codes: set[str]) -> QuerySet[Permission]:
    condition = Q(pk__in=[])
    for code in codes:
        app, _, codename = code.partition(".")
        condition |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(condition)
