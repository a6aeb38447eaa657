"""Ukraine as the ground, some of its zones by short names, and reports in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tocsin.assess.assessment import AtRisk, assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.atlas import shipped
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Report, Role, Spot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AIR_FORCE, CHANNEL, OTHER = SourceId("air force"), SourceId("channel"), SourceId("other")


@cache
def ground() -> Ground:
    return Ground(shipped("ua"))


CITIES = {
    "Суми": (34.80, 50.91),
    "Полтава": (34.55, 49.59),
    "Одеса": (30.72, 46.48),
    "Луцьк": (25.33, 50.75),
    "Київ": (30.52, 50.45),
    "Бровари": (30.79, 50.51),
    "Ромни": (33.48, 50.75),
    "Лохвиця": (33.27, 50.36),
    "Миколаїв": (31.99, 46.97),
}


@cache
def zone(name: str) -> ZoneId:
    """The smallest zone that a city is in; any other zone by its name."""
    if name in CITIES:
        found = shipped("ua").locate(*CITIES[name])
        assert found is not None
        return found.id
    return shipped("ua").resolve(name).id


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def report(
    at: float,
    *spots: Spot,
    kind: Threat | None = Threat.DRONES,
    source: SourceId = CHANNEL,
    late: float = 0.2,
    **said: Any,
) -> Report:
    """Said so many minutes after noon, received a little later."""
    kinds = () if kind is None else (kind,)
    return Report(
        source=source, said_at=minute(at), received_at=minute(at + late), spots=spots, **({"kinds": kinds} | said)
    )


def spot(role: Role, *names: str) -> Spot:
    return Spot(role=role, zones=tuple(zone(name) for name in names))


def over(*names: str) -> Spot:
    return spot(Role.AT, *names)


def to(*names: str) -> Spot:
    return spot(Role.HEADING_TO, *names)


def point(lon: float, lat: float, role: Role = Role.AT, radius_m: float = 3_000) -> Spot:
    return Spot(role=role, lon=lon, lat=lat, radius_m=radius_m)


def nothing(*trusted: SourceId) -> Picture:
    return Picture(Setting(ground=ground(), trusted=frozenset(trusted)))


def picture(*reports: Report, trusted: tuple[SourceId, ...] = ()) -> Picture:
    return nothing(*trusted).add(*reports)


def at_risk(seen: Picture, at: float) -> dict[ZoneId, AtRisk]:
    """Each zone at risk, by the likeliest kind."""
    found: dict[ZoneId, AtRisk] = {}
    for one in assess(seen, minute(at)).at_risk:
        found.setdefault(one.zone, one)
    return found


def whole(seen: Picture) -> Any:
    """All that a picture says, to compare it with another."""
    return (dict(seen.tracks), dict(seen.ended), seen.overs)


def southwest(count: int, every: float = 5.0, source: SourceId = CHANNEL, course: bool = True) -> list[Report]:
    """A drone from the border south of Sumy along a line to the south-west, at 48 m/s."""
    km_per_step = 0.048 * 60 * every
    reports = []
    for number in range(count):
        lat = 51.0 - number * km_per_step * 0.7071 / 111.2
        lon = 34.6 - number * km_per_step * 0.7071 / (111.2 * 0.636)
        told = 225.0 if course and number else None
        reports.append(report(number * every, point(lon, lat), source=source, course_deg=told))
    return reports
