"""What each building reaches in a given time: not the nearest shelter only, but all of them, with their times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import BadParameter
from tocsin.limits import PLAN_PAIRS
from tocsin.shelters.area import Ways
from tocsin.shelters.beside import Beside
from tocsin.shelters.chains import Chains
from tocsin.shelters.graph import Graph
from tocsin.shelters.labels import Searcher
from tocsin.shelters.network import Ints, Network
from tocsin.shelters.planning.reaching import by_point, merged, within

STEP_DS = 100
"""Ways are told apart in steps of so much when people are assigned: 10 seconds, in tenths of a second of an adult."""


class Reach(NamedTuple):
    """Compressed rows: what building ``b`` reaches stands from ``first[b]`` up to ``first[b + 1]``, in rising order."""

    first: NDArray[np.int64]
    shelter: Ints
    time_ds: Ints
    """Tenths of a second of an adult."""

    @property
    def buildings(self) -> int:
        return len(self.first) - 1

    def building(self) -> Ints:
        """Whose each entry is."""
        return np.repeat(np.arange(self.buildings, dtype=np.int32), np.diff(self.first))

    def only(self, chosen: NDArray[np.bool_]) -> Reach:
        """Some of the entries."""
        first = np.zeros(self.buildings + 1, np.int64)
        np.cumsum(np.bincount(self.building()[chosen], minlength=self.buildings), out=first[1:])
        return Reach(first, self.shelter[chosen], self.time_ds[chosen])


class Town:
    """Buildings along the streets of an area, made ready to be asked what they reach."""

    def __init__(self, network: Network, ways: Ways, searcher: Searcher, places: Beside) -> None:
        """``places`` are all beside a piece that ``ways`` know."""
        self._network, self._ways, self._searcher, self._places = network, ways, searcher, places
        self.chains = searcher.chains
        self._ends, self._ends_ds = _ends(network, ways.graph, searcher.chains, ways.known.cost_ds, places)

    def alike(self) -> NDArray[np.int64]:
        """A number for each building, the same for those at the same ends of the same chain and, to within `STEP_DS`,
        equally far from both."""
        key = np.stack([*self._ends.T, *(self._ends_ds // STEP_DS).T], axis=1)
        return np.unique(key, axis=0, return_inverse=True)[1].ravel()

    def reach(self, counts: NDArray[np.bool_], limit_ds: int) -> Reach:
        """What the buildings reach of the shelters that count. Errors: `BadParameter` where it is too much."""
        searcher, doors = self._searcher, self._ways.doors
        chosen = counts[searcher.shelter] & (searcher.ds <= limit_ds)
        order = np.lexsort((searcher.at[chosen], searcher.shelter[chosen]))
        shelter = searcher.shelter[chosen][order]
        beside = np.where(counts[doors.shelter], doors.shelter, -1).astype(np.int32)
        return self._merged(
            _rows(shelter, len(counts)),
            self.chains.number[searcher.at[chosen][order]],
            searcher.ds[chosen][order],
            limit_ds,
            beside,
        )

    def reach_of_corners(self, corners: Ints, limit_ds: int) -> Reach:
        """What the buildings reach of some corners of the streets, as if at each of them a shelter stood."""
        numbers = np.arange(len(corners) + 1, dtype=np.int32)
        nobody = np.full(len(self._ways.doors.shelter), -1, np.int32)
        return self._merged(numbers, corners, np.zeros(len(corners), np.int32), limit_ds, nobody)

    def _merged(self, seed_first: Ints, seed_at: Ints, seed_ds: Ints, limit_ds: int, beside: Ints) -> Reach:
        chains, known, doors = self.chains, self._ways.known, self._ways.doors.beside
        corners = len(chains.first) - 1
        found = _bounded(within, chains.first, chains.to, chains.cost_ds, seed_first, seed_at, seed_ds, limit_ds)
        rows, shelter, time_ds = _bounded(
            merged, self._ends, self._ends_ds, *by_point(corners, *found), *self._places, self._network.length_dm,
            known.cost_ds, known.along_first, known.along, beside, doors.along_dm, doors.off_dm, limit_ds,
        )  # fmt: skip
        return Reach(rows, shelter, time_ds)


def _bounded(work: Callable[..., tuple[Any, Any, Any, bool]], *given: Any) -> tuple[Any, Any, Any]:
    """Errors: `BadParameter`."""
    *found, had_room = work(*given, PLAN_PAIRS // 2)
    if not had_room:
        raise BadParameter(
            f"within that time more than {PLAN_PAIRS:,} pairs of building and shelter are in reach: ask for less time, "
            "or for a part of the city",
            limit=PLAN_PAIRS,
        )
    return found[0], found[1], found[2]


def _rows(of: Ints, rows: int) -> Ints:
    first = np.zeros(rows + 1, np.int32)
    np.cumsum(np.bincount(of, minlength=rows), out=first[1:])
    return first


def _ends(network: Network, graph: Graph, chains: Chains, cost_ds: Ints, places: Beside) -> tuple[Ints, Ints]:
    """The two corners at which the chain of each place's piece ends, by their numbers (-1 where there is none), and how
    far they are."""
    piece = places.piece
    length, cost = network.length_dm[piece].astype(np.int64), cost_ds[piece].astype(np.int64)
    along, off = places.along_dm.astype(np.int64), (10 * places.off_dm.astype(np.int64) + 6) // 13
    corner, far = np.empty((len(piece), 2), np.int32), np.empty((len(piece), 2), np.int64)
    for side, point, part in ((0, network.start[piece], along), (1, network.end[piece], length - along)):
        there = off + (cost * part + length // 2) // length
        inside = np.minimum(np.searchsorted(chains.inside, point), max(len(chains.inside) - 1, 0))
        if len(chains.inside):
            on = (graph.piece[graph.first[point]] == piece).astype(np.int64)  # the way out that leads away
            beyond, further = chains.ends[inside, on], chains.ends_ds[inside, on]
        else:
            beyond, further = np.full(len(piece), -1, np.int32), np.zeros(len(piece), np.int32)
        is_corner = chains.number[point] >= 0
        corner[:, side] = np.where(is_corner, chains.number[point], beyond)
        far[:, side] = there + np.where(is_corner, 0, further)
    return corner, np.minimum(far, np.iinfo(np.int32).max // 2).astype(np.int32)
