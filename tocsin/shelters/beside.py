"""From a place to the piece of way beside it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.nearby import beside, beside_many, cells
from tocsin.shelters.network import METRES_PER_E6, Floats, Ints, Network

CELL_M = 16.0
"""How wide the cells are in which pieces are looked for; wider where an area would have too many."""

CELLS = 4_000_000

SHARED = 20_000
"""From so many places on the work is shared out among the processors."""


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
        x, y = self.plane.xy(network.lon_e6.astype(np.float64), network.lat_e6.astype(np.float64))
        some = np.arange(network.pieces, dtype=np.int32) if chosen is None else np.sort(chosen).astype(np.int32)
        self._some = len(some) > 0
        ends = np.stack([x[network.start], y[network.start], x[network.end], y[network.end]], axis=1)
        west, south = float(x.min()), float(y.min())
        wide, high = float(x.max()) - west, float(y.max()) - south
        side = max(CELL_M, float(np.sqrt(wide * high / CELLS)), wide / CELLS, high / CELLS)
        grid = west, south, side, int(wide / side) + 1, int(high / side) + 1
        self._asked = (ends, network.length_dm, *cells(ends, some, *grid), *grid)

    def beside(self, lon: Floats, lat: Floats) -> Beside:
        """The nearest piece of each place, in degrees; of equally near ones that with the lowest number."""
        found = Beside(*(np.full(len(lon), default, np.int32) for default in (-1, 0, 2_000_000_000)))
        if self._some:
            x, y = self.plane.xy(np.asarray(lon, np.float64) * 1e6, np.asarray(lat, np.float64) * 1e6)
            order = self._order(x, y) if len(x) >= SHARED else None
            if order is not None:
                x, y = x[order], y[order]

            def some(part: slice) -> None:
                beside_many(x[part], y[part], *self._asked, *(column[part] for column in found))

            shared(some, len(x))
            if order is not None:
                for column in found:
                    column[order] = column.copy()
        return found

    def _order(self, x: Floats, y: Floats) -> NDArray[np.intp] | None:
        """In which order to look at many places, so that what is near on the ground is looked at together: out of order
        each look waits for memory, and it takes three times as long. None where they come so already."""
        west, south, side = self._asked[4:7]
        row, column = ((part // (4 * side)).clip(-1, 1 << 14).astype(np.int32) for part in (y - south, x - west))
        block = row * (1 << 15) + column
        if np.count_nonzero(block[1:] != block[:-1]) * 4 < len(block):
            return None
        return np.argsort(block, kind="stable")

    def beside_one(self, lon: float, lat: float) -> tuple[int, int, int]:
        """The same of one place, quicker."""
        if not self._some:
            return -1, 0, 2_000_000_000
        plane = self.plane
        x, y = (lon * 1e6 - plane.lon0_e6) * plane.east, (lat * 1e6 - plane.lat0_e6) * plane.north
        found: tuple[int, int, int] = beside(x, y, *self._asked)
        return found


def shared(work: Callable[[slice], None], places: int) -> None:
    """Do ``work`` on all of so many places: in several threads where they are many, if it lets go of the
    interpreter."""
    threads = min(processors(), -(-places // SHARED))
    if threads <= 1:
        work(slice(0, places))
        return
    failed: list[BaseException] = []

    def one(part: slice) -> None:
        try:
            work(part)
        except BaseException as error:
            failed.append(error)

    bounds = [places * number // threads for number in range(threads + 1)]
    parts = [slice(a, b) for a, b in pairwise(bounds)]
    running = [threading.Thread(target=one, args=(part,)) for part in parts]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failed:
        raise failed[0]


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
