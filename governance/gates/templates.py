"""Gates as code: for each phase its criteria, in plain words, and the board that it suggests.

A gate is made from a template once and then goes its own way: criteria are changed on the gate, as versions. To change
a template is to give it the next version; gates that stand are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from governance.gates.models import Kind, Phase
from governance.measures.comparison import Comparison
from governance.risks.models import Domain
from governance.risks.schemes import SEVERITIES

MINUTE, HOUR, DAY = 60, 3_600, 86_400
CLINICAL, PRIVACY, SECURITY = Domain.CLINICAL, Domain.PRIVACY, Domain.SECURITY
TECHNICAL, OPERATIONAL = Domain.TECHNICAL, Domain.OPERATIONAL


@dataclass(frozen=True, slots=True)
class How:
    """How a criterion is evaluated: the fields of ``CriterionVersion``, as values. Durations in seconds."""

    kind: Kind
    measure: str = ""
    dimension: str = ""
    operator: Comparison | None = None
    threshold: Decimal | None = None
    min_samples: int = 1
    max_age: int = DAY
    interval: int | None = None
    consecutive: int | None = None
    coverage: int = 100
    subject: str = ""
    blocking: bool = True
    waivable: bool = True
    domain: Domain = OPERATIONAL


@dataclass(frozen=True, slots=True)
class Wanted:
    """One criterion of a template."""

    code: str
    title: str
    why: str
    how: How


@dataclass(frozen=True, slots=True)
class Suggested:
    """A seat that a template suggests; who holds it is for the hospital to say."""

    code: str
    title: str
    required: bool = True
    chair: bool = False
    vetoes: tuple[Domain, ...] = ()


BOARD: Final[tuple[Suggested, ...]] = (
    Suggested("chair", "Chief information officer", chair=True),
    Suggested("cmio", "Chief medical information officer", vetoes=(CLINICAL,)),
    Suggested("cno", "Chief nursing officer"),
    Suggested("privacy", "Privacy officer", vetoes=(PRIVACY,)),
    Suggested("ciso", "Chief information security officer", required=False, vetoes=(SECURITY,)),
    Suggested("pharmacy", "Director of pharmacy", required=False),
    Suggested("conversion", "Data migration lead", required=False, vetoes=(TECHNICAL,)),
)


@dataclass(frozen=True, slots=True)
class Template:
    """The gate of one phase, and the policy that it suggests. ``phase``: of a wave one of ``Phase``."""

    phase: str
    version: int
    title: str
    criteria: tuple[Wanted, ...]
    quorum: int = 3
    go_needed: int = 3
    freezes: bool = False
    poll_hours: int = 72
    valid_hours: int = 168
    seats: tuple[Suggested, ...] = BOARD

    @property
    def name(self) -> str:
        """What a gate made from it remembers: ``cutover-2``."""
        return f"{self.phase}-{self.version}"

    @property
    def phase_title(self) -> str:
        """The phase in words."""
        return str(Phase(self.phase).label) if self.phase in Phase.values else self.title


def ratio(
    code: str,
    title: str,
    why: str,
    bound: tuple[str, str, str],
    *,
    dimension: str = "",
    samples: int = 1,
    days: int = 7,
    domain: Domain = TECHNICAL,
    waivable: bool = True,
    blocking: bool = True,
) -> Wanted:
    """A share compared exactly. ``bound``: measure, operator, threshold. ``days``: how old its data may be."""
    measure, operator, threshold = bound
    return Wanted(
        code,
        title,
        why,
        How(
            Kind.RATIO,
            measure,
            dimension,
            Comparison(operator),
            Decimal(threshold),
            min_samples=samples,
            max_age=days * DAY,
            domain=domain,
            waivable=waivable,
            blocking=blocking,
        ),
    )


def window(
    code: str,
    title: str,
    why: str,
    bound: tuple[str, str, str],
    *,
    each: int,
    times: int,
    coverage: int = 100,
    domain: Domain = TECHNICAL,
) -> Wanted:
    """A value that must hold in every one of ``times`` intervals of ``each`` seconds that end now."""
    measure, operator, threshold = bound
    return Wanted(
        code,
        title,
        why,
        How(
            Kind.WINDOW,
            measure,
            "",
            Comparison(operator),
            Decimal(threshold),
            interval=each,
            consecutive=times,
            coverage=coverage,
            max_age=2 * each,
            domain=domain,
        ),
    )


def none_open(days: int) -> Wanted:
    """No critical case of the wave is unresolved. It cannot be waived."""
    why = "A critical case could harm a patient. A reviewer must decide every one before cutover."
    how = How(Kind.COUNT_IS_ZERO, "critical-open", max_age=days * DAY, domain=CLINICAL, waivable=False)
    return Wanted("critical-open", "No unresolved critical cases", why, how)


def recency(code: str, title: str, why: str, measure: str, *, days: int, domain: Domain, waivable: bool) -> Wanted:
    """An event that lies no longer back than ``days``."""
    return Wanted(code, title, why, How(Kind.RECENCY, measure, max_age=days * DAY, domain=domain, waivable=waivable))


def ceiling(domain: Domain, severity: int) -> Wanted:
    """No open risk of a domain stands above a common severity (1 to 4) without an acceptance in force."""
    how = How(Kind.RISK_CEILING, subject=str(severity), max_age=30 * DAY, domain=domain)
    title = f"No unaccepted {domain.label} risks above {SEVERITIES[severity].lower()}"
    return Wanted(
        f"risks-{domain}", title, "Residual risk is within tolerance or formally accepted by a named person.", how
    )


def control(code: str, title: str, why: str, *, days: int = 90, domain: Domain = SECURITY) -> Wanted:
    """A control that was tested, with a sample, and found satisfied."""
    return Wanted(code, title, why, How(Kind.CONTROL_TEST, subject=code, max_age=days * DAY, domain=domain))


def after(phase: Phase) -> Wanted:
    """The gate of an earlier phase has a valid GO."""
    why = "The earlier gate was decided GO and that decision is still valid."
    how = How(Kind.PRIOR_GATE, subject=str(phase), max_age=365 * DAY, waivable=False)
    return Wanted(f"after-{phase}", f"{phase.label} gate: GO", why, how)


def attested(code: str, title: str, why: str, statement: str, *, days: int, domain: Domain) -> Wanted:
    """Something that a person says with their name."""
    return Wanted(code, title, why, How(Kind.ATTESTATION, subject=statement, max_age=days * DAY, domain=domain))
