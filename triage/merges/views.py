"""The review page of a merge case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from triage.cases.models import Case


def review(request: HttpRequest, case: Case) -> HttpResponse:
    """The review page of ``case``."""
    return render(request, "merges/review.html", {"case": case})
