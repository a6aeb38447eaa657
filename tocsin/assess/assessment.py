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
from typing import Any

import msgspec
import numpy as np

from tocsin.assess import motion as moving
from tocsin.assess.ground import Floats, Ground, Indices
from tocsin.assess.picture import Picture
from tocsin.assess.reach import Rows, reach
from tocsin.assess.sighting import moment
from tocsin.assess.track import Joined, Track, TrackId
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make


class Band(StrEnum):
    """How likely it is that a threat gets to a zone."""

    NONE = "none"
    POSSIBLE = "possible"
    LIKELY = "likely"
    NEAR_CERTAIN = "near_certain"


AT_LEAST = {Band.NONE: 0.0, Band.POSSIBLE: 0.07, Band.LIKELY: 0.4, Band.NEAR_CERTAIN: 0.8}
"""The least probability of each band."""


def band(probability: float) -> Band:
    return next(one for one in reversed(Band) if probability >= AT_LEAST[one])


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
    """All rows of all threats that are neither over nor stale: which threat, which zone, how likely, when."""

    def __init__(self, picture: Picture, now: datetime, rows: Mapping[TrackId, Rows]) -> None:
        self.picture, self.now, self.now_s = picture, now, now.timestamp()
        self.ground: Ground = picture.setting.ground
        self.rows_of = rows
        """Of every open threat, stale ones too."""
        self.fresh = [track for track in picture.tracks.values() if not track.stale(self.now_s)]
        parts = [(number, rows[track.id]) for number, track in enumerate(self.fresh) if len(rows[track.id])]
        self.track: Indices = _joined([np.full(len(part), number, dtype=np.intp) for number, part in parts], np.intp)
        self.zone: Indices = _joined([part.zone for _, part in parts], np.intp)
        self.probability: Floats = _joined([part.probability for _, part in parts], np.float64)
        self.earliest_s: Floats = _joined([part.earliest_s for _, part in parts], np.float64)
        self.likely_s: Floats = _joined([part.likely_s for _, part in parts], np.float64)
        self.latest_s: Floats = _joined([part.latest_s for _, part in parts], np.float64)
        self.ahead = self.latest_s >= self.now_s
        """Which rows are not past."""

    @cached_property
    def at_risk(self) -> tuple[AtRisk, ...]:
        """Every zone that any threat can reach, once for each kind, the likeliest first."""
        kinds = [track.threat for track in self.fresh]
        grouped: dict[tuple[int, Threat], list[int]] = {}
        for row in np.flatnonzero(self.ahead & (self.probability >= AT_LEAST[Band.POSSIBLE])):
            grouped.setdefault((int(self.zone[row]), kinds[self.track[row]]), []).append(int(row))
        found = [self._at_risk(zone, threat, rows) for (zone, threat), rows in grouped.items()]
        return tuple(one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].earliest, pair[1].zone)))

    def _at_risk(self, zone: int, threat: Threat, rows: list[int]) -> tuple[float, AtRisk]:
        rows = sorted(rows, key=lambda row: (-self.probability[row], self.fresh[self.track[row]].id))
        best = float(self.probability[rows[0]])
        return best, AtRisk(
            zone=self.ground.zones[zone],
            threat=threat,
            band=band(best),
            earliest=moment(max(self.now_s, min(float(self.earliest_s[row]) for row in rows))),
            likely=moment(max(self.now_s, min(float(self.likely_s[row]) for row in rows))),
            latest=moment(max(float(self.latest_s[row]) for row in rows)),
            tracks=tuple(self.fresh[self.track[row]].id for row in rows),
        )

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """Every threat that is not over, the newest word first."""
        tracks = sorted(self.picture.tracks.values(), key=lambda track: (-track.last_s, track.id))
        return tuple(look(track, self.now_s, self.ground) for track in tracks)


def _joined(parts: list[Any], kind: type) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def assess(picture: Picture, now: datetime) -> Assessment:
    """The picture as it is at a moment. Only what changed since it was last asked for is reckoned anew."""
    known = picture.reached
    tracks = picture.tracks
    fresh = [track for track in tracks.values() if (had := known.get(track.id)) is None or had[0] is not track]
    for track, rows in zip(fresh, reach(fresh, picture.setting.ground), strict=True):
        known[track.id] = (track, rows)
    if len(known) > 2 * len(tracks) + 100:
        for gone in known.keys() - tracks.keys():
            del known[gone]
    return Assessment(picture, now, {id: known[id][1] for id in tracks})


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
    ring = [ground.spread(x, y) for x, y in (*front, *back, front[0])]
    return tuple((round(lon, 3), round(lat, 3)) for lon, lat in ring)


def _angles(first: float, last: float, count: int) -> Iterable[float]:
    return (first + (last - first) * number / (count - 1) for number in range(count))
