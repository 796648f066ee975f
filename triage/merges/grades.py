"""Match grades as pages show them. The codes are those of a line: ``lines.Grade``."""

from __future__ import annotations

from typing import Final

from console.capabilities.parts import Look
from console.ui.labels import look_of

GRADES: Final[dict[str, Look]] = {
    "certain": Look("Certain", "circle-check", "success"),
    "probable": Look("Probable", "circle-dot-dashed", "info"),
    "possible": Look("Possible", "circle-question-mark", "medium"),
    "certainly-not": Look("Certainly not", "circle-x", "outline"),
}


def look(grade: str) -> Look:
    """The word, icon and tone of a grade."""
    return look_of(grade, GRADES)
