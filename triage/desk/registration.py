"""What the desk declares: the addresses of queues and cases, and that every kind of case has a review page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Check
from triage.desk import review_pages

CAPABILITY: Final = Capability(urls="triage.urls", checks=(Check("review pages", review_pages.problems),))
