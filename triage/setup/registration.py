"""What the set-up by file declares: its API and the schema of its files. The ordinary actions log what it changes."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import PublishedSchema
from triage.setup import files

CAPABILITY: Final = Capability(
    api_urls="triage.setup.api_urls",
    schemas=(PublishedSchema("setup", "Set-up file", files.schema),),
)
