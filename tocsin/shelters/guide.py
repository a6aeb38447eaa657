"""From a place to the nearest shelters, with the way. What is asked here is kept nowhere.

It is done as a browser does it with a bundle (docs/shelters.md): the piece of way beside the place, its two ends, the
labels there, and the ways out from point to point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tocsin.errors import NotFound
from tocsin.limits import PERSON_TO_STREET_M
from tocsin.shelter import Shelter
from tocsin.shelters.area import Standing, Ways
from tocsin.shelters.beside import Beside, shared
from tocsin.shelters.nearby import nearest_many, reached, way
from tocsin.shelters.network import Floats, Ints, Network
from tocsin.shelters.profiles import Profile, seconds


class Way(NamedTuple):
    """The way to one shelter, piece by piece as it is walked."""

    shelter: Shelter
    seconds: float
    metres: float
    line: Floats
    """The place, the street beside it, the points between pieces, the street beside the door, the door: longitude and
    latitude in each row."""
    pieces: Ints
    piece_m: Floats
    """How much of each piece is walked."""
    off_m: float
    """From the place to the street, straight."""
    to_door_m: float
    """From the street to the door, straight."""


def nearest(standing: Standing, lon: float, lat: float, profile: Profile = Profile.ADULT) -> list[Way]:
    """The three nearest open shelters by walking time, nearest first; none where no way leads to one.

    Errors: `NotFound` where no street of the area is near.
    """
    ways = standing.wheels if profile is Profile.WHEELCHAIR else standing.foot
    network, labels, known = standing.network, ways.labels, ways.known
    piece, along, off = ways.pieces.beside_one(lon, lat)
    if piece < 0 or off > PERSON_TO_STREET_M * 10:
        raise NotFound(f"no street of {standing.about.area} is within {PERSON_TO_STREET_M} m", area=standing.about.area)
    doors, (door_piece, door_along, door_off) = ways.doors, ways.doors.beside
    streets = network.start, network.end, network.length_dm, known.cost_ds
    found, count = reached(
        piece, along, off, *streets, labels.time_ds, labels.shelter,
        known.along_first, known.along, doors.shelter, door_along, door_off, ways.open,
    )  # fmt: skip
    told = []
    for time, shelter, by_end, by_door in found[:count].tolist():
        door, line, pieces, walked = way(
            piece, along, by_end, by_door, shelter, *streets, network.lon_e6, network.lat_e6,
            ways.graph.first, ways.graph.to, ways.graph.piece, labels.shelter, labels.out,
            known.of_first, known.of, door_piece, door_along, door_off,
        )  # fmt: skip
        assert door >= 0, "labels end at a door"
        line[0] = lon, lat
        line[-1] = known.spots[door]
        to_door = int(door_off[door])
        told.append(
            Way(
                shelter=standing.shelters[shelter],
                seconds=seconds(time, profile),
                metres=(off + int(walked.sum()) + to_door) / 10,
                line=line,
                pieces=pieces,
                piece_m=walked / 10,
                off_m=off / 10,
                to_door_m=to_door / 10,
            )
        )
    return told


def nearest_times(ways: Ways, network: Network, places: Beside) -> tuple[Ints, Ints]:
    """Of each place beside a piece the time to its nearest open shelter, in tenths of a second of an adult, and which
    that is; -1 where no way leads to one."""
    labels, known, doors = ways.labels, ways.known, ways.doors
    time_ds, shelter = np.empty(len(places.piece), np.int32), np.empty(len(places.piece), np.int32)

    def some(part: slice) -> None:
        nearest_many(
            *(column[part] for column in places), network.start, network.end, network.length_dm, known.cost_ds,
            labels.time_ds, labels.shelter, known.along_first, known.along,
            doors.shelter, doors.beside.along_dm, doors.beside.off_dm, ways.open, time_ds[part], shelter[part],
        )  # fmt: skip

    shared(some, len(time_ds))
    return time_ds, shelter
