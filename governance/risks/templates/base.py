"""What a suggested risk consists of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from governance.risks.models import ControlType, Domain

#: Name and version of the template. Changed risks or words are the next version; registers that stand are left alone.
NAME: Final = "hospital-2"
DESIGN, PROTECTIVE, INFORMATION = ControlType.DESIGN, ControlType.PROTECTIVE, ControlType.INFORMATION


@dataclass(frozen=True, slots=True)
class Seed:
    """One risk that a hospital has to think about. ``measure``, ``operator``, ``threshold``: sound while so bound."""

    code: str
    title: str
    domain: Domain
    cause: str
    hazard: str
    effect: str
    harm: str
    failure_mode: str
    detection: str
    mitigation: str
    scheme: str
    inherent: dict[str, str]
    current: dict[str, str]
    controls: tuple[tuple[ControlType, str], ...]
    measure: str = ""
    operator: str = ""
    threshold: Decimal | None = None

    @property
    def name(self) -> str:
        """What a risk made from it remembers."""
        return f"{NAME}/{self.code}"


def dcb(likelihood: str, consequence: str) -> dict[str, str]:
    """Words of DCB0129."""
    return {"likelihood": likelihood, "consequence": consequence}


def nist(likelihood: str, impact: str) -> dict[str, str]:
    """Words of NIST 800-30."""
    return {"likelihood": likelihood, "impact": impact}


def hfmea(severity: str, probability: str, *, weakness: str = "no", control: str = "no") -> dict[str, str]:
    """Words of HFMEA; nothing here is so obvious that it needs no control."""
    return {
        "severity": severity,
        "probability": probability,
        "weakness": weakness,
        "control": control,
        "obvious": "no",
    }
