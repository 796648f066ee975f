"""What the desk declares: the addresses of queues and cases, and that every kind of case has a review page."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.signals import user_logged_out

from console.capabilities.declaration import Capability
from console.capabilities.parts import Check, SearchSource
from console.people.models import User
from triage.cases.actions import release_ahead
from triage.desk import record_search, review_pages


def _leaves(user: User | None, **about: object) -> None:
    """Who signs out keeps no case ready."""
    if user is not None:
        release_ahead(by=user)


def _listen() -> None:
    user_logged_out.connect(_leaves, dispatch_uid="desk.leaves")


CAPABILITY: Final = Capability(
    urls="triage.urls",
    search=(
        SearchSource(
            code="records",
            label="Record numbers",
            icon="id-card",
            find=record_search.find,
            permission="cases.see_queue",
            order=10,
            model="cases.Queue",
            least=3,
            note="Masked. Opening a case is logged.",
            patients=True,
            leaves=record_search.is_case_number,
        ),
    ),
    checks=(Check("review pages", review_pages.problems),),
    connect=(_listen,),
)
