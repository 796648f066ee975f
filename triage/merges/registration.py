"""What merges declare: the kind of case, and the routes of its review page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from triage.cases.kinds import KINDS
from triage.merges.kind import MergeKind

CAPABILITY: Final = Capability(urls="triage.merges.urls", parts=(KINDS.part(MergeKind()),))
