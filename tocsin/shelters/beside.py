"""From a place to the piece of way beside it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from tocsin.shelters.network import METRES_PER_E6, Floats, Ints, Network


class Beside(NamedTuple):
    """Where places lie beside pieces; one number for each place."""

    piece: Ints
    """-1 where there is no piece at all."""
    along_dm: Ints
    """From the piece's start to the point of it that is nearest."""
    off_dm: Ints
    """From there to the place, straight."""


class Plane:
    """Metres east and north of the middle of an area: the earth taken as flat, which at 25 km from the middle is 0.3 %
    off at most up to 60 degrees of latitude."""

    def __init__(self, network: Network) -> None:
        self.lon0_e6 = (int(network.lon_e6.min()) + int(network.lon_e6.max())) // 2
        self.lat0_e6 = (int(network.lat_e6.min()) + int(network.lat_e6.max())) // 2
        self.north = METRES_PER_E6
        self.east = METRES_PER_E6 * float(np.cos(np.radians(self.lat0_e6 / 1e6)))

    def xy(self, lon_e6: Floats, lat_e6: Floats) -> tuple[Floats, Floats]:
        return (lon_e6 - self.lon0_e6) * self.east, (lat_e6 - self.lat0_e6) * self.north


class Pieces:
    """Pieces of a network, to be found by place."""

    def __init__(self, network: Network, chosen: NDArray[np.integer] | None = None) -> None:
        """``chosen`` are the pieces that may be found; all, if not given."""
        self.plane = Plane(network)
        self._chosen = np.arange(network.pieces, dtype=np.int32) if chosen is None else chosen.astype(np.int32)
        self._length_dm = network.length_dm
        x, y = self.plane.xy(network.lon_e6.astype(np.float64), network.lat_e6.astype(np.float64))
        self._from = np.stack([x[network.start], y[network.start]], axis=1)
        self._to = np.stack([x[network.end], y[network.end]], axis=1)
        lines = shapely.linestrings(np.stack([self._from[self._chosen], self._to[self._chosen]], axis=1))
        self._tree = shapely.STRtree(lines)

    def beside(self, lon: Floats, lat: Floats) -> Beside:
        """The nearest piece of each place, in degrees."""
        x, y = self.plane.xy(lon * 1e6, lat * 1e6)
        piece = np.full(len(x), -1, np.int32)
        if len(self._chosen) and len(x):
            of, found = self._tree.query_nearest(shapely.points(x, y), all_matches=False)
            piece[of] = self._chosen[found]
        here = np.stack([x, y], axis=1)
        start, span = self._from[piece], self._to[piece] - self._from[piece]
        square = np.maximum((span * span).sum(axis=1), 1e-9)
        share = np.clip(((here - start) * span).sum(axis=1) / square, 0.0, 1.0)
        off_m = np.hypot(*(here - start - share[:, None] * span).T)
        along = np.rint(share * self._length_dm[piece]).astype(np.int32)
        return Beside(piece, along, np.minimum(np.rint(off_m * 10), 2_000_000_000).astype(np.int32))

    def beside_one(self, lon: float, lat: float) -> tuple[int, int, int]:
        """The same of one place, quicker."""
        if not len(self._chosen):
            return -1, 0, 0
        x, y = (lon * 1e6 - self.plane.lon0_e6) * self.plane.east, (lat * 1e6 - self.plane.lat0_e6) * self.plane.north
        piece = int(self._chosen[self._tree.nearest(shapely.points(x, y))])
        (x1, y1), (x2, y2) = self._from[piece].tolist(), self._to[piece].tolist()
        dx, dy = x2 - x1, y2 - y1
        share = min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / max(dx * dx + dy * dy, 1e-9)))
        off_m = float(np.hypot(x - x1 - share * dx, y - y1 - share * dy))
        return piece, round(share * int(self._length_dm[piece])), round(off_m * 10)


def share_ds(cost_ds: int, along_dm: int, length_dm: int) -> int:
    """What the part of a piece up to ``along_dm`` takes, to the nearest tenth of a second."""
    return (cost_ds * along_dm + length_dm // 2) // length_dm


def off_ds(off_dm: int) -> int:
    """What the straight way between a place and the street takes an adult."""
    return (10 * off_dm + 6) // 13
