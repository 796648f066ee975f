"""What can harm a patient if these records are decided wrongly: charts that contradict, twins, two places on one day.

Each names the records it is about by their letters. What charts hold is named only after a reveal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from console.ui.text import plural
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.harms import Harm, Harms, Said
from triage.merges import suggestions
from triage.merges.chart_times import Clash
from triage.merges.lines import MergeLine
from triage.merges.pairs import LETTERS
from triage.merges.panels import ChartView, Impact
from triage.merges.relations import blood
from triage.merges.standing import APART, LINKED, NOTHING_STANDS, Standing

_CONTRADICTING: Final = frozenset({"partial", "disagree", "missing_one"})


def harms(
    line: MergeLine,
    impact: Impact,
    clashes: Sequence[Clash],
    rules: FieldRules = PLAIN,
    settled: Standing = NOTHING_STANDS,
) -> Harms:
    """All that can harm, worst first, then what is ``settled`` already; and what was looked for and not found."""
    found = [*_allergies(impact), *_blood_types(impact), *_twins(line, rules), *_clashes(clashes), *_settled(settled)]
    calm = [] if settled.pairs else ["No earlier decision about these records together."]
    if impact.known and not any(harm.icon == ALLERGY for harm in found):
        calm.append("No allergies contradict each other.")
    if impact.blood_types and impact.blood_types.kind == "agree":
        calm.append("Blood types agree.")
    if not impact.known:
        calm.append("No chart was reported: what a link would bring together is unknown.")
    if not any(harm.icon == TWINS for harm in found):
        calm.append("No sign of twins.")
    return Harms(tuple(found), tuple(calm))


ALLERGY: Final = "pill"
BLOOD: Final = "droplet"
TWINS: Final = "users"
PLACES: Final = "map-pin"
SETTLED: Final = "history"
#: So many pairs are named; the panel of decisions has them all.
_PAIRS_NAMED: Final = 3


def _allergies(impact: Impact) -> list[Harm]:
    """Allergies that one chart has and another has not; those that would meet the orders of another chart."""
    listing = [view for view in impact.views if view.allergies]
    others = [view for view in impact.views if view.denies_allergies]
    ordering = [view for view in impact.views if view.orders]
    contradict = impact.allergies is not None and impact.allergies.kind in _CONTRADICTING
    meets = [view for view in ordering if any(other is not view for other in listing)]
    if not listing or not (contradict or others):
        return []
    said = _by_words((view.letter, f"{_listed(view, impact)};") for view in listing)
    if others:
        said.append(("".join(view.letter for view in others), "none;"))
    if meets:
        said.append(("".join(view.letter for view in meets), "with active orders;"))
    title = "Allergies meet orders" if meets else "Allergies contradict" if contradict else _in_some(listing)
    return [Harm(title, _ended(said), ALLERGY)]


def _in_some(listing: Sequence[ChartView]) -> str:
    return "Allergy in one chart only" if len(listing) == 1 else "Allergies not in every chart"


def _listed(view: ChartView, impact: Impact) -> str:
    if not impact.open:
        return plural(len(view.allergies), "allergy", "allergies")
    return ", ".join(allergy.text for allergy in view.allergies)


def _blood_types(impact: Impact) -> list[Harm]:
    if impact.blood_types is None or impact.blood_types.kind != "disagree":
        return []
    letters_of: dict[tuple[str, str], str] = {}
    written: dict[tuple[str, str], str] = {}
    for view in impact.views:
        if view.blood_type:
            kind = blood.read(view.blood_type)
            letters_of[kind] = letters_of.get(kind, "") + view.letter
            written.setdefault(kind, view.blood_type)
    said = [(letters, f"{written[kind]};") for kind, letters in letters_of.items()]
    if not impact.open:
        said = [("".join(letters_of.values()), "two types or more;")]
    return [Harm("Blood types differ", _ended(said, "not one person"), BLOOD)]


def _twins(line: MergeLine, rules: FieldRules) -> list[Harm]:
    pairs = suggestions.twin_pairs(line, rules)
    if not pairs and suggestions.POSSIBLE_TWIN not in line.reasons:
        return []
    letters = "".join(sorted({LETTERS[place] for pair in pairs for place in pair}))
    words = (
        "same birth date and family name, different given names" if pairs else "the pipeline reports a possible twin"
    )
    return [Harm("Twins possible", ((letters, words),), TWINS)]


def _clashes(clashes: Sequence[Clash]) -> list[Harm]:
    by_way: dict[str, str] = {}
    for clash in clashes:
        by_way[clash.sentence] = "".join(sorted({*by_way.get(clash.sentence, ""), *clash.letters}))
    return [Harm("Cannot both be true", ((letters, sentence),), PLACES) for sentence, letters in by_way.items()]


def _settled(settled: Standing) -> list[Harm]:
    """What decisions that stand say of pairs of these records."""
    if not settled.pairs:
        return []
    words = {LINKED: "one person;", APART: "different people;"}
    said = [(f"{LETTERS[pair.left]}{LETTERS[pair.right]}", words[pair.relation]) for pair in settled.pairs]
    more = len(said) - _PAIRS_NAMED
    cases = ", ".join(dict.fromkeys(one.ref for one in settled.decisions))
    last = f"and {plural(more, 'further pair')}; {cases}" if more > 0 else cases
    return [Harm("Settled earlier", _ended(said[:_PAIRS_NAMED], last), SETTLED, special=True)]


def _by_words(said: Iterable[Said]) -> list[Said]:
    """What is said of several records with the same words, once for all of them."""
    found: dict[str, str] = {}
    for letter, words in said:
        found[words] = found.get(words, "") + letter
    return [(letters, words) for words, letters in found.items()]


def _ended(said: list[Said], last: str = "") -> tuple[Said, ...]:
    """What was said, its last mark taken off, and then the conclusion."""
    if last:
        return (*said, ("", last))
    letters, words = said[-1]
    return (*said[:-1], (letters, words.rstrip(";")))
