"""The review page of a patient match: the comparison, the charts, what changed, and where the records come from."""

from __future__ import annotations

from dataclasses import dataclass

from console.ui.text import plural
from triage.desk.review_pages import ReviewPage, Shown, Viewing
from triage.merges import grades, panels
from triage.merges.kind import MergeKind
from triage.merges.lines import MergeLine
from triage.merges.page import Comparison, comparison
from triage.merges.panels import Changes, Former, Impact
from triage.merges.queries import charts_of


@dataclass(frozen=True, slots=True)
class MergeEvidence:
    """What ``merges/review.html`` draws. ``changes`` is None when nothing changed since the last decision."""

    view: Comparison
    changes: Changes | None
    impact: Impact
    history: list[Former]


def show(viewing: Viewing[MergeLine]) -> Shown:
    """Compare the pair that the reviewer chose (``?pair=0-1``), or the weakest; read the charts of all records."""
    line, masks = viewing.line, viewing.masks
    return Shown(
        evidence=MergeEvidence(
            view=comparison(line, masks, viewing.chosen.get("pair", "")),
            changes=panels.changes(viewing.before, line, masks),
            impact=panels.impact(line, charts_of(viewing.case), masks),
            history=panels.history(line, masks),
        ),
        facts=(plural(viewing.case.size, "record"),),
        badges=(grades.look(line.match.grade),),
    )


def review_page(kind: MergeKind) -> ReviewPage[MergeLine]:
    """The page of the registered kind."""
    return ReviewPage(kind=kind, template="merges/review.html", show=show, chooses=("pair",))
