"""What signing declares: the verb of a signature."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability

CAPABILITY: Final = Capability(
    verbs=(("signature.given", "signed {subject}: {meaning}", "signature"),),
    families={"signature": "Signatures"},
)
