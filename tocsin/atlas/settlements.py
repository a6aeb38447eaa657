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
        **{"ы": "y", "э": "e", "ё": "e", "ъ": ""},  # in former names
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


HROMADA = 9
"""How many first characters all units of one hromada share."""
ALIKE = (
    *(("kh", "h"), ("g", "h"), ("ie", "e"), ("ye", "e"), ("ia", "a"), ("ya", "a"), ("iu", "u"), ("yu", "u")),
    *(("y", "i"), ("ii", "i"), ("ii", "i"), ("zhzh", "zh"), ("ss", "s")),
)
"""In what spellings of one name differ from paper to paper: Kryvyi Rih, Kryvyi Rig, Krivyi Rih."""
TOWN_PEOPLE = 10_000
OUTWEIGHS = 10
"""A town is meant before others of its name where it has so many people, and so many times as many as any of them."""


class Towns:
    """Which town somebody means who names no more than a town; none where that is not plain.

    Villages are not: most share their names with others, in this country and beside it.
    """

    def __init__(self, known: Iterable[Settlement]) -> None:
        self._named: dict[str, list[Settlement]] = {}
        self._alike: dict[str, list[Settlement]] = {}
        for one in known:
            if one.people * OUTWEIGHS < TOWN_PEOPLE:  # it outweighs nothing, and everything outweighs it
                continue
            for name in dict.fromkeys((_plain(one.name), _plain(transliterated(one.name)))):
                self._named.setdefault(name, []).append(one)
                self._alike.setdefault(_alike(name), []).append(one)

    def meant(self, name: str) -> Settlement | None:
        """A town that outweighs all others of its name, however it is spelled."""
        plain = _plain(name)
        return _outweighing(self._named.get(plain, ())) or _outweighing(self._alike.get(_alike(plain), ()))


def _outweighing(called: Iterable[Settlement]) -> Settlement | None:
    ranked = sorted(called, key=lambda one: -one.people)
    if not ranked or ranked[0].people < TOWN_PEOPLE:
        return None
    first = ranked[0]
    rivals = [one.people for one in ranked[1:] if one.zone[:HROMADA] != first.zone[:HROMADA]]
    return first if first.people >= OUTWEIGHS * max(rivals, default=0.0) else None


def _alike(plain: str) -> str:
    for spelled, so in ALIKE:
        plain = plain.replace(spelled, so)
    return plain


@cache
def _towns() -> Towns:
    return Towns(settlements())


def town_meant(name: str) -> Settlement | None:
    """As `Towns.meant`, of the settlements that come with Tocsin; they are read when first asked for."""
    return _towns().meant(name)


@cache
def _shipped() -> Oblasts:
    return Oblasts(settlements())


def oblasts_of(name: str) -> frozenset[str]:
    """As `Oblasts.of`, of the settlements that come with Tocsin; they are read when first asked for."""
    return _shipped().of(name)
