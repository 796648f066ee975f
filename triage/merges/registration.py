"""What merges declare: the kind of case and its review page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from triage.cases.kinds import KINDS
from triage.desk.review_pages import REVIEW_PAGES
from triage.merges.kind import MergeKind
from triage.merges.review import review_page

_KIND: Final = MergeKind()

CAPABILITY: Final = Capability(parts=(KINDS.part(_KIND), REVIEW_PAGES.part(review_page(_KIND))))
