"""The lines of a run package's ``merges`` files: what a matcher could not settle, with its evidence.

A line carries everything a reviewer needs to decide: two to eight source records as extracted, and the match
weights (log2 Bayes factors, Fellegi and Sunter 1969) of every compared pair against both thresholds.
The JSON Schema served to pipelines is generated from these types. Structs are kept from the cyclic garbage collector:
they are trees, and a run has millions of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from triage.cases.lines import Day, Key, Severity, Text, Time

#: A lower-case name. The pattern is published here and held by ``evidence.decode``, which remembers the names it has
#: seen: matching it again for every name of every line takes longer than all the rest of decoding.
WORD_PATTERN = r"^[a-z0-9][a-z0-9_.-]*$"
Word = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={"pattern": WORD_PATTERN})]

Grade = Literal["certain", "probable", "possible", "certainly-not"]
Weight = Annotated[float, Meta(ge=-1000, le=1000)]


class FieldHistory(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A former value of one field of a source record, with the dates it was valid (either may be unknown)."""

    field: Word
    value: Text
    valid_from: Day | None = None
    valid_to: Day | None = None


class SourceRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One patient record as a source system holds it. ``fields`` have canonical names: ``family``, ``birth_date`` …"""

    system: Key
    id: Key
    fields: Annotated[dict[Word, Text | None], Meta(max_length=60)]
    facility: Text = ""
    extracted_at: Time | None = None
    verified_at: Day | None = None
    history: Annotated[list[FieldHistory], Meta(max_length=100)] = []


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One compared field of one pair: the comparison level reached and its match weight in bits."""

    field: Word
    level: Text
    weight: Weight


class ComparedPair(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A compared pair by position in ``records``. ``score`` is the prior plus the weights, in bits."""

    left: Annotated[int, Meta(ge=0, le=7)]
    right: Annotated[int, Meta(ge=0, le=7)]
    score: Weight
    comparisons: Annotated[list[Comparison], Meta(max_length=60)]


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the matcher found: its model, its prior and thresholds (bits), and every pair it compared."""

    model: Key
    version: Key
    prior: Weight
    lower_threshold: Weight
    upper_threshold: Weight
    grade: Grade
    pairs: Annotated[list[ComparedPair], Meta(min_length=1, max_length=28)]


class MergeLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One ambiguous identity match. ``reasons`` say why the pipeline would not settle it alone.

    ``cluster`` is the pipeline's own name for the set of records; the decision feed gives it back.
    """

    id: Key
    records: Annotated[list[SourceRecord], Meta(min_length=2, max_length=8)]
    match: Match
    severity: Severity = "medium"
    domain: Word = "identity"
    reasons: Annotated[list[Word], Meta(max_length=16)] = []
    cluster: Key | None = None
