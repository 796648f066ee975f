"""How two values relate, kind by kind and script by script: what agrees, what agrees in part, and what differs."""

from __future__ import annotations

import pytest

from triage.desk.field_rules import FieldRules
from triage.merges.relations import relate

Case = tuple[str, str | None, str | None, str, str]

NAMES: list[Case] = [
    # every script: vowel signs and marks are part of a name
    ("given", "राम", "रिमा", "disagree", ""),
    ("given", "সুমি", "সোমা", "disagree", ""),
    ("given", "สิริ", "สุรี", "disagree", ""),
    ("given", "नीता", "निता", "partial", "one letter differs"),
    ("given", "ராஜா", "ராஜி", "partial", "one letter differs"),
    ("given", "రామ", "రమ", "disagree", ""),
    ("given", "ມະນີ", "ມະນີ ", "agree", ""),
    ("given", "សុខា", "សុខី", "partial", "one letter differs"),
    ("given", "김민준", "김민준", "agree", ""),
    ("given", "김민준", "박서연", "disagree", ""),
    ("family", "山田", "田山", "partial", "two letters transposed"),
    ("family", "山田", "佐藤", "disagree", ""),
    ("given", "ヤマダ", "やまだ", "partial", "hiragana and katakana"),
    ("given", "ばば", "はは", "disagree", ""),
    ("given", "አበበ", "አበበ", "agree", ""),
    ("given", "አበበ", "ከበደ", "disagree", ""),
    ("given", "შოთა", "შოთა", "agree", ""),
    ("family", "Ёлкин", "Елкин", "partial", "accents differ"),
    ("family", "Παπάς", "ΠΑΠΆΣ", "agree", ""),
    ("family", "Παπάς", "Παπας", "partial", "accents differ"),
    ("given", "محمد", "مُحَمَّد", "partial", "marks differ"),
    ("given", "محمـــد", "محمد", "agree", "written differently"),
    ("given", "أحمد", "احمد", "partial", "marks differ"),
    ("given", "שָׁלוֹם", "שלום", "partial", "marks differ"),
    # one name in two scripts, and letters of one script in a name of another
    ("family", "Мюллер", "Muller", "partial", "different scripts, alike in Latin letters"),
    ("family", "Иванов", "Smith", "disagree", "different scripts"),
    ("family", "K\u0430to", "Kato", "partial", "letters of another script in one"),
    # letters with accents, and letters that have no decomposition
    ("family", "J\u00fcrgen", "Ju\u0308rgen", "agree", ""),
    ("family", "Łukasz", "Lukasz", "partial", "accents differ"),
    ("family", "Đorđević", "Dordevic", "partial", "accents differ"),
    ("family", "Jørgensen", "Jorgensen", "partial", "accents differ"),
    ("family", "Weiß", "Weiss", "partial", "accents differ"),
    ("family", "WEIẞ", "Weiß", "agree", ""),
    ("family", "Işık", "Isik", "partial", "accents differ"),
    ("family", "Guðrún", "Gudrun", "partial", "accents differ"),
    ("family", "Ɗanjuma", "Danjuma", "partial", "accents differ"),
    ("family", "Ｋａｔｏ", "Kato", "agree", "written differently"),
    ("family", "ﬁsher", "Fisher", "agree", ""),
    # apostrophes, hyphens, dots, spaces
    ("family", "O\u2019Brien", "O'Brien", "agree", "written differently"),
    ("family", "O\u02bcBrien", "O`Brien", "agree", "written differently"),
    ("family", "OBrien", "O'Brien", "partial", "same letters, divided differently"),
    ("family", "Smith-Jones", "Smith\u2011Jones", "agree", "written differently"),
    ("family", "Smith-Jones", "Smith Jones", "agree", "written differently"),
    ("family", "Smith-Jones", "Jones-Smith", "partial", "same names, different order"),
    ("family", "Smith-Jones", "Smith", "partial", "one has an extra name"),
    ("family", "van der Berg", "Vanderberg", "partial", "same letters, divided differently"),
    ("family", "Al-Hassan", "Alhassan", "partial", "same letters, divided differently"),
    ("family", "St. John", "St John", "agree", "written differently"),
    # characters that show nothing
    ("family", "می\u200cرزا", "میرزا", "partial", "invisible characters differ"),
    ("family", "Oke\u202ello", "Okello", "partial", "invisible characters differ"),
    ("family", "Oke\u00adllo", "Okello", "partial", "invisible characters differ"),
    # titles, initials, short forms
    ("given", "Dr John", "John", "partial", "a title in one only"),
    ("full_name", "Mrs. Grace Okello", "Grace Okello", "partial", "a title in one only"),
    ("full_name", "John Okello Jr.", "John Okello", "partial", "a title in one only"),
    ("given", "Hajj Musa", "Musa", "partial", "a title in one only"),
    ("given", "นาย สมชาย", "สมชาย", "partial", "a title in one only"),
    ("given", "J F", "John Fitzgerald", "partial", "an initial only"),
    ("given", "John F.", "John Fitzgerald", "partial", "an initial only"),
    ("given", "John F.", "John Peter", "partial", "several letters differ"),
    ("given", "М", "Мария", "partial", "an initial only"),
    ("given", "Bill", "William", "partial", "a nickname"),
    ("first_name", "Peggy", "Margaret", "partial", "a nickname"),
    ("family", "Bill", "William", "disagree", ""),
]
DATES: list[Case] = [
    ("birth_date", "1970-1-12", "1970-11-2", "partial", "only the year agrees"),
    ("birth_date", "1970-1-12", "1970-01-12", "agree", "written differently"),
    ("dob", "1970/1/12", "1970-01-12", "agree", "written differently"),
    ("date_of_birth", "19700112", "1970-01-12", "agree", "written differently"),
    ("dob", "1970-01-12T00:00:00Z", "1970-01-12", "agree", "written differently"),
    ("dob", "12 Jan 1970", "1970-01-12", "agree", "written differently"),
    ("dob", "January 12th, 1970", "12-JAN-1970", "agree", "written differently"),
    ("dob", "١٩٧٠-٠١-١٢", "1970-01-12", "agree", "written differently"),
    ("date_of_birth", "1984-03-07", "1984-07-03", "partial", "day and month swapped"),
    ("patient_dob", "1984-03-07", "1984-07-03", "partial", "day and month swapped"),
    ("date-of-birth", "1984-03-07", "1984-07-03", "partial", "day and month swapped"),
    ("death_date", "1984-03-07", "1984-07-03", "partial", "day and month swapped"),
    ("enrolled_on", "1984-03-07", "1984-07-03", "partial", "day and month swapped"),
    ("dob", "03/07/1984", "07/03/1984", "partial", "day and month swapped"),
    ("dob", "03/04/1970", "3/4/1970", "agree", "written differently"),
    ("dob", "03/04/1970", "1970-04-03", "partial", "the same if day and month are read in one order"),
    ("dob", "13/04/1970", "1970-04-13", "agree", "written differently"),
    ("dob", "13/04/1970", "04/13/1970", "agree", "written differently"),
    ("dob", "1970", "1970-04-13", "partial", "one is less precise"),
    ("dob", "1970-04", "1970-04-13", "partial", "one is less precise"),
    ("dob", "1970-04-00", "1970-04", "agree", "written differently"),
    ("dob", "1970-04", "1970-05-13", "partial", "only the year agrees"),
    ("dob", "1970", "1971-04-13", "disagree", ""),
    ("birth_year", "1970", "1970", "agree", ""),
    ("dob", "about 1970", "1970", "partial", "one is approximate"),
    ("dob", "1970-02-30", "1970-03-02", "disagree", ""),
    ("dob", "1970-02-30", "1970-02-30", "agree", "the same text, no date"),
    ("dob", "12.", "1.2", "partial", "two characters transposed"),
    ("dob", "2513-01-12", "1970-01-12", "partial", "543 years apart: one in the Buddhist calendar"),
    ("dob", "1984-07-01", "1984-03-12", "partial", "same year, one may be estimated"),
]
IDENTIFIERS: list[Case] = [
    ("mrn", "12-3", "1-23", "partial", "same characters, divided differently"),
    ("mrn", "12-3", "123", "agree", "written differently"),
    ("mrn", "12/3", "123", "partial", "separators differ"),
    ("mrn", "12/3", "1/23", "partial", "separators differ"),
    ("mrn", "00123", "123", "partial", "leading zeros differ"),
    ("mrn", "123", "124", "disagree", ""),
    ("national_id", "123.456.789-09", "12345678909", "agree", "written differently"),
    ("national_id", "811228-9874", "811228+9874", "partial", "separators differ"),
    ("national_id", "١٢٣٤٥٧", "123457", "agree", "written differently"),
    ("nhs_number", "943 476 5919", "9434765919", "agree", "written differently"),
    ("nhs_no", "943 476 5919", "943 476 5991", "partial", "two characters transposed"),
    ("ssn", "536-22-8726", "536228726", "agree", "written differently"),
    ("soc_sec_id", "536-22-8726", "536-22-8762", "partial", "two characters transposed"),
    ("postcode", "SW1A 1AA", "sw1a1aa", "agree", "written differently"),
    ("zip", "12345", "12345-6789", "partial", "one is less precise"),
    ("zip", "12345", "54321", "disagree", ""),
    ("phone", "0712 300633", "0712-300-633", "agree", "written differently"),
    ("phone", "0712 300633", "0712 300634", "partial", "one character differs"),
    ("phone", "0712300633", "712300633", "partial", "leading zeros differ"),
    ("phone", "+256 712 300633", "+256712300633", "agree", "written differently"),
    ("phone", "00256712300633", "+256712300633", "agree", "written differently"),
    ("phone", "0712 300633", "+256712300633", "partial", "the same number if both are of one country"),
    ("phone", "+254712300633", "+256712300633", "partial", "the country code differs"),
    ("phone", "٠٧١٢٣٠٠٦٣٣", "0712300633", "agree", "written differently"),
    ("telephone", "0712 300633", "0782 994411", "disagree", ""),
    ("email", "a.kato@EXAMPLE.org", "a.kato@example.org", "agree", ""),
    ("email", "a.kato@münchen.example", "a.kato@xn--mnchen-3ya.example", "agree", "written differently"),
    ("email", "a.kato@example.org", "a.kato@example.com", "partial", "only the domain differs"),
    ("email_address", "a.kato@example.org", "a.koto@example.org", "partial", "one character differs"),
    ("email", "ab@example.org", "a.b@other.example", "disagree", ""),
]
CODES_AND_TEXTS: list[Case] = [
    ("sex", "F", "female", "agree", "written differently"),
    ("gender", "m", "Male", "agree", "written differently"),
    ("gender", "M", "F", "disagree", ""),
    ("sex", "1", "M", "disagree", ""),
    ("deceased", "Y", "true", "agree", "written differently"),
    ("deceased", "no", "yes", "disagree", ""),
    ("marital_status", "S", "Single", "agree", "written differently"),
    ("address", "12 Hill Road, Kampala", "12 hill road kampala", "agree", "written differently"),
    ("address", "12/3 Hill Road", "1/23 Hill Road", "partial", "some words differ"),
    ("address", "Hill Road 12", "12 Hill Road", "partial", "same words, different order"),
    ("address", "½ Acre", "1/2 Acre", "disagree", ""),
    ("note", "10 m²", "10 m2", "partial", "one character differs"),
    ("city", "Zürich", "Zurich", "partial", "accents differ"),
    ("city", "กรุงเทพ", "กรุงเทพ", "agree", ""),
]


