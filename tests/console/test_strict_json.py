"""JSON that readers would take differently is refused; everything else is read as any parser reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import strict_json
from console.strict_json import DEPTH, HoldsNul, NotStrict

LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    LEAF.filter(lambda value: "\0" not in str(value)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab\\"u0:, ', max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_sound_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:
    assert strict_json.loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(VALUES.filter(lambda value: isinstance(value, dict) and bool(value)), st.data())
def test_a_key_given_twice_is_refused_wherever_it_stands(value: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    doubled = json.dumps(value)[:-1] + f", {json.dumps(name)}: 1}}"
    for text in (doubled, f"[{doubled}]", f'{{"outer": [1, {doubled}]}}'):
        with pytest.raises(NotStrict, match="twice"):
            strict_json.loads(text.encode())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": 1, "a": 1}', "the key “a” twice"),
        (b'{"a": 1, "\\u0061": 2}', "the key “a” twice"),
        (b'{"a": {"Grace Okello": 1, "Grace Okello": 2}}', "has a key twice"),
        (b'{"a" :1,"a":2}', "twice"),
        (b'{"": 1, "": 2}', "has a key twice"),
        (b"NaN", "NaN"),
        (b'{"a": [Infinity]}', "Infinity"),
        (b'{"a": -Infinity}', "Infinity"),
        (b"1e999", "too large"),
        (b"[-1e400]", "too large"),
        (b"9" * 5000, "too large"),
        (b'"\\ud800"', "half of a character"),
        (b'"\\udc00\\ud800"', "half of a character"),
        (b'"\\ud800x"', "half of a character"),
        (b'{"\\uDFFF": 1}', "half of a character"),
        (b'"\xed\xa0\x80"', "not valid UTF-8 at byte 1"),
        (b"\xff\xfe{\x00}\x00", "not valid UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"{", "not JSON at character 1"),
        (b"{'a': 1}", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b"01", "not JSON"),
        (b"[" * 100_000, "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "deep"),
    ],
)
def test_what_is_refused_and_what_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(NotStrict) as refused:
        strict_json.loads(raw)
    assert said in refused.value.sentence
    assert "Okello" not in refused.value.sentence


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"[" * DEPTH + b"]" * DEPTH, None),
        (b"[" + b",".join([b"[]"] * 500) + b"]", [[]] * 500),
        (json.dumps(["[{" * 500]).encode(), ["[{" * 500]),
        (json.dumps(['"[{\\"' * 500]).encode(), ['"[{\\"' * 500]),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'"\\\\\\ud83d\\ude00"', "\\\U0001f600"),
        (b'[{"a": 1}, {"a": 1}]', [{"a": 1}, {"a": 1}]),
        (b'{"a": {"a": "a"}}', {"a": {"a": "a"}}),
        (b"1e-999", 0.0),
        (b"12345678901234567890123", 12345678901234567890123),
    ],
)
def test_what_merely_looks_like_it_is_read(raw: bytes, value: Any) -> None:
    found = strict_json.loads(raw)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        (b'"\\u0000"', True),
        (b'"\\\\\\u0000"', True),
        (b'{"a\\u0000": 1}', True),
        (b'"\\\\u0000"', False),
        (b'"\\\\\\\\u0000"', False),
        (b'"u0000"', False),
        (b'"\\u00000"', True),
        (b'"\\n\\\\u0000\\u0001"', False),
    ],
)
def test_a_nul_is_told_from_a_text_about_one(raw: bytes, holds: bool) -> None:
    assert strict_json.has_nul(raw) is holds
    assert ("\0" in "".join(json.loads(raw))) is holds
    if holds:
        with pytest.raises(HoldsNul):
            strict_json.loads(raw)
    else:
        strict_json.loads(raw)


@given(st.text(st.sampled_from("\\u0\0a"), max_size=12))
def test_every_way_to_write_a_nul_is_found(text: str) -> None:
    assert strict_json.has_nul(json.dumps(text).encode()) is ("\0" in text)
