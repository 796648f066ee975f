"""What wards declare: the kind of case and its review page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from tests.architecture.toy_kind.kind import WardKind, show
from triage.cases.kinds import KINDS
from triage.desk.review_pages import REVIEW_PAGES, ReviewPage

_KIND: Final = WardKind()

CAPABILITY: Final = Capability(
    parts=(
        KINDS.part(_KIND),
        REVIEW_PAGES.part(ReviewPage(kind=_KIND, template="toy_kind/review.html", show=show)),
    )
)
