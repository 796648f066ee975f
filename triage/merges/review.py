"""The review page of a patient match: the sheet of records, the charts, what changed, where the records come from."""

from __future__ import annotations

from dataclasses import dataclass

from console.ui.text import plural
from triage.cases.keys import record_key
from triage.desk.review_pages import ReviewPage, Shown, Viewing
from triage.merges import chart_times, grades, panels
from triage.merges.chart_times import ChartTimes
from triage.merges.effects import effects
from triage.merges.groups_form import GroupsForm, groups_form
from triage.merges.harms import harms
from triage.merges.kind import MergeKind
from triage.merges.lines import MergeLine
from triage.merges.page import Comparison, comparison
from triage.merges.panels import Changes, Former, Impact
from triage.merges.queries import charts_of
from triage.merges.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class MergeEvidence:
    """What ``merges/review.html`` draws. ``changes`` is None when nothing has changed since.

    ``times`` is None when no chart has dated entries, or these are masked.
    """

    view: Comparison
    changes: Changes | None
    impact: Impact
    times: ChartTimes | None
    history: list[Former]
    groups: GroupsForm
    standing: Standing


def show(viewing: Viewing[MergeLine]) -> Shown:
    """Compare the pair that the reviewer chose (``?pair=0-1``), or the weakest; read the charts of all records."""
    line, masks, rules = viewing.line, viewing.masks, viewing.rules
    by_key = charts_of(viewing.case)
    charts = [by_key.get(record_key(record.system, record.id)) for record in line.records]
    entries = chart_times.entries(charts)
    clashes = chart_times.clashes(line.records, entries, rules)
    impact, settled = panels.impact(charts, masks), standing(line)
    return Shown(
        evidence=MergeEvidence(
            view=comparison(line, masks, viewing.chosen.get("pair", ""), rules),
            changes=panels.changes(viewing.before, line, masks, since=viewing.since, rules=rules),
            impact=impact,
            times=chart_times.chart_times(charts, entries, clashes) if masks.lifted else None,
            history=panels.history(line, masks, rules),
            groups=groups_form(line, viewing.typed),
            standing=settled,
        ),
        facts=(plural(viewing.case.size, "record"),),
        badges=(grades.look(line.match.grade),),
        harms=harms(line, impact, clashes, rules, settled),
        effects=effects(len(line.records)),
    )


def review_page(kind: MergeKind) -> ReviewPage[MergeLine]:
    """The page of the registered kind."""
    return ReviewPage(kind=kind, template="merges/review.html", show=show, chooses=("pair",))
