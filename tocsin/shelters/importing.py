"""From a file of shelters to orders: what is new, what is gone, and what may stand there twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple

import msgspec

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

Locate = Callable[[float, float], ZoneId | None]
"""In which zone a place lies: longitude, latitude."""


class Twice(NamedTuple):
    """Two that may be one. Both are kept: whoever knows the place decides."""

    one: Shelter
    other: Shelter
    metres: float


def placed(shelters: Iterable[Shelter], locate: Locate) -> tuple[Shelter, ...]:
    """The shelters with the zones that they lie in, whatever was said before."""
    return tuple(msgspec.structs.replace(shelter, zone=locate(shelter.lon, shelter.lat)) for shelter in shelters)


def twice(shelters: Sequence[Shelter], among: Iterable[Shelter] = ()) -> list[Twice]:
    """Pairs within ``shelters``, and of these with the others ``among``, that may be one shelter."""
    cells: defaultdict[tuple[int, int], list[Shelter]] = defaultdict(list)
    mine = {shelter.id for shelter in shelters}
    for other in among:
        if other.id not in mine:
            cells[_cell(other)].append(other)
    found: list[Twice] = []
    for shelter in shelters:
        x, y = _cell(shelter)
        for near in (other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in cells.get((x + i, y + j), ())):
            metres = _metres(shelter, near)
            if metres <= TWICE_M and _alike(shelter, near):
                found.append(Twice(near, shelter, round(metres, 1)))
        cells[x, y].append(shelter)
    return found


def _cell(shelter: Shelter) -> tuple[int, int]:
    side = TWICE_M / _M_PER_DEGREE
    return int(shelter.lon * cos(radians(shelter.lat)) // side), int(shelter.lat // side)


def _metres(one: Shelter, other: Shelter) -> float:
    return hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat) * _M_PER_DEGREE


def _alike(one: Shelter, other: Shelter) -> bool:
    called = [{word.casefold() for word in (it.name, it.address) if word} for it in (one, other)]
    return not called[0] or not called[1] or not called[0].isdisjoint(called[1])


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
