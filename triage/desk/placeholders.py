"""Values that stand for unknown: default dates, dashes, ``unknown``, ``NKDA``, repeated digits.

Two of them agree about nothing, so they are never compared. What counts depends on the field: 999999999 is no
identifier, ``Na`` is a name. A source may declare more (``triage.desk.field_rules``): 1970-01-01, say, which may be a
birth date. ``docs/reference/fields.md`` has these tables.
"""

from __future__ import annotations

import re
from typing import Final

from triage.desk.columns import canonical
from triage.desk.fields import Sort, sort_of
from triage.desk.folding import fold, says_something
from triage.desk.written_dates import read_date

#: Said of any field. Folded; spaces and punctuation around them do not count.
ANYWHERE: Final = frozenset(
    fold(said)
    for said in re.split(
        r"[;\n]",
        """unknown; unk; unkn; unkown; uknown; unknwon; not known; unknown unknown; not available; not applicable
        not recorded; not stated; not given; not provided; not specified; not supplied; not reported; not disclosed
        not asked; no data; no information; no info; none; none given; null; undefined; missing; blank; empty; default
        dummy; n/a; n.a; n/k; n.k; tba; t.b.a; tbc; t.b.c; tbd; t.b.d; to be confirmed; to be advised; pending; asku
        declined; declined to answer; refused; prefer not to say; withheld; anonymous; unidentified; unspecified
        test; testing; test test; test patient; testpatient; patient test; nkda; nka; nkfa; no known allergies
        no known drug allergies; inconnu; inconnue; non connu; desconocido; desconocida; desconhecido; desconhecida
        sconosciuto; sconosciuta; unbekannt; nicht bekannt; onbekend; okänd; ukendt; ukjent; tuntematon; nieznany
        nieznana; neznámý; ismeretlen; bilinmiyor; haijulikani; tidak diketahui; неизвестно; неизвестный; неизвестная
        невідомо; غير معروف; نامعلوم; لا يوجد; ไม่ทราบ; अज्ञात; অজানা; தெரியவில்லை
        不明; 不详; 不詳; 未知; 無; 알 수 없음; 미상""",
    )
)

#: Said of every field but names and places: there they are names of people and codes of countries.
NOT_NAMES: Final = frozenset({"na", "nan", "nil", "nk", "nothing", "u"})
_PLACES: Final = frozenset({"country", "nationality", "state", "region", "county", "district"})

#: Said of names alone.
NAMES: Final = frozenset(
    {
        "fnu", "lnu", "nfn", "nln", "nmn", "nmi", "no name", "noname", "no first name", "no last name", "no surname",
        "no middle name", "name unknown", "first name unknown", "last name unknown", "unknown male", "unknown female",
        "male unknown", "female unknown", "unknown man", "unknown woman", "unknown adult", "unknown child",
        "unnamed", "not named", "patient", "do not use", "duplicate", "baby", "babyboy", "babygirl", "baby boy",
        "baby girl", "boy baby", "girl baby", "male baby", "female baby", "newborn", "new born", "infant", "neonate",
        "male infant", "female infant", "infant male", "infant female", "male", "female",
    }
)  # fmt: skip
#: A name that says whose child it is names the mother: two such records may be twins.
_CHILD_OF: Final = re.compile(
    r"(?:(?:(?:new ?born|baby|infant|twin)(?: (?:boy|girl|male|female|1|2|a|b|i|ii|one|two))* (?:of|to) )"
    r"|[bsd]/o[ .]?)\S.*\Z"
)
_TWIN: Final = re.compile(
    r"(?:baby|twin|infant|boy|girl|baby boy|baby girl)[ -]?(?:1|2|3|a|b|c|i|ii|iii|one|two|three)\Z"
)

#: Dates that systems fill in, as (year, month, day).
DATES: Final = frozenset(
    {
        (1, 1, 1), (1111, 11, 11), (1600, 1, 1), (1601, 1, 1), (1753, 1, 1), (1800, 1, 1), (1899, 12, 30),
        (1899, 12, 31), (1900, 1, 1), (2999, 12, 31), (3000, 1, 1), (9999, 1, 1), (9999, 9, 9), (9999, 12, 30),
        (9999, 12, 31), (1111, 0, 0), (9999, 0, 0), (1111, 11, 0), (9999, 12, 0),
    }
)  # fmt: skip

#: Numbers printed in examples, or typed from left to right. Without what parts their digits.
NUMBERS: Final = frozenset(
    {"123456789", "1234567890", "0123456789", "012345678", "987654321", "9876543210", "078051120", "219099999"}
)
_MAILBOXES: Final = frozenset(
    {
        *("none", "no", "noemail", "no-email", "no.email", "noreply", "no-reply", "nomail", "unknown", "test"),
        *("na", "n/a", "null", "x", "xx", "xxx", "a", "abc"),
    }
)
_EDGES: Final = " \t.,;:!?*_-()[]<>{}'\"#/\\"


def is_placeholder(field: str, value: str | None) -> bool:
    """True if ``value`` stands for unknown in ``field``; false for a value that is missing."""
    text = fold(value or "")
    if not text:
        return False
    name, sort = canonical(field), sort_of(field)
    said = text.strip(_EDGES)
    if not says_something(text) or _crossed_out(said) or said in ANYWHERE:
        return True
    if sort is Sort.NAME:
        return said in NAMES or bool(_CHILD_OF.match(text) or _TWIN.match(said))
    if said in NOT_NAMES and name not in _PLACES:
        return True
    if sort is Sort.DATE:
        return _default_date(text)
    if sort is Sort.IDENTIFIER:
        return _no_number(name, said)
    return name.endswith("email") and text.partition("@")[0] in _MAILBOXES


def _crossed_out(said: str) -> bool:
    letters = "".join(filter(str.isalnum, said))
    return (len(letters) >= 2 and set(letters) == {"x"}) or (len(letters) >= 3 and set(letters) == {"z"})


def _default_date(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 6 and set(digits) in ({"0"}, {"9"}):  # 00/00/0000, 99999999: no dates, yet filled in
        return True
    return any((one.year, one.month, one.day) in DATES for one in read_date(text))


def _no_number(name: str, said: str) -> bool:
    """Digits that name nothing: all the same, counted up, or of an example."""
    bare = "".join(filter(str.isalnum, said))
    if set(bare) == {"0"}:
        return True
    if name == "postcode":
        return bare in {"99999", "999999"} or bare.startswith("zz99")  # NHS pseudo-postcodes: ZZ99 3WZ not known
    if bare in NUMBERS or not bare.isdecimal():
        return bare in NUMBERS
    significant = bare.lstrip("0")
    repeated = len(set(significant)) == 1 and len(significant) >= 6
    return repeated or (set(bare) == {"9"} and len(bare) >= 4)
