"""Where another shelter would help most people, one after another.

Candidates are corners of the streets, one in each square. Of these the one is taken with most people in its reach who
have no place in the best assignment; then the best assignment is made anew with a shelter there, and what it gains is
what the shelter is said to help; then the next. Each number is exact; that no other ten would do better together is not
promised: to find that out would take as many assignments as there are ten of thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.network import Floats, Ints
from tocsin.shelters.planning.assigning import Best, Counts, best
from tocsin.shelters.planning.reach import Reach, Town

SQUARE_M = 150.0


class Site(NamedTuple):
    point: int
    """Of the network."""
    helped: int
    """How many more get under a roof with it, in hundredths, after those before it."""
    unreached: int
    """How many in its reach have no shelter in reach without the new ones, in hundredths."""


class Situation(NamedTuple):
    """What there is before any new shelter."""

    reach: Reach
    people: Counts
    capacity: Counts
    alike: NDArray[np.integer]
    limit_ds: int
    best: Best


def candidates(corners: Ints, x: Floats, y: Floats) -> Ints:
    """Of each square of the ground the corner nearest its middle; numbers among ``corners``. ``x`` and ``y`` are
    metres, of each point of the network."""
    column, row = np.floor(x[corners] / SQUARE_M), np.floor(y[corners] / SQUARE_M)
    away = np.hypot(x[corners] - (column + 0.5) * SQUARE_M, y[corners] - (row + 0.5) * SQUARE_M)
    order = np.lexsort((away, row, column))
    new = np.ones(len(order), bool)
    new[1:] = (column[order][1:] != column[order][:-1]) | (row[order][1:] != row[order][:-1])
    return np.sort(order[new]).astype(np.int32)


def sites(town: Town, now: Situation, among: Ints, places: int | None) -> Iterator[Site]:
    """The best site, then the next, as long as one helps anybody. ``among`` are numbers of corners; ``places`` is how
    many a new shelter holds, in hundredths: as many as come, if None."""
    offered = town.reach_of_corners(among, now.limit_ds)
    of = offered.building()
    alone = np.diff(now.reach.first) == 0
    unreached = np.where(alone, now.people, 0)
    in_reach = np.bincount(offered.shelter, weights=unreached[of], minlength=len(among))
    reach, capacity, found = now.reach, now.capacity, now.best
    while len(among):
        left = now.people - np.bincount(reach.building(), weights=found.given, minlength=reach.buildings).astype(
            np.int64
        )
        worth = np.bincount(offered.shelter, weights=left[of], minlength=len(among))
        chosen = int(np.argmax(worth))
        if worth[chosen] <= 0:
            return
        here = offered.shelter == chosen
        reach = _with(reach, of[here], offered.time_ds[here], len(capacity))
        capacity = np.append(capacity, int(now.people.sum()) if places is None else places)
        before = int(found.given.sum())
        found = best(reach, now.people, capacity, now.alike)
        yield Site(
            int(town.chains.corner[among[chosen]]), int(found.given.sum()) - before, round(float(in_reach[chosen]))
        )


def _with(reach: Reach, building: Ints, time_ds: Ints, shelter: int) -> Reach:
    """The reach with one shelter more, of the highest number."""
    order = np.argsort(np.concatenate([reach.building(), building]), kind="stable")
    first = np.zeros(reach.buildings + 1, np.int64)
    np.cumsum(np.diff(reach.first) + np.bincount(building, minlength=reach.buildings), out=first[1:])
    shelters = np.concatenate([reach.shelter, np.full(len(building), shelter, np.int32)])
    return Reach(first, shelters[order], np.concatenate([reach.time_ds, time_ds])[order])
