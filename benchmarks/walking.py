"""Walking times beside those of others: a plain reading of the same extract, and Valhalla where it is installed.

The plain reading takes every way with a `highway` that is not for cars alone or closed, weighs it by its length over
1.3 m/s, and searches in floating point. It has none of our rules on steps, tunnels or islands: what both say alike
does not come from one mistake made twice.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tocsin.shelters.extra import required
from tocsin.shelters.graph import graph_of
from tocsin.shelters.network import Network, distance_m
from tocsin.shelters.profiles import SPEED_M_S, Profile

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


def valhalla(extract: Path, network: Network) -> str:
    """Our times beside those of Valhalla's pedestrian at our adult's speed, over seeded pairs."""
    try:
        module = required("valhalla")
        builder = Path(module.__file__).parent / "bin" / "valhalla_build_tiles"
    except Exception:
        builder = Path()
    if not builder.is_file():
        return "not compared: pyvalhalla-weekly, which builds tiles on Python 3.11 too, is not installed"
    graph = graph_of(network)
    ours = required("scipy.sparse").csr_array(
        (graph.cost_ds / 10, graph.to, graph.first), shape=(graph.points, graph.points)
    )
    chance = np.random.default_rng(11)
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        tiles, settings = Path(folder) / "tiles", Path(folder) / "valhalla.json"
        tiles.mkdir()
        (Path(folder) / "tiles.tar").touch()
        config = module.get_config(tile_extract=f"{folder}/tiles.tar", tile_dir=str(tiles), verbose=False)
        config["mjolnir"] |= {"admin": "", "timezone": "", "tile_extract": ""}
        settings.write_text(json.dumps(config))
        builds = [str(builder), "-c", str(settings), str(extract.resolve())]
        subprocess.run(builds, check=True, capture_output=True, cwd=folder)  # it leaves files where it is run
        actor = module.Actor(config)
        for start in chance.integers(0, network.points, PAIRS // 10).tolist():
            ends = chance.integers(0, network.points, 10)
            mine = required("scipy.sparse.csgraph").dijkstra(ours, indices=start)[ends]
            spots = [
                {"lon": int(network.lon_e6[point]) / 1e6, "lat": int(network.lat_e6[point]) / 1e6}
                for point in (start, *ends.tolist())
            ]
            walker = {"pedestrian": {"walking_speed": SPEED_M_S[Profile.ADULT] * 3.6, "max_distance": 100_000}}
            asked = {"sources": spots[:1], "targets": spots[1:], "costing": "pedestrian", "costing_options": walker}
            told = json.loads(actor.matrix(json.dumps(asked)))["sources_to_targets"][0]
            theirs = np.array([row.get("time") or 0 for row in told], float)
            both = np.isfinite(mine) & (theirs > 30)
            ratios += (mine[both] / theirs[both]).tolist()
    low, middle, high = np.percentile(ratios, [5, 50, 95])
    return f"{middle:.4f} of its time (5 % below {low:.3f}, above {high:.3f}; {len(ratios)} pairs)"
