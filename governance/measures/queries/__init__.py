"""What is read of measures: their definitions, what each says at a moment, and how it went."""

from __future__ import annotations

from governance.measures.queries.definitions import catalogue, defined, definition, definitions
from governance.measures.queries.readings import (
    SampleKey,
    Stated,
    by_dimension,
    latest_samples,
    of_sample,
    read,
    read_many,
    samples,
    state,
    stated,
    value_of,
)
from governance.measures.queries.trends import STEPS, page_of_samples, trends

__all__ = [
    "STEPS",
    "SampleKey",
    "Stated",
    "by_dimension",
    "catalogue",
    "defined",
    "definition",
    "definitions",
    "latest_samples",
    "of_sample",
    "page_of_samples",
    "read",
    "read_many",
    "samples",
    "state",
    "stated",
    "trends",
    "value_of",
]
