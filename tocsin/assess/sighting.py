"""A report laid on the ground: where the thing may be, where it goes, what is threatened.

One report may name several places where something is; each becomes a sighting of its own, since one thing is not in
two places. A place that may be any of several is as many candidates; which of them fits a threat is settled where it
is joined.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from tocsin.assess.ground import Ground, Patch
from tocsin.assess.profiles import Manner, Profile, Profiles
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make, Report, ReportId, Role, Spot

COURSE_SPREAD_DEG = 22.0
"""Of a course in words: one of eight or sixteen directions."""

APART_KM = 45.0
"""Two places of one report that lie no further apart are one area."""

WORD_OF_MOUTH_KM = 4.0
"""How exact a place is that somebody names: near a village is said to be at it."""

NOT_ROUND = 1.2
"""Something that is somewhere in a zone is so much further from its middle than in a disc of the same area."""

SEEN_BEFORE_S = 30.0
"""What people tell in words they saw about so long before; to within as much as that."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing, or one area, that a report speaks of. Kilometres on the ground's map, seconds since 1970."""

    report: ReportId
    number: int
    """Which of the report's."""
    source: SourceId
    said_s: float
    seen_s: float
    """When it was there: somewhat before it was said."""
    kinds: tuple[Threat, ...]
    make: Make | None
    profile: Profile
    at: tuple[Patch, ...] = ()
    """Where it may be; empty where nobody said."""
    at_zones: tuple[ZoneId, ...] = ()
    """The zones that were named for it."""
    aims: tuple[Patch, ...] = ()
    """Where it goes, of which one is meant."""
    aim_zones: tuple[ZoneId, ...] = ()
    threatened: tuple[ZoneId, ...] = ()
    """Zones that were said to be under threat."""
    origin: Patch | None = None
    """Where it comes from, or was launched."""
    course_rad: float | None = None
    """Clockwise from the map's north."""
    course_sigma_rad: float = math.radians(COURSE_SPREAD_DEG)
    speed_km_s: float | None = None
    count: int = 1
    track: str | None = None
    measured: bool = False
    """Whether an instrument found it, and nobody told it in words."""

    @property
    def noticed(self) -> bool:
        """Whether an instrument found it that neither follows it nor tells where it goes: it may be anything."""
        return self.measured and self.track is None and self.course_rad is None

    @property
    def key(self) -> tuple[float, str, int]:
        return self.said_s, self.report, self.number


class End(msgspec.Struct, frozen=True, kw_only=True):
    """What a report declares over."""

    report: ReportId
    source: SourceId
    said_s: float
    kinds: tuple[str, ...]
    """Kinds, or ``all``."""
    zones: tuple[ZoneId, ...]
    """Of these places alone; of everything that it speaks for where there are none."""
    track: str | None


def seconds(moment: datetime) -> float:
    return moment.timestamp()


def moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def sightings(report: Report, id: ReportId, ground: Ground, profiles: Profiles) -> tuple[Sighting, ...]:
    """What a report says is there. None where it only speaks of an end, or of explosions."""
    if not report.kinds:
        return ()
    here = _of(report, Role.AT)
    route = _of(report, Role.PASSING)
    aims = _of(report, Role.HEADING_TO)
    origins = _of(report, Role.LAUNCH_AREA) + _of(report, Role.FROM)
    threatened = tuple(zone for spot in _of(report, Role.UNDER_THREAT) for zone in spot.zones)
    if not here and route:
        here, aims = route[:1], aims or route[1:]
    groups = _groups(here, ground) or [()]
    aim_patches = _patches(aims, ground)
    course = report.course_deg
    profile = profiles.of(report.kinds, report.make)
    # What follows a thing by an id of its own, and what measures, tells as it sees.
    before_s = 0.0 if report.track or report.measured else SEEN_BEFORE_S
    moved_km = before_s * profile.usual_m_s / 1000.0 if profile.manner is Manner.FLIES else 0.0
    said_s = seconds(report.said_at)
    found = []
    for number, group in enumerate(groups):
        at = tuple(
            one.widened(moved_km) for one in _patches(group, ground, 0.0 if report.measured else WORD_OF_MOUTH_KM)
        )
        lean_at = at[0] if at else (aim_patches[0] if aim_patches else None)
        on_map = None
        if course is not None:
            on_map = math.radians(ground.bearing_on_map(course, lean_at.x, lean_at.y) if lean_at else course)
        spread = report.course_spread_deg
        found.append(
            Sighting(
                report=id,
                number=number,
                source=report.source,
                said_s=said_s,
                seen_s=said_s - before_s,
                kinds=report.kinds,
                make=report.make,
                profile=profile,
                at=at,
                at_zones=_zones(group),
                aims=aim_patches,
                aim_zones=_zones(aims),
                threatened=threatened,
                origin=(_patches(origins, ground) or (None,))[0],
                course_rad=on_map,
                course_sigma_rad=math.radians(COURSE_SPREAD_DEG if spread is None else max(4.0, spread)),
                speed_km_s=None if report.speed_m_s is None else report.speed_m_s / 1000.0,
                count=report.count or 1,
                track=report.track,
                measured=report.measured,
            )
        )
    return tuple(found)


def end_in(report: Report, id: ReportId) -> End | None:
    if not report.ends:
        return None
    return End(
        report=id,
        source=report.source,
        said_s=seconds(report.said_at),
        kinds=report.ends,
        zones=tuple(zone for spot in _of(report, Role.ENDED) for zone in spot.zones),
        track=report.track,
    )


def _of(report: Report, role: Role) -> tuple[Spot, ...]:
    return tuple(spot for spot in report.spots if spot.role is role)


def _zones(spots: Iterable[Spot]) -> tuple[ZoneId, ...]:
    return tuple(dict.fromkeys(zone for spot in spots for zone in spot.zones))


def _patches(spots: Sequence[Spot], ground: Ground, by_km: float = WORD_OF_MOUTH_KM) -> tuple[Patch, ...]:
    """All that any of these spots may be, each once; ``by_km``: how far from what was said it may be."""
    found: dict[Patch, None] = {}
    for spot in spots:
        if spot.lon is not None and spot.lat is not None:
            x, y = ground.flatten(spot.lon, spot.lat)
            found[Patch(float(x), float(y), math.hypot(spot.radius_m / 1000.0, 2.0 * by_km))] = None
            continue
        for zone in spot.zones:
            patch = ground.patch(zone)
            if patch is not None:
                found[patch._replace(radius_km=math.hypot(NOT_ROUND * patch.radius_km, 2.0 * WORD_OF_MOUTH_KM))] = None
    return tuple(found)


def _groups(spots: Sequence[Spot], ground: Ground) -> list[tuple[Spot, ...]]:
    """Places that lie together, in their sequence."""
    groups: list[tuple[Spot, ...]] = []
    lead: list[Patch] = []
    for spot in spots:
        patches = _patches((spot,), ground)
        if not patches:
            continue
        near = [
            number
            for number, first in enumerate(lead)
            if math.hypot(first.x - patches[0].x, first.y - patches[0].y) <= APART_KM
        ]
        if near:
            groups[near[0]] = (*groups[near[0]], spot)
        else:
            groups.append((spot,))
            lead.append(patches[0])
    return groups
