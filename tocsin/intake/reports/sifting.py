"""What is taken of what is reported, and what is refused or set aside, each with its reason.

Refused is what cannot be so: it was a mistake, or a lie. Set aside is what is no news of a threat. Neither changes
anything; both are told to whoever sent them, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from tocsin import limits
from tocsin.commands import Command, TakeReports
from tocsin.errors import ReportRefused
from tocsin.intake.reports.heard import Heard
from tocsin.model import Hierarchy, SourceId, Threat, ZoneId
from tocsin.report import ALL, KIND_OF, POSITIONS, POSSIBLE_M_S, Report, ReportId, ReportsTaken, Role, Spot, Told


class Aside(StrEnum):
    """Why a report is not taken."""

    FUTURE = "future"
    OUTSIDE_COUNTRY = "outside_country"
    OUTSIDE_AREA = "outside_area"
    IMPOSSIBLE_SPEED = "impossible_speed"
    CONTRADICTS_ITSELF = "contradicts_itself"
    UNKNOWN_PLACE = "unknown_place"
    UNREADABLE = "unreadable"
    OLD = "old"
    SAYS_NOTHING = "says_nothing"
    ADVERT = "advert"
    OTHER_LANGUAGE = "other_language"
    NO_THREAT = "no_threat"
    REPEATED = "repeated"

    @property
    def refused(self) -> bool:
        """Whether it cannot be so, rather than being no news."""
        return self in _REFUSED


_REFUSED = frozenset(
    {
        Aside.FUTURE,
        Aside.OUTSIDE_COUNTRY,
        Aside.OUTSIDE_AREA,
        Aside.IMPOSSIBLE_SPEED,
        Aside.CONTRADICTS_ITSELF,
        Aside.UNKNOWN_PLACE,
        Aside.UNREADABLE,
    }
)


class Flaw(NamedTuple):
    """Why one report is not taken, in a word and in a sentence."""

    why: Aside
    words: str


class Ground(NamedTuple):
    """What is asked of the atlas about points."""

    locate: Callable[[float, float], ZoneId | None]
    """The smallest zone that holds a point; None where none does."""
    outside_km: Callable[[float, float], float]
    """How far a point is from the nearest zone, about."""


def flaw_in(told: Told, now: datetime) -> Flaw | None:
    """What is wrong with a report in itself, if anything is."""
    ahead_s = (told.said_at - now).total_seconds()
    if ahead_s > limits.FUTURE_S:
        return Flaw(Aside.FUTURE, f"it was said {ahead_s:,.0f} s from now, by its own word")
    if -ahead_s > limits.REPORT_OLD_S:
        return Flaw(Aside.OLD, f"it was said {-ahead_s / 60:,.0f} min ago: no news, and perhaps sent again")
    if not told.kinds and not told.ends:
        return Flaw(Aside.SAYS_NOTHING, "it names neither what flies nor what is over")
    if both := {*told.kinds} & {*told.ends} or (told.kinds if ALL in told.ends else ()):
        return Flaw(Aside.CONTRADICTS_ITSELF, f"it says of {', '.join(sorted(both))} that they fly and are over")
    if told.make is not None and KIND_OF[told.make].isdisjoint({*told.kinds, Threat.UNKNOWN}):
        kinds = ", ".join(told.kinds) or "nothing"
        return Flaw(Aside.CONTRADICTS_ITSELF, f"{told.make} is none of what it says flies: {kinds}")
    if told.speed_m_s is not None and told.kinds:
        slowest = min(POSSIBLE_M_S[kind][0] for kind in told.kinds)
        fastest = max(POSSIBLE_M_S[kind][1] for kind in told.kinds)
        if not slowest <= told.speed_m_s <= fastest:
            return Flaw(
                Aside.IMPOSSIBLE_SPEED,
                f"{told.speed_m_s:,.0f} m/s is no speed of {', '.join(told.kinds)}: {slowest:,.0f} to {fastest:,.0f}",
            )
    for spot in told.spots:
        if (spot.lon is None) != (spot.lat is None):
            return Flaw(Aside.UNKNOWN_PLACE, "a point needs both longitude and latitude")
    return None


def placed(told: Told, ground: Ground, hierarchy: Hierarchy, area: Sequence[ZoneId]) -> tuple[Told, set[ZoneId]] | Flaw:
    """A report as it is taken from a source that watches over an area, and the zones in which its points lie.

    Of several places that may be meant those in the area count where there are any: a source speaks of its own area.
    """
    inside = _inside(hierarchy, area)
    spots: list[Spot] = []
    where: set[ZoneId] = set()
    for spot in told.spots:
        unknown = [zone for zone in spot.zones if zone not in hierarchy]
        if unknown:
            return Flaw(Aside.UNKNOWN_PLACE, f"no such zone: {', '.join(unknown[:5])}")
        mine = tuple(zone for zone in spot.zones if inside(zone))
        place = msgspec.structs.replace(spot, zones=mine or spot.zones)
        if spot.role in POSITIONS and spot.zones and not mine:
            return Flaw(Aside.OUTSIDE_AREA, f"{spot.name or spot.zones[0]} is not where this source watches")
        if spot.lon is not None and spot.lat is not None:
            held = ground.locate(spot.lon, spot.lat)
            if held is None and (flaw := _too_far(spot, spot.lon, spot.lat, ground)):
                return flaw
            if held is not None and spot.role in POSITIONS:
                if not inside(held):
                    return Flaw(Aside.OUTSIDE_AREA, f"{spot.lon:g}, {spot.lat:g} is not where this source watches")
                where.add(held)
        spots.append(place)
    return msgspec.structs.replace(told, spots=tuple(spots)), where


def _too_far(spot: Spot, lon: float, lat: float, ground: Ground) -> Flaw | None:
    most_km = limits.LAUNCH_OUTSIDE_KM if spot.role in (Role.LAUNCH_AREA, Role.FROM) else limits.REPORT_OUTSIDE_KM
    off_km = ground.outside_km(lon, lat)
    if off_km <= most_km:
        return None
    words = f"{lon:g}, {lat:g} is {off_km:,.0f} km outside of the country"
    if -90 <= lon <= 90 and ground.outside_km(lat, lon) <= limits.REPORT_OUTSIDE_KM:
        words += "; are longitude and latitude exchanged?"
    return Flaw(Aside.OUTSIDE_COUNTRY, words)


def _inside(hierarchy: Hierarchy, area: Sequence[ZoneId]) -> Callable[[ZoneId], bool]:
    own = set(area)
    return lambda zone: zone in own or not own.isdisjoint(hierarchy.ancestors(zone))


def decide_reports(heard: Heard, command: Command, hierarchy: Hierarchy, now: datetime) -> tuple[ReportsTaken, ...]:
    """The event that the order leads to at ``now``; none where all of it was said before. Errors: `ReportRefused`."""
    order = command.order
    assert isinstance(order, TakeReports), "only reports come here"
    taken: dict[ReportId, Report] = {}
    for number, told in enumerate(order.reports):
        flaw = flaw_in(told, now)
        unknown = [zone for spot in told.spots for zone in spot.zones if zone not in hierarchy]
        if flaw is None and unknown:
            flaw = Flaw(Aside.UNKNOWN_PLACE, f"no such zone: {', '.join(unknown[:5])}")
        if flaw is not None:
            raise ReportRefused(f"report {number} is not taken: {flaw.words}", number=number, why=flaw.why)
        report = report_of(told, command.source, now)
        if not heard.knows(report.id):
            taken.setdefault(report.id, report)
    return (ReportsTaken(reports=tuple(taken.values()), at=now),) if taken else ()


def report_of(told: Told, source: SourceId, now: datetime) -> Report:
    """What was told, as a report that came in now."""
    said = {name: getattr(told, name) for name in Told.__struct_fields__}
    return Report(source=source, received_at=now, **said)
