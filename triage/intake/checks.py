"""Does the manifest add up? Pure arithmetic: what it declares beside what was found, sum by sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from triage.intake.manifest import Manifest, PackageFile, Stage


@dataclass(frozen=True, slots=True)
class Found:
    """What one stored file really holds. ``damage`` is a sentence when it could not be read to its end."""

    bytes: int
    sha256: str
    rows: int
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """One declared figure beside the figure found. ``where`` is a file or a stage, ``what`` the figure's name."""

    group: str
    where: str
    what: str
    declared: str
    found: str
    fits: bool

    def row(self) -> dict[str, Any]:
        """The form in which a run keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Chain:
    """What is known of the runs that a run continues.

    ``fault``: why it cannot continue the run that it names, as words that follow that run's name; empty when it can.
    ``ends``: by interface and topic, the offset up to which they read.
    """

    fault: str = ""
    ends: Mapping[tuple[str, str], int] = field(default_factory=dict)


def compare(manifest: Manifest, found: Mapping[str, Found], *, feed_end: int, chain: Chain | None = None) -> list[Sum]:
    """Every sum of a manifest; those that do not fit quarantine the run. ``feed_end``: the feed's last position."""
    return [
        *_files(manifest.files, found),
        *_stages(manifest.stages),
        *_feed(manifest.decisions_applied, feed_end),
        *_continued(manifest, chain or Chain()),
    ]


def problem(sums: Iterable[Sum]) -> str:
    """One sentence on what does not add up, naming the first place; empty if everything does."""
    wrong = [item for item in sums if not item.fits]
    if not wrong:
        return ""
    first, more = wrong[0], len(wrong) - 1
    tail = f" {more} more control total{'s do' if more > 1 else ' does'} not match." if more else ""
    if first.what == "content":
        return f"{first.where}: {first.found}{tail}"
    if first.group == "stage":
        return f"Stage {first.where}: {first.what} declared {first.declared}, calculated {first.found}.{tail}"
    if first.group == "feed":
        return (
            f"manifest.json: decisions_applied is {first.declared}, but the last feed position is {first.found}.{tail}"
        )
    if first.group == "chain":
        return f"manifest.json: the run “{first.declared}”, which this run continues, {first.found}.{tail}"
    if first.group == "offsets":
        return f"Offsets of {first.where}: {first.what} is {first.declared}, {first.found}.{tail}"
    return f"{first.where}: the manifest declares {first.declared} {first.what}, the file has {first.found}.{tail}"


def _files(files: Iterable[PackageFile], found: Mapping[str, Found]) -> Iterable[Sum]:
    for file in files:
        real = found[file.path]
        if real.damage:
            yield Sum("file", file.path, "content", "whole", real.damage, fits=False)
        yield _number("file", file.path, "bytes", file.bytes, real.bytes)
        yield Sum("file", file.path, "sha256", file.sha256, real.sha256, fits=file.sha256 == real.sha256)
        yield _number("file", file.path, "rows", file.rows, real.rows)


def _stages(stages: Iterable[Stage]) -> Iterable[Sum]:
    """In each stage what went in came out or was rejected; a domain's next stage takes in what the last put out."""
    before: dict[str, Stage] = {}
    for stage in stages:
        where = f"{stage.stage} of {stage.domain}"
        yield _number("stage", where, "in = out + rejected", stage.in_, stage.out + stage.rejected)
        if last := before.get(stage.domain):
            yield _number("stage", where, f"in = out of {last.stage}", stage.in_, last.out)
        before[stage.domain] = stage


def _feed(applied: int | None, end: int) -> Iterable[Sum]:
    """Check that no unreleased decision was applied: such a run would verify decisions that it cannot know."""
    if applied is not None and applied > end:
        yield Sum("feed", "decisions_applied", "feed position", f"{applied:,}", f"{end:,}", fits=False)


def _continued(manifest: Manifest, chain: Chain) -> Iterable[Sum]:
    """A run follows one that was loaded, and reads on where the runs before it stopped: no gap, nothing twice."""
    if manifest.continues is not None:
        found = chain.fault or "loaded"
        yield Sum("chain", "continues", "run", manifest.continues, found, fits=not chain.fault)
    for one in manifest.offsets:
        where = f"{one.interface}, {one.topic}"
        found, last = "in order", chain.ends.get((one.interface, one.topic))
        if last is not None and one.from_ != last:
            what = "messages in between are missing" if one.from_ > last else "messages were read twice"
            found = f"but the runs that it continues read up to {last:,}: {what}"
        yield Sum("offsets", where, "from", f"{one.from_:,}", found, fits=found == "in order")
        found = "in order" if one.to >= one.from_ else f"which is before from ({one.from_:,})"
        yield Sum("offsets", where, "to", f"{one.to:,}", found, fits=found == "in order")


def _number(group: str, where: str, what: str, declared: int, found: int) -> Sum:
    return Sum(group, where, what, f"{declared:,}", f"{found:,}", fits=declared == found)
