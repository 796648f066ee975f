"""What a line may not say: twice the same key, an identifier that cannot be seen, a time that no calendar holds."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import identifiers
from tests.factories import merge_line
from tests.merges.test_evidence import cluster
from triage.cases import kinds
from triage.intake import line_handlers, presenting
from triage.intake.parsing import REASONS, Parsed, parse
from triage.intake.reader import Chunk
from triage.intake.records import RecordExcerpt
from triage.merges import admission, evidence
from triage.merges.lines import MergeLine
from triage.strict_lines import with_presence

EXCERPT = {
    "system": "LEGACY-PAS",
    "id": "rec-1",
    "last_seen": "2026-08-01",
    "allergies": ["Penicillin"],
    "entries": [{"domain": "order", "text": "Amoxicillin", "on": "2026-08-01"}],
}
FULL = merge_line(
    cluster="cl-1", severity="high", domain="identity", reasons=["possible_twin"],
)  # fmt: skip
FULL["records"][0] |= {
    "verified_at": "2026-09-01",
    "facility": "",
    "history": [{"field": "family", "value": "Achen", "valid_from": "2001-01-01", "valid_to": None}],
}
FULL["records"][1] |= {"extracted_at": None, "verified_at": None, "history": []}
CHECK = {"layer": "record", "domain": "orders", "check": "fields-equal", "expected": 5, "matched": 4, "note": "a"}
MEASURE = {"measure": "chart-open-p95", "as_of": "2026-11-21T08:05:00Z", "value": 1.5, "dimension": "ward 3"}
MEMBER = {"system": "LEGACY-PAS", "id": "rec-2", "replaces": {"system": "LEGACY-PAS", "id": "rec-1"}}
SOUND = {"population": MEMBER, "merges": FULL, "records": EXCERPT, "reconciliation": CHECK, "measures": MEASURE}


def taken(kind: str, line: bytes | dict[str, Any]) -> Parsed:
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    return parse(Chunk(1, [raw]), line_handlers.handler_for(kind))


def reason(kind: str, line: bytes | dict[str, Any]) -> str:
    """The reason for which a line is rejected; empty when it is taken in. Its sentence quotes no value."""
    found = taken(kind, line).rejected
    if not found:
        return ""
    assert found[0].detail
    assert found[0].detail[-1] in ".…"
    for value in ("Okello", "Penicillin", "rec-1", "Amoxicillin"):
        assert value not in found[0].detail
    assert found[0].reason in presenting.words()
    return found[0].reason


def objects(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every object in a JSON value."""
    if isinstance(value, dict):
        return [path, *(place for name, inner in value.items() for place in objects(inner, (*path, name)))]
    if isinstance(value, list):
        return [place for number, inner in enumerate(value) for place in objects(inner, (*path, number))]
    return []


def doubled(value: Any, path: tuple[Any, ...], name: str, path_here: tuple[Any, ...] = (), **style: Any) -> str:
    """The JSON text of a value in which one object has one of its keys twice."""
    if isinstance(value, dict):
        colon = style.get("colon", ": ")
        parts = [
            f"{json.dumps(key)}{colon}{doubled(inner, path, name, (*path_here, key), **style)}"
            for key, inner in value.items()
        ]
        if path_here == path:
            parts.insert(style.get("at", len(parts)), f"{json.dumps(name)}{colon}{json.dumps(value[name])}")
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(doubled(one, path, name, (*path_here, n), **style) for n, one in enumerate(value)) + "]"
    return json.dumps(value)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


EVERY_KEY = [(kind, path, name) for kind, line in SOUND.items() for path in objects(line) for name in at(line, path)]


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_line_is_taken_in(kind: str) -> None:
    assert reason(kind, SOUND[kind]) == ""


@pytest.mark.parametrize(("kind", "path", "name"), EVERY_KEY)
@pytest.mark.parametrize("style", [{}, {"at": 0}, {"colon": " : "}, {"colon": ":"}])
def test_every_key_of_every_object_may_stand_there_once(kind: str, path: Any, name: str, style: dict[str, Any]) -> None:
    assert reason(kind, doubled(SOUND[kind], path, name, **style).encode()) == "json"


def test_the_key_is_named_unless_it_may_be_a_value() -> None:
    line = json.dumps(FULL).replace('"sex":', '"sex": "m", "sex":', 1).encode()
    assert "“sex” twice" in taken("merges", line).rejected[0].detail


