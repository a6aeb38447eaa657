"""Reports made from ways that things are taken to have flown, for a night that is lived again.

Nobody reported them: they are worked out, and each says so. Places are told as coarsely as messages tell them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any

import msgspec

from tocsin.errors import BadFile
from tocsin.model import Threat, ZoneId
from tocsin.report import Make, Role, Spot, Told

EVERY = timedelta(minutes=6)
RADIUS_M = 9_000.0
WORDS = "Worked out for this replay from the alerts and the counts of that night. It is no report of that time."
MAKE = {Threat.DRONES: Make.PISTON_DRONE, Threat.CRUISE_MISSILES: Make.SUBSONIC_CRUISE}

Point = tuple[str, float, float]
"""When, and where: longitude and latitude."""


class Flight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    way: Annotated[tuple[Point, ...], msgspec.Meta(min_length=2)]


class Under(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A zone under threat, from when to when."""

    at: str
    kind: Threat
    zone: str
    until: str


class Flights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    drones: tuple[Flight, ...]
    cruise_missiles: tuple[Flight, ...]
    under_threat: tuple[Under, ...]


def read_flights(said: bytes) -> Flights:
    """Errors: `BadFile`."""
    try:
        return msgspec.json.decode(said, type=Flights)
    except msgspec.DecodeError as error:
        raise BadFile(f"these are no flights: {error}") from error


def told_of(flights: Flights, zone_of: Any) -> list[Told]:
    """What is said of them, in time. ``zone_of`` gives a zone by its name."""
    found = [
        told
        for kind, some in ((Threat.DRONES, flights.drones), (Threat.CRUISE_MISSILES, flights.cruise_missiles))
        for flight in some
        for told in _of_flight(flight, kind)
    ]
    for one in flights.under_threat:
        found += _under(one, zone_of(one.zone))
    return sorted(found, key=lambda told: told.said_at)


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def _of_flight(flight: Flight, kind: Threat) -> Iterator[Told]:
    for (begun, lon, lat), (done, to_lon, to_lat) in pairwise(flight.way):
        since, until = _moment(begun), _moment(done)
        course = math.degrees(math.atan2((to_lon - lon) * math.cos(math.radians(lat)), to_lat - lat)) % 360.0
        at = since
        while at < until:
            share = (at - since) / (until - since)
            yield Told(
                said_at=at,
                kinds=(kind,),
                make=MAKE[kind],
                spots=(_spot(lon + share * (to_lon - lon), lat + share * (to_lat - lat)),),
                course_deg=round(course),
                track=flight.name,
                text=WORDS,
            )
            at += EVERY if kind is Threat.DRONES else EVERY / 3
    yield Told(said_at=_moment(flight.way[-1][0]), ends=(kind.value,), track=flight.name, text=WORDS)


def _spot(lon: float, lat: float) -> Spot:
    return Spot(role=Role.AT, lon=round(lon, 2), lat=round(lat, 2), radius_m=RADIUS_M)


def _under(one: Under, zone: ZoneId) -> Sequence[Told]:
    """Said again while it lasts, and then that it is over."""
    found, at, until = [], _moment(one.at), _moment(one.until)
    spots = (Spot(role=Role.UNDER_THREAT, zones=(zone,)),)
    while at < until:
        found.append(Told(said_at=at, kinds=(one.kind,), spots=spots, text=WORDS))
        at += 2 * EVERY
    over = (Spot(role=Role.ENDED, zones=(zone,)),)
    return [*found, Told(said_at=until, ends=(one.kind.value,), spots=over, text=WORDS)]
