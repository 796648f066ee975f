"""What a typed text asks for, and what of a title it matches."""

from __future__ import annotations

import pytest

from console.numbers import BIGGEST, numbered
from console.search import rules
from console.search.rules import Asked

SIGNS = frozenset("@#>")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked("")),
        ("   ", Asked("")),
        (" EX-1042 ", Asked("EX-1042")),
        ("#1042", Asked("1042", "#")),
        ("  > release", Asked("release", ">")),
        (">", Asked("", ">")),
        ("@@ana", Asked("@ana", "@")),
        ("100%_\\", Asked("100%_\\")),
        ("a\0b\x1f\x85c", Asked("a b  c")),
        ("\u202e\u200f12345\u2069", Asked("12345")),  # as copied out of a text that runs from right to left
        ("\ufeff943 476 5919", Asked("943 476 5919")),
        ("e\u0301cole", Asked("e\u0301cole")),
        ("می\u200cخواهم", Asked("می\u200cخواهم")),  # a joiner inside a word is part of it
    ],
)
def test_a_text_is_read(typed: str, asked: Asked) -> None:
    assert rules.asked(typed, SIGNS) == asked


@pytest.mark.parametrize(
    ("label", "text", "found"),
    [
        ("Release claim", "rel", True),
        ("Release claim", "cl rel", True),
        ("Release claim", "elease", False),
        ("Release claim", "rel x", False),
        ("All cases", "", True),
        ("All cases", "%", False),
        ("All cases", "_", False),
        ("Früherer Wert", "FRÜH", True),
    ],
)
def test_a_command_is_found_by_the_beginnings_of_its_words(label: str, text: str, found: bool) -> None:
    assert rules.matches(label, text) is found


@pytest.mark.parametrize(
    ("title", "text", "marked"),
    [
        ("Wave 2 north", "north", (("Wave 2 ", False), ("north", True))),
        ("Wave 2 north", "NORTH wave", (("Wave", True), (" 2 ", False), ("north", True))),
        ("a.b*c", ".", (("a", False), (".", True), ("b*c", False))),
        ("(x", "(", (("(", True), ("x", False))),
        ("plain", "", (("plain", False),)),
    ],
)
def test_what_was_typed_is_marked(title: str, text: str, marked: rules.Pieces) -> None:
    assert rules.pieces(title, text) == marked


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("EX-1042", 1042), ("ex1042", 1042), ("EX 1042", 1042), ("1042", 1042), ("0001042", 1042), ("EX-0", None),
        ("EX-", None), ("EX--1", None), ("EX-10x", None), ("²", None), ("١٢", None), ("9" * 19, None),
        ("9" * 400, None),
        (str(BIGGEST), BIGGEST), (str(BIGGEST + 1), None), ("RISK-3", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(text: str, number: int | None) -> None:
    assert numbered(text, "EX") == number
