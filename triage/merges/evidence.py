"""What intake keeps of a merge line: names of its problem and its evidence; and the refusal of lines without sense.

This runs once a line at the speed of intake, a million times a run: everything here is written to be cheap.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256 as _sha256
from typing import Final, cast

import msgspec

from triage.cases.keys import record_key
from triage.cases.kinds import LineRefused, StagedLine
from triage.merges.lines import WORD_PATTERN, ComparedPair, Match, MergeLine, SourceRecord
from triage.queues.models import SEVERITIES
from triage.runs import facilities

TOLERANCE = 0.01

#: Words for what ``decode`` and ``stage`` refuse.
REFUSALS = {
    "word": "Invalid name of a field, reason or domain",
    "record_twice": "Same source record listed twice",
    "thresholds": "Lower threshold above upper threshold",
    "pair_twice": "Same pair of records compared twice",
    "record_alone": "Source record compared with no other",
    "grade": "Match grade contradicts score and thresholds",
    "pair_range": "Compared pair refers to an unknown record",
    "weights": "Match weights do not sum to the score",
}

_encode = msgspec.json.Encoder(order="sorted").encode
_decoder = msgspec.json.Decoder(MergeLine)
#: What a line means that leaves its severity or domain out.
_SEVERITIES: dict[object, int] = {word: int(level) for word, level in SEVERITIES.items()}
_SEVERITIES[msgspec.UNSET] = _SEVERITIES[MergeLine.__struct_defaults__[0]]
_DOMAIN = MergeLine.__struct_defaults__[1]
_is_word = re.compile(WORD_PATTERN + r"\Z").match
_words: set[str] = set()
_WORDS_REMEMBERED = 10_000
_astuple = msgspec.structs.astuple
_TWO: Final[Sequence[int]] = (0, 1)
#: What makes bytes of the keys of so many records.
_packers = [struct.Struct(f">{count}q").pack for count in range(9)]
_PAIR_TWICE: Final = "The same pair of records stands twice in $.match.pairs."

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
    """Parse a line that was taken in; what a line must be before that, ``admission.admit`` asks.

    Raises msgspec.DecodeError, msgspec.ValidationError, or LineRefused for bytes that are not UTF-8 and for a name that
    is not one.
    """
    try:
        found = _decoder.decode(line)
    except UnicodeDecodeError as error:
        raise LineRefused("utf8", f"The line is not UTF-8: byte {error.start} of a text.") from None
    learn_names(found)
    return found


def learn_names(found: MergeLine) -> None:
    """Refuse a line whose reasons, domain or fields are no names; optional keys may be UNSET. Raises LineRefused."""
    known = _words.issuperset
    if found.reasons and not known(found.reasons):
        _learn(found.reasons, "$.reasons")
    if found.domain and found.domain not in _words:
        _learn([found.domain], "$.domain")
    for record in found.records:
        if not known(record.fields):
            _learn(record.fields, "$.records[].fields")
        if record.history:
            _learn([former.field for former in record.history], "$.records[].history[].field")


def _learn(names: Iterable[str], where: str) -> None:
    """Refuse names that are none; remember the others, up to a bound that no honest export reaches."""
    for name in names:
        if name not in _words:
            if not _is_word(name):
                raise LineRefused("word", f"A name in {where} is not made of a-z, 0-9, '_', '.' and '-'.")
            if len(_words) < _WORDS_REMEMBERED:
                _words.add(name)


def stage(line: MergeLine, renamed: Mapping[int, int] | None = None) -> StagedLine:
    """What intake keeps of ``line``. ``score`` is the weakest pair's, for a set is only as sure as that.

    The evidence is what the records say and nothing else: levels, weights and grade are the matcher's, and a new model
    must not reopen what people decided. They make the report, with severity, domain, reasons and facilities.
    ``renamed``: other keys of its records, by those that they have in the line.
    Pairs that the matcher never compared may be missing. Raises LineRefused for records named twice or compared with
    no other, pairs that are double or out of range, thresholds the wrong way round, a grade that contradicts them, and
    scores that are not the prior plus the weights.
    """
    records, match, order = line.records, line.match, _TWO
    keys = [record_key(record.system, record.id) for record in records]
    if renamed:
        keys = [renamed.get(key, key) for key in keys]
    count = len(keys)
    if count == 2:
        if keys[0] > keys[1]:
            keys.reverse()
            records = [records[1], records[0]]
    else:
        order = sorted(range(count), key=keys.__getitem__)
        keys, records = [keys[index] for index in order], [records[index] for index in order]
    if keys[0] == keys[1] or (count > 2 and len(set(keys)) != count):
        raise LineRefused("record_twice", "The same source record stands twice in $.records.")
    pairs = _pairs(match, order)
    severity, domain, reasons = _SEVERITIES[line.severity], line.domain or _DOMAIN, line.reasons or []
    places = facilities.words([record.facility for record in line.records])
    return StagedLine(
        fingerprint=_name(b"merge" + _packers[count](*keys)),
        evidence=_name(_canonical([record.fields for record in records])),
        report=_name(_reported(match, severity, domain, reasons, pairs, places)),
        severity=severity,
        domain=domain,
        reasons=reasons,
        score=_score(match),
        size=count,
        record_keys=keys,
        facilities=places,
        systems=tuple([record.system for record in records]),
    )


def _name(content: bytes) -> str:
    """The name that ``triage.cases.keys.digest`` gives, as its digits."""
    return _sha256(content).hexdigest()[:32]


def _score(match: Match) -> float:
    """The weakest pair's score; refuses a grade that contradicts it."""
    pairs, grade = match.pairs, match.grade
    score = pairs[0].score if len(pairs) == 1 else min([pair.score for pair in pairs])
    if grade == "certain" and score < match.upper_threshold - TOLERANCE:
        raise LineRefused("grade", "$.match.grade is “certain”, but a score lies below $.match.upper_threshold.")
    if grade == "certainly-not" and score > match.lower_threshold + TOLERANCE:
        raise LineRefused("grade", "$.match.grade is “certainly-not”, but every score lies above the lower threshold.")
    return score


