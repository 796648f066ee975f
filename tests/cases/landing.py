"""Landing lines without a package: for tests of what arrives on cases."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tests import factories
from triage.cases import arrivals, keys, kinds, staging
from triage.cases.arrivals import Landed
from triage.cases.models import Case
from triage.runs.models import Run

#: The systems whose records lines are about.
SYSTEMS = ("A", "B")


@dataclass(frozen=True)
class Line:
    """A line about the problem ``name`` whose evidence is ``evidence``. ``report``: all that has no column.

    ``real``: evidence and report are named as the kind names those of the payload.
    """

    name: str
    evidence: str = "a"
    severity: int = 2
    reasons: tuple[str, ...] = ("conflicting_birth_date",)
    score: float | None = 1.5
    domain: str = "identity"
    size: int = 2
    report: str = ""
    facilities: tuple[str, ...] = ()
    real: bool = False
    payload: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def fingerprint(self) -> uuid.UUID:
        return keys.fingerprint("test", self.name)

    def _payload(self) -> dict[str, Any]:
        """A merge line about the record of this name in A and the one in B."""
        line = factories.merge_line() | {"id": f"{self.name}-{self.evidence}"}
        for record, system in zip(line["records"], SYSTEMS, strict=True):
            record |= {"system": system, "id": self.name}
        return line

    def staged(self, number: int) -> str:
        payload = json.dumps(self.payload or self._payload())
        evidence, report = self._names(payload)
        columns = [
            number,
            self.fingerprint,
            evidence,
            report,
            self.severity,
            self.domain,
            "{" + ",".join(self.reasons) + "}",
            "\\N" if self.score is None else self.score,
            self.size,
            f"{{{keys.record_key('A', self.name)},{keys.record_key('B', self.name)}}}",
            "{" + ",".join(f'"{name}"' for name in self.facilities) + "}" if self.facilities else "\\N",
            keys.digest(payload.encode()),
            payload.replace("\\", "\\\\"),
        ]
        return "\t".join(map(str, columns)) + "\n"

    def _names(self, payload: str) -> tuple[uuid.UUID, uuid.UUID]:
        if self.real:
            return kinds.get("merge").names(payload.encode())
        said = (self.severity, self.reasons, self.score, self.domain, self.size, self.report, *self.facilities)
        return keys.fingerprint("evidence", self.name, self.evidence), keys.fingerprint(repr(said))


def land(run: Run, *lines: Line, first: int = 1, file_id: int = 1, locked: Iterable[int] | None = None) -> Landed:
    """Land these lines as one chunk."""
    text = io.StringIO("".join(line.staged(number) for number, line in enumerate(lines, start=first)))
    with transaction.atomic(), connection.cursor() as cursor:
        stage = staging.take(cursor)
        cursor.copy_expert(stage.copy, text)
        kind, now = kinds.get("merge"), timezone.now()
        return arrivals.land(cursor, stage=stage, run=run, file_id=file_id, kind=kind, now=now, locked=locked)


def case_of(name: str) -> Case:
    """The case about the problem ``name``."""
    return Case.objects.get(fingerprint=keys.fingerprint("test", name))
