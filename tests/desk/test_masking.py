"""Masks: never more than 30 % of a value's letters and digits, and the marks stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.desk.characters import clusters, differences, whole
from triage.desk.masking import DOT, SHARE, mask, mask_text

FIELDS = ("family", "given", "birth_date", "sex", "phone", "national_id", "address", "record_id", "anything")


def disclosed(value: str, masked: str) -> int:
    """Letters and digits of ``value`` that stand in ``masked`` too."""
    assert len(clusters(value)) == len(clusters(masked))
    return sum(one[0].isalnum() and one == two for one, two in zip(clusters(value), clusters(masked), strict=True))


@given(field=st.sampled_from(FIELDS), value=st.text(max_size=60))
def test_at_most_thirty_percent_show(field: str, value: str) -> None:
    masked = mask_text(field, value)
    if field == "sex":
        assert masked in {"", DOT * 6}
        return
    letters = sum(unit[0].isalnum() for unit in clusters(value))
    assert disclosed(value, masked) <= SHARE * letters
    assert all(unit == DOT or unit in " -/" or unit[0].isalnum() for unit in clusters(masked))


@given(field=st.sampled_from(FIELDS), left=st.text(min_size=1, max_size=40), right=st.text(min_size=1, max_size=40))
def test_marks_stay_where_they_were(field: str, left: str, right: str) -> None:
    for parts in differences(left, right):
        masked = mask(field, parts)
        if field == "sex":
            assert [differs for _, differs in masked] == [any(differs for _, differs in parts)]
            continue
        marks = [differs for text, differs in parts for _ in clusters(text)]
        assert [differs for text, differs in masked for _ in clusters(text)] == marks


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("family", "Okello", "O•••••"),
        ("family", "Ann", "•••"),
        ("family", "O'Brien", "O••••••"),
        ("given", "Grace Achen", "G•••• •••••"),
        ("birth_date", "12-Mar-1984", "••-•••-••84"),
        ("national_id", "CF21927470", "••••••••70"),
        ("phone", "633", "•••"),
        ("address", "12 Hill Road", "•• •••• ••••"),
        ("sex", "female", "••••••"),
        ("sex", "m", "••••••"),
        ("family", "", ""),
    ],
)
def test_masks(field: str, value: str, masked: str) -> None:
    assert mask_text(field, value) == masked


def test_a_missing_value_has_no_mask() -> None:
    assert mask("family", whole("")) == ()