def told(record: SourceRecord) -> dict[str, str]:
    """The fields that say something; null, empty and left out mean the same: missing."""
    return _told(record.fields)


def _told(fields: dict[str, str | None]) -> dict[str, str]:
    if all(fields.values()):
        return cast("dict[str, str]", fields)
    return {name: value for name, value in fields.items() if value}


def _pairs(match: Match, order: Sequence[int]) -> list[PairReport]:
    """What is said of every pair by its records' places in ``order``; refuses what does not add up."""
    if match.lower_threshold > match.upper_threshold:
        raise LineRefused("thresholds", "$.match.lower_threshold lies above $.match.upper_threshold.")
    count, prior = len(order), match.prior
    if count == 2:
        found = [_pair(pair, number, _TWO, prior) for number, pair in enumerate(match.pairs)]
        if len(found) > 1:
            raise LineRefused("pair_twice", _PAIR_TWICE)
        return found
    place = [0] * count
    for position, index in enumerate(order):
        place[index] = position
    found = [_pair(pair, number, place, prior) for number, pair in enumerate(match.pairs)]
    found.sort(key=_place_of)
    seen = {(pair[0], pair[1]) for pair in found}
    if len(seen) != len(found):
        raise LineRefused("pair_twice", _PAIR_TWICE)
    if len({place for pair in seen for place in pair}) != count:
        alone = next(number for number in range(count) if not any(place[number] in pair for pair in seen))
        raise LineRefused("record_alone", f"$.records[{alone}] is in no pair of $.match.pairs.")
    return found


def _place_of(entry: PairReport) -> tuple[int, int]:
    return entry[0], entry[1]


def _pair(pair: ComparedPair, number: int, place: Sequence[int], prior: float) -> PairReport:
    left, right, score = pair.left, pair.right, pair.score
    if left == right or left >= len(place) or right >= len(place):
        raise LineRefused("pair_range", f"$.match.pairs[{number}] does not name two of the {len(place)} records.")
    said = sorted(map(_astuple, pair.comparisons))
    total, fields = prior, []
    for field, _, weight in said:
        total += weight
        fields.append(field)
    if not _words.issuperset(fields):
        _learn(fields, f"$.match.pairs[{number}].comparisons[].field")
    if not -TOLERANCE <= total - score <= TOLERANCE:
        raise LineRefused(
            "weights",
            f"$.match.pairs[{number}]: prior and weights make {total:.3f}, but the score is {score:.3f}.",
        )
    left, right = place[left], place[right]
    return (left, right, score, said) if left < right else (right, left, score, said)


def _reported(
    match: Match, severity: int, domain: str, reasons: list[str], pairs: list[PairReport], places: Sequence[str]
) -> bytes:
    """The same bytes for the same report: whatever a later line may say of records that say the same."""
    model = (match.model, match.version, match.prior, match.lower_threshold, match.upper_threshold, match.grade)
    reasons = sorted(reasons) if len(reasons) > 1 else reasons
    # Without facilities it is what a version that did not know them made, so those lines stay known.
    told = (severity, domain, reasons, model, pairs, places) if places else (severity, domain, reasons, model, pairs)
    return _encode(told).lower()


def of_kept(line: bytes) -> str | None:
    """The name of the evidence in a kept line, even one that is refused today; None when it holds no records."""
    try:
        records = _kept.decode(line).records
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    ordered = sorted(records, key=lambda record: record_key(record.system, record.id))
    return _name(_canonical([record.fields for record in ordered]))


def _canonical(fields: list[dict[str, str | None]]) -> bytes:
    """The same bytes for the same evidence, whatever the case, spacing or composition of its letters.

    Plain ASCII without odd spacing, nearly every line, is lowered as a whole; anything else goes value by value.
    """
    told = _encode([one if all(one.values()) else _told(one) for one in fields])
    if not told.isascii() or b"\\" in told or (b" " in told and (b"  " in told or b'" ' in told or b' "' in told)):
        values = [{name: normal(value) for name, value in one.items() if value} for one in fields]
        told = _encode([{name: text for name, text in one.items() if text} for one in values])
    return told.lower()


def normal(value: str) -> str:
    """A value as evidence: composed, case folded, spaces single."""
    return " ".join(unicodedata.normalize("NFC", value.casefold()).split())
