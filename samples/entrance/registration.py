"""What the sign-in page of the demonstration offers. Installed by ``CONCORD_DEMO`` alone (``console.settings``)."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import EntrancePart
from samples.entrance import queries

CAPABILITY: Final = Capability(
    urls="samples.entrance.urls",
    entrance=(EntrancePart("samples/entrance.html", queries.offered),),
)
