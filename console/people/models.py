"""People and service accounts, the roles granted to them, and their tokens."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class UserKind(models.TextChoices):
    """Who stands behind an account."""

    PERSON = "person", "Person"
    SERVICE = "service", "Service account"
    SYSTEM = "system", "Concord itself"


class User(AbstractUser):
    """An actor: a person, a service account, or Concord itself. Deactivated, never deleted."""

    kind = models.CharField(max_length=8, choices=UserKind, default=UserKind.PERSON)
    name = models.CharField(max_length=150, help_text="Printed name, as it stands on signatures.")
    time_zone = models.CharField(max_length=64, default="UTC")
    preferences = models.JSONField(default=dict, blank=True, help_text="Theme, density, single-key shortcuts.")

    #: What the token of this request allows; None when the user did not come by token. Never stored.
    token_scopes: frozenset[str] | None = None

    class Meta:
        default_permissions = ()
        constraints = [
            # No user is above the rules: a superuser's rights would appear in no role and in no grant's log entry.
            models.CheckConstraint(condition=Q(is_superuser=False), name="people_user_no_superuser"),
            # Sign-in finds people by either, whatever the case of its letters.
            models.UniqueConstraint(Lower("username"), name="people_user_username_once"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="people_user_email_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_person(self) -> bool:
        """Whether this user can sign in to the console."""
        return self.kind == UserKind.PERSON


class RoleGrant(models.Model):
    """One role given to one user on one scope. ``scope_type`` empty means the whole console."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    scope_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True)
    scope_id = models.BigIntegerField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_type", "scope_id"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="people_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(scope_type__isnull=True, scope_id__isnull=True)
                | Q(scope_type__isnull=False, scope_id__isnull=False),
                name="people_grant_scope_whole",
            ),
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="people_grant_not_by_oneself"),
        ]


class ServiceToken(models.Model):
    """A token of a service account: stored as SHA-256 of 256 random bits, shown once, scoped, expiring."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, help_text="The token's first characters, to tell tokens apart.")
    scopes = models.JSONField(default=list, help_text="Permissions this token may use, of those its account has.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="people_token_name_once")]

    @property
    def revoked(self) -> bool:
        """Whether it has been revoked."""
        return self.revoked_at is not None
