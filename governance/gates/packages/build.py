"""What a board is asked to sign, as one document: everything that it rests on, in canonical JSON with its digest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from console.people.models import User
from console.sealing import canonical
from governance.gates.packages.parts import document, moment, who
from governance.gates.packages.snapshots import Snapshot

FORMAT: Final = "concord-decision-package/1"


@dataclass(frozen=True, slots=True)
class Built:
    """The document as it is kept and hashed, byte for byte, and its SHA-256 (hex)."""

    document: str
    digest: str


def build(snapshot: Snapshot, *, turn: int, by: User, closes_at: dt.datetime, previous: str = "") -> Built:
    """The package of this turn, sealed by ``by`` at the snapshot's time. ``previous``: the digest of the turn before.

    Raises ValueError for a snapshot without a policy: no one could vote on it.
    """
    said = document(snapshot)
    said |= {
        "format": FORMAT,
        "turn": turn,
        "previous": previous,
        "sealed": {"at": moment(snapshot.at), "by": who(by)},
        "closes_at": moment(closes_at),
    }
    text = canonical.text(said)
    return Built(text, canonical.digest(text))
