"""The picture as it is at a moment: every threat with its age, and every zone at risk with its times.

A stale threat is told and reaches nothing new: where it is, nobody knows. It is not over, and nothing rests on that it
were.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.assess import motion as moving
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture
from tocsin.assess.reach import NEGLIGIBLE, Rows
from tocsin.assess.sighting import moment
from tocsin.assess.table import KINDS, Table
from tocsin.assess.track import Joined, Track, TrackId
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make


class Band(StrEnum):
    """How likely it is that a threat gets to a zone."""

    NONE = "none"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    LIKELY = "likely"
    NEAR_CERTAIN = "near_certain"


AT_LEAST = {
    Band.NONE: 0.0,
    Band.UNLIKELY: NEGLIGIBLE,
    Band.POSSIBLE: 0.13,
    Band.LIKELY: 0.4,
    Band.NEAR_CERTAIN: 0.8,
}
"""The least probability of each band."""


_BANDS = tuple((AT_LEAST[one], one) for one in reversed(Band))

Mask = npt.NDArray[np.bool_]


def band(probability: float) -> Band:
    for least, one in _BANDS:
        if probability >= least:
            return one
    raise AssertionError("no probability is negative")


class AtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that threats of one kind can reach."""

    zone: ZoneId
    threat: Threat
    band: Band
    earliest: datetime
    likely: datetime
    latest: datetime
    tracks: tuple[TrackId, ...]
    """The threats, the likeliest first."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A threat as it is at a moment. Places in degrees; None where nobody knows."""

    id: TrackId
    kinds: tuple[Threat, ...]
    make: Make | None
    count: int
    began: datetime
    last: datetime
    age_s: float
    stale: bool
    unplaced: bool
    lon: float | None
    lat: float | None
    radius_m: float | None
    """Where it is expected now: somewhere in this circle, nine times out of ten."""
    course_deg: float | None
    course_spread_deg: float | None
    cone: tuple[tuple[float, float], ...]
    """The outline of where it can be within `CONE_S`, longitude and latitude; empty where its course is not known."""
    aim: tuple[ZoneId, ...]
    named: tuple[ZoneId, ...]
    threatened: tuple[ZoneId, ...]
    sources: tuple[SourceId, ...]
    joined: tuple[Joined, ...]
    was: tuple[TrackId, ...]
    beside: TrackId | None


CONE_S = 900.0
"""How far ahead the cone of a threat is drawn."""


