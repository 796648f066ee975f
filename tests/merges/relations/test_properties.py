"""What holds of every two values: order of the records, agreement only of the same words, no failure."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from triage.desk.field_rules import FieldRules
from triage.desk.folding import fold, tokens
from triage.desk.written_dates import read_date
from triage.merges.relations import relate

FIELDS = ["family", "given", "birth_date", "dob", "sex", "national_id", "mrn", "phone", "email", "postcode", "address"]
COUNTRIES = ["", "UG", "GB", "US", "IN"]
#: Letters, marks, digits and separators of many scripts, so that near misses are common.
NEAR = st.text(alphabet="aáAbßıiłkoKØ रामिमাসुสริี ー王田김محمُد١12390-/.'’+@\u200d\u202e\u0301½²Ｋ", max_size=12)
VALUES = st.one_of(
    NEAR, st.text(max_size=20), st.dates().map(str), st.dates().map(lambda day: day.strftime("%d/%m/%Y"))
)
RULES = st.builds(
    FieldRules, country=st.sampled_from(COUNTRIES), dates=st.sampled_from(["", "day_first", "month_first"])
)


@given(field=st.sampled_from(FIELDS), left=VALUES, right=VALUES, rules=RULES)
@example("given", "राम", "रिमा", FieldRules())
@example("mrn", "12-3", "1-23", FieldRules())
def test_neither_record_is_the_first(field: str, left: str, right: str, rules: FieldRules) -> None:
    assert relate(field, left, right, rules=rules) == relate(field, right, left, rules=rules)


@given(field=st.sampled_from(["family", "given", "address"]), left=VALUES, right=VALUES)
def test_only_the_same_words_agree(field: str, left: str, right: str) -> None:
    if tokens(left) != tokens(right):
        assert relate(field, left, right).kind != "agree"


@given(left=VALUES, right=VALUES)
def test_only_the_same_dates_agree(left: str, right: str) -> None:
    if relate("dob", left, right).kind == "agree":
        assert fold(left) == fold(right) or (read_date(left) and read_date(left) == read_date(right))


@given(field=st.sampled_from(["national_id", "mrn", "postcode"]), left=VALUES, right=VALUES)
def test_only_the_same_letters_marks_and_digits_agree(field: str, left: str, right: str) -> None:
    def told(text: str) -> str:
        return "".join(one for one in fold(text) if unicodedata.category(one)[0] in "LMN")

    if told(left) != told(right):
        assert relate(field, left, right).kind != "agree"


@given(field=st.sampled_from(FIELDS), value=VALUES)
def test_a_value_agrees_with_itself_or_says_nothing(field: str, value: str) -> None:
    assert relate(field, value, value).kind in {"agree", "missing_both"}


@given(field=st.sampled_from(FIELDS), left=VALUES, right=VALUES, former=VALUES)
def test_former_values_never_turn_agreement_into_anything_else(field: str, left: str, right: str, former: str) -> None:
    if relate(field, left, right).kind == "agree":
        assert relate(field, left, right, left_former=[former], right_former=[former]).kind == "agree"
