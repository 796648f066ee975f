"""Public holidays of a country or a part of it, by year, from the ``holidays`` library.

Pure: the library computes dates from rules that it carries, so the same version gives the same days. A calendar stores
the country alone; days are computed for the years that a due time reaches, once a process.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from typing import Any, Final

_YEARS_KEPT: Final = 512
#: The library knows rules far into the future, but not for ever; a preview looks no further.
_YEARS_AHEAD: Final = 3
_CAPITALS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def countries() -> dict[str, str]:
    """Name in English by ISO 3166-1 code of every country that the library knows, in order of the names."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - takes 0.2 s, and few processes need it

    named = {codes[1]: _CAPITALS.sub(" ", codes[0]) for codes in COUNTRIES.values()}
    return dict(sorted(named.items(), key=lambda item: item[1]))


@cache
def subdivisions(country: str) -> dict[str, str]:
    """Name by code of the parts of a country that have holidays of their own; empty for an unknown country."""
    if country not in countries():
        return {}
    entity = _entity(country)
    names = {code: name for name, code in getattr(entity, "subdivisions_aliases", {}).items()}
    found = {code: names.get(code, code) for code in entity.subdivisions}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def known(country: str, subdivision: str = "") -> bool:
    """True for a country, or a part of one, whose holidays can be computed."""
    return country in countries() and (not subdivision or subdivision in subdivisions(country))


@lru_cache(maxsize=_YEARS_KEPT)
def in_year(country: str, subdivision: str, year: int) -> dict[dt.date, str]:
    """The public holidays of one year with their names, among them days on which one is observed instead.

    Empty for a country that the library does not know (any longer): working time then counts every working day.
    """
    if not known(country, subdivision):
        return {}
    import holidays  # noqa: PLC0415 - as above

    language = next((one for one in ("en_GB", "en_US") if one in _entity(country).supported_languages), None)
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def following(country: str, subdivision: str, day: dt.date, number: int) -> list[tuple[dt.date, str]]:
    """The next holidays from a day on, at most ``number``."""
    found: list[tuple[dt.date, str]] = []
    for year in range(day.year, day.year + _YEARS_AHEAD):
        found += [(on, name) for on, name in in_year(country, subdivision, year).items() if on >= day]
        if len(found) >= number:
            break
    return found[:number]


def _entity(country: str) -> Any:
    import holidays  # noqa: PLC0415 - as above

    return getattr(holidays, country)
