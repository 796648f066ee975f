"""Pages of service accounts and their tokens."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import keyset
from console.people import actions, permissions, queries, rules
from console.people.forms import GrantForm, ServiceForm, TokenForm
from console.people.models import ServiceToken, User, UserKind
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person

MANAGE = "people.manage_service_accounts"


@require_http_methods(["GET", "POST"])
def services(request: HttpRequest) -> HttpResponse:
    """All service accounts, and a form for a new one."""
    by = person(request)
    permissions.require(by, MANAGE, to="see service accounts")
    form = ServiceForm(sent(request))
    made = submit(form, actions.make_service_account, by=by)
    if isinstance(made, Done):
        said = f"{made.value} is made. Grant it a role, then issue a token."
        return succeed(request, said, "people:service", made.value.pk)
    page = queries.page_of_users(UserKind.SERVICE, place=keyset.asked(request.GET))
    grants = queries.grants(page.items)
    rows = [(user, grants.get(user.pk, [])) for user in page.items]
    context = {"page": page, "rows": rows, "form": form}
    return render(request, "people/services.html", context, status=made.status)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A service account's roles and tokens."""
    permissions.require(person(request), MANAGE, to="see service accounts")
    return show(request, _service(pk))


def show(
    request: HttpRequest,
    user: User,
    *,
    grant_form: GrantForm | None = None,
    token_form: TokenForm | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    """The account's page around fresh or refused forms; ``text`` is a new token, shown this once."""
    by = person(request)
    change = rules.may_deactivate if user.is_active else rules.may_reactivate
    held = queries.held(user)
    now = timezone.now()
    context = {
        "subject": user,
        "grants": queries.grants([user]).get(user.pk, []),
        "tokens": [(token, _state(token, now)) for token in queries.tokens(user)[:200]],
        "grant_form": grant_form or GrantForm(user=user),
        "token_form": token_form or TokenForm(held=held),
        "held": held,
        "text": text,
        "may_change": change(by=by, user=user),
    }
    return render(request, "people/service.html", context, status=status)


@never_cache
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a token; the answer shows it once."""
    by = person(request)
    permissions.require(by, MANAGE, to="issue tokens")
    user = _service(pk)
    form = TokenForm(request.POST, held=queries.held(user))
    issued = submit(form, actions.issue_token, user=user, by=by)
    if isinstance(issued, Done):
        return show(request, user, text=issued.value.text)
    return show(request, user, token_form=form, status=issued.status)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    permissions.require(person(request), MANAGE, to="revoke tokens")
    token = get_object_or_404(ServiceToken.objects.select_related("user"), pk=pk)
    actions.revoke_token(token=token, by=person(request))
    return succeed(request, f"Token {token.name} revoked.", "people:service", token.user_id)


def _service(pk: int) -> User:
    return get_object_or_404(User, pk=pk, kind=UserKind.SERVICE)


def _state(token: ServiceToken, now: dt.datetime) -> str:
    if token.revoked:
        return "revoked"
    return "expired" if token.expires_at <= now else "active"
