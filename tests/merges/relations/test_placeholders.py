"""Values that stand for unknown never agree; values that look like them and are none still do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.desk.field_rules import FieldRules
from triage.desk.placeholders import ANYWHERE, DATES, NAMES, NUMBERS, is_placeholder
from triage.merges.relations import relate

PLACEHOLDERS = [
    *(("birth_date", value) for value in ("1900-01-01", "1800-01-01", "9999-12-31", "1111-11-11", "01/01/1900")),
    *(("dob", value) for value in ("19000101", "00/00/0000", "0000-00-00", "9999-99-99", "9999", "1 Jan 1900")),
    ("dob", "xx/xx/xxxx"),
    *(("death_date", value) for value in ("9999-12-31", "2999-12-31", "unknown", "N/A", "1753-01-01T00:00:00")),
    *(("given", value) for value in ("-", "--", "—", "?", "...", "Unknown", "UNK", "N/A", "None", "test", "XXX")),
    *(("given", value) for value in ("Baby", "Baby Boy", "BABY GIRL", "Baby of Grace", "B/O Grace", "Twin 1")),
    *(("given", value) for value in ("Newborn", "x x x", "infant of Achen")),
    *(("family", value) for value in ("FNU", "LNU", "no name", "(unknown)", "NULL", "неизвестно", "不明", "غير معروف")),
    *(("ssn", value) for value in ("000-00-0000", "999-99-9999", "123-45-6789", "078-05-1120", "111-11-1111")),
    *(("national_id", value) for value in ("999999999", "0", "000000", "XXXXXXXX", "none", "n/a", "not given")),
    *(("phone", value) for value in ("0000000000", "9999999999", "0999999999", "1234567890", "none")),
    *(("zip", value) for value in ("00000", "99999", "ZZ99 3WZ")),
    *(("email", value) for value in ("none@none.com", "noemail@example.org", "test@test.com", "n/a")),
    *(("sex", value) for value in ("U", "unk", "Unknown", "?")),
    *(("allergies", value) for value in ("NKDA", "nka", "No known allergies", "none")),
    *(("address", value) for value in ("-", "Not known", "tbc", "xx")),
]  # fmt: skip
REAL = [
    ("family", "Na"), ("family", "Nil"), ("family", "Xu"), ("given", "Dash"), ("given", "Testa"), ("family", "Nunn"),
    ("given", "Nan"), ("family", "Nobel"), ("birth_date", "1970-01-01"), ("birth_date", "1900-01-02"),
    ("birth_date", "2000-01-01"), ("birth_date", "1911-11-11"), ("mrn", "1111"), ("mrn", "123456"), ("zip", "12345"),
    ("zip", "55555"), ("phone", "0712300633"), ("email", "nora@example.org"), ("country", "NA"), ("sex", "X"),
    ("deceased", "no"), ("address", "1 None Such Street"), ("given", "١"), ("given", "राम"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), PLACEHOLDERS)
def test_placeholders_agree_with_nothing(field: str, value: str) -> None:
    assert is_placeholder(field, value)
    for other, kind in (
        (value, "missing_both"),
        (None, "missing_both"),
        ("unknown", "missing_both"),
        ("Kato7", "missing_one"),
    ):
        assert relate(field, value, other).kind == kind
        assert relate(field, other, value).kind == kind
        assert relate(field, value, other).hint == ""


@pytest.mark.parametrize(("field", "value"), REAL)
def test_values_that_only_look_like_placeholders_count(field: str, value: str) -> None:
    assert not is_placeholder(field, value)
    assert relate(field, value, value).kind == "agree"


def test_a_missing_value_is_no_placeholder() -> None:
    assert not is_placeholder("given", None)
    assert not is_placeholder("given", "  ")


@pytest.mark.parametrize("said", sorted(ANYWHERE))
def test_each_word_for_unknown_counts_in_any_field(said: str) -> None:
    for field in ("family", "birth_date", "national_id", "sex", "address", "phone"):
        assert relate(field, said.upper(), f" {said}.").kind == "missing_both", field


@pytest.mark.parametrize("date", sorted(DATES))
def test_each_default_date_counts_however_it_is_written(date: tuple[int, int, int]) -> None:
    year, month, day = date
    for text in (f"{year:04d}-{month:02d}-{day:02d}", f"{year:04d}{month:02d}{day:02d}"):
        assert relate("date_of_birth", text, text).kind == "missing_both"


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_each_example_number_names_nothing(number: str) -> None:
    assert relate("national_id", number, "-".join(number)).kind == "missing_both"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_word_for_a_missing_name_counts_in_names_alone(name: str) -> None:
    assert relate("first_name", name.title(), name).kind == "missing_both"


def test_a_source_declares_its_own() -> None:
    rules = FieldRules(placeholders={"birth_date": ["1970-01-01"], "*": ["ZZ"]})
    assert relate("birth_date", "1970-01-01", "1970-01-01").kind == "agree"
    assert relate("birth_date", "1970-01-01", "1970-01-01", rules=rules).kind == "missing_both"
    assert relate("dob", "1970-01-01", "1970-01-02", rules=rules).kind == "missing_one"
    assert relate("family", "zz", "zz", rules=rules).kind == "missing_both"


@given(field=st.sampled_from(["family", "birth_date", "phone", "sex", "address"]), value=st.text(max_size=12))
def test_no_placeholder_ever_agrees(field: str, value: str) -> None:
    if is_placeholder(field, value):
        assert relate(field, value, value).kind == "missing_both"
