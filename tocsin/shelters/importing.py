"""From a file of shelters to orders: what is new, what is gone, and what may stand there twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple

import msgspec
import numpy as np

from tocsin.commands import Command, ImportShelters
from tocsin.errors import BadFile
from tocsin.limits import SHELTERS_PER_ORDER
from tocsin.model import SourceId, ZoneId
from tocsin.shelter import Shelter, ShelterId
from tocsin.shelters.register import Register

TWICE_M = 15.0
"""Two shelters nearer than this, with the same name or address or without any, may be one."""

KEPT_SHARE = 0.5
"""A file with less than this share of what the register holds of its dataset is taken for cut short."""

_M_PER_DEGREE = 111_195.0

COMPARED = 8
"""With so many of one cell and one name a shelter is compared: where a whole city is put at one place, no more."""

Locate = Callable[[Sequence[float], Sequence[float]], Sequence[ZoneId | None]]
"""In which zones places lie: longitudes, latitudes."""


class Twice(NamedTuple):
    """Two that may be one. Both are kept: whoever knows the place decides."""

    one: Shelter
    other: Shelter
    metres: float


def placed(shelters: Sequence[Shelter], locate: Locate) -> tuple[Shelter, ...]:
    """The shelters with the zones that they lie in, whatever was said before."""
    zones = locate([shelter.lon for shelter in shelters], [shelter.lat for shelter in shelters])
    return tuple(
        shelter if shelter.zone == zone else msgspec.structs.replace(shelter, zone=zone)
        for shelter, zone in zip(shelters, zones, strict=True)
    )


class _Cell:
    """What stands in a square of `TWICE_M`: by each word by which it is called, without one, and all of it. Of each no
    more than is compared."""

    __slots__ = ("all", "named", "nameless")

    def __init__(self) -> None:
        self.all: list[Shelter] = []
        self.nameless: list[Shelter] = []
        self.named: dict[str, list[Shelter]] = {}

    def add(self, shelter: Shelter, words: set[str]) -> None:
        lists = [self.all, *(self.named.setdefault(word, []) for word in words)]
        for some in lists if words else (self.all, self.nameless):
            if len(some) < COMPARED:
                some.append(shelter)

    def alike(self, words: set[str]) -> Iterator[Shelter]:
        """Those that may be one with a shelter called so."""
        if not words:
            yield from self.all
            return
        yield from self.nameless
        for word in words:
            yield from self.named.get(word, ())


def twice(shelters: Sequence[Shelter], among: Iterable[Shelter] = ()) -> list[Twice]:
    """Each of ``shelters`` that may be one with another before it, or with one of those ``among``: with the nearest of
    these. At most as many as there are shelters, in time that grows as they do, wherever they are said to lie."""
    mine = {shelter.id for shelter in shelters}
    known = [other for other in among if other.id not in mine]
    near = _has_neighbours([*known, *shelters])
    cells: defaultdict[tuple[int, int], _Cell] = defaultdict(_Cell)
    for other, is_near in zip(known, near, strict=False):
        if is_near:
            cells[_cell(other)].add(other, _words(other))
    found: list[Twice] = []
    for shelter, is_near in zip(shelters, near[len(known) :], strict=True):
        if not is_near:
            continue
        words = _words(shelter)
        x, y = here = _cell(shelter)
        best: Twice | None = None
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                cell = cells.get((x + i, y + j))
                for other in cell.alike(words) if cell is not None else ():
                    metres = _metres(shelter, other)
                    if metres <= TWICE_M and (best is None or metres < best.metres):
                        best = Twice(other, shelter, metres)
        if best is not None:
            found.append(best._replace(metres=round(best.metres, 1)))
        cells[here].add(shelter, words)
    return found


def _has_neighbours(shelters: Sequence[Shelter]) -> list[bool]:
    """Whether any other stands in the same cell or one beside it: beside most there is none."""
    if not shelters:
        return []
    x, y = np.array([_cell(shelter) for shelter in shelters], np.int64).T
    wide = int(y.max() - y.min()) + 3
    here = (x - x.min() + 1) * wide + y - y.min() + 1
    cells, count = np.unique(here, return_counts=True)
    near = count[np.searchsorted(cells, here)] > 1
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            if (i, j) != (0, 0):
                there = here + i * wide + j
                at = np.minimum(np.searchsorted(cells, there), len(cells) - 1)
                near |= cells[at] == there
    found: list[bool] = near.tolist()
    return found


def _cell(shelter: Shelter) -> tuple[int, int]:
    side = TWICE_M / _M_PER_DEGREE
    return int(shelter.lon * cos(radians(shelter.lat)) // side), int(shelter.lat // side)


def _metres(one: Shelter, other: Shelter) -> float:
    return hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat) * _M_PER_DEGREE


def _words(shelter: Shelter) -> set[str]:
    """What it is called by, by which it can be told from its neighbours."""
    return {word.casefold() for word in (shelter.name, shelter.address) if word}


def orders(
    dataset: str,
    attribution: str,
    shelters: Sequence[Shelter],
    register: Register,
    actor: str,
    source: SourceId,
    *,
    let_go: bool = False,
) -> Iterator[Command]:
    """The orders, for one append, after which the register holds of the dataset just these shelters.

    Their keys follow from the import before and from what is to be, so that the same one sent twice has one effect.
    Errors: `BadFile` where most of the dataset would be gone, unless ``let_go``.
    """
    held = register.of(dataset)
    new = [shelter for shelter in shelters if held.get(ShelterId(shelter.id)) != shelter]
    gone = sorted(held.keys() - {shelter.id for shelter in shelters})
    kept = len(held) - len(gone)
    if held and not let_go and kept < KEPT_SHARE * len(held):
        raise BadFile(
            f"of {len(held):,} shelters of {dataset} that are known, {len(gone):,} are not in the file: it may be cut "
            "short, so nothing was imported (--let-go takes them out)",
            known=len(held),
            gone=len(gone),
        )
    known = register.datasets.get(dataset)
    before = 0 if known is None else known.seq
    bounds = range(0, len(new) + SHELTERS_PER_ORDER, SHELTERS_PER_ORDER)
    parts: list[tuple[tuple[Shelter, ...], tuple[str, ...]]] = []
    if new:
        parts += [(tuple(new[a:b]), ()) for a, b in pairwise(bounds)]
    parts += [((), tuple(gone[a : a + SHELTERS_PER_ORDER])) for a in range(0, len(gone), SHELTERS_PER_ORDER)]
    for number, (some, left) in enumerate(parts):
        order = ImportShelters(dataset=dataset, attribution=attribution, shelters=some, gone=left)
        content = hashlib.sha256(msgspec.json.encode((before, order))).hexdigest()[:32]
        yield Command(
            key=f"shelters {dataset} {number} {content}",
            actor=actor,
            source=source,
            reason=f"import of {dataset}",
            order=order,
        )