class Assessment:
    """What a moment makes of the table of all open threats: which rows count now."""

    def __init__(self, picture: Picture, now: datetime, table: Table) -> None:
        self.picture, self.now, self.now_s, self.table = picture, now, now.timestamp(), table
        self.ground: Ground = picture.setting.ground
        self.stale: Mask = self.now_s - table.last_s > table.stale_after_s
        """Of each threat."""
        self.ahead: Mask = (table.rows.latest_s >= self.now_s) & ~self.stale[table.track]
        """Which rows are of threats that are not stale, and not past."""

    @property
    def rows_of(self) -> Mapping[TrackId, Rows]:
        """Of every open threat, stale ones too."""
        return {track.id: self.table.of(number) for number, track in enumerate(self.table.tracks)}

    @cached_property
    def at_risk(self) -> tuple[AtRisk, ...]:
        """Every zone that any threat can reach, once for each kind, the likeliest first."""
        table, rows = self.table, self.table.rows
        at = np.flatnonzero(self.ahead & (rows.probability >= AT_LEAST[Band.UNLIKELY]))
        if not len(at):
            return ()
        by_id = np.argsort(np.argsort(np.array(table.ids)))
        keys = rows.zone[at] * len(KINDS) + table.kind[table.track[at]]
        order = np.lexsort((by_id[table.track[at]], -rows.probability[at], keys))
        at, keys = at[order], keys[order]
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        ids = [table.ids[number] for number in table.track[at].tolist()]
        found = [
            AtRisk(
                zone=self.ground.zones[key // len(KINDS)],
                threat=KINDS[key % len(KINDS)],
                band=band(best),
                earliest=moment(max(self.now_s, earliest)),
                likely=moment(max(self.now_s, likely)),
                latest=moment(latest),
                tracks=tuple(ids[start:end]),
            )
            for key, best, earliest, likely, latest, start, end in zip(
                keys[starts].tolist(),
                rows.probability[at[starts]].tolist(),
                np.minimum.reduceat(rows.earliest_s[at], starts).tolist(),
                np.minimum.reduceat(rows.likely_s[at], starts).tolist(),
                np.maximum.reduceat(rows.latest_s[at], starts).tolist(),
                starts.tolist(),
                [*starts.tolist()[1:], len(at)],
                strict=True,
            )
        ]
        best_of = rows.probability[at[starts]].tolist()
        sequence = sorted(zip(best_of, found, strict=True), key=_likeliest)
        return tuple(one for _, one in sequence)

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """Every threat that is not over, the newest word first."""
        tracks = sorted(self.picture.tracks.values(), key=lambda track: (-track.last_s, track.id))
        return tuple(look(track, self.now_s, self.ground) for track in tracks)


def _likeliest(pair: tuple[float, AtRisk]) -> tuple[float, datetime, ZoneId, Threat]:
    best, one = pair
    return -best, one.earliest, one.zone, one.threat


def assess(picture: Picture, now: datetime) -> Assessment:
    """The picture as it is at a moment. Only what changed since it was last asked for is reckoned anew."""
    return Assessment(picture, now, picture.tables.of(picture.tracks, picture.setting.ground))


def look(track: Track, now_s: float, ground: Ground) -> Seen:
    """A threat as it is at a moment."""
    where: tuple[float, float] | None = None
    radius_m = course_deg = spread_deg = None
    cone: tuple[tuple[float, float], ...] = ()
    if track.motion is not None:
        there = moving.ahead(track.motion, min(now_s, track.last_s + track.profile.stale_after_s), track.profile)
        where = ground.spread(there.x, there.y)
        radius_m = round(2.15 * there.sigma_km * 1000.0, -2)
        if track.motion.course_sigma_rad < 1.15:
            lean = math.radians((where[0] - ground.lon0) * math.sin(math.radians(ground.lat0)))
            course_deg = round(math.degrees(there.course_rad + lean) % 360.0, 0) % 360.0
            spread_deg = round(math.degrees(min(there.course_sigma_rad, math.pi)), 0)
            if not track.stale(now_s):
                cone = _cone(there, track, ground)
    return Seen(
        id=track.id,
        kinds=track.kinds,
        make=track.make,
        count=track.count,
        began=moment(track.began_s),
        last=moment(track.last_s),
        age_s=max(0.0, now_s - track.last_s),
        stale=track.stale(now_s),
        unplaced=track.unplaced,
        lon=None if where is None else round(where[0], 3),
        lat=None if where is None else round(where[1], 3),
        radius_m=radius_m,
        course_deg=course_deg,
        course_spread_deg=spread_deg,
        cone=cone,
        aim=track.aim.zones if track.aim else (),
        named=track.named,
        threatened=track.threatened,
        sources=tuple(sorted(track.sources)),
        joined=track.joined,
        was=track.was,
        beside=track.beside,
    )


def _cone(there: moving.Motion, track: Track, ground: Ground) -> tuple[tuple[float, float], ...]:
    """Two arcs about the course: how far to either side it may be, near it and at the far end."""
    far_km = CONE_S * track.profile.fast_m_s / 1000.0
    half = min(1.3, max(0.12, 1.3 * there.course_sigma_rad))
    near_km = max(2.0, 1.5 * there.sigma_km)
    course = there.course_rad
    back = [
        (there.x + near_km * math.sin(angle), there.y + near_km * math.cos(angle))
        for angle in _angles(course + half + 0.5, course + math.tau - half - 0.5, 9)
    ]
    front = [
        (there.x + far_km * math.sin(angle), there.y + far_km * math.cos(angle))
        for angle in _angles(course - half, course + half, 13)
    ]
    x, y = np.array([*front, *back, front[0]]).T
    lon, lat = ground.spread_many(x, y)
    return tuple(zip(lon.round(3).tolist(), lat.round(3).tolist(), strict=True))


def _angles(first: float, last: float, count: int) -> Iterable[float]:
    return (first + (last - first) * number / (count - 1) for number in range(count))
