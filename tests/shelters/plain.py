"""The nearest shelters of a small town, reckoned as docs/shelters.md says it, by the plainest means there are.

It knows nothing of labels, grids or graphs: every piece is looked at, and every way is searched from the place outward.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from math import cos, hypot, radians
from typing import NamedTuple

import numpy as np

from tocsin.shelter import Shelter
from tocsin.shelters.network import Network
from tocsin.shelters.profiles import Profile

EARTH_M = 6_371_008.8
SPEED_M_S = {Profile.ADULT: 1.3, Profile.CHILD: 0.9, Profile.OLDER: 0.95, Profile.WHEELCHAIR: 0.9}
STEPS, NOT_STEP_FREE = 1, 8


class Spot(NamedTuple):
    piece: int
    along: int
    off: int


class Plain:
    def __init__(self, network: Network, shelters: Sequence[Shelter], is_open: Callable[[Shelter], bool]) -> None:
        self.network, self.shelters, self.is_open = network, shelters, is_open
        west, south, east, north = (round(side * 1e6) for side in network.bounds)
        self._lon0, self._lat0 = (west + east) // 2, (south + north) // 2
        self._north = EARTH_M * np.pi / 180 / 1e6
        self._east = self._north * cos(radians(self._lat0 / 1e6))

    def nearest(self, lon: float, lat: float, profile: Profile) -> list[tuple[float, str]] | None:
        """Seconds and ids of three, nearest first; None where no street is near."""
        rolls = profile is Profile.WHEELCHAIR
        here = self._beside(lon, lat, rolls)
        if here is None or here.off > 5_000:
            return None
        times = self._from(here, rolls)
        found = []
        for number, shelter in enumerate(sorted(self.shelters, key=lambda it: it.id)):
            if shelter.public is False or not self.is_open(shelter) or (rolls and shelter.step_free is False):
                continue
            ways = [
                self._to_door(here, times, door.lon, door.lat, rolls)
                for door in shelter.doors
                if not (rolls and door.step_free is False)
            ]
            best = min((way for way in ways if way is not None), default=None)
            if best is not None and best < 0xFFFF:
                found.append((best, number, shelter.id))
        found.sort()
        slower = SPEED_M_S[Profile.ADULT] / SPEED_M_S[profile]
        return [(time / 10 * slower, id) for time, _, id in found[:3]]

    def _pieces(self, rolls: bool) -> list[int]:
        traits = self.network.traits.tolist()
        return [piece for piece in range(self.network.pieces) if not (rolls and traits[piece] & NOT_STEP_FREE)]

    def _cost(self, piece: int) -> int:
        length = int(self.network.length_dm[piece])
        return max(1, 2 * length if int(self.network.traits[piece]) & STEPS else (10 * length + 6) // 13)

    def _xy(self, lon_e6: float, lat_e6: float) -> tuple[float, float]:
        return (lon_e6 - self._lon0) * self._east, (lat_e6 - self._lat0) * self._north

    def _beside(self, lon: float, lat: float, rolls: bool) -> Spot | None:
        x, y = self._xy(lon * 1e6, lat * 1e6)
        best: tuple[float, int, float] | None = None
        for piece in self._pieces(rolls):
            a, b = int(self.network.start[piece]), int(self.network.end[piece])
            (x1, y1), (x2, y2) = (
                self._xy(int(self.network.lon_e6[point]), int(self.network.lat_e6[point])) for point in (a, b)
            )
            ahead = (x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)
            share = min(1.0, max(0.0, ahead / max((x2 - x1) ** 2 + (y2 - y1) ** 2, 1e-9)))
            off = hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))
            if best is None or off < best[0] - 1e-9:
                best = off, piece, share
        if best is None:
            return None
        off, piece, share = best
        return Spot(piece, round(share * int(self.network.length_dm[piece])), round(off * 10))

    def _part(self, piece: int, along: int) -> int:
        length = int(self.network.length_dm[piece])
        return (self._cost(piece) * along + length // 2) // length

    def _from(self, here: Spot, rolls: bool) -> dict[int, int]:
        """The time from a place to every point."""
        leads: dict[int, list[tuple[int, int]]] = {}
        for piece in self._pieces(rolls):
            a, b = int(self.network.start[piece]), int(self.network.end[piece])
            leads.setdefault(a, []).append((b, self._cost(piece)))
            leads.setdefault(b, []).append((a, self._cost(piece)))
        away = (10 * here.off + 6) // 13
        length = int(self.network.length_dm[here.piece])
        heap = [
            (away + self._part(here.piece, here.along), int(self.network.start[here.piece])),
            (away + self._part(here.piece, length - here.along), int(self.network.end[here.piece])),
        ]
        times: dict[int, int] = {}
        heapq.heapify(heap)
        while heap:
            time, point = heapq.heappop(heap)
            if point in times:
                continue
            times[point] = time
            for there, cost in leads[point]:
                heapq.heappush(heap, (time + cost, there))
        return times

    def _to_door(self, here: Spot, times: dict[int, int], lon: float, lat: float, rolls: bool) -> int | None:
        door = self._beside(lon, lat, rolls)
        if door is None or door.off > 3_000:
            return None
        off = (10 * door.off + 6) // 13
        length = int(self.network.length_dm[door.piece])
        ends = (
            (int(self.network.start[door.piece]), door.along),
            (int(self.network.end[door.piece]), length - door.along),
        )
        found = [times[end] + self._part(door.piece, part) + off for end, part in ends if end in times]
        if door.piece == here.piece:
            found.append((10 * here.off + 6) // 13 + self._part(door.piece, abs(door.along - here.along)) + off)
        return min(found, default=None)
