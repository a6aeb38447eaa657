"""Which zone is a point in? The deepest whose polygon holds it, and where two of one level overlap the smaller.

Not all land belongs to a zone of the lowest level: a point in such a gap falls to the level above. A point on a border
belongs to both sides, and so to the smaller.

Points that come in bulk go through a tree of bounding boxes and then, polygon by polygon, through a prepared test of
all its candidates at once. ``STRtree.query(points, predicate=...)`` looks simpler and is several times slower, because
it prepares the points and not the polygons (benchmarks/atlas.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

NOWHERE = -1
CHUNK_POINTS = 250_000
"""How many points are tested together: it bounds the memory, some 20 MB."""


class _Level(NamedTuple):
    """The polygons of one depth: rows ``first`` to ``first + len(tree)`` of the index."""

    first: int
    tree: shapely.STRtree


class PointIndex:
    """Polygons that can be asked for a point. Each is known by the number that it was given."""

    def __init__(self, polygons: npt.NDArray[np.object_], depths: Indices, numbers: Indices) -> None:
        """``depths`` counts from the root; ``numbers`` is what is answered for each polygon."""
        # From here on a lower row wins: deeper first, then smaller. Areas in square degrees only rank neighbours.
        order = np.lexsort((shapely.area(polygons), -depths))
        self._polygons = polygons[order]
        self._numbers = numbers[order]
        self._tree = shapely.STRtree(self._polygons)
        firsts = np.flatnonzero(np.diff(depths[order], prepend=-1))
        self._levels = [
            _Level(int(rows[0]), shapely.STRtree(self._polygons[rows]))
            for rows in np.split(np.arange(len(order)), firsts[1:])
            if len(rows)
        ]
        shapely.prepare(self._polygons)
        # GEOS finishes a prepared polygon when it is first asked for a point in its box. Asking each once, here, spares
        # the first caller the wait, and two threads from finishing the same one at the same time.
        west, south, east, north = shapely.bounds(self._polygons).reshape(-1, 4).T
        shapely.intersects_xy(self._polygons, (west + east) / 2, (south + north) / 2)

    def one(self, lon: float, lat: float) -> int:
        """The number of the polygon that holds the point, or -1."""
        rows = self._tree.query(shapely.Point(lon, lat))
        if not len(rows):
            return NOWHERE
        rows.sort()
        holds = shapely.intersects_xy(self._polygons[rows], lon, lat)
        first = int(holds.argmax())
        return int(self._numbers[rows[first]]) if holds[first] else NOWHERE

    def many(self, lons: Floats, lats: Floats) -> Indices:
        """The same for every point."""
        found = np.full(len(lons), NOWHERE, dtype=np.intp)
        for start in range(0, len(lons), CHUNK_POINTS):
            chunk = slice(start, start + CHUNK_POINTS)
            rows = self._rows(lons[chunk], lats[chunk])
            hit = rows != NOWHERE
            found[chunk][hit] = self._numbers[rows[hit]]
        return found

    def _rows(self, lons: Floats, lats: Floats) -> Indices:
        """For each point the row of its polygon, or -1."""
        rows = np.full(len(lons), NOWHERE, dtype=np.intp)
        for level in self._levels:
            still_open = np.flatnonzero(rows == NOWHERE)
            rows[still_open] = self._rows_of_level(level, lons[still_open], lats[still_open])
        return rows

    def _rows_of_level(self, level: _Level, lons: Floats, lats: Floats) -> Indices:
        rows = np.full(len(lons), NOWHERE, dtype=np.intp)
        near, polygon = level.tree.query(shapely.points(lons, lats))
        by_polygon = near[np.argsort(polygon.astype(np.uint32), kind="stable")]
        ends = np.cumsum(np.bincount(polygon, minlength=len(level.tree)))
        for row, points in enumerate(np.split(by_polygon, ends[:-1]), start=level.first):
            # A smaller polygon came before this one; what it took stays taken.
            candidates = points[rows[points] == NOWHERE]
            if len(candidates):
                holds = shapely.intersects_xy(self._polygons[row], lons[candidates], lats[candidates])
                rows[candidates[holds]] = row
        return rows
