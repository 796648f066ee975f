"""Forms about people, roles and tokens."""

from __future__ import annotations

from typing import Any

from django import forms

from console.people import queries, rules
from console.people.models import User, UserKind
from console.people.roles import ROLES


class InviteForm(forms.Form):
    """Invitation of a new user."""

    username = forms.CharField(max_length=150, label="Username", help_text="Cannot be changed later.", strip=True)
    name = forms.CharField(max_length=150, label="Printed name", help_text="Shown on signatures.", strip=True)
    email = forms.EmailField(max_length=254, label="E-mail address", help_text="Used for single sign-on.")


class ServiceForm(forms.Form):
    """A new service account."""

    username = forms.SlugField(max_length=150, label="Name", help_text="Lower-case letters, digits and hyphens.")
    name = forms.CharField(
        max_length=150, label="What it is for", help_text="For example: nightly pipeline of North Clinic."
    )


class GrantForm(forms.Form):
    """A role on a scope. Which roles are offered depends on whether it is a person."""

    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)
    scope = forms.ChoiceField(label="Scope")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service = user.kind == UserKind.SERVICE
        fitting = [role for role in ROLES.values() if role.for_services == service]
        self.fields["role"].choices = [(role.name, f"{role.label}: {role.purpose}") for role in fitting]  # type: ignore[attr-defined]
        self.fields["scope"].choices = queries.scope_choices()  # type: ignore[attr-defined]

    def fields_for_action(self) -> dict[str, Any]:
        """What ``grant_role`` takes."""
        return {"role": self.cleaned_data["role"], "scope": queries.scope(self.cleaned_data["scope"])}


class TokenForm(forms.Form):
    """A token: its name, how long it lives, what it allows."""

    name = forms.CharField(max_length=100, label="Name", help_text="Where it will be used.", strip=True)
    days = forms.IntegerField(
        min_value=1, max_value=rules.TOKEN_DAYS_MAX, initial=rules.TOKEN_DAYS, label="Days until it expires"
    )
    scopes = forms.MultipleChoiceField(
        label="What it allows", widget=forms.CheckboxSelectMultiple, help_text="Limited to the account's roles."
    )

    def __init__(self, *args: Any, held: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = list(queries.permission_names(held).items())  # type: ignore[attr-defined]
        self.fields["scopes"].initial = sorted(held)