@pytest.mark.parametrize(("field", "left", "right", "kind", "hint"), [*NAMES, *DATES, *IDENTIFIERS, *CODES_AND_TEXTS])
def test_two_values_relate(field: str, left: str | None, right: str | None, kind: str, hint: str) -> None:
    found = relate(field, left, right)
    assert (found.kind, found.hint) == (kind, hint)
    assert relate(field, right, left) == found


UG = FieldRules(country="UG")
DAY_FIRST = FieldRules(dates="day_first")
MONTH_FIRST = FieldRules(dates="month_first")


@pytest.mark.parametrize(
    ("rules", "field", "left", "right", "kind"),
    [
        (UG, "phone", "0712 300633", "+256712300633", "agree"),
        (UG, "phone", "(0712) 300-633", "00256 712 300633", "agree"),
        (UG, "phone", "0712 300633", "0712 300634", "partial"),
        (UG, "phone", "0712 300633", "+254712300633", "partial"),
        (UG, "phone", "0712 300633 ext. 4", "0712 300633 x5", "partial"),
        (UG, "phone", "call the neighbour", "0712 300633", "disagree"),
        (FieldRules(country="GB"), "mobile", "07400 123456", "+44 (0)7400 123456", "agree"),
        (FieldRules(country="US"), "home_phone", "(212) 555-0123", "+1 212-555-0123", "agree"),
        (DAY_FIRST, "dob", "03/04/1970", "1970-04-03", "agree"),
        (MONTH_FIRST, "dob", "03/04/1970", "1970-03-04", "agree"),
        (DAY_FIRST, "dob", "04/13/1970", "1970-04-13", "disagree"),
        (FieldRules(columns={"geb": "birth_date"}), "geb", "1984-03-07", "1984-07-03", "partial"),
    ],
)
def test_a_source_says_how_its_values_are_read(rules: FieldRules, field: str, left: str, right: str, kind: str) -> None:
    assert relate(field, left, right, rules=rules).kind == kind
    assert relate(field, right, left, rules=rules) == relate(field, left, right, rules=rules)
