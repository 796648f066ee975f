"""Read the audit log: pages of entries, one entry with its related entries, an entry by its receipt."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from django.apps import apps
from django.db.models import Q, QuerySet

from console import keyset
from console.audit import verbs
from console.audit.models import LogEntry
from console.errors import Invalid, Missing
from console.keyset import NEWEST, OLDEST, TOP, Page, Place

VIEW: Final = "audit.view_book"
TOGETHER: Final = 50
NEARBY: Final = 5_000
ROWS: Final = "row"
_RECEIPT_DIGITS: Final = 64
# Names of these are staff's or the migration's own; all other subjects are shown as stored.
_NAMED: Final = frozenset({"people.user", "waves.wave", "runs.source", "runs.run", "cases.queue", "auth.group"})


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the audit log. Empty fields select everything; an empty ``family`` leaves row changes out."""

    family: str = ""
    person: int | None = None
    subject: str = ""
    cid: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def named(self) -> dict[str, Any]:
        """The filters as facts for the entry about this look."""
        found: dict[str, Any] = {"family": self.family, "person": self.person, "about": self.subject, "cid": self.cid}
        found |= {"since": self.since and self.since.isoformat(), "until": self.until and self.until.isoformat()}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a person reads it."""

    id: int
    at: dt.datetime
    verb: str
    family: str
    icon: str
    who: str
    sentence: str
    subject: str
    cid: str
    receipt: str
    row: LogEntry = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """The exact bytes of an entry, and whether they hash to what was stored with them."""

    text: str
    stored: str
    computed: str

    @property
    def matches(self) -> bool:
        """Whether the bytes still have the stored hash."""
        return self.stored == self.computed


@dataclass(frozen=True, slots=True)
class Change:
    """One column of a row change. ``readable`` False: only digests are kept."""

    column: str
    before: Any
    after: Any
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Whole:
    """One entry with everything around it."""

    entry: Entry
    proof: Proof
    changes: list[Change]
    same_transaction: list[Entry]
    same_correlation: list[Entry]

    @property
    def title(self) -> str:
        """The page's title."""
        return f"Entry {self.entry.id}"

    @property
    def lead(self) -> str:
        """Who did what, as one sentence."""
        return f"{self.entry.who} {self.entry.sentence}"


def _selected(filters: Filters) -> QuerySet[LogEntry]:
    found: QuerySet[LogEntry] = LogEntry.objects.select_related("actor")
    if filters.family == ROWS:
        found = found.filter(verb__startswith="row.")
    elif filters.family:
        found = found.filter(verb__startswith=f"{filters.family}.").exclude(verb__startswith="row.")
    else:
        found = found.exclude(verb__startswith="row.")
    if filters.person:
        found = found.filter(actor_id=filters.person)
    if filters.subject:
        found = found.filter(subject=filters.subject)
    if filters.cid:
        found = found.filter(cid=filters.cid)
    if filters.since:
        found = found.filter(timestamp__gte=filters.since)
    if filters.until:
        found = found.filter(timestamp__lt=filters.until)
    return found


def page_of_entries(filters: Filters, *, place: Place = TOP, size: int = keyset.PAGE) -> Page[Entry]:
    """Return one page of entries, the newest first."""
    return keyset.page(_selected(filters), NEWEST, place, size=size).showing(describe_entries)


def forward(filters: Filters, *, after: int, size: int) -> Page[LogEntry]:
    """One page of the entries above the number ``after``, oldest first, for machines."""
    return keyset.page(_selected(filters), OLDEST, Place(after=str(after)), size=size)


def describe_entries(rows: Iterable[LogEntry]) -> list[Entry]:
    """Entries as sentences; the names of what they are about cost one query a kind of thing."""
    rows = list(rows)
    names = _names({row.subject for row in rows})
    return [
        Entry(
            id=row.pk,
            at=row.timestamp,
            verb=row.verb,
            family=row.verb.partition(".")[0],
            icon=verbs.look(row.verb).icon,
            who=_who(row),
            sentence=verbs.sentence(row.verb, names.get(row.subject, row.subject), _words(row)),
            subject=row.subject,
            cid=row.cid,
            receipt=bytes(row.leaf_hash).hex(),
            row=row,
        )
        for row in rows
    ]


def _who(row: LogEntry) -> str:
    if row.actor is not None:
        return str(row.actor)
    return f"The database role {row.db_user}" if row.verb.startswith(("row.", "schema.", "book.")) else "Unknown"


def _words(row: LogEntry) -> dict[str, Any]:
    facts = dict(row.facts)
    if "rows" in facts:
        facts.setdefault("pk", f"{facts.get('first')} to {facts.get('last')}")
    return facts


def _names(subjects: set[str]) -> dict[str, str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        label, _, number = subject.partition(":")
        if label in _NAMED and number.isdigit():
            wanted[label].add(int(number))
    names = {}
    for label, keys in sorted(wanted.items()):
        for key, thing in apps.get_model(label)._default_manager.in_bulk(keys).items():
            names[f"{label}:{key}"] = str(thing)
    return names


def whole(entry_id: int) -> Whole:
    """One entry with its proof and what belongs to it. Raises Missing."""
    row = LogEntry.objects.select_related("actor").filter(pk=entry_id).first()
    if row is None:
        raise Missing(f"Audit log entry {entry_id} does not exist.")
    near = LogEntry.objects.select_related("actor").exclude(pk=row.pk)
    # A transaction's entries stand close together: looking nearby saves one more index.
    together = near.filter(txid=row.txid, id__range=(row.pk - NEARBY, row.pk + NEARBY)).order_by("id")[:TOGETHER]
    related = near.filter(cid=row.cid).exclude(txid=row.txid).order_by("-id")[:TOGETHER] if row.cid else []
    beside, far = list(together), list(related)
    entries = describe_entries([row, *beside, *far])
    return Whole(entries[0], proof(row), _changes(row), entries[1 : 1 + len(beside)], entries[1 + len(beside) :])


def proof(row: LogEntry) -> Proof:
    """Hash the exact bytes again, here, as RFC 6962 hashes a leaf."""
    exact = bytes(row.bytes)
    return Proof(exact.decode(), bytes(row.leaf_hash).hex(), sha256(b"\x00" + exact).hexdigest())


def _changes(row: LogEntry) -> list[Change]:
    """The columns of a row change, the readable ones first."""
    facts = row.facts if row.verb.startswith("row.") else {}
    plain = [Change(name, pair[0], pair[1]) for name, pair in sorted(facts.get("plain", {}).items())]
    return plain + [
        Change(name, pair[0], pair[1], readable=False) for name, pair in sorted(facts.get("hidden", {}).items())
    ]


def by_receipt(receipt: str) -> LogEntry:
    """The entry whose receipt this is, or begins so. Raises Missing; Invalid when several receipts begin so."""
    acts: QuerySet[LogEntry] = LogEntry.objects.select_related("actor").filter(~Q(verb__startswith="row."))
    first, last = (bytes.fromhex(receipt.ljust(_RECEIPT_DIGITS, digit)) for digit in "0f")
    found = list(acts.filter(leaf_hash__gte=first, leaf_hash__lte=last).order_by("leaf_hash")[:2])
    if not found:
        raise Missing("No audit log entry has this receipt.")
    if len(found) > 1:
        raise Invalid(f"Several receipts begin with {receipt}. Enter more of its digits.")
    return found[0]
