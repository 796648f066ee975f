"""What intake keeps of a merge line: names of its problem and its evidence; and the refusal of lines without sense.

This runs once a line at the speed of intake, a million times a run: everything here is written to be cheap.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from triage.cases.keys import record_key
from triage.cases.kinds import LineRefused, StagedLine
from triage.merges.lines import WORD_PATTERN, ComparedPair, Match, MergeLine, SourceRecord
from triage.queues.models import SEVERITIES

TOLERANCE = 0.01

#: Words for what ``decode`` and ``stage`` refuse.
REFUSALS = {
    "word": "Invalid name of a field, reason or domain",
    "record_twice": "Same source record listed twice",
    "thresholds": "Lower threshold above upper threshold",
    "pair_twice": "Same pair of records compared twice",
    "pair_missing": "Pair of records not compared",
    "pair_range": "Compared pair refers to an unknown record",
    "weights": "Match weights do not sum to the score",
}

_encode = msgspec.json.Encoder(order="sorted").encode
_decoder = msgspec.json.Decoder(MergeLine)
_ESCAPED_NUL = b"\\u0000"
_is_word = re.compile(WORD_PATTERN + r"\Z").match
_words: set[str] = set()
_WORDS_REMEMBERED = 10_000
_new = object.__new__
_set = object.__setattr__

#: One compared pair by its records' places: its score, then field, level and weight of each comparison.
PairReport = tuple[int, int, float, list[tuple[str, str, float]]]


class _Kept(msgspec.Struct, frozen=True, gc=False):
    """What of a record's kept line is evidence, read without the rules of today."""

    system: str
    id: str
    fields: dict[str, str | None]


class _KeptLine(msgspec.Struct, frozen=True, gc=False):
    records: list[_Kept]


_kept = msgspec.json.Decoder(_KeptLine)


def decode(line: bytes) -> MergeLine:
    """Parse and validate one line.

    Raises msgspec.DecodeError, msgspec.ValidationError, or LineRefused for a NUL, which PostgreSQL cannot hold, for
    bytes that are not UTF-8 and for a name that is not one.
    """
    if _ESCAPED_NUL in line:
        raise LineRefused("nul", "The line holds a NUL character (\\u0000).")
    try:
        found = _decoder.decode(line)
    except UnicodeDecodeError as error:
        raise LineRefused("utf8", f"The line is not UTF-8: byte {error.start} of a text.") from None
    known = _words.issuperset
    if not (known(found.reasons) and found.domain in _words):
        _learn([*found.reasons, found.domain], "$.reasons or $.domain")
    for record in found.records:
        if not known(record.fields):
            _learn(record.fields, "$.records[].fields")
        if record.history:
            _learn([former.field for former in record.history], "$.records[].history[].field")
    return found


def _learn(names: Iterable[str], where: str) -> None:
    """Refuse names that are none; remember the others, up to a bound that no honest export reaches."""
    for name in names:
        if name not in _words:
            if not _is_word(name):
                raise LineRefused("word", f"A name in {where} is not made of a-z, 0-9, '_', '.' and '-'.")
            if len(_words) < _WORDS_REMEMBERED:
                _words.add(name)


def stage(line: MergeLine) -> StagedLine:
    """What intake keeps of ``line``. ``score`` is the weakest pair's, for a set is only as sure as that.

    The evidence is what the records say and nothing else: levels, weights and grade are the matcher's, and a new model
    must not reopen what people decided. They make the report, with severity, domain and reasons.

    Raises LineRefused for records named twice, pairs that are missing, double or out of range, thresholds the wrong
    way round, and scores that are not the prior plus the weights.
    """
    records, match = line.records, line.match
    keys = [record_key(record.system, record.id) for record in records]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ordered = [keys[index] for index in order]
    _refuse_double(ordered)
    pairs = _pairs(match, order)
    severity = int(SEVERITIES[line.severity])
    return StagedLine(
        fingerprint=_name(b"merge" + b"".join([key.to_bytes(8, "big", signed=True) for key in ordered])),
        evidence=_name(_canonical([_told(records[index]) for index in order])),
        report=_name(_reported(line, severity, pairs)),
        severity=severity,
        domain=line.domain,
        reasons=line.reasons,
        score=min([pair.score for pair in match.pairs]),
        size=len(records),
        record_keys=ordered,
    )


def _name(content: bytes) -> uuid.UUID:
    """The UUID that ``triage.cases.keys.digest`` gives, without the checks of UUID's constructor, which cost more."""
    made = _new(uuid.UUID)
    _set(made, "int", int.from_bytes(hashlib.sha256(content).digest()[:16], "big"))
    _set(made, "is_safe", uuid.SafeUUID.unknown)
    return made


def _refuse_double(keys: Sequence[int]) -> None:
    if len(set(keys)) != len(keys):
        raise LineRefused("record_twice", "The same source record stands twice in $.records.")


def _told(record: SourceRecord) -> dict[str, str]:
    """The fields that say something; null, empty and left out mean the same: missing."""
    return {name: value for name, value in record.fields.items() if value}


