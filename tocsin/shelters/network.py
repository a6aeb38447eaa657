"""The streets of one area as a network to walk on: points, straight pieces between them, and what is known of each.

Points stand along a Hilbert curve, so that what is near on the ground is near in memory and in a file. Islands, pieces
with less than `ISLAND_M` metres of way that lead nowhere else, are left out and counted: whoever stands beside one is
brought to the streets around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import BadFile
from tocsin.limits import NETWORK_POINTS
from tocsin.shelters.extra import required
from tocsin.shelters.extract import Streets
from tocsin.shelters.walkable import Trait

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

ISLAND_M = 1_000.0
"""Islands with less way than this are left out."""

EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

METRES_PER_E6 = EARTH_M * np.pi / 180 / 1e6
"""Metres of latitude in a millionth of a degree."""


class Network(NamedTuple):
    """All pieces in both directions. Numbers of points and pieces mean something only here."""

    lon_e6: Ints
    lat_e6: Ints
    """Points: degrees times 10^6, eleven centimetres."""
    start: Ints
    end: Ints
    """Pieces, by their points, the lower number first, in rising order."""
    length_dm: Ints
    traits: NDArray[np.uint8]
    """`Trait` of each piece."""
    name: Ints
    """Which of the names a piece has."""
    names: Sequence[str]
    """Names of streets; the first is empty."""

    @property
    def points(self) -> int:
        return len(self.lon_e6)

    @property
    def pieces(self) -> int:
        return len(self.start)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in degrees."""
        return (
            int(self.lon_e6.min()) / 1e6,
            int(self.lat_e6.min()) / 1e6,
            int(self.lon_e6.max()) / 1e6,
            int(self.lat_e6.max()) / 1e6,
        )


class Island(NamedTuple):
    """What was left out because it leads nowhere."""

    points: int
    length_m: float
    lon: float
    lat: float
    """One of its points."""


class Built(NamedTuple):
    network: Network
    islands: list[Island]
    """Those left out, longest first."""
    parts: int
    """How many networks without a way between them are left."""


def build(streets: Streets) -> Built:
    """Errors: `BadFile` where nothing is left, or it is more than one area may have."""
    lon = np.frombuffer(streets.lon_e7, np.int64)
    lat = np.frombuffer(streets.lat_e7, np.int64)
    a, b = np.frombuffer(streets.start, np.int64), np.frombuffer(streets.end, np.int64)
    if len(lon) > NETWORK_POINTS:
        raise BadFile(
            f"{len(lon):,} points are more than the {NETWORK_POINTS:,} of one area: cut the extract", points=len(lon)
        )
    length_m = distance_m(lon[a] / 1e7, lat[a] / 1e7, lon[b] / 1e7, lat[b] / 1e7)
    part = _parts(len(lon), a, b)
    way_m = np.bincount(part[a], weights=length_m, minlength=part.max() + 1)
    keeps = way_m >= ISLAND_M
    if not keeps.any():
        keeps[np.argmax(way_m)] = True
    first = np.unique(part, return_index=True)[1]
    counted = np.bincount(part)
    islands = [
        Island(int(counted[i]), round(float(way_m[i]), 1), lon[first[i]] / 1e7, lat[first[i]] / 1e7)
        for i in np.argsort(-way_m)
        if not keeps[i]
    ]
    kept_points = np.nonzero(keeps[part])[0]
    order = kept_points[np.argsort(_hilbert(lon[kept_points], lat[kept_points]), kind="stable")]
    number = np.full(len(lon), -1, np.int64)
    number[order] = np.arange(len(order))
    pieces = keeps[part[a]]
    a, b = number[a[pieces]], number[b[pieces]]
    network = Network(
        lon_e6=np.rint(lon[order] / 10).astype(np.int32),
        lat_e6=np.rint(lat[order] / 10).astype(np.int32),
        start=np.minimum(a, b).astype(np.int32),
        end=np.maximum(a, b).astype(np.int32),
        length_dm=np.maximum(np.rint(length_m[pieces] * 10), 1).astype(np.int32),
        traits=np.frombuffer(streets.traits, np.int64)[pieces].astype(np.uint8),
        name=np.frombuffer(streets.name, np.int64)[pieces].astype(np.int32),
        names=streets.names,
    )
    return Built(_in_order(network), islands, int(keeps.sum()))


def distance_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Metres between points in degrees: the haversine on a sphere, at most 0.5 % from the ellipsoid."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    found: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    return found


def _parts(points: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> Ints:
    """To which connected part each point belongs."""
    sparse = required("scipy.sparse")
    joined = sparse.coo_array((np.ones(len(a), np.int8), (a, b)), shape=(points, points))
    found: Ints = required("scipy.sparse.csgraph").connected_components(joined, directed=False)[1]
    return found


def _in_order(network: Network) -> Network:
    """Pieces by their points; one that stands there twice, as where two ways share it, once."""
    same = np.stack(
        [network.start, network.end, network.traits.astype(np.int32), network.length_dm, network.name], axis=1
    )
    order = np.lexsort(same.T[::-1])
    ends = same[order, :2], network.traits[order]
    new = np.ones(len(order), bool)
    new[1:] = (ends[0][1:] != ends[0][:-1]).any(axis=1) | (ends[1][1:] != ends[1][:-1])
    chosen = order[new]
    return network._replace(
        start=network.start[chosen],
        end=network.end[chosen],
        length_dm=network.length_dm[chosen],
        traits=network.traits[chosen],
        name=network.name[chosen],
    )


def _hilbert(x: NDArray[np.int64], y: NDArray[np.int64], bits: int = 16) -> NDArray[np.int64]:
    """Where each point lies along a Hilbert curve over all of them (Hamilton, Compact Hilbert Indices, 2006)."""
    side = (1 << bits) - 1
    span = max(int(np.ptp(x)), int(np.ptp(y)), 1)
    x, y = (x - x.min()) * side // span, (y - y.min()) * side // span
    along = np.zeros(len(x), np.int64)
    for bit in range(bits - 1, -1, -1):
        right, up = (x >> bit) & 1, (y >> bit) & 1
        along += ((3 * right) ^ up) << (2 * bit)
        mirrored = (up == 0) & (right == 1)
        x, y = np.where(mirrored, side - x, x), np.where(mirrored, side - y, y)
        x, y = np.where(up == 0, y, x), np.where(up == 0, x, y)
    return along


def without_steps(network: Network) -> NDArray[np.bool_]:
    """The pieces that a wheelchair can take."""
    free: NDArray[np.bool_] = (network.traits & int(Trait.NOT_STEP_FREE)) == 0
    return free
