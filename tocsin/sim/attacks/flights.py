"""What flies in an attack: waves of drones, salvoes of cruise missiles, ballistic launches, along curved routes.

The truth of an attack is the path of each, at steps of some seconds, and from that the moment at which it first is
over each zone by the polygons of the atlas. It comes down at its target or, shot down, anywhere before.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Sequence
from importlib.resources import files
from random import Random
from typing import NamedTuple

import numpy as np

from tocsin.assess.ground import Floats, Ground
from tocsin.atlas import Atlas
from tocsin.model import ZoneId
from tocsin.report import Make

STEP_S = 10.0


class Town(NamedTuple):
    """A settlement whose position is known."""

    name: str
    zone: ZoneId
    people: float
    x: float
    y: float


class Flight(NamedTuple):
    """One thing in the air, or several that fly as one."""

    make: Make
    number: int
    """How many fly as one."""
    origin: str
    """The launch area, as reports name it."""
    at_s: Floats
    x: Floats
    y: Floats
    target: Town
    entered: dict[ZoneId, float]
    """When it first was over each zone: seconds since the attack began."""

    def position(self, at_s: float) -> tuple[float, float]:
        return float(np.interp(at_s, self.at_s, self.x)), float(np.interp(at_s, self.at_s, self.y))

    def course_rad(self, at_s: float) -> float:
        """Over the last minute: what an observer sees."""
        (x0, y0), (x1, y1) = self.position(at_s - 60.0), self.position(at_s)
        if math.hypot(x1 - x0, y1 - y0) < 0.05:
            (x0, y0), (x1, y1) = self.position(at_s), self.position(at_s + 60.0)
        return math.atan2(x1 - x0, y1 - y0)


class Country:
    """The land that is attacked: its zones, its towns, and from where things are launched."""

    def __init__(self, atlas: Atlas, ground: Ground) -> None:
        self.atlas, self.ground = atlas, ground
        self.towns = _towns(ground)
        self.xy = np.array([(town.x, town.y) for town in self.towns])
        self.people = np.array([town.people for town in self.towns])
        self.cities = [town for town in self.towns if town.people >= 60_000]
        self.names: dict[str, list[Town]] = {}
        for town in self.towns:
            self.names.setdefault(town.name, []).append(town)
        self.launches = {
            name: tuple(float(one) for one in ground.flatten(lon, lat)) for name, (lon, lat) in LAUNCH_AREAS.items()
        }

    def zones_at(self, x: Floats, y: Floats) -> list[ZoneId | None]:
        """The smallest zone at each point, by its polygon."""
        numbers = self.atlas.locate_many(*self.ground.spread_many(x, y))
        zones = [None if number < 0 else self.atlas.zones[number].id for number in numbers.tolist()]
        return [zone if zone in self.ground.place else None for zone in zones]


LAUNCH_AREAS = {
    "Bryansk": (34.0, 53.3),
    "Kursk": (36.2, 51.9),
    "Belgorod": (37.4, 50.5),
    "Millerovo": (40.4, 48.9),
    "Taganrog": (38.9, 47.1),
    "Primorsko-Akhtarsk": (38.1, 46.0),
    "Crimea": (34.4, 45.2),
    "Black Sea": (32.5, 44.6),
    "Caspian": (44.5, 47.5),
    "Engels": (44.0, 51.0),
}
"""Longitude and latitude of areas that public reports name as places of launches."""

DRONES_FROM = ("Bryansk", "Kursk", "Millerovo", "Primorsko-Akhtarsk", "Crimea")
CRUISE_FROM = ("Caspian", "Engels", "Black Sea")
BALLISTIC_FROM = ("Bryansk", "Kursk", "Belgorod", "Taganrog", "Crimea")
BALLISTIC_KM = 480.0
BALLISTIC_KM_S = 1.5


def _towns(ground: Ground) -> list[Town]:
    raw = (files("tocsin.data") / "settlements-ua/settlements.csv.gz").read_bytes()
    with gzip.open(io.BytesIO(raw), "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["lon"] and row["kind"] != "A"]
    x, y = ground.flatten([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])
    units = (files("tocsin.data") / "settlements-ua/units_below.csv").read_text(encoding="utf-8")
    above = {row["code"]: row["parent"] for row in csv.DictReader(io.StringIO(units))}
    towns = []
    for row, east, north in zip(rows, x.tolist(), y.tolist(), strict=True):
        code = row["zone"]
        while code not in ground.place and code in above:  # such as a district of a city
            code = above[code]
        zone = ZoneId(code)
        if zone in ground.place:
            towns.append(Town(row["name"], zone, float(row["population"] or 300), east, north))
    return towns


def flights(seed: int, country: Country) -> list[Flight]:
    """All that flies in the attack of a seed, in the sequence of launch."""
    rng = Random(f"flights {seed}")
    found: list[Flight] = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        found += _wave(rng, country, rng.uniform(0, 5_400))
    if rng.random() < 0.6:
        found += _salvo(rng, country, rng.uniform(1_800, 7_200))
    if rng.random() < 0.6:
        found += _launches(rng, country, rng.uniform(1_800, 7_200))
    return sorted(found, key=lambda flight: float(flight.at_s[0]))


def _wave(rng: Random, country: Country, start_s: float) -> list[Flight]:
    name = rng.choice(DRONES_FROM)
    x, y = country.launches[name]
    targets = _targets(rng, country, x, y, rng.choice((1, 2, 3)), 650.0)
    found = []
    for _ in range(rng.randint(4, 12)):
        jet = rng.random() < 0.1
        speed = rng.gauss(0.125, 0.01) if jet else rng.gauss(0.049, 0.003)
        path = _route(rng, (x + rng.gauss(0, 15), y + rng.gauss(0, 15)), rng.choice(targets), 0.09)
        count = rng.choice((1, 1, 1, 2, 3, 5))
        make = Make.JET_DRONE if jet else Make.PISTON_DRONE
        found.append(_flown(rng, country, make, count, name, path, start_s + rng.uniform(0, 2_400), speed, 0.6))
    return found


def _salvo(rng: Random, country: Country, start_s: float) -> list[Flight]:
    name = rng.choice(CRUISE_FROM)
    x, y = country.launches[name]
    targets = _targets(rng, country, x, y, rng.choice((1, 2, 3)), 1_300.0)
    found = []
    for _ in range(rng.randint(3, 9)):
        path = _route(rng, (x + rng.gauss(0, 20), y + rng.gauss(0, 20)), rng.choice(targets), 0.07)
        start = start_s + rng.uniform(0, 600)
        found.append(_flown(rng, country, Make.SUBSONIC_CRUISE, 1, name, path, start, rng.gauss(0.22, 0.012), 0.6))
    return found


def _launches(rng: Random, country: Country, start_s: float) -> list[Flight]:
    name = rng.choice(BALLISTIC_FROM)
    x, y = country.launches[name]
    found = []
    for target in _targets(rng, country, x, y, rng.choice((1, 1, 2)), BALLISTIC_KM):
        for _ in range(rng.choice((1, 2, 3))):
            start = start_s + rng.uniform(0, 240)
            away = math.hypot(target.x - x, target.y - y)
            at = np.array([start, start + 60.0 + away / BALLISTIC_KM_S])
            ends = np.array([target.x + rng.gauss(0, 4)]), np.array([target.y + rng.gauss(0, 4)])
            zone = country.zones_at(*ends)[0]
            entered = {} if zone is None else {zone: float(at[1])}  # it is over nobody before it comes down
            path = np.array([x, float(ends[0][0])]), np.array([y, float(ends[1][0])])
            found.append(Flight(Make.BALLISTIC, 1, name, at, *path, target, entered))
    return found


def _targets(rng: Random, country: Country, x: float, y: float, count: int, within_km: float) -> list[Town]:
    near = [town for town in country.cities if 60.0 < math.hypot(town.x - x, town.y - y) < within_km]
    return rng.choices(near, weights=[town.people**0.5 for town in near], k=count)


def _route(rng: Random, start: tuple[float, float], target: Town, sway: float) -> list[tuple[float, float]]:
    """Turning points: off the straight way by some share of its length, and now and then by more."""
    (x0, y0), (x1, y1) = start, (target.x + rng.gauss(0, 3), target.y + rng.gauss(0, 3))
    away = math.hypot(x1 - x0, y1 - y0)
    legs = 1 + int(away / rng.uniform(90, 160))
    across = ((y1 - y0) / away, -(x1 - x0) / away)
    points = [(x0, y0)]
    for leg in range(1, legs):
        share = leg / legs
        off = rng.gauss(0, sway * away) * math.sin(math.pi * share) ** 0.5
        if rng.random() < 0.12:
            off *= 2.0
        points.append((x0 + share * (x1 - x0) + off * across[0], y0 + share * (y1 - y0) + off * across[1]))
    return [*points, (x1, y1)]


def _flown(
    rng: Random,
    country: Country,
    make: Make,
    count: int,
    origin: str,
    points: Sequence[tuple[float, float]],
    start_s: float,
    speed_km_s: float,
    down: float,
) -> Flight:
    """A smooth curve through the turning points (Catmull and Rom, 1974), flown at one speed until it comes down."""
    x, y = _curve(points)
    lengths = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    whole = float(lengths[-1])
    flown = whole * (rng.uniform(0.35, 1.0) if rng.random() < down else 1.0)
    at = np.arange(0.0, flown / speed_km_s, STEP_S)
    x, y = np.interp(at * speed_km_s, lengths, x), np.interp(at * speed_km_s, lengths, y)
    entered: dict[ZoneId, float] = {}
    for moment, zone in zip((start_s + at).tolist(), country.zones_at(x, y), strict=True):
        if zone is not None:
            entered.setdefault(zone, moment)
    final = np.array([points[-1][0]]), np.array([points[-1][1]])
    nearest = int(np.argmin(np.hypot(country.xy[:, 0] - final[0], country.xy[:, 1] - final[1])))
    return Flight(make, count, origin, start_s + at, x, y, country.towns[nearest], entered)


def _curve(points: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    whole = np.array([points[0], *points, points[-1]])
    share = np.linspace(0.0, 1.0, 30, endpoint=False)[:, None]
    parts = []
    for leg in range(len(points) - 1):
        p0, p1, p2, p3 = whole[leg : leg + 4]
        parts.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * share
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * share**2
                + (3 * p1 - p0 - 3 * p2 + p3) * share**3
            )
        )
    curve = np.concatenate([*parts, whole[-1:]])
    return curve[:, 0], curve[:, 1]
