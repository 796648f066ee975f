"""Distances between two spellings, counted in characters."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

_NUMBERS = ("one", "two", "three")


def similarity(left: str, right: str) -> float:
    """Jaro–Winkler: 0 for nothing in common, 1 for the same; weighs beginnings more."""
    one, two = sorted((left, right))  # matches are chosen from the left, so the sides must not change the result
    return JaroWinkler.similarity(one, two)


def distance(left: str, right: str) -> int:
    """Damerau–Levenshtein: characters inserted, deleted, replaced, or exchanged with their neighbour."""
    return DamerauLevenshtein.distance(left, right)


def apart(left: str, right: str, unit: str) -> str:
    """``one letter differs``, ``two letters differ``; beyond three ``several``."""
    count = distance(left, right)
    if count > len(_NUMBERS):
        return f"several {unit}s differ"
    return f"{_NUMBERS[count - 1]} {unit}{'s differ' if count > 1 else ' differs'}"


def transposed(left: str, right: str) -> bool:
    """True if two neighbours changed places and nothing else differs."""
    if len(left) != len(right):
        return False
    unlike = [place for place, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
    if len(unlike) != 2 or unlike[1] != unlike[0] + 1:
        return False
    first, second = unlike
    return left[first] == right[second] and left[second] == right[first]
