"""A graph without the points that only lead on, so that less has to be searched.

Two thirds of a street's points have two neighbours and are there for its shape. Between the others, the *corners*, a
chain of them costs what its pieces cost together. Points beside which a shelter stands are corners too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.graph import Graph
from tocsin.shelters.network import Ints


class Chains(NamedTuple):
    """The corners with the chains between them, and what lies inside the chains."""

    corner: Ints
    """Points that are corners, rising."""
    number: Ints
    """Of each point its number as a corner, or -1."""
    first: Ints
    to: Ints
    cost_ds: Ints
    back: NDArray[np.uint8]
    """As in `Graph`, between corners; ``back`` is the way out at the far corner that leads back along the chain."""
    inside: Ints
    """Points inside chains."""
    ends: Ints
    """Shape (inside, 2): the corners, by their numbers, to which the two ways out lead; -1 where to none."""
    ends_ds: Ints
    """Shape (inside, 2): how far these are."""


def chains_of(graph: Graph, kept: NDArray[np.integer]) -> Chains:
    """``kept`` are points that must be corners."""
    points, ways = graph.points, len(graph.to)
    degree = np.diff(graph.first)
    is_corner = degree != 2
    is_corner[kept] = True
    tail = np.repeat(np.arange(points, dtype=np.int32), degree)
    twin = _twins(graph, tail)
    all_ways = np.arange(ways, dtype=np.int32)
    # From a way out that arrives inside a chain, the way on is the other way out there.
    arrives = graph.first[graph.to]
    on = np.where(arrives == twin, arrives + 1, arrives)
    ends = is_corner[graph.to]
    last = np.where(ends, all_ways, on).astype(np.int32)
    beyond = np.where(ends, 0, graph.cost_ds[np.minimum(last, ways - 1)]).astype(np.int64) if ways else last
    for _ in range(int(points).bit_length()):  # each round doubles how far a way has been followed
        further = last[last]
        if np.array_equal(further, last):
            break
        beyond = np.where(further != last, beyond + beyond[last], beyond)
        last = further
    whole = np.minimum(graph.cost_ds + beyond, np.iinfo(np.int32).max // 4).astype(np.int32)
    reaches = is_corner[graph.to[last]]  # a ring without a corner reaches none
    corner = np.nonzero(is_corner)[0].astype(np.int32)
    number = np.full(points, -1, np.int32)
    number[corner] = np.arange(len(corner), dtype=np.int32)
    out = is_corner[tail] & reaches & (graph.to[last] != tail)  # a chain back to its own corner is no way on
    first = np.zeros(len(corner) + 1, np.int32)
    np.cumsum(np.bincount(number[tail[out]], minlength=len(corner)), out=first[1:])
    far = graph.to[last[out]]
    inside = np.nonzero(~is_corner)[0].astype(np.int32)
    at = graph.first[inside][:, None] + np.arange(2, dtype=np.int32)
    return Chains(
        corner=corner,
        number=number,
        first=first,
        to=number[far],
        cost_ds=whole[out],
        back=(twin[last[out]] - graph.first[far]).astype(np.uint8),
        inside=inside,
        ends=np.where(reaches[at], number[graph.to[last[at]]], -1).astype(np.int32),
        ends_ds=whole[at],
    )


def _twins(graph: Graph, tail: Ints) -> Ints:
    """Of each way out the same piece taken the other way."""
    by_piece = np.lexsort((tail, graph.piece))
    twin = np.empty(len(graph.to), np.int32)
    twin[by_piece[0::2]] = by_piece[1::2]
    twin[by_piece[1::2]] = by_piece[0::2]
    return twin
