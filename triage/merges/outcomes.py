"""What the decision feed says of a patient match: records, groups, and the pairs that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.cases.kinds import Json
from triage.merges import groups
from triage.merges.lines import MergeLine

Name = tuple[str, str]


def outcome(line: MergeLine, verdict: str, content: Json) -> dict[str, Json]:
    """Records as ``[system, id]`` in one order, whatever the order of the line.

    ``cluster`` and ``model``: the pipeline's own name for the set, and the matcher whose weights were decided on.
    ``groups``: a list of records a person; ``links`` and ``apart``: the pairs that are one person and two people. All
    three are empty for a verdict that says nothing of persons, such as a suspected overlay or a reversal.
    """
    names = [(record.system, record.id) for record in line.records]
    found = groups.positions(verdict, content, len(names))
    return {
        "records": _listed(sorted(names)),
        "cluster": line.cluster,
        "model": {"name": line.match.model, "version": line.match.version},
        "groups": _sets(names, found),
        "links": _sets(names, groups.together(found)),
        "apart": _sets(names, groups.apart(found)),
    }


def _listed(names: Iterable[Name]) -> list[Json]:
    return [[system, number] for system, number in names]


def _sets(names: Sequence[Name], sets: Iterable[Iterable[int]]) -> list[Json]:
    """Sets of positions as sets of records, each in order and all in order."""
    return [_listed(members) for members in sorted(sorted(names[place] for place in places) for places in sets)]
