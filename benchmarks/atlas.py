"""What the atlas of Ukraine costs, beside the obvious way of doing the same: ``python benchmarks/atlas.py``.

Points are 70 % near towns, drawn by population, and 30 % anywhere in the country's box; the same on every run. Each
figure is the median of several rounds; a ratio below 1 means that the atlas takes less than what stands beside it.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from tocsin.atlas import Atlas, load_atlas, shipped, shipped_folder

POINTS = 1_000_000
SAMPLE = 50_000
"""The obvious way in bulk is too slow for all points: it gets these, and its time is scaled."""

SINGLE = 20_000
ROUNDS = 5

Floats = npt.NDArray[np.float64]


def main() -> None:
    atlas = shipped("ua")
    lons, lats = draw_points(atlas, POINTS)
    print(f"Ukraine: {len(atlas)} zones; {POINTS:,} points, 70 % near towns\n")
    print(f"{'':34} {'atlas':>10} {'baseline':>10} {'ratio':>7}   baseline is")
    loading(atlas)
    singly(atlas, lons, lats)
    in_bulk(atlas, lons, lats)


def loading(atlas: Atlas) -> None:
    folder = atlas.map_files["zones_tiles"].parent
    ours = median_s(lambda: load_atlas(shipped_folder("ua")))
    row("load, s", ours, median_s(lambda: read_plainly(folder)), "the files read as bytes and parsed as JSON")


def read_plainly(folder: Path) -> None:
    for name in ("zones.csv", "aliases.csv"):
        (folder / name).read_bytes()
    for name in ("atlas.json", "zones.topo.json"):
        json.loads((folder / name).read_bytes())


def singly(atlas: Atlas, lons: Floats, lats: Floats) -> None:
    points = list(zip(lons[:SINGLE].tolist(), lats[:SINGLE].tolist(), strict=True))

    ours_us = each_us(atlas.locate, points, ROUNDS)
    theirs_us = each_us(obvious_of(atlas), points[: SINGLE // 10], ROUNDS)
    name = "STRtree.query(Point, predicate), level by level"
    for percent in (50, 99):
        ours, theirs = np.percentile(ours_us, percent), np.percentile(theirs_us, percent)
        row(f"one point, p{percent}, us", float(ours), float(theirs), name)
    firsts = [
        (each_us(load_atlas(shipped_folder("ua")).locate, points[:1], 1), each_us(obvious_of(atlas), points[:1], 1))
        for _ in range(ROUNDS)
    ]
    ours, theirs = np.median(firsts, axis=0)
    row("first point after loading, us", float(ours[0]), float(theirs[0]), name)


def obvious_of(atlas: Atlas) -> Callable[[float, float], object]:
    """The obvious way of looking one point up."""
    trees = obvious_trees(atlas)

    def obvious(lon: float, lat: float) -> bool:
        return any(len(tree.query(shapely.Point(lon, lat), predicate="intersects")) for tree in trees)

    return obvious


def in_bulk(atlas: Atlas, lons: Floats, lats: Floats) -> None:
    trees = obvious_trees(atlas)

    def obvious() -> None:
        left = np.arange(SAMPLE)
        for tree in trees:
            found, _ = tree.query(shapely.points(lons[left], lats[left]), predicate="intersects")
            left = np.delete(left, np.unique(found))

    ours = median_s(lambda: atlas.locate_many(lons, lats))
    theirs = median_s(obvious) * POINTS / SAMPLE
    row(f"{POINTS:,} points, s", ours, theirs, f"STRtree.query(points, predicate), from {SAMPLE:,} points")


def obvious_trees(atlas: Atlas) -> list[shapely.STRtree]:
    """A tree for each level from below, over polygons of their own that nothing has prepared."""
    return [
        shapely.STRtree(
            [shapely.from_wkb(shapely.to_wkb(atlas.polygon(zone.id))) for zone in atlas.zones_of_level(level)]
        )
        for level in reversed(atlas.levels[1:])
    ]


def draw_points(atlas: Atlas, count: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(7)
    places = json.loads(atlas.map_files["places"].read_bytes())["features"]
    people = np.array([place["properties"]["pop"] for place in places], dtype=np.float64)
    towns = np.array([place["geometry"]["coordinates"] for place in places])
    near = count * 7 // 10
    chosen = towns[random.choice(len(towns), near, p=people / people.sum())]
    # Some five kilometres around the town's label.
    around = chosen + random.normal(0, (0.06, 0.04), (near, 2))
    anywhere = random.uniform((22.1, 44.3), (40.3, 52.4), (count - near, 2))
    points = random.permutation(np.concatenate([around, anywhere]))
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def median_s(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def each_us(ask: Callable[[float, float], object], points: list[tuple[float, float]], rounds: int) -> Floats:
    """Microseconds for each point, the best of its rounds: what else the machine does at the time is not counted."""
    taken = np.full(len(points), np.inf)
    for _ in range(rounds):
        for number, (lon, lat) in enumerate(points):
            start = time.perf_counter_ns()
            ask(lon, lat)
            taken[number] = min(taken[number], (time.perf_counter_ns() - start) / 1000)
    return taken


def row(what: str, ours: float, theirs: float, baseline: str) -> None:
    print(f"{what:34} {ours:10.3g} {theirs:10.3g} {ours / theirs:7.2f}   {baseline}")


if __name__ == "__main__":
    main()
