"""The register that a hospital's programme can start from: suggestions, to be rated for the hospital itself.

The words are ours. Which risks there are follows from what migrations of hospital records are known to fail by; the
ratings are a first guess and say so wherever they stand.
"""

from __future__ import annotations

from typing import Final

from governance.risks.templates.base import NAME, Seed
from governance.risks.templates.records import RECORDS
from governance.risks.templates.services import SERVICES

SEEDS: Final = (*RECORDS, *SERVICES)

__all__ = ["NAME", "SEEDS", "Seed"]
