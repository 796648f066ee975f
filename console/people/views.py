"""Pages of people: the list, a person's page, invitations, roles, and oneself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import keyset
from console.people import actions, middleware, permissions, queries, rules
from console.people.forms import GrantForm, InviteForm
from console.people.models import RoleGrant, User, UserKind
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person

MANAGE = "people.manage_people"


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the users who can sign in, with their roles and MFA methods."""
    permissions.require(person(request), MANAGE, to="see the list of people")
    search = request.GET.get("search", "")[:100]
    page = queries.page_of_users(UserKind.PERSON, place=keyset.asked(request.GET), search=search)
    grants, factors = queries.grants(page.items), queries.factors(page.items)
    rows = [(user, grants.get(user.pk, []), factors.get(user.pk, 0)) for user in page.items]
    return render(request, "people/people.html", {"page": page, "rows": rows, "search": search})


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a user. The link to set a password is shown once, in the response to the form."""
    by = person(request)
    permissions.require(by, MANAGE, to="invite people")
    form = InviteForm(sent(request))
    invited = submit(form, actions.invite_person, by=by)
    if isinstance(invited, Done):
        uid, _, key = invited.value.key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
        context = {"invited": invited.value.user, "link": request.build_absolute_uri(path)}
        return render(request, "people/invited.html", context)
    return render(request, "people/invite.html", {"form": form}, status=invited.status)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's roles, MFA methods and state."""
    permissions.require(person(request), MANAGE, to="see people")
    user = get_object_or_404(User, pk=pk, kind=UserKind.PERSON)
    return show(request, user, GrantForm(user=user))


def show(request: HttpRequest, user: User, form: GrantForm, *, status: int = 200) -> HttpResponse:
    """The person's page around a fresh or refused grant form."""
    by = person(request)
    change = rules.may_deactivate if user.is_active else rules.may_reactivate
    context = {
        "subject": user,
        "grants": queries.grants([user]).get(user.pk, []),
        "factors": queries.factors([user]).get(user.pk, 0),
        "form": form,
        "may_change": change(by=by, user=user),
        "own": by.pk == user.pk,
    }
    return render(request, "people/person.html", context, status=status)


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a role to a person or service account."""
    by = person(request)
    permissions.require(by, MANAGE, to="grant roles")
    user = get_object_or_404(User.objects.exclude(kind=UserKind.SYSTEM), pk=pk)
    form = GrantForm(request.POST, user=user)
    granted = submit(form, actions.grant_role, user=user, by=by)
    if isinstance(granted, Done):
        return succeed(request, f"{user} has the role now.", page_of(user))
    if user.kind == UserKind.SERVICE:
        from console.people.service_views import show as show_service  # noqa: PLC0415 - the two pages share this view

        return show_service(request, user, grant_form=form, status=granted.status)
    return show(request, user, form, status=granted.status)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role back."""
    permissions.require(person(request), MANAGE, to="take roles back")
    found = get_object_or_404(RoleGrant.objects.select_related("user"), pk=pk)
    actions.revoke_role(grant=found, by=person(request))
    return succeed(request, f"{found.user} no longer has the role.", page_of(found.user))


@require_http_methods(["GET", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate a user, after a page that states the consequences."""
    by = person(request)
    user = get_object_or_404(User.objects.exclude(kind=UserKind.SYSTEM), pk=pk)
    permissions.require(by, MANAGE, to="deactivate accounts")
    if request.method == "POST":
        actions.deactivate(user=user, by=by)
        return succeed(request, f"{user} is deactivated.", page_of(user))
    context = {"subject": user, "answer": rules.may_deactivate(by=by, user=user), "back": page_of(user)}
    return render(request, "people/deactivate.html", context)


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reactivate a user."""
    permissions.require(person(request), MANAGE, to="reactivate accounts")
    user = get_object_or_404(User.objects.exclude(kind=UserKind.SYSTEM), pk=pk)
    actions.reactivate(user=user, by=person(request))
    return succeed(request, f"{user} may sign in again.", page_of(user))


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Show what the person may do, and why: their roles and MFA methods."""
    user = person(request)
    grants = queries.grants([user]).get(user.pk, [])
    return render(request, "people/me.html", {"grants": grants, "factors": queries.factors([user]).get(user.pk, 0)})


@never_cache
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Seconds that are left of the session. Asking (with ``X-Background``) does not lengthen it."""
    return JsonResponse(middleware.remaining(request))


def page_of(user: User) -> str:
    """The address of a person's or service account's page."""
    return reverse("people:service" if user.kind == UserKind.SERVICE else "people:person", args=[user.pk])
