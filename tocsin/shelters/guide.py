"""From a place to the nearest shelters, with the way. What is asked here is kept nowhere.

It is done as a browser does it with a bundle (docs/shelters.md): the piece of way beside the place, its two ends, the
labels there, and the ways out from point to point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import NotFound
from tocsin.limits import PERSON_TO_STREET_M
from tocsin.shelter import Shelter
from tocsin.shelters.area import Standing, Ways
from tocsin.shelters.beside import off_ds, share_ds
from tocsin.shelters.network import Ints
from tocsin.shelters.profiles import K, Profile, seconds
from tocsin.shelters.search import follow

Spot = tuple[float, float]
"""Longitude, latitude."""


MOST_PIECES = 20_000
"""No way to a shelter has more pieces."""


class Way(NamedTuple):
    """The way to one shelter, piece by piece as it is walked."""

    shelter: Shelter
    seconds: float
    metres: float
    line: NDArray[np.float64]
    """The place, the street beside it, the points between pieces, the street beside the door, the door: longitude and
    latitude in each row."""
    pieces: Ints
    piece_m: NDArray[np.float64]
    """How much of each piece is walked."""
    off_m: float
    """From the place to the street, straight."""
    to_door_m: float
    """From the street to the door, straight."""


class _Start(NamedTuple):
    """One end of the piece beside a place, and what it takes to get there."""

    point: int
    ds: int
    along_dm: int


def nearest(standing: Standing, lon: float, lat: float, profile: Profile = Profile.ADULT) -> list[Way]:
    """The three nearest open shelters by walking time, nearest first; none where no way leads to one.

    Errors: `NotFound` where no street of the area is near.
    """
    ways = standing.wheels if profile is Profile.WHEELCHAIR else standing.foot
    network, labels = standing.network, ways.labels
    piece, along, off = ways.pieces.beside_one(lon, lat)
    if piece < 0 or off > PERSON_TO_STREET_M * 10:
        raise NotFound(f"no street of {standing.about.area} is within {PERSON_TO_STREET_M} m", area=standing.about.area)
    length = int(network.length_dm[piece])
    cost = int(ways.known.cost_ds[piece])
    away = off_ds(off)
    starts = (
        _Start(int(network.start[piece]), away + share_ds(cost, along, length), along),
        _Start(int(network.end[piece]), away + share_ds(cost, length - along, length), length - along),
    )
    found: dict[int, tuple[int, int, int]] = {}
    """Of a shelter: time, by which end (2 is along the piece itself), which door."""
    for end, start in enumerate(starts):
        times, shelters = labels.time_ds[start.point].tolist(), labels.shelter[start.point].tolist()
        for time, shelter in zip(times, shelters, strict=True):
            if shelter >= 0 and (shelter not in found or start.ds + time < found[shelter][0]):
                found[shelter] = start.ds + time, end, -1
    for door in ways.known.along.get(piece, ()):
        shelter = int(ways.doors.shelter[door])
        if not ways.open[shelter]:
            continue
        there = int(ways.doors.beside.along_dm[door])
        straight = away + share_ds(cost, abs(there - along), length) + off_ds(int(ways.doors.beside.off_dm[door]))
        if shelter not in found or straight <= found[shelter][0]:
            found[shelter] = straight, 2, door
    best = sorted((time, shelter, end, door) for shelter, (time, end, door) in found.items())[:K]
    told = []
    for time, shelter, end, along_it in best:
        door, points = along_it, np.empty(0, np.int32)
        pieces, piece_m = [piece], [0.0]
        if end == 2:
            piece_m[0] = abs(int(ways.doors.beside.along_dm[door]) - along) / 10
        else:
            start = starts[end]
            graph = ways.graph
            points, between = follow(
                graph.first, graph.to, graph.piece, labels.shelter, labels.out, start.point, shelter, MOST_PIECES
            )
            door = _door_at(standing, ways, int(points[-1]), shelter)
            pieces += [*between.tolist(), int(ways.doors.beside.piece[door])]
            piece_m[0] = start.along_dm / 10
            piece_m += (network.length_dm[between] / 10).tolist()
            piece_m.append(_to_door_dm(standing, ways, int(points[-1]), door) / 10)
        told.append(
            _told(
                standing, ways, (lon, lat), (piece, along, off), points, pieces, piece_m, door, seconds(time, profile)
            )
        )
    return told


def _door_at(standing: Standing, ways: Ways, point: int, shelter: int) -> int:
    """The shelter's door to which it is nearest from this point of its piece."""
    network, beside = standing.network, ways.doors.beside
    best = (1 << 60, -1)
    for door in ways.known.of[shelter]:
        piece = int(beside.piece[door])
        if point not in (int(network.start[piece]), int(network.end[piece])):
            continue
        length, along = int(network.length_dm[piece]), int(beside.along_dm[door])
        part = along if point == int(network.start[piece]) else length - along
        time = off_ds(int(beside.off_dm[door])) + share_ds(int(ways.known.cost_ds[piece]), part, length)
        best = min(best, (time, door))
    assert best[1] >= 0, "labels end at a door"
    return best[1]


def _to_door_dm(standing: Standing, ways: Ways, point: int, door: int) -> int:
    """From one end of the door's piece along it to the door."""
    piece, along = int(ways.doors.beside.piece[door]), int(ways.doors.beside.along_dm[door])
    return along if point == int(standing.network.start[piece]) else int(standing.network.length_dm[piece]) - along


def _told(
    standing: Standing,
    ways: Ways,
    place: Spot,
    beside_place: tuple[int, int, int],
    points: Ints,
    pieces: list[int],
    piece_m: list[float],
    door: int,
    seconds: float,
) -> Way:
    network, beside = standing.network, ways.doors.beside
    first, along, off = beside_place
    line = np.empty((len(points) + 4, 2))
    line[0] = place
    line[1] = _spot_along(standing, first, along)
    line[2:-2, 0] = network.lon_e6[points] / 1e6
    line[2:-2, 1] = network.lat_e6[points] / 1e6
    line[-2] = _spot_along(standing, int(beside.piece[door]), int(beside.along_dm[door]))
    line[-1] = ways.known.spots[door]
    to_door = int(beside.off_dm[door]) / 10
    return Way(
        shelter=standing.shelters[int(ways.doors.shelter[door])],
        seconds=seconds,
        metres=off / 10 + sum(piece_m) + to_door,
        line=line,
        pieces=np.array(pieces, np.int32),
        piece_m=np.array(piece_m),
        off_m=off / 10,
        to_door_m=to_door,
    )


def _spot_along(standing: Standing, piece: int, along_dm: int) -> Spot:
    network = standing.network
    a, b = int(network.start[piece]), int(network.end[piece])
    share = along_dm / int(network.length_dm[piece])
    lon, lat = int(network.lon_e6[a]), int(network.lat_e6[a])
    lon_e6 = lon + share * (int(network.lon_e6[b]) - lon)
    lat_e6 = lat + share * (int(network.lat_e6[b]) - lat)
    return lon_e6 / 1e6, lat_e6 / 1e6
