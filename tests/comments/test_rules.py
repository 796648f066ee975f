"""Which words of a comment mention a person."""

from __future__ import annotations

import pytest

from triage.comments import rules


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ben look", [("ben",)]),
        ("look, @ben.", [("ben.", "ben")]),
        ("(@ben)", [("ben",)]),
        ("@Ben and @ben", [("ben",)]),
        ("@ben.okello, @ana-k", [("ben.okello",), ("ana-k",)]),
        ("write to ben@hospital.test", []),
        ("@ben@hospital.test", [("ben@hospital.test",)]),
        ("at @ 14:02", []),
        ("@…", []),
        ("@.", [(".",)]),
        ("line\n@ben\n", [("ben",)]),
    ],
)
def test_mentions(text: str, names: list[tuple[str, ...]]) -> None:
    assert rules.candidates(text) == names


def test_pieces_join_to_the_text_and_mark_known_people_only() -> None:
    text = "Ask @Ben. and @zoe (@ana)"
    pieces = list(rules.spans(text, {"ben", "ana"}))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, person in pieces if person] == ["@Ben", "@ana"]
