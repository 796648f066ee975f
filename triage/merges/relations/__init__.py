"""How two values of one field relate, and what a trained eye would notice about them. Never what follows from it.

Values are compared, not reduced: by words in every script, with their marks and with separators that mean something.
"Agree" is said of the same words, numbers or dates alone; whatever else is alike agrees in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from triage.desk.columns import canonical
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import Sort, sort_of
from triage.desk.folding import fold
from triage.merges.evidence import normal
from triage.merges.relations import allergies, blood, codes, dates, emails, identifiers, names, phones, texts
from triage.merges.relations.relation import REWRITTEN, Kind, Relation

__all__ = ["Kind", "Relation", "relate"]

_OF_CHARTS: Final = {"blood_type": blood.relate, "allergies": allergies.relate}


def relate(
    field: str,
    left: str | None,
    right: str | None,
    *,
    left_former: Sequence[str] = (),
    right_former: Sequence[str] = (),
    rules: FieldRules = PLAIN,
) -> Relation:
    """Relate two values of ``field``, whatever its column is called. ``rules``: those of the source.

    The former values of both records tell a change in time from a conflict. A placeholder is as good as missing.
    """
    name = rules.name(field)
    one, two = _known(name, left, rules), _known(name, right, rules)
    if not one or not two:
        return Relation("missing_one" if one or two else "missing_both")
    found = _compare(name, min(one, two), max(one, two), rules)
    if found.kind == "agree":
        return found if found.hint or normal(left or "") == normal(right or "") else REWRITTEN
    if _among(name, one, right_former, rules):
        return Relation("conflict_in_time", "the first is a former value of the second")
    if _among(name, two, left_former, rules):
        return Relation("conflict_in_time", "the second is a former value of the first")
    return found


def _known(name: str, value: str | None, rules: FieldRules) -> str:
    return "" if rules.unknown(name, value) else fold(value or "")


def _among(name: str, value: str, formers: Sequence[str], rules: FieldRules) -> bool:
    """True if one of the former values of the other record is the same, also when it is written differently."""
    known = (former for text in formers if (former := fold(text)))
    return any(_compare(name, min(value, one), max(value, one), rules).kind == "agree" for one in known)


def _compare(name: str, one: str, two: str, rules: FieldRules) -> Relation:
    """Relate two folded values in a fixed order: neither side is the first."""
    if phones.is_phone(name):
        return phones.relate(one, two, rules.country)
    if name == "email" or name.endswith("_email"):
        return emails.relate(one, two)
    if name in _OF_CHARTS:
        return _OF_CHARTS[name](one, two)
    match sort_of(name):
        case Sort.NAME:
            return names.relate(one, two, given=name in names.GIVEN)
        case Sort.DATE:
            return dates.relate(one, two, rules.dates)
        case Sort.IDENTIFIER:
            return identifiers.relate(canonical(name), one, two)
        case Sort.CODE:
            return codes.relate(name, one, two)
        case Sort.TEXT:
            return texts.relate(one, two)
