"""Gates as code: for each phase its criteria, in plain words, and its policy. A change is the next version."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from governance.gates.models import Kind, Operator
from governance.risks.models import Domain


@dataclass(frozen=True, slots=True)
class How:
    """How a criterion is judged: the fields of ``CriterionVersion``, as values. Durations in seconds."""

    kind: Kind
    measure: str = ""
    dimension: str = ""
    operator: Operator | None = None
    threshold: Decimal | None = None
    min_samples: int = 1
    max_age: int = 86_400
    interval: int | None = None
    consecutive: int | None = None
    coverage: int = 100
    subject: str = ""
    blocking: bool = True
    waivable: bool = True
    domain: Domain = Domain.OPERATIONAL
