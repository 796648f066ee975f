"""What a criterion or a condition measures, in words: title, unit and noun are those of the measure's definition."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from governance.gates.models.gate import Kind
from governance.gates.values import Spec
from governance.measures import words
from governance.measures.bounds import Threshold
from governance.measures.models import Direction, Unit
from governance.measures.values import Definition, Origin


def name(spec: Spec) -> str:
    """What the criterion is about, to begin a sentence with: the measure's title, else its own in quotation marks."""
    if spec.definition is None:
        return f"“{spec.title or spec.code}”"
    title, part = spec.definition.title, spec.dimension
    if part.startswith("purpose/"):  # of runs, and perhaps of a part of what they report
        purpose, _, rest = part.removeprefix("purpose/").partition("/")
        title, part = f"{title}, runs of the purpose “{purpose}”", rest
    return f"{title} of {part}" if part else title


def value(found: Fraction, spec: Spec) -> str:
    """A value with its unit, towards the worse side of the threshold."""
    return words.number(_measured(spec), found, _threshold(spec))


def bound(spec: Spec) -> str:
    """``at least 99.5%``: the threshold in full, however many digits it has."""
    threshold = _threshold(spec)
    return words.limit(_measured(spec), threshold) if threshold else ""


def clip(text: str, most: int) -> str:
    """At most so many characters."""
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"


def _measured(spec: Spec) -> Definition:
    """The measure's definition, or one without words for a measure that is not defined here. A ratio is a share."""
    known = spec.definition or Definition(
        spec.measure, spec.title, "", Unit.COUNT, Direction.LOWER, spec.max_age, Origin.CUSTOM
    )
    return replace(known, unit=Unit.RATIO) if spec.kind == Kind.RATIO else known


def _threshold(spec: Spec) -> Threshold | None:
    if spec.operator is None:
        return None
    threshold = spec.threshold if spec.threshold is not None else Decimal(0)
    return Threshold(spec.measure, spec.operator, threshold, spec.dimension)
