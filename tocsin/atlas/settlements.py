"""Settlements of Ukraine: each row as the data has it, and which oblasts have one of a name.

A name is Ukrainian, or as it is written in English: transliterated as passports are (resolution No. 55 of the Cabinet
of Ministers of 27 January 2010), or by a name it once had. It promises that a name that is not known is in no oblast,
which says nothing. Data: tocsin/data/settlements-ua.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

OBLAST = 4
"""How many first characters of a КАТОТТГ code all units of one oblast share."""
_BESIDE = {"UA80": "UA32", "UA85": "UA01"}
"""Cities with a status of their own, and the region around them, which people say for them."""

_LETTERS = str.maketrans(
    {
        **{
            "а": "a",
            "б": "b",
            "в": "v",
            "г": "h",
            "ґ": "g",
            "д": "d",
            "е": "e",
            "є": "ie",
            "ж": "zh",
            "з": "z",
            "и": "y",
        },
        **{
            "і": "i",
            "ї": "i",
            "й": "i",
            "к": "k",
            "л": "l",
            "м": "m",
            "н": "n",
            "о": "o",
            "п": "p",
            "р": "r",
            "с": "s",
        },
        **{"т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": ""},
        **{"ю": "iu", "я": "ia"},
    }
)
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_BEGINS = re.compile(r"\b[єїйюя]")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


class Settlement(NamedTuple):
    name: str
    kind: str
    """K city with a status of its own, M city, X settlement, C village; A another name of one."""
    zone: str
    """КАТОТТГ of the smallest unit that holds it."""
    seat: bool
    """Whether a hromada is governed from there."""
    people: float
    """0 where nobody has counted them."""
    point: tuple[float, float] | None
    """Longitude and latitude, where known."""


def settlements() -> Iterator[Settlement]:
    """Every row, in the order of the file."""
    raw = files("tocsin.data").joinpath("settlements-ua", "settlements.csv.gz").read_bytes()
    with gzip.open(io.BytesIO(raw), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            point = (float(row["lon"]), float(row["lat"])) if row["lon"] else None
            people = float(row["population"] or 0)
            yield Settlement(row["name"], row["kind"], row["zone"], row["seat"] == "1", people, point)


def transliterated(name: str) -> str:
    """A Ukrainian name in Latin letters, in lower case."""
    low = name.lower().translate(_APOSTROPHES).replace("зг", "zgh")
    return _BEGINS.sub(lambda first: _FIRST[first[0]], low).translate(_LETTERS)


def _plain(name: str) -> str:
    return " ".join(name.lower().translate(_APOSTROPHES).replace("-", " ").split())


class Oblasts:
    """Which oblasts have a settlement of a name, as the first characters of their codes."""

    def __init__(self, known: Iterable[Settlement]) -> None:
        self._by_name: dict[str, set[str]] = {}
        for one in known:
            oblast = one.zone[:OBLAST]
            for name in (_plain(one.name), _plain(transliterated(one.name))):
                here = self._by_name.setdefault(name, set())
                here.add(oblast)
                if oblast in _BESIDE:
                    here.add(_BESIDE[oblast])

    def of(self, name: str) -> frozenset[str]:
        """Empty where nothing is called so."""
        return frozenset(self._by_name.get(_plain(name), ()))


@cache
def _shipped() -> Oblasts:
    return Oblasts(settlements())


def oblasts_of(name: str) -> frozenset[str]:
    """As `Oblasts.of`, of the settlements that come with Tocsin; they are read when first asked for."""
    return _shipped().of(name)
