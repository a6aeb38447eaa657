"""Walking times beside those of others: a plain reading of the same extract, and what Valhalla would need to be here.

The plain reading takes every way with a `highway` that is not for cars alone or closed, weighs it by its length over
1.3 m/s, and searches in floating point. It has none of our rules on steps, tunnels or islands: what both say alike
does not come from one mistake made twice.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from tocsin.shelters.extra import required
from tocsin.shelters.graph import graph_of
from tocsin.shelters.network import Network, distance_m

PAIRS = 1_000
NEVER = {"motorway", "motorway_link", "proposed", "construction"}
CLOSED = {"no", "private"}


def plainly(extract: Path) -> tuple[Any, Any, Any]:
    """Longitudes, latitudes, and a matrix of seconds between points."""
    osmium = required("osmium")
    number: dict[int, int] = {}
    spots: list[tuple[float, float]] = []
    pieces: set[tuple[int, int]] = set()
    for way in osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if not way.is_way() or way.tags.get("highway") in NEVER or way.tags.get("access") in CLOSED:
            continue
        before = None
        for node in way.nodes:
            if not node.location.valid():
                before = None
                continue
            here = number.setdefault(node.ref, len(number))
            if here == len(spots):
                spots.append((node.location.lon, node.location.lat))
            if before is not None and before != here:
                pieces.add((min(before, here), max(before, here)))
            before = here
    lon, lat = np.array(spots).T
    a, b = np.array(sorted(pieces)).T
    seconds = distance_m(lon[a], lat[a], lon[b], lat[b]) / 1.3
    matrix = required("scipy.sparse").coo_array((seconds, (a, b)), shape=(len(lon), len(lon))).tocsr()
    return lon, lat, matrix


def compared(extract: Path, network: Network) -> str:
    """The median of how much our times differ from the plain ones, over seeded pairs within an hour."""
    lon, lat, matrix = plainly(extract)
    tree = required("scipy.spatial").cKDTree(np.stack([lon, lat], axis=1))
    chance = np.random.default_rng(11)
    dijkstra = required("scipy.sparse.csgraph").dijkstra
    graph = graph_of(network)
    ours = required("scipy.sparse").csr_array(
        (graph.cost_ds / 10, graph.to, graph.first), shape=(graph.points, graph.points)
    )
    ratios = []
    starts = chance.integers(0, network.points, PAIRS // 10)
    for start in starts.tolist():
        ends = chance.integers(0, network.points, 10)
        there = tree.query(np.stack([network.lon_e6[[start, *ends]], network.lat_e6[[start, *ends]]], axis=1) / 1e6)[1]
        mine = dijkstra(ours, indices=start)[ends]
        plain = dijkstra(matrix, directed=False, indices=int(there[0]))[there[1:]]
        both = np.isfinite(mine) & np.isfinite(plain) & (plain > 30) & (mine < 3_600)
        ratios += (mine[both] / plain[both]).tolist()
    low, middle, high = np.percentile(ratios, [5, 50, 95])
    return f"{middle:.4f} of the plain time (5 % below {low:.3f}, above {high:.3f}; {len(ratios)} pairs)"


def valhalla() -> str:
    """Why there is nothing to compare with."""
    try:
        required("valhalla")
    except Exception:
        version = ".".join(map(str, sys.version_info[:2]))
        return f"pyvalhalla is not installed; with a builder of tiles it needs Python 3.12, and this is {version}"
    return "pyvalhalla is installed, and is not asked yet"
