"""What is said of an attack: sightings as coarse as messages are, late, doubled, missing, and some of what is not
there.

A sighting names the settlement, the raion or the oblast that something is over or near, and often the town it heads
for, or a direction of eight. The shares below were chosen before anything was measured with them; how long stretches
go unseen, and how often a launch area alone is announced, were changed after a first look at results.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import numpy as np

from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make, Report, Role, Spot
from tocsin.sim.attacks.flights import BALLISTIC_KM, Country, Flight, Town
from tocsin.sim.attacks.hearing import hear
from tocsin.sim.attacks.posts import Network
from tocsin.sim.attacks.telling import EPOCH, Told, at, in_sequence

OFFICIAL = SourceId("air force")
OTHERS = tuple(SourceId(f"channel {letter}") for letter in "abcdefg")

GAP_S = {Make.PISTON_DRONE: 240.0, Make.JET_DRONE: 150.0, Make.SUBSONIC_CRUISE: 100.0}
"""Seconds between two sightings of one thing, on average."""

MISSING = 0.15
"""Of the sightings nobody passes on."""
HOLES = 0.1
"""Of the flights nobody sees for three to four times as long as usual."""
HEADING_ONLY = 0.12
"""Of the reports say where it goes and not where it is."""
TO_A_TOWN, TO_A_SIDE = 0.55, 0.15
"""Of the others name a town that it heads for, or a direction."""
BY_RAION, BY_OBLAST = 0.12, 0.03
"""Of the reports name no settlement."""
HOMONYMS = 0.03
"""Of the settlements are told by a name alone that others have too."""
LATE = 0.05
"""Of the reports arrive 3 to 12 minutes after they were said."""
DOUBLED = 0.25
"""Of the reports are repeated by another channel, up to a minute and a half later, as if it were new."""
VERBATIM = 0.1
"""Of the reports are received twice."""
FALSE = 0.03
"""For each true report so many of what is not there."""
FALSE_END = 0.3
"""Of the attacks some channel says that it is over while it is not."""
LAUNCH_AREA_ONLY = 0.3
"""Of the ballistic salvoes are announced by where they are launched and no more, before the first target is named."""


def told(seed: int, flown: Sequence[Flight], country: Country, posts: Network | None = None) -> list[Told]:
    """All reports of an attack, in the sequence in which they are received: by words alone, or by posts too.

    The words are the same either way.
    """
    rng = Random(f"reports {seed}")
    found: list[Told] = []
    announced = rng.random() < LAUNCH_AREA_ONLY
    for number, flight in enumerate(flown):
        if flight.make is Make.BALLISTIC:
            found += [Told(report, number) for report in _of_launch(rng, flight, country, announced=announced)]
            announced = False
        else:
            found += [Told(report, number) for report in _of_flight(rng, flight, country)]
    found += [Told(_false(rng, rng.choice(found).report, country), None) for _ in range(round(FALSE * len(found)))]
    found += _repeated(rng, found)
    found += [Told(report, None) for report in _ends(rng, flown)]
    return in_sequence(found if posts is None else found + hear(seed, flown, posts))


def _of_flight(rng: Random, flight: Flight, country: Country) -> list[Report]:
    first, last = float(flight.at_s[0]), float(flight.at_s[-1])
    hole = rng.uniform(first, last) if rng.random() < HOLES else -1e9
    hole_s = rng.uniform(3.0, 4.0) * GAP_S[flight.make]
    found = []
    moment = first + rng.uniform(0, 120)
    while moment < last:
        report = _sighting(rng, flight, moment, country)
        if report is not None and rng.random() >= MISSING and not 0 <= moment - hole < hole_s:
            found.append(report)
        moment += 45.0 + rng.expovariate(1.0 / GAP_S[flight.make])
    return found


def _sighting(rng: Random, flight: Flight, moment: float, country: Country) -> Report | None:
    """What is seen at a moment; None where it is too far from the country to be of it."""
    x, y = flight.position(moment)
    source = OFFICIAL if rng.random() < 0.35 else rng.choice(OTHERS)
    noise = (4.0 if source == OFFICIAL else 6.0) * (1.5 if flight.make is Make.SUBSONIC_CRUISE else 1.0)
    x, y = x + rng.gauss(0, noise), y + rng.gauss(0, noise)
    course = flight.course_rad(moment) + rng.gauss(0, math.radians(12))
    town = _nearest(country, x, y, 0.0)
    off = math.hypot(town.x - x, town.y - y)
    if off > 60.0:
        return None
    spots: list[Spot] = []
    if rng.random() >= HEADING_ONLY or off > 25.0:
        spots.append(_where(rng, country, town, x, y, off))
    course_deg = None
    choice = rng.random()
    if not spots or choice < TO_A_TOWN:
        ahead = _ahead(rng, country, flight.make, x, y, course)
        if ahead is not None:
            spots.append(Spot(role=Role.HEADING_TO, zones=(ahead.zone,), name=ahead.name))
    elif choice < TO_A_TOWN + TO_A_SIDE:
        course_deg = round(math.degrees(course) % 360.0 / 45.0) % 8 * 45.0
    if not spots:
        return None
    return _report(
        source,
        moment + rng.uniform(10, 60),
        rng.expovariate(1 / 15.0) + (rng.uniform(180, 720) if rng.random() < LATE else 0.0),
        _kinds(rng, flight.make),
        spots,
        make=flight.make if flight.make is Make.JET_DRONE and rng.random() < 0.7 else None,
        course_deg=course_deg,
        count=flight.number if rng.random() < 0.5 else None,
    )


def _kinds(rng: Random, make: Make) -> tuple[Threat, ...]:
    if make is Make.SUBSONIC_CRUISE:
        return (Threat.UNSPECIFIED_MISSILES,) if rng.random() < 0.15 else (Threat.CRUISE_MISSILES,)
    if make is Make.BALLISTIC:
        return (Threat.BALLISTIC_MISSILES,)
    return (Threat.UNKNOWN,) if rng.random() < 0.03 else (Threat.DRONES,)


def _where(rng: Random, country: Country, town: Town, x: float, y: float, off: float) -> Spot:
    if off > 25.0:  # over the sea or beyond the border: a point, as maps of channels give it
        lon, lat = country.ground.spread(x, y)
        return Spot(role=Role.AT, lon=round(lon, 2), lat=round(lat, 2), radius_m=10_000.0)
    above = country.ground.hierarchy.ancestors(town.zone)
    choice = rng.random()
    if choice < BY_OBLAST and len(above) >= 2:
        return Spot(role=Role.AT, zones=(above[-2],))
    if choice < BY_OBLAST + BY_RAION and above:
        return Spot(role=Role.AT, zones=(above[0] if len(above) >= 2 else town.zone,))
    namesakes = country.names[town.name]
    if rng.random() < HOMONYMS and len(namesakes) > 1:
        others = rng.sample(namesakes, min(4, len(namesakes)))
        zones = dict.fromkeys([*(one.zone for one in others), town.zone])
        return Spot(role=Role.AT, zones=tuple(zones), name=town.name)
    return Spot(role=Role.AT, zones=(town.zone,), name=town.name)


def _nearest(country: Country, x: float, y: float, people: float) -> Town:
    away = np.hypot(country.xy[:, 0] - x, country.xy[:, 1] - y)
    away = np.where(country.people >= people, away, np.inf)
    return country.towns[int(np.argmin(away))]


def _ahead(rng: Random, country: Country, make: Make, x: float, y: float, course: float) -> Town | None:
    """A town on its course: larger ones are named sooner, those straight ahead sooner."""
    far = rng.uniform(20, 70) if make is Make.PISTON_DRONE else rng.uniform(50, 150)
    dx, dy = country.xy[:, 0] - x, country.xy[:, 1] - y
    along = dx * math.sin(course) + dy * math.cos(course)
    across = np.abs(dx * math.cos(course) - dy * math.sin(course))
    ok = (along > 10.0) & (across < 0.35 * along) & (country.people >= 5_000)
    if not ok.any():
        return None
    cost = np.where(ok, np.abs(along - far) / 15.0 + across / 8.0 - 0.7 * np.log10(country.people), np.inf)
    return country.towns[int(np.argmin(cost))]


def _of_launch(rng: Random, flight: Flight, country: Country, *, announced: bool) -> list[Report]:
    """First perhaps where from, then where to: a city, or the oblast that is to take cover."""
    launched = float(flight.at_s[0])
    x, y = country.launches[flight.origin]
    lon, lat = country.ground.spread(x, y)
    origin = Spot(role=Role.LAUNCH_AREA, lon=round(lon, 2), lat=round(lat, 2), radius_m=30_000.0, name=flight.origin)
    found = []
    above = country.ground.hierarchy.ancestors(flight.target.zone)
    oblast = above[-2] if len(above) >= 2 else flight.target.zone
    if announced:
        found.append(_report(OFFICIAL, launched - rng.uniform(0, 180), 5.0, _kinds(rng, flight.make), [origin]))
    if rng.random() >= MISSING:
        to = (
            Spot(role=Role.UNDER_THREAT, zones=(oblast,))
            if rng.random() < 0.5
            else Spot(role=Role.HEADING_TO, zones=(flight.target.zone,), name=flight.target.name)
        )
        said = launched + rng.uniform(20, 60)
        found.append(_report(OFFICIAL, said, rng.expovariate(1 / 8.0), _kinds(rng, flight.make), [origin, to]))
    if rng.random() < 0.7:
        city = Spot(role=Role.HEADING_TO, zones=(flight.target.zone,), name=flight.target.name)
        said = launched + rng.uniform(40, 110)
        found.append(_report(rng.choice(OTHERS), said, rng.expovariate(1 / 10.0), _kinds(rng, flight.make), [city]))
    return found


def _false(rng: Random, like: Report, country: Country) -> Report:
    """Of something that is not there: somewhere, going somewhere."""
    town, other = rng.choice(country.towns), rng.choice(country.cities)
    spots = [Spot(role=Role.AT, zones=(town.zone,), name=town.name)]
    if rng.random() < 0.5 and math.hypot(town.x - other.x, town.y - other.y) < 150.0:
        spots.append(Spot(role=Role.HEADING_TO, zones=(other.zone,), name=other.name))
    kinds = like.kinds if like.kinds != (Threat.BALLISTIC_MISSILES,) else (Threat.DRONES,)
    said = (like.said_at - EPOCH).total_seconds() + rng.uniform(0, 120)
    return _report(rng.choice(OTHERS), said, rng.expovariate(1 / 15.0), kinds, spots)


def _repeated(rng: Random, found: Sequence[Told]) -> list[Told]:
    more = []
    for one in found:
        said, received = one.report.said_at, one.report.received_at
        if rng.random() < DOUBLED:
            later = timedelta(seconds=round(rng.uniform(15, 90)))
            source = rng.choice([other for other in OTHERS if other != one.report.source])
            again = _changed(one.report, source, max(said + later, received), received + later)
            more.append(Told(again, one.flight))
        if rng.random() < VERBATIM:
            more.append(
                Told(_changed(one.report, one.report.source, said, received + timedelta(seconds=30)), one.flight)
            )
    return more


def _changed(report: Report, source: SourceId, said: datetime, received: datetime) -> Report:
    return Report(
        source=source,
        said_at=said,
        received_at=max(said, received),
        kinds=report.kinds,
        make=report.make,
        spots=report.spots,
        course_deg=report.course_deg,
        count=report.count,
    )


def _ends(rng: Random, flown: Sequence[Flight]) -> list[Report]:
    """The all-clear of each kind some minutes after the last of it is down, and now and then one that is wrong."""
    found = []
    kinds = {
        Threat.DRONES: (Make.PISTON_DRONE, Make.JET_DRONE),
        Threat.CRUISE_MISSILES: (Make.SUBSONIC_CRUISE,),
        Threat.BALLISTIC_MISSILES: (Make.BALLISTIC,),
    }
    for kind, makes in kinds.items():
        over = [float(flight.at_s[-1]) for flight in flown if flight.make in makes]
        if over:
            ends = ("unspecified_missiles",) if kind is Threat.CRUISE_MISSILES else ()
            said = max(over) + rng.uniform(180, 480)
            found.append(_end(OFFICIAL, said, (kind.value, *ends)))
    if rng.random() < FALSE_END:
        first, last = float(flown[0].at_s[0]), max(float(flight.at_s[-1]) for flight in flown)
        found.append(_end(rng.choice(OTHERS), rng.uniform(first, last), ("all",)))
    return found


def _end(source: SourceId, said_s: float, ends: tuple[str, ...]) -> Report:
    return Report(source=source, said_at=at(said_s), received_at=at(said_s + 10), ends=ends)


def _report(
    source: SourceId,
    said_s: float,
    after_s: float,
    kinds: tuple[Threat, ...],
    spots: Sequence[Spot],
    *,
    make: Make | None = None,
    course_deg: float | None = None,
    count: int | None = None,
) -> Report:
    return Report(
        source=source,
        said_at=at(said_s),
        received_at=at(said_s + after_s),
        kinds=kinds,
        make=make,
        spots=tuple(spots),
        course_deg=course_deg,
        count=count,
    )


def oblasts_in_range(flight: Flight, country: Country) -> set[ZoneId]:
    """The oblasts within range of where it was launched."""
    x, y = country.launches[flight.origin]
    ground = country.ground
    reached = ground.within(x, y, BALLISTIC_KM)
    return {above[-2] if len(above := ground.hierarchy.ancestors(zone)) >= 2 else zone for zone in ground.ids(reached)}
