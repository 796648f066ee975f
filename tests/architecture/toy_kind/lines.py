"""The lines of ``wards`` files: one ward that several clinics claim, or one of its beds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from triage.cases.keys import fingerprint, record_key
from triage.cases.kinds import LineRefused, StagedLine
from triage.queues.models import SEVERITIES

Name = Annotated[str, Meta(min_length=1, max_length=100)]

#: Words for what ``stage`` refuses.
REFUSALS = {"one_clinic": "Ward claimed by one clinic only"}


class WardLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ward with the clinics that claim it. ``bed``: the line is about one bed of it, a member of the case.

    ``occupant`` names a patient. ``duplicates`` is a line of a ``merges`` file: two records of one bed.
    """

    ward: Name
    clinics: Annotated[list[Name], Meta(min_length=1, max_length=5)]
    severity: Literal["low", "medium", "high", "critical"] = "medium"
    occupant: Name | None = None
    bed: Name | None = None
    duplicates: msgspec.Raw = msgspec.Raw()


_decoder = msgspec.json.Decoder(WardLine)


def decode(line: bytes) -> WardLine:
    """Parse and validate one line. Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _decoder.decode(line)


def stage(line: WardLine) -> StagedLine:
    """What intake keeps of a line. Raises LineRefused for a ward that no one disputes."""
    clinics = sorted(set(line.clinics))
    if len(clinics) < 2:
        raise LineRefused("one_clinic", "$.clinics names one clinic, so there is nothing to decide.")
    return StagedLine(
        fingerprint=fingerprint("ward", line.ward),
        evidence=fingerprint("ward", line.ward, *clinics, line.occupant or ""),
        severity=int(SEVERITIES[line.severity]),
        domain="facilities",
        reasons=["claimed_twice"],
        score=None,
        size=len(clinics),
        record_keys=[record_key("WARDS", line.ward)],
        member=fingerprint("bed", line.bed) if line.bed else None,
    )
