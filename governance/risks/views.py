"""Pages that show risks: the register, the matrix, one risk, and the risks of a wave."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from console import keyset
from console.people.models import User
from console.people.permissions import may, may_anywhere, require
from console.waves.models import Wave
from console.waves.queries import wave_seen_by
from console.web.view_helpers import person
from governance.risks import presenting, queries, schemes
from governance.risks.forms import ControlForm, LinkForm
from governance.risks.models import Domain, RatingKind, RiskStatus


def _require_register(user: User) -> None:
    """Require that the person may see the risks of at least one wave."""
    if not may_anywhere(user, queries.SEE, Wave):
        require(user, queries.SEE, to="see risks")


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The register, filtered."""
    user = person(request)
    _require_register(user)
    filters = queries.read_filters(request.GET)
    page = queries.page_of_risks(user, filters, now=timezone.now(), place=keyset.asked(request.GET))
    context = {
        "page": page,
        "filters": filters,
        "cell": presenting.cell_words(filters),
        "waves": queries.waves_for(user),
        "programme": may(user, queries.SEE),
        "domains": Domain.choices,
        "statuses": [*RiskStatus.choices, ("all", "All, closed ones too")],
        "severities": [*presenting.severities(), ("unrated", "Not rated as it stands")],
        "may_add": may_anywhere(user, queries.MANAGE, Wave),
    }
    return render(request, "risks/register.html", context)


@require_GET
def heat_map(request: HttpRequest) -> HttpResponse:
    """Open risks on the matrix of a scheme, by one kind of rating."""
    user = person(request)
    _require_register(user)
    scheme = schemes.SCHEMES.get(request.GET.get("scheme", ""), schemes.SCHEMES["dcb0129-1"])
    kind = request.GET.get("kind", "")
    kind = kind if kind in RatingKind.values else str(RatingKind.CURRENT)
    wave = request.GET.get("wave", "")[:100].replace("\0", "")
    found = queries.heat_map(user, scheme, kind, wave=wave)
    address = reverse("risks:register")
    context = {
        "map": found,
        "rows": presenting.matrix(found, lambda **more: f"{address}?{urlencode({'wave': wave, **more})}"),
        "row_axis": scheme.axis(scheme.row),
        "column_axis": scheme.axis(scheme.column),
        "schemes": schemes.SCHEMES.values(),
        "kinds": RatingKind.choices,
        "kind_word": RatingKind(kind).label,
        "wave": wave,
        "waves": queries.waves_for(user),
        "programme": may(user, queries.SEE),
    }
    return render(request, "risks/heat_map.html", context)


@require_GET
def risk(request: HttpRequest, ref: str) -> HttpResponse:
    """One risk; with ``as_of`` also who had scored it what by then."""
    user = person(request)
    return risk_page(request, user, ref)


def risk_page(
    request: HttpRequest,
    user: User,
    ref: str,
    *,
    refusal: str = "",
    status: int = 200,
    typed: LinkForm | ControlForm | None = None,
) -> HttpResponse:
    """The page of a risk; also with why something on it was refused, and the form there as it was typed."""
    now = timezone.now()
    found = queries.risk_for(user, ref)
    detail = queries.detail(found, now)
    as_of, unread = _moment(request.GET.get("as_of", "")[:40])
    context: dict[str, Any] = {
        "risk": found,
        "detail": detail,
        "stands": detail.stands,
        "now": now,
        "as_of": as_of,
        "as_of_unread": unread,
        "scores": queries.scores_at(found, as_of) if as_of else None,
        "answers": presenting.answers(found, detail, user),
        "acceptances": presenting.acceptances(detail, user),
        "links": presenting.links(detail.links),
        "escalations": [
            (one, queries.may_acknowledge(one, user)) for one in presenting.owned(detail.escalations, found)
        ],
        "manages": may(user, queries.MANAGE, found.wave) and found.closed_at is None,
        "link_form": typed if isinstance(typed, LinkForm) else LinkForm(),
        "control_form": typed if isinstance(typed, ControlForm) else ControlForm(),
        "refusal": refusal,
    }
    return render(request, "risks/risk.html", context, status=status)


@require_GET
def wave(request: HttpRequest, slug: str) -> HttpResponse:
    """The fragment of a wave's page: the risks that weigh most."""
    found = wave_seen_by(person(request), slug)
    top, total = queries.top_risks(found, timezone.now())
    if not may(person(request), queries.SEE):
        top = [one for one in top if one.risk.wave_id is not None]
    return render(request, "risks/_wave.html", {"top": top, "total": total, "wave": found})


def _moment(text: str) -> tuple[dt.datetime | None, bool]:
    """Return the requested moment, in the person's time zone; and whether the text is not a valid time.

    A minute without seconds includes the whole minute: ratings made in it are shown.
    """
    if not text:
        return None, False
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        return None, True
    if text.count(":") == 1:
        found = found.replace(second=59, microsecond=999_999)
    try:
        return (timezone.make_aware(found) if timezone.is_naive(found) else found), False
    except (ValueError, OverflowError):
        return None, True