def _pairs(match: Match, order: Sequence[int]) -> list[PairReport]:
    """What is said of every pair by its records' places in ``order``; refuses what does not add up."""
    if match.lower_threshold > match.upper_threshold:
        raise LineRefused("thresholds", "$.match.lower_threshold lies above $.match.upper_threshold.")
    count = len(order)
    place = [0] * count
    for position, index in enumerate(order):
        place[index] = position
    found = [_pair(pair, number, place, match.prior) for number, pair in enumerate(match.pairs)]
    if count > 2:
        found.sort(key=_place_of)
        seen = {(pair[0], pair[1]) for pair in found}
    else:
        seen = {(0, 1)}
    if len(seen) != len(found):
        raise LineRefused("pair_twice", "The same pair of records stands twice in $.match.pairs.")
    if len(seen) != count * (count - 1) // 2:
        raise LineRefused("pair_missing", f"$.match.pairs holds {len(seen)} of {count * (count - 1) // 2} pairs.")
    return found


def _place_of(entry: PairReport) -> tuple[int, int]:
    return entry[0], entry[1]


def _pair(pair: ComparedPair, number: int, place: Sequence[int], prior: float) -> PairReport:
    left, right = pair.left, pair.right
    if left == right or left >= len(place) or right >= len(place):
        raise LineRefused("pair_range", f"$.match.pairs[{number}] does not name two of the {len(place)} records.")
    total, said = prior, []
    for comparison in pair.comparisons:
        total += comparison.weight
        said.append((comparison.field, comparison.level, comparison.weight))
    if not _words.issuperset([field for field, _, _ in said]):
        _learn([field for field, _, _ in said], f"$.match.pairs[{number}].comparisons[].field")
    if not -TOLERANCE <= total - pair.score <= TOLERANCE:
        raise LineRefused(
            "weights",
            f"$.match.pairs[{number}]: prior and weights make {total:.3f}, but the score is {pair.score:.3f}.",
        )
    left, right = place[left], place[right]
    if left > right:
        left, right = right, left
    said.sort()
    return left, right, pair.score, said


def _reported(line: MergeLine, severity: int, pairs: list[PairReport]) -> bytes:
    """The same bytes for the same report: whatever a later line may say of records that say the same."""
    match = line.match
    return _encode(
        (
            severity,
            line.domain,
            sorted(line.reasons),
            (match.model, match.version, match.prior, match.lower_threshold, match.upper_threshold, match.grade),
            pairs,
        )
    ).lower()


def of_kept(line: bytes) -> uuid.UUID | None:
    """The name of the evidence in a kept line, even one that is refused today; None when it holds no records."""
    try:
        records = _kept.decode(line).records
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    ordered = sorted(records, key=lambda record: record_key(record.system, record.id))
    return _name(_canonical([{name: value for name, value in record.fields.items() if value} for record in ordered]))


def _canonical(fields: list[dict[str, str]]) -> bytes:
    """The same bytes for the same evidence, whatever the case, spacing or composition of its letters.

    Plain ASCII without odd spacing, nearly every line, is lowered as a whole; anything else goes value by value.
    """
    told = _encode(fields)
    plain = told.isascii() and b"\\" not in told
    if not plain or (b" " in told and (b"  " in told or b'" ' in told or b' "' in told)):
        told = _encode([{name: text for name, value in one.items() if (text := normal(value))} for one in fields])
    return told.lower()


def normal(value: str) -> str:
    """A value as evidence: composed, case folded, spaces single."""
    return " ".join(unicodedata.normalize("NFC", value.casefold()).split())


def changed(before: MergeLine, after: MergeLine) -> list[str]:
    """Names of what differs between two lines of one case: fields of records, ``field (level)``, and what was reported.

    Sorted, without values. Empty when only extract times or the like differ.
    """
    names = _differing_fields(before, after) | _differing_levels(before, after)
    names |= {name for name, of in _REPORTED.items() if of(before) != of(after)}
    return sorted(names)


_REPORTED: Final[dict[str, Callable[[MergeLine], object]]] = {
    "severity": lambda line: line.severity,
    "domain": lambda line: line.domain,
    "reasons": lambda line: sorted(set(line.reasons)),
    "grade": lambda line: line.match.grade,
    "model": lambda line: (line.match.model, line.match.version),
    "thresholds": lambda line: (line.match.lower_threshold, line.match.upper_threshold),
    "weights": lambda line: (line.match.prior, _weights(line)),
}


def _weights(line: MergeLine) -> dict[frozenset[tuple[str, str]], tuple[float, list[tuple[str, float]]]]:
    names = [(record.system, record.id) for record in line.records]
    return {
        frozenset((names[pair.left], names[pair.right])): (
            pair.score,
            sorted((comparison.field, comparison.weight) for comparison in pair.comparisons),
        )
        for pair in line.match.pairs
    }


def _differing_fields(before: MergeLine, after: MergeLine) -> set[str]:
    old, new = _by_record(before), _by_record(after)
    names: set[str] = set()
    for key in old.keys() | new.keys():
        left, right = old.get(key, {}), new.get(key, {})
        names |= {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}
    return names


def _by_record(line: MergeLine) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (record.system, record.id): {name: text for name, value in _told(record).items() if (text := normal(value))}
        for record in line.records
    }


def _differing_levels(before: MergeLine, after: MergeLine) -> set[str]:
    old, new = _by_pair(before), _by_pair(after)
    return {f"{key[1]} (level)" for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _by_pair(line: MergeLine) -> dict[tuple[frozenset[tuple[str, str]], str], list[str]]:
    names = [(record.system, record.id) for record in line.records]
    found: dict[tuple[frozenset[tuple[str, str]], str], list[str]] = {}
    for pair in line.match.pairs:
        both = frozenset((names[pair.left], names[pair.right]))
        for comparison in pair.comparisons:
            found.setdefault((both, comparison.field), []).append(comparison.level.lower())
    return {key: sorted(levels) for key, levels in found.items()}
