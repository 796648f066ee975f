"""The state machine as a document: a Mermaid diagram and a table, drawn from the one table in ``machine``."""

from __future__ import annotations

from triage.cases.machine import MOVES
from triage.cases.models import State

#: Who makes each move, and when.
_WHO = {
    "claim": "A reviewer claims the case, or is given it as the next of a queue.",
    "end_claim": "The holder releases the claim, or a queue lead removes it.",
    "expire": "The claim runs out.",
    "settle": "The holder gives a verdict that settles the case. It waits for its release.",
    "defer": "The reviewer defers it to a date, or until after the cutover of its wave; severe cases need a second.",
    "put_off": "A queue lead defers it to a date, without a verdict; an expired claim on it ends.",
    "ask": "The reviewer requests information from another person.",
    "propose": "The reviewer asks to defer a severe case past the cutover. Another person agrees or decides otherwise.",
    "transfer": "The holder hands it on to another queue: escalated, or as a suspected overlay.",
    "wake": "The date has come, the first of its waves has cut over, or a reviewer resumes the case.",
    "answer": "The information has come.",
    "raise": "A run reports the case, which was not critical, as critical; or one that a single person deferred past "
    "the cutover as high.",
    "undo": "The reviewer takes the decision back before it is released.",
    "call_back": "Its reviewer undoes a decision that sent it on, or a proposal, while no one has claimed it there.",
    "release": "The sequencer gives the decision its position in the feed.",
    "acknowledge": "The pipeline says that it has applied the feed up to there.",
    "verify": "A later run that applied the decision no longer reports the case.",
    "unverify": "The run that verified it is recalled. What is acknowledged becomes acknowledged again at once.",
    "reverse": "A queue lead reverses the decision; the feed carries the reversal.",
    "overrule": "A third person, who adjudicates a contradiction, reverses a decision that is not released yet.",
    "reopen": "A run reports the case with other evidence, or again although its link was applied.",
    "withdraw": "The only run that reported the case is recalled.",
    "return": "A run reports a withdrawn case again.",
}
_HEAD = """# States of a case

This page is drawn from `triage/cases/machine.py` by `manage.py case_states`; a test keeps the two together.

"""


def mermaid() -> str:
    """The diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.OPEN.value}: arrive"]
    for verb, (starts, end) in MOVES.items():
        lines += [f"    {start.value} --> {end.value}: {verb}" for start in State if start in starts]
    return "\n".join(lines)


def document() -> str:
    """The whole page in Markdown."""
    rows = ["| move | from | to | who and when |", "|---|---|---|---|"]
    for verb, (starts, end) in MOVES.items():
        origin = ", ".join(start.label.lower() for start in State if start in starts)
        rows.append(f"| {verb.replace('_', ' ')} | {origin} | {end.label.lower()} | {_WHO[verb]} |")
    return f"{_HEAD}```mermaid\n{mermaid()}\n```\n\n" + "\n".join(rows) + "\n"
