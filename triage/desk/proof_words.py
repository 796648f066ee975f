"""Words for what runs proved of a decision and what not. Ids of records stay masked until a reveal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from console.ui.text import joined, plural
from triage.cases import kinds
from triage.cases.keys import record_key
from triage.cases.models import Case, Proof, Replacement, State, Why
from triage.desk.masked_values import MaskedValue
from triage.desk.proofs import LastWord
from triage.runs import examined
from triage.runs.examined import POPULATION

#: System and id of a source record, by its key.
Names = Mapping[int, tuple[str, str]]
_UNNAMED: Final = "A record"


def names(case: Case, line: bytes, replaced: Iterable[Replacement]) -> dict[int, tuple[str, str]]:
    """The records that a case's line and its replacements name."""
    kind = kinds.find(case.kind)
    found: dict[int, tuple[str, str]] = {}
    if kind and kind.records_at:
        for record in msgspec.json.decode(line)[kind.records_at]:
            found[record_key(record["system"], record["id"])] = (record["system"], record["id"])
    for one in replaced:
        found |= {after: (system, number) for _, after, system, number in one.records if after is not None}
    return found


def proved(case: Case, word: LastWord, known: Names, masks: MaskedValue, *, reported: bool) -> str:
    """What the run said of the decision, as words that follow the run's name. ``reported``: it reported the case."""
    applied = f"had applied decisions up to position {word.run.decisions_applied:,}"
    if case.state == State.VERIFIED:
        looked = f"examined {examined.words(word.said)}, " if word.said else ""
        return f"verified the decision: it {applied}, {looked}and did not report the case"
    if reported:
        return f"{applied} and reported the case again"
    return f"{applied}, but did not verify the decision: {_why_not(case, word, known, masks)}"


def _why_not(case: Case, word: LastWord, known: Names, masks: MaskedValue) -> str:
    if word.proof:
        return "; ".join(_missing(word.proof, known, masks))
    rejected = word.rejected.get(POPULATION, 0)
    if why := examined.reservation(word.said, purpose=word.run.purpose, rejected=rejected):
        return why[:1].lower() + why[1:].rstrip(".")
    files = kinds.get(case.kind).file_kind
    if files not in word.rejected:
        return f"it carried no file of {files}"
    if lost := word.rejected[files]:
        return f"{plural(lost, 'line')} of {files} {'was' if lost == 1 else 'were'} rejected"
    return "it did not examine the records of this case"


def _missing(proof: Proof, known: Names, masks: MaskedValue) -> Iterator[str]:
    for key, cause in zip(proof.record_keys, proof.causes, strict=True):
        yield f"{named(key, known, masks)} {Why(cause).label}"


def replacement(one: Replacement, known: Names, masks: MaskedValue) -> str:
    """What a run replaced, as words that follow the run's name."""
    said = [
        f"{named(before, known, masks)} by {named(after, known, masks) if after is not None else 'several records'}"
        for before, after, *_ in one.records
    ]
    then = "the case followed" if one.followed else "the case could not follow"
    return f"replaced {joined(said)}: {then}"


def named(key: int, known: Names, masks: MaskedValue) -> str:
    """A record by its system and its id, which is masked until a reveal."""
    found: Any = known.get(key)
    if found is None:
        return _UNNAMED
    system, number = found
    return f"{system} {''.join(text for text, _ in masks.identifier(number).parts)}"
