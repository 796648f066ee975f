"""Canonical JSON: one value has one text, and two programs that know nothing of each other write the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sealing import canonical, offline

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.EXACT, canonical.EXACT) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_the_console_and_the_verifier_write_the_same_text(value: object) -> None:
    text = canonical.text(value)
    assert offline.canonical(value) == text
    assert json.loads(text) == value
    assert canonical.read(text) == value
    assert offline.read(text, "It") == value


def test_the_order_is_that_of_utf_16_as_the_standard_has_it() -> None:
    value = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert list(json.loads(canonical.text(value))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


@pytest.mark.parametrize("value", [0.5, float("nan"), {1: 2}, {"a": object()}, 2**60, [1.0], "\ud800"])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever sort of value error
        canonical.text(value)


@pytest.mark.parametrize("text", ['{"b":1,"a":2}', '{"a": 1}', "[1.0]", '{"a":1,"a":1}', '"\\u0041"', "[1] "])
def test_what_was_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical.read(text)
    with pytest.raises(offline.Wrong):
        offline.read(text, "It")
