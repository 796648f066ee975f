"""What bad input gets: a clear sentence that names what and where, nothing lost, nothing half-done."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.errors import Invalid, Refusal, Stale
from samples import broken
from tests.factories import merge_line
from tests.intake import making
from triage.cases.models import Case
from triage.intake import actions, loader, packages, unpacking
from triage.intake.parsing import blotted
from triage.runs.models import RejectedLine, Run, RunState, Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def source(db: None) -> Source:
    return making.world()


def sentence(folder: Path) -> str:
    """What is said of a package that is refused; nothing of it may have stayed."""
    with pytest.raises(Refusal) as refused:
        making.announce(folder)
    assert not Run.objects.exists()
    assert not [path for path in Path(making.store.root()).rglob("*") if path.is_file()]
    return refused.value.sentence


# Manifests


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "migration-run/2"}, "has format “migration-run/2”; this console reads “migration-run/1”"),
        ({"source": "unknown"}, "Source “unknown” does not exist"),
        ({"wave": "wave-9"}, "Wave “wave-9” does not exist"),
        ({"run_id": "../../etc"}, "does not match the schema"),
        ({"run_id": "run-1\n"}, "run_id must be made of letters"),
        ({"started_at": "2026-09-01T08:00:00"}, "started_at has no time zone"),
        ({"finished_at": "2026-08-01T08:00:00Z"}, "finished_at lies before started_at"),
        ({"files": "none"}, "at `$.files`"),
        ({"stages": [{"stage": "a\u0000b", "domain": "x", "in": 1, "out": 1, "rejected": 0}]}, "NUL character"),
        ({"secret": "SMITH"}, "unknown field"),
    ],
)
def test_manifests_that_make_no_sense(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    found = sentence(making.package(tmp_path, "run-1", making.merge_lines(1, 1), **changes))
    assert said in found
    assert "SMITH" not in found


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not"),
        (b"[]", "schema"),
        (b"{}", "schema"),
        (b"[" * 100_000, "manifest.json"),
    ],
)
def test_manifests_that_are_none(tmp_path: Path, raw: bytes, said: str) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    (folder / "manifest.json").write_bytes(raw)
    assert said in sentence(folder)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "C:x", "a\nb", "", "x" * 400]
)
def test_names_that_climb_out_of_the_package(tmp_path: Path, name: str) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    said = json.loads((folder / "manifest.json").read_text())
    said["files"][0]["path"] = name
    (folder / "manifest.json").write_text(json.dumps(said))
    found = sentence(folder)
    assert "points outside the package" in found or "plain relative path" in found or "schema" in found


def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root")
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    (folder / "merges.ndjson").unlink()
    (folder / "merges.ndjson").symlink_to(tmp_path / "secret")
    assert "symbolic link" in sentence(folder)


def test_listed_twice_and_listed_but_missing(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    file = making.lines_file(folder, making.merge_lines(1, 1))
    assert "lists merges.ndjson twice" in sentence(making.manifest(folder, [file, file]))
    assert "lists gone.ndjson, but the file is not there" in sentence(
        making.manifest(folder, [file | {"path": "gone.ndjson"}])
    )


def test_unlisted_files_are_left_out_and_said(tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    (folder / "notes.txt").write_text("hello")
    run = making.take_in(folder)
    assert run.state == RunState.LOADED
    assert run.notes == ["notes.txt is not listed in the manifest and was left out."]
    assert not (making.store.folder(run) / "notes.txt").exists()


def test_a_known_run_id_with_other_content_names_both_digests(tmp_path: Path) -> None:
    first = making.take_in(making.package(tmp_path / "a", "run-1", making.merge_lines(1, 1)))
    other = making.package(tmp_path / "b", "run-1", making.merge_lines(5, 1))
    with pytest.raises(Stale) as refused:
        making.announce(other)
    assert first.manifest_digest in refused.value.sentence
    assert packages.read(other).digest in refused.value.sentence
    assert Case.objects.count() == 1
    assert (making.store.folder(first) / "merges.ndjson").read_bytes() == (
        tmp_path / "a/run-1/merges.ndjson"
    ).read_bytes()


# Signatures


def test_signed_manifests(tmp_path: Path, source: Source, omar: Any) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    actions.change_source(source=source, title="PAS", kind="push", public_key=public, by=omar)
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    assert "has no manifest.json.sig" in sentence(folder)
    raw = (folder / "manifest.json").read_bytes()
    for wrong, said in (
        (b"short", "neither 64 bytes"),
        (b"AAAA", "holds 3 bytes"),
        (key.sign(raw + b" "), "is not a signature of this manifest.json"),
        (Ed25519PrivateKey.generate().sign(raw), "is not a signature of this manifest.json"),
    ):
        (folder / "manifest.json.sig").write_bytes(wrong)
        assert said in sentence(folder)
    (folder / "manifest.json.sig").write_text(key.sign(raw).hex() + "\n")
    run = making.take_in(folder)
    assert run.signed
    assert run.state == RunState.LOADED


# Sums


def quarantined(folder: Path) -> Run:
    run = making.take_in(folder)
    assert run.state == RunState.QUARANTINED
    assert (run.lines, Case.objects.count(), RejectedLine.objects.count()) == (0, 0, 0)
    assert any(not item["fits"] for item in run.sums)
    return run


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 4}, "merges.ndjson: the manifest declares 4 rows, the file has 3."),
        ({"bytes": 1}, "merges.ndjson: the manifest declares 1 bytes"),
        ({"sha256": "0" * 64}, f"merges.ndjson: the manifest declares {'0' * 64} sha256"),
    ],
)
def test_files_that_do_not_add_up(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    folder = tmp_path / "run-1"
    file = making.lines_file(folder, making.merge_lines(1, 3))
    assert said in quarantined(making.manifest(folder, [file | change])).problem


def test_stages_that_do_not_add_up(tmp_path: Path) -> None:
    stages = [
        {"stage": "extract", "domain": "identity", "in": 10, "out": 9, "rejected": 0},
        {"stage": "match", "domain": "identity", "in": 8, "out": 8, "rejected": 0},
    ]
    run = quarantined(making.package(tmp_path, "run-1", making.merge_lines(1, 1), stages=stages))
    assert run.problem.startswith("Stage extract of identity: in = out + rejected declared 10, calculated 9.")
    assert {item["what"] for item in run.sums if not item["fits"]} == {"in = out + rejected", "in = out of extract"}


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        (
            "m.ndjson.gz",
            lambda data: data[: len(data) // 2],
            "Its gzip data ends in the middle: the file is truncated.",
        ),
        (
            "m.ndjson.zst",
            lambda data: data[: len(data) // 2],
            "Its zstd data ends in the middle: the file is truncated.",
        ),
        ("m.ndjson.gz", lambda data: data[:30] + b"XXXX" + data[34:], "Its gzip data is damaged."),
        ("m.ndjson.gz", lambda data: data + b"trailing", "Its gzip data is damaged."),
        ("m.ndjson.zst", lambda data: b"plain text", "Its zstd data is damaged"),
    ],
)
def test_compression_that_breaks_off(tmp_path: Path, name: str, spoil: Callable[[bytes], bytes], said: str) -> None:
    folder = tmp_path / "run-1"
    data = spoil(making.stored(name, making.encoded(making.merge_lines(1, 30))))
    run = quarantined(making.manifest(folder, [making.entry(folder, name, data, 30)]))
    assert f"{name}: {said}" in run.problem


def test_better_files_for_the_same_manifest_are_checked_again(tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 3))
    whole = (folder / "merges.ndjson").read_bytes()
    (folder / "merges.ndjson").write_bytes(whole[:100])
    run = quarantined(folder)
    (folder / "merges.ndjson").write_bytes(whole)
    again = making.take_in(folder)
    assert (again.pk, again.state, again.opened) == (run.pk, RunState.LOADED, 3)


def test_files_that_change_in_the_store_after_the_check_fail_the_run(tmp_path: Path) -> None:
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 30), "m.ndjson.gz")).run
    loader.check(run.pk)
    path = making.store.folder(run) / "m.ndjson.gz"
    path.write_bytes(path.read_bytes()[:200])
    loader.load(run.files.get().pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "It was whole when it was checked" in run.problem


# Lines


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (broken.truncated, "json"),
        (broken.invalid_utf8, "utf8"),
        (broken.latin1_name, "utf8"),
        (broken.escaped_nul, "nul"),
        (broken.raw_nul, "nul"),
        (broken.csv_quoted, "schema"),
        (broken.unknown_enum, "schema"),
        (broken.wrong_type, "schema"),
        (broken.date_out_of_range, "schema"),
        (broken.missing_field, "schema"),
        (broken.unknown_field, "schema"),
        (broken.one_record, "schema"),
        (broken.weights_do_not_add_up, "weights"),
        (broken.pair_out_of_range, "pair_range"),
        (broken.overlong, "too_long"),
        (broken.after_a_bom, "bom"),
        (broken.empty, "empty"),
    ],
)
def test_a_bad_line_is_kept_and_never_stops_a_run(tmp_path: Path, spoil: Callable[[bytes], bytes], reason: str) -> None:
    sound = json.dumps(merge_line(7, 8), separators=(",", ":")).encode()
    run = making.take_in(making.package(tmp_path, "run-1", [merge_line(1, 2), spoil(sound), merge_line(3, 4)]))
    assert (run.state, run.opened, run.rejected) == (RunState.LOADED, 2, 1)
    line = RejectedLine.objects.get()
    assert (line.line_no, line.reason, line.file.path) == (2, reason, "merges.ndjson")
    assert line.detail.endswith(".")
    told = line.detail + line.excerpt
    assert not any(word in told for word in ("Okello", "Grace", "1984", "CF21927470OWMT", "urgent", "matcher_notes"))
    assert not any(character.isdigit() and character != "9" for character in line.excerpt)


def test_excerpts_are_blotted() -> None:
    assert blotted("Müller 1984-03-12 Ωμέγα ٣".encode()) == "xxxxxx 9999-99-99 xxxxx 9"
    assert len(blotted(b"a" * 1000)) == 120


def test_many_distinct_reasons_are_one_reason(tmp_path: Path) -> None:
    lines = [json.dumps(merge_line() | {f"secret{n}": n}).encode() for n in range(3000)]
    run = making.take_in(making.package(tmp_path, "run-1", lines))
    assert run.rejected_by == {"schema": 3000}
    assert RejectedLine.objects.values("detail").distinct().count() == 1


def test_case_reasons_may_be_as_many_as_lines(tmp_path: Path) -> None:
    lines = [merge_line(2 * n, 2 * n + 1, reasons=[f"reason-{n}", "null", f"r{n}"]) for n in range(300)]
    run = making.take_in(making.package(tmp_path, "run-1", lines))
    assert run.opened == 300
    assert "null" in Case.objects.first().reasons  # type: ignore[union-attr]


# Archives


def zipped(folder: Path, *, prefix: str = "", extra: dict[str, bytes] | None = None) -> Path:
    path = folder.parent / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("prefix", ["", "run-1/"])
def test_archives_are_unpacked(tmp_path: Path, prefix: str) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 2))
    (folder / "readme.txt").write_text("x")
    tar = tmp_path / "package.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        archive.add(folder, prefix.rstrip("/") or ".")
    for number, path in enumerate((zipped(folder, prefix=prefix), tar)):
        target = tmp_path / f"out-{number}"
        target.mkdir()
        assert unpacking.unpack(path, target, limit=10**6) == ("readme.txt",)
        assert packages.read(target).digest == packages.read(folder).digest


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "..\\evil"])
def test_archives_that_climb(tmp_path: Path, name: str) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 2))
    tar = tmp_path / "package.tar"
    with tarfile.open(tar, "w") as archive:
        archive.add(folder / "manifest.json", "manifest.json")
        info = tarfile.TarInfo(name)
        info.size = 4
        archive.addfile(info, io.BytesIO(b"evil"))
    for path in (zipped(folder, extra={name: b"evil"}), tar):
        target = tmp_path / f"deep/out-{path.suffix}"
        target.mkdir(parents=True)
        with pytest.raises(Invalid, match=r"points outside the package|plain relative path"):
            unpacking.unpack(path, target, limit=10**6)
        assert not list(target.iterdir())
    assert not list(tmp_path.rglob("evil"))


def test_archives_with_links_bombs_and_damage(tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 2))
    target = tmp_path / "out"
    target.mkdir()
    tar = tmp_path / "package.tar"
    with tarfile.open(tar, "w") as archive:
        link = tarfile.TarInfo("merges.ndjson")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(Invalid, match="is not a regular file"):
        unpacking.unpack(tar, target, limit=10**6)
    path = zipped(folder)
    with zipfile.ZipFile(path, "a") as archive_zip:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive_zip.writestr(info, "/etc/passwd")
    with pytest.raises(Invalid, match="is not a regular file"):
        unpacking.unpack(path, target, limit=10**6)
    bomb = making.package(tmp_path, "bomb", [])
    (bomb / "merges.ndjson").write_bytes(b"\0" * 50_000_000)
    with pytest.raises(unpacking.TooLarge) as refused:
        unpacking.unpack(zipped(bomb), target, limit=1_000_000)
    assert refused.value.status == 413
    for damaged in (b"no archive", path.read_bytes()[:-30], os.urandom(500), b""):
        path.write_bytes(damaged)
        with pytest.raises(Invalid):
            unpacking.unpack(path, target, limit=10**6)


def test_an_archive_with_one_name_as_file_and_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    files = [making.lines_file(folder, [], "a"), making.lines_file(tmp_path / "other", [], "a/b")]
    making.manifest(folder, files)
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(Invalid, match="damaged or uses an unsupported format"):
        unpacking.unpack(zipped(folder, extra={"a/b": b""}), target, limit=10**6)