def test_a_key_twice_and_another_left_out_do_not_cancel_out() -> None:
    line = copy.deepcopy(FULL)
    for name in ("extracted_at", "verified_at", "history"):
        del line["records"][1][name]
    twice = doubled(line, ("records", 0), "facility")
    assert reason("merges", twice.encode()) == "json"
    assert reason("merges", doubled(line, ("records", 0), "facility", colon=" :").encode()) == "json"


def test_a_key_written_with_an_escape_is_the_same_key() -> None:
    assert reason("merges", json.dumps(FULL).replace('"id":', '"i\\u0064": "x", "id":', 1).encode()) == "json"


@pytest.mark.parametrize("text", ['say "x": y', '":', '\\":', '","sex":"', "a\\", "\\u0000", '"' * 9, "\u2028", "´"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_texts_that_look_like_keys_are_harmless(text: str, ascii_only: bool) -> None:
    line = copy.deepcopy(FULL)
    line["records"][0]["fields"]["family"] = text
    assert reason("merges", json.dumps(line, ensure_ascii=ascii_only).encode()) == ""
    note = CHECK | {"note": text}
    assert reason("reconciliation", json.dumps(note, ensure_ascii=ascii_only).encode()) == ""
    excerpt = EXCERPT | {"allergies": [text]}
    assert reason("records", json.dumps(excerpt, ensure_ascii=ascii_only).encode()) == ""


def without_spaces(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode()


def test_a_usual_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow reader is for lines with escaped quotation marks, and for those with a key twice."""
    monkeypatch.setattr(admission, "refuse_ambiguous", lambda line: pytest.fail("read twice"))
    bare = merge_line()
    for line in (FULL, bare, cluster(5)):
        admission.admit(json.dumps(line).encode())
        admission.admit(without_spaces(line))
    written = msgspec.json.encode(msgspec.json.decode(without_spaces(FULL), type=MergeLine))
    admission.admit(written)  # as a program writes it that leaves no key out


def test_every_optional_key_is_counted() -> None:
    """A field that is added to a line must be counted in ``admission``, or each line with it is read twice."""
    optional = {field.name for field in msgspec.structs.fields(with_presence(MergeLine)) if not field.required}
    assert optional == {"severity", "domain", "reasons", "cluster"}
    record = msgspec.structs.fields(MergeLine)[1].type.__args__[0].__args__[0]
    names = {field.name for field in msgspec.structs.fields(record) if not field.required}
    assert names == {"facility", "extracted_at", "verified_at", "history"}


def test_what_is_left_out_means_what_the_types_say() -> None:
    bare = {name: value for name, value in FULL.items() if name in {"id", "records", "match"}}
    told = bare | {"severity": "medium", "domain": "identity", "reasons": []}
    kind = kinds.get("merge")
    assert kind.staged(without_spaces(bare)) == kind.staged(without_spaces(told))
    assert kind.staged(without_spaces(FULL)) == evidence.stage(evidence.decode(without_spaces(FULL)))


NUL = [(r"\u0000", "nul"), (r"\\u0000", ""), (r"\\\u0000", "nul"), (r"\\\\u0000", ""), (r"x\u0000", "nul")]


@pytest.mark.parametrize(("text", "expected"), NUL)
@pytest.mark.parametrize("kind", SOUND)
def test_a_nul_is_refused_and_a_text_about_one_is_not(kind: str, text: str, expected: str) -> None:
    places = {"merges": "Okello", "records": "Penicillin", "reconciliation": "a", "population": "rec-2"}
    shown = json.dumps(places.get(kind, "ward 3"))
    line = json.dumps(SOUND[kind]).replace(shown, f'"{text}"', 1).encode()
    if kind == "measures" and expected:
        assert reason(kind, line) in {"nul", "schema"}
    else:
        assert reason(kind, line) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [('"\\ud800"', "half of a character"), ("NaN", "NaN"), ("Infinity", "Infinity"), ("1e999", ""), ("-1e400", "")],
)
@pytest.mark.parametrize("kind", SOUND)
def test_values_that_readers_take_differently(kind: str, text: str, said: str) -> None:
    name = {"merges": "id", "records": "id", "population": "id", "reconciliation": "note", "measures": "value"}[kind]
    line = json.dumps(SOUND[kind])
    shown = json.dumps(SOUND[kind][name])
    found = taken(kind, line.replace(f'"{name}": {shown}', f'"{name}": {text}', 1).encode()).rejected
    assert found, text
    assert found[0].reason in {"json", "schema"}
    assert said in found[0].detail


UNSEEN = {
    "blank": " ",
    "blanks": "   ",
    "tab": "\t",
    "line break": "a\nb",
    "carriage return at the end": "a\r",
    "unit separator": "a\x1fb",
    "escape": "\x1b[31m",
    "delete": "a\x7f",
    "next line": "a\x85b",
    "no-break space": "\u00a0",
    "no-break space inside": "a\u00a0b",
    "soft hyphen": "a\u00adb",
    "zero width space": "a\u200bb",
    "zero width joiner": "\u200d",
    "right-to-left override": "a\u202eb",
    "isolate": "\u2066a\u2069",
    "word joiner": "a\u2060",
    "byte order mark": "\ufeffa",
    "en space": "a\u2002b",
    "ideographic space": "\u3000",
    "line separator": "a\u2028b",
    "hangul filler": "\u3164",
    "hangul filler inside": "a\u3164b",
    "half-width hangul filler": "\uffa0",
    "hangul choseong filler": "\u115f",
    "braille blank": "\u2800",
    "grapheme joiner": "a\u034fb",
    "khmer vowel": "\u17b4",
    "variation selector": "a\ufe0f",
    "tag": "a\U000e0041",
    "variation selector supplement": "a\U000e0100",
    "private use": "\ue000",
    "unassigned": "\u0378",
    "noncharacter": "\uffff",
    "only a combining mark": "\u0301",
    "leading blank": " a",
    "trailing blank": "a ",
}
SEEN = ["a", "0", "-", "MRN 12 34", "Ñandú-7", "号-9", "१२३", "ሀ1", "ก็1", "A/B.C", "é", "e\u0301", "😀", "a" * 200]


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_an_identifier_must_be_seen_at_every_place(text: str) -> None:
    assert identifiers.fault(text)
    for place in (("id",), ("cluster",), ("match", "model"), ("match", "version")):
        line = copy.deepcopy(FULL)
        at(line, place[:-1])[place[-1]] = text
        assert reason("merges", line) == "identifier", place
    for name in ("system", "id"):
        line = copy.deepcopy(FULL)
        line["records"][1][name] = text
        assert reason("merges", line) == "identifier", name
        assert reason("records", EXCERPT | {name: text}) == "identifier", name
        assert reason("population", MEMBER | {name: text}) == "identifier", name
        assert reason("population", MEMBER | {"replaces": MEMBER["replaces"] | {name: text}}) == "identifier", name


@pytest.mark.parametrize("text", SEEN)
def test_identifiers_of_all_scripts_are_taken_in(text: str) -> None:
    assert identifiers.fault(text) == ""
    line = copy.deepcopy(FULL)
    line["records"][0] |= {"system": text, "id": text}
    for ascii_only in (True, False):
        assert reason("merges", json.dumps(line, ensure_ascii=ascii_only).encode()) == ""
    assert reason("records", EXCERPT | {"system": text, "id": text}) == ""


@given(st.text(max_size=8))
def test_the_published_pattern_says_what_the_rule_says(text: str) -> None:
    import re

    if re.fullmatch(identifiers.PATTERN, text) is None:
        assert identifiers.fault(text)
    elif identifiers.fault(text):
        # What no pattern can list: characters of no meaning, and texts of nothing but marks.
        assert not text.isprintable() or "character" in identifiers.fault(text)


ENDS = [
    "2026-09-01T10:00:00",
    "2026-09-01 10:00:00",
    "0001-01-01T00:00:00+03:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-05:00",
    "9999-12-31T23:59:59Z",
    "1799-12-31T23:59:59Z",
    "2201-01-01T00:00:00Z",
]
DAYS = ["0001-01-01", "9999-12-31", "1799-12-31", "2201-01-01"]


@pytest.mark.parametrize("text", ENDS)
@pytest.mark.parametrize("number", [0, 1])
def test_a_time_has_a_zone_and_lies_in_the_calendar(text: str, number: int) -> None:
    line = copy.deepcopy(FULL)
    line["records"][number]["extracted_at"] = text
    assert reason("merges", line) == "time"
    assert f"$.records[{number}].extracted_at" in taken("merges", line).rejected[0].detail


@pytest.mark.parametrize("text", DAYS)
def test_dates_lie_in_the_calendar(text: str) -> None:
    for name in ("valid_from", "valid_to"):
        line = copy.deepcopy(FULL)
        line["records"][0]["history"][0][name] = text
        assert reason("merges", line) == "time", name
    line = copy.deepcopy(FULL)
    line["records"][1]["verified_at"] = text
    assert reason("merges", line) == "time"
    assert reason("records", EXCERPT | {"last_seen": text}) == "time"
    assert reason("records", EXCERPT | {"entries": [{"domain": "order", "text": "x", "on": text}]}) == "time"


@pytest.mark.parametrize("text", ["1800-01-01T00:00:00+14:00", "2200-12-31T23:59:59-12:00", "2026-09-01T10:00:00Z"])
def test_the_first_and_the_last_year_are_taken_in(text: str) -> None:
    line = copy.deepcopy(FULL)
    line["records"][0]["extracted_at"] = text
    assert reason("merges", line) == ""


@pytest.mark.parametrize("text", ["2026-11-21T08:05:00", "2026-11-21", "yesterday", "2026-02-30T00:00:00Z"])
def test_measures_name_a_zone(text: str) -> None:
    assert reason("measures", MEASURE | {"as_of": text}) == "schema"


@pytest.mark.parametrize("name", ["domain", "check"])
def test_a_line_break_does_not_end_a_name(name: str) -> None:
    assert reason("reconciliation", CHECK | {name: "orders\n"}) == "schema"


def scored(grade: str, score: float, lower: float = -2.0, upper: float = 8.0) -> dict[str, Any]:
    line = merge_line()
    match = line["match"]
    match |= {"grade": grade, "lower_threshold": lower, "upper_threshold": upper}
    match["pairs"][0]["score"] = score
    match["pairs"][0]["comparisons"][0]["weight"] += score - 2.0
    return line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (scored("certain", -5.0), "grade"),
        (scored("certain", 2.0), "grade"),
        (scored("certain", 7.9), "grade"),
        (scored("certain", 7.995), ""),
        (scored("certain", 8.0), ""),
        (scored("certain", 30.0), ""),
        (scored("certainly-not", 30.0), "grade"),
        (scored("certainly-not", 2.0), "grade"),
        (scored("certainly-not", -1.9), "grade"),
        (scored("certainly-not", -2.0), ""),
        (scored("certainly-not", -9.0), ""),
        (scored("possible", 2.0), ""),
        (scored("probable", 2.0), ""),
        (scored("possible", 2.0, lower=8.0, upper=8.0), ""),
        (scored("possible", 2.0, lower=8.1, upper=8.0), "thresholds"),
        (scored("certain", 9.0, lower=8.1, upper=8.0), "thresholds"),
    ],
)
def test_a_grade_agrees_with_score_and_thresholds(line: dict[str, Any], expected: str) -> None:
    assert reason("merges", line) == expected


def only(size: int, *pairs: tuple[int, int]) -> dict[str, Any]:
    line = cluster(size)
    line["match"]["pairs"] = [one for one in line["match"]["pairs"] if (one["left"], one["right"]) in pairs]
    return line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (only(3, (0, 1), (1, 2)), ""),
        (only(3, (0, 2), (1, 2)), ""),
        (only(4, (0, 1), (2, 3)), ""),
        (only(8, *((0, other) for other in range(1, 8))), ""),
        (only(3, (0, 1)), "record_alone"),
        (only(8, (0, 1), (2, 3), (4, 5)), "record_alone"),
        (only(3), "schema"),
    ],
)
def test_pairs_may_be_missing_but_no_record_stands_alone(line: dict[str, Any], expected: str) -> None:
    assert reason("merges", line) == expected


def test_the_record_alone_is_named() -> None:
    for alone in range(3):
        pair = tuple(number for number in range(3) if number != alone)
        line = only(3, (pair[0], pair[1]))
        assert f"$.records[{alone}] " in taken("merges", line).rejected[0].detail


def test_a_pair_twice_in_a_line_is_refused_either_way_round() -> None:
    line = cluster(3)
    pairs = line["match"]["pairs"]
    pairs.append(pairs[0] | {"left": pairs[0]["right"], "right": pairs[0]["left"]})
    assert reason("merges", line) == "pair_twice"


@given(st.datetimes(timezones=st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=-12))])))
def test_whatever_time_a_line_has_it_is_taken_in_or_refused(value: dt.datetime) -> None:
    line = copy.deepcopy(FULL)
    line["records"][0]["extracted_at"] = value.isoformat()
    sound = value.tzinfo is not None and 1800 <= value.year <= 2200
    assert reason("merges", line) == ("" if sound else "time")


def test_every_reason_has_words() -> None:
    assert {"identifier", "time", "json", "nul"} <= set(REASONS)
    assert {"grade", "record_alone"} <= set(kinds.get("merge").refusals)
    assert with_presence(RecordExcerpt)
