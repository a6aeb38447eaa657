"""A network as one kind of walker finds it: for each point the pieces that lead on, and what they cost in time.

The pieces that leave a point are its *ways out*, numbered from 0 by where they lead (and then by piece): a way is told
by these numbers, in labels and in bundles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.network import Ints, Network, without_steps
from tocsin.shelters.walkable import Trait


class Graph(NamedTuple):
    """Compressed rows: the ways out of point ``p`` are those from ``first[p]`` up to ``first[p + 1]``."""

    first: Ints
    to: Ints
    """Where a way out leads."""
    cost_ds: Ints
    """Tenths of a second of an adult."""
    piece: Ints
    """Which piece of the network it is."""

    @property
    def points(self) -> int:
        return len(self.first) - 1


def costs_ds(network: Network) -> Ints:
    """What each piece takes an adult: as `profiles.flat_ds` and `profiles.steps_ds` count."""
    length = network.length_dm.astype(np.int64)
    steps = (network.traits & int(Trait.STEPS)) != 0
    return np.maximum(1, np.where(steps, 2 * length, (10 * length + 6) // 13)).astype(np.int32)


def graph_of(network: Network, *, wheels: bool = False) -> Graph:
    """For all who walk, or for a wheelchair."""
    pieces = np.nonzero(without_steps(network))[0] if wheels else np.arange(network.pieces)
    return graph_from(network.points, network.start[pieces], network.end[pieces], costs_ds(network)[pieces], pieces)


def graph_from(
    points: int, start: NDArray[np.integer], end: NDArray[np.integer], cost_ds: Ints, piece: NDArray[np.integer]
) -> Graph:
    tail = np.concatenate([start, end])
    to = np.concatenate([end, start])
    twice = np.concatenate([piece, piece])
    order = np.lexsort((twice, to, tail))
    first = np.zeros(points + 1, np.int32)
    np.cumsum(np.bincount(tail, minlength=points), out=first[1:])
    return Graph(
        first=first,
        to=to[order].astype(np.int32),
        cost_ds=np.concatenate([cost_ds, cost_ds])[order].astype(np.int32),
        piece=twice[order].astype(np.int32),
    )
