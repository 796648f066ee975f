"""Merge lines without end, for benchmarks: plausible, quick to make, of about 800 bytes each.

These are not the matcher's: values and levels are drawn from a hash of the line's number, so that a million lines need
no memory. Score is prior plus weights in every line, and no two lines of a file share a record.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from samples.hospital import WEEK_ONE
from samples.packages import fresh, write_manifest
from triage.intake.manifest import PackageFile, Stage

BATCH = 4_000
PRIOR, LOWER, UPPER = -1337, -100, 1000
MASK = 2**64 - 1

FAMILY_NAMES = """
Acile Nakato Okello Namusoke Lunkuse Mugisha Kato Damazo Barungi Loporon Kakooko Mbirabanua Namalome Ndyareeba Makwell
Nyakungu Nalugemwa Jamuhu Kyokushaba Patrice Nadaula Kika Nomugisha Jastus Kipwola Vanisi Nakhaima Kabatangare Yasinta
Nambassa Mutamuliza Abenakyo Gumisiriza Müller O'Keefe Åkesson
"""
GIVEN_NAMES = """
Zuwena Esther Hosea Norah Euphrasia Zaitun Obedi Franka Berrie Fellysha Nanura Maractho Imelida Oramulo Clare Zara
Lilly Luka Lara Elly Obed Jasper Ethan Frankline Jack Lachlan Benjamin Sophie Renée
"""
FAMILIES = tuple(FAMILY_NAMES.split())
GIVENS = tuple(GIVEN_NAMES.split())
# How the second record's value follows from the first one's, the level reached, and its weight in hundredths of a bit.
NAME = (("same", "exact", 1150), ("typo", "close", 980), ("typo", "similar", 480), ("other", "different", -410))
DATE = (
    ("same", "exact", 1020),
    ("year", "one character differs", 290),
    ("other", "different", -340),
    ("none", "missing", 0),
)
SEX = (("same", "exact", 50), ("same", "exact", 50), ("none", "missing", 0), ("same", "exact", 50))
PHONE = (("none", "missing", 0), ("other", "different", -210), ("none", "missing", 0), ("same", "exact", 1350))
REASONS = (
    '"missing_identifier"',
    '"missing_identifier","estimated_birth_date"',
    '"conflicting_birth_date"',
    '"possible_twin","same_household"',
    '"name_swap"',
    '"conflicting_sex","missing_identifier"',
    "",
)
SEVERITIES = ("low", "medium", "medium", "high", "high", "critical")


def write_merge_lines(path: Path, count: int, *, seed: int, known_share: float = 0.0) -> PackageFile:
    """Write ``count`` lines to ``path`` (``.gz``, ``.zst`` or plain) and return the file's entry for a manifest.

    ``known_share`` (0 to 1) of the lines, the first ones, equal those of a file made with ``seed=0``, byte for byte;
    the others belong to ``seed`` alone.
    """
    known = round(count * known_share)
    with _opened(path) as file:
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            file.write("".join(line(n, seed=0 if n < known else seed) for n in numbers).encode())
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return PackageFile(path.name, "merges", count, path.stat().st_size, digest)


def make_package(
    directory: Path,
    count: int,
    *,
    seed: int = 0,
    known_share: float = 0.0,
    wave: str = "wave-1-outpatients",
    suffix: str = ".gz",
) -> Path:
    """Write a package of one merges file whose manifest adds up; the directory's name is the run. Return it."""
    fresh(directory)
    file = write_merge_lines(directory / f"merges-01.ndjson{suffix}", count, seed=seed, known_share=known_share)
    read, held = 10 * count, 2 * count
    stages = [Stage("extract", "identity", read, read, 0), Stage("match", "identity", read, read - held, held)]
    return write_manifest(directory, wave=wave, started_at=WEEK_ONE, files=[file], stages=stages)


def line(number: int, *, seed: int) -> str:
    """Return one line with its newline; the same number and seed always give the same."""
    drawn = _mixed(number, seed)
    family, given = FAMILIES[drawn % len(FAMILIES)], GIVENS[(drawn >> 6) % len(GIVENS)]
    year, month, day = 1930 + (drawn >> 12) % 90, 1 + (drawn >> 19) % 12, 1 + (drawn >> 23) % 28
    born = f"{year}-{month:02d}-{day:02d}"
    sex, phone = ("female", "male")[(drawn >> 28) & 1], f"77{(drawn >> 29) % 10} {(drawn >> 33) % 900000 + 100000}"
    one, two, three = NAME[(drawn >> 53) & 3], NAME[(drawn >> 55) & 3], DATE[(drawn >> 57) & 3]
    four, five = SEX[(drawn >> 59) & 3], PHONE[(drawn >> 61) & 3]
    score = PRIOR + one[2] + two[2] + three[2] + four[2] + five[2]
    key = f"{seed:x}-{number:08d}"
    return (
        f'{{"id":"gen-{key}","records":[{{"system":"LEGACY-PAS","id":"P{key}","fields":{{"family":"{family}",'
        f'"given":"{given}","birth_date":"{born}","sex":"{sex}","phone":"{phone}"}}}},'
        f'{{"system":"CLINIC-EPR","id":"E{key}","fields":{{"family":{_second(family, one[0], FAMILIES[drawn % 35])},'
        f'"given":{_second(given, two[0], GIVENS[drawn % 28])},"birth_date":{_second(born, three[0], "1955-05-09")},'
        f'"sex":{_second(sex, four[0], "")},"phone":{_second(phone, five[0], "712 300633")}}}}}],'
        f'"match":{{"model":"generated","version":"1","prior":{PRIOR / 100},"lower_threshold":{LOWER / 100},'
        f'"upper_threshold":{UPPER / 100},"grade":"{"probable" if score > 450 else "possible"}","pairs":[{{"left":0,'
        f'"right":1,"score":{score / 100},"comparisons":[{_compared("family", one)},{_compared("given", two)},'
        f"{_compared('birth_date', three)},{_compared('sex', four)},{_compared('phone', five)}]}}]}},"
        f'"severity":"{SEVERITIES[(drawn >> 45) % 6]}","reasons":[{REASONS[(drawn >> 48) % 7]}]}}\n'
    )


def _compared(field: str, way: tuple[str, str, int]) -> str:
    return f'{{"field":"{field}","level":"{way[1]}","weight":{way[2] / 100}}}'


def _second(value: str, how: str, other: str) -> str:
    """The second record's value as JSON."""
    if how == "same":
        return f'"{value}"'
    if how == "typo":
        return f'"{value[:-2]}{value[-1]}{value[-2]}"'
    if how == "year":
        return f'"{value[:3]}{9 - int(value[3])}{value[4:]}"'
    return f'"{other}"' if how == "other" else "null"


def _mixed(number: int, seed: int) -> int:
    """Spread a line's number over 64 bits (the finaliser of SplitMix64), so that neighbours have nothing in common."""
    value = (number + 1) * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 & MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def _opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Open ``path`` for writing through the compression that its suffix names; the same lines give the same bytes."""
    if path.suffix == ".zst":
        compressor = zstandard.ZstdCompressor(level=3)
        return cast(AbstractContextManager[IO[bytes]], zstandard.open(path, "wb", cctx=compressor))
    return _gzip(path) if path.suffix == ".gz" else path.open("wb")


@contextmanager
def _gzip(path: Path) -> Iterator[IO[bytes]]:
    """A gzip file that names neither itself nor its time."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as file:
        yield cast(IO[bytes], file)
