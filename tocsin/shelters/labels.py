"""For every point of a network the nearest open shelters: which, how long it takes, and by which way out.

All of it is computed anew whenever a shelter opens or closes; that is quicker than to find out what has changed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.beside import Beside
from tocsin.shelters.chains import Chains, chains_of
from tocsin.shelters.graph import Graph
from tocsin.shelters.network import Ints, Network
from tocsin.shelters.search import k_nearest, spread


class Labels(NamedTuple):
    """Shape (points, 3): nearest first, of equally near ones the lower number first."""

    time_ds: NDArray[np.uint16]
    """Tenths of a second of an adult; `NO_WAY_DS` where there is no more shelter."""
    shelter: Ints
    """The shelter's number, or -1."""
    out: NDArray[np.uint8]
    """By which way out; `NO_WAY_OUT` where the shelter stands beside a piece at this very point."""


class Doors(NamedTuple):
    """Entrances of shelters that have a street; one line for each, in any order."""

    shelter: Ints
    """Numbers from 0."""
    beside: Beside


class Searcher:
    """One graph and the entrances along it, prepared for one search after another.

    ``at``, ``shelter`` and ``ds``: the points beside entrances, whose they are, and how far; once for each shelter and
    point, in rising order of both. ``chains``: the graph in which all of them are corners.
    """

    def __init__(self, network: Network, graph: Graph, doors: Doors) -> None:
        self.points = network.points
        piece = doors.beside.piece
        cost = _cost_of_pieces(network, graph)[piece].astype(np.int64)
        length = network.length_dm[piece].astype(np.int64)
        along = doors.beside.along_dm.astype(np.int64)
        off = (10 * doors.beside.off_dm.astype(np.int64) + 6) // 13
        to_start = off + (cost * along + length // 2) // length
        to_end = off + (cost * (length - along) + length // 2) // length
        at = np.concatenate([network.start[piece], network.end[piece]])
        shelter = np.concatenate([doors.shelter, doors.shelter])
        seeds = np.unique(np.stack([at, shelter, np.concatenate([to_start, to_end])], axis=1), axis=0)
        once = np.ones(len(seeds), bool)  # of a shelter's entrances at one point the nearest
        once[1:] = (seeds[1:, :2] != seeds[:-1, :2]).any(axis=1)
        seeds = seeds[once]
        self.at, self.shelter, self.ds = (seeds[:, i].astype(np.int32) for i in range(3))
        self.chains: Chains = chains_of(graph, np.unique(self.at))
        dearest = max(int(self.chains.cost_ds.max(initial=1)), int(self.ds.max(initial=1)))
        self._buckets = 1 << (dearest + 1).bit_length()

    def nearest(self, open_: NDArray[np.bool_]) -> Labels:
        """The labels while these shelters are open."""
        chains = self.chains
        chosen = open_[self.shelter]
        times, shelters, outs = k_nearest(
            chains.first,
            chains.to,
            chains.cost_ds,
            chains.back,
            chains.number[self.at[chosen]],
            self.shelter[chosen],
            self.ds[chosen],
            self._buckets,
        )
        return Labels(
            *spread(self.points, chains.corner, chains.inside, chains.ends, chains.ends_ds, times, shelters, outs)
        )


def _cost_of_pieces(network: Network, graph: Graph) -> Ints:
    cost = np.zeros(network.pieces, np.int32)
    cost[graph.piece] = graph.cost_ds
    return cost
