"""From the forms in which reports come in to reports: each item becomes one or several, or a reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from tocsin.errors import TocsinError
from tocsin.intake.reports.forms import Detection, Item, Place, Sighting, Words
from tocsin.intake.reports.sensing import circle, cone
from tocsin.intake.reports.sifting import Aside, Flaw
from tocsin.model import ZoneId
from tocsin.report import Spot, Told

Resolve = Callable[[str], ZoneId]
"""The zone that a person or a program means. Errors: those of the atlas."""
Read = Callable[[Words, datetime], Sequence[Told] | Flaw]
"""What a message tells, published at a moment."""


def formed(item: Item, now: datetime, resolve: Resolve, read: Read) -> Sequence[Told] | Flaw:
    """What an item tells, or why it tells nothing."""
    match item:
        case Sighting():
            return _sighting(item, now, resolve)
        case Words():
            return read(item, item.said_at or now)
        case Detection():
            return _detection(item)


def _sighting(said: Sighting, now: datetime, resolve: Resolve) -> Sequence[Told] | Flaw:
    spots = []
    for place in said.places:
        spot = _spot(place, resolve)
        if isinstance(spot, Flaw):
            return spot
        spots.append(spot)
    return (
        Told(
            said_at=said.said_at or now,
            kinds=said.kinds,
            make=said.make,
            spots=tuple(spots),
            course_deg=said.course_deg,
            course_spread_deg=said.course_spread_deg,
            speed_m_s=said.speed_m_s,
            count=said.count,
            ends=said.ends,
            track=said.track,
            text=said.text,
        ),
    )


def _spot(place: Place, resolve: Resolve) -> Spot | Flaw:
    if (place.lon is None) != (place.lat is None):
        return Flaw(Aside.UNKNOWN_PLACE, "a point needs both lon and lat")
    if (place.zone is None) == (place.lon is None):
        return Flaw(Aside.UNKNOWN_PLACE, "a place is either a zone or a point")
    if place.zone is None:
        return Spot(role=place.role, lon=place.lon, lat=place.lat, radius_m=place.radius_m)
    try:
        return Spot(role=place.role, zones=(resolve(place.zone),), name=place.zone)
    except TocsinError as error:
        return Flaw(Aside.UNKNOWN_PLACE, error.message)


def _detection(found: Detection) -> Sequence[Told] | Flaw:
    spot = _where(found)
    if isinstance(spot, Flaw):
        return spot
    return (
        Told(
            said_at=found.detected_at,
            kinds=(found.kind,),
            make=found.make,
            spots=(spot,),
            course_deg=found.course_deg,
            course_spread_deg=found.course_spread_deg,
            speed_m_s=found.speed_m_s,
            count=found.count,
            track=found.track,
            measured=True,
        ),
    )


def _where(found: Detection) -> Spot | Flaw:
    if found.lon is not None and found.lat is not None:
        return circle(found.lon, found.lat, found.radius_m)
    if found.sensor is None or found.lon is not None or found.lat is not None:
        return Flaw(Aside.UNKNOWN_PLACE, "a detection has lon and lat, or else a sensor")
    at = found.sensor
    if found.bearing_deg is None:
        return circle(at.lon, at.lat, found.reach_m if found.range_m is None else found.range_m + found.range_error_m)
    nearest_m, farthest_m = 0.0, found.reach_m
    if found.range_m is not None:
        nearest_m, farthest_m = max(0.0, found.range_m - found.range_error_m), found.range_m + found.range_error_m
    return cone(at.lon, at.lat, found.bearing_deg, found.bearing_error_deg, nearest_m, farthest_m)
