"""Which zones a threat can reach, when, and how likely: the reachable set over time, zone by zone.

What flies spreads out from where it was last seen along its course: across it, as a normal distribution that widens
with the uncertainty of the place, of the course, and of the turns it may yet take. A zone's share of that is its
probability. Times go by the straight way to it: at the fastest of its kind to its near edge, at its own speed, and at
the slowest to its far edge. What strikes reaches all that was named, or all within its range, at once.

All of it is counted from the last report, not from the present, so it need not be done anew while nothing is reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.assess.fitting import UNKNOWN_COURSE_RAD
from tocsin.assess.ground import Floats, Ground, Indices
from tocsin.assess.motion import Motion
from tocsin.assess.profiles import TURNING_S, Manner
from tocsin.assess.track import Track

Matrix = npt.NDArray[np.float32]

NEGLIGIBLE = 0.03
"""What is less likely is not told."""

FADES = (1.0 / NEGLIGIBLE - 1.0) ** 0.25
"""So many times as far as its course is trusted, everything is negligible."""

NAMED = 0.25
"""At least this likely is a zone that was named as where it is, while nothing tells more exactly."""

THREATENED = 0.6
"""At least this likely is a zone that was said to be under its threat."""

BESIDE = 0.15
"""A zone beside one that something is meant for which strikes."""

MEANT_TOO = 0.45
"""A zone that touches the one something is meant for which strikes: who names a town means what lies around it too, and
what is meant for its edge comes down over the border of the zone."""

IN_RANGE = 0.15
"""A zone within range of a launch of which nobody said where to."""

BEYOND = 0.25
"""So much of its probability keeps what lies behind the place that it was said to head for."""

BEHIND_KM = 14.0
"""So far behind that place counts as the place itself."""

OTHER_SHARE = 0.6
"""What was not continued is worth something for so much of the time for which the track is."""

ALONE_SHARE = 0.2
"""A single word of something far inland is worth something for so much of that time: by then others see it too."""

NOTICED = 0.1
"""At least this likely is the zone where a single instrument noticed something."""

GLIMPSE_SHARE = 0.3
"""A single place is worth something for so much of the time for which the track is."""

GLIMPSE_SIGMA_RAD = 0.5
"""No course by a single word is known better."""

AIMED = 0.45
"""At least this likely is a zone that was named as where it goes."""

FIRST_WORD_S = 60.0
"""So long before the first word of a launch it may have been."""


class Rows(NamedTuple):
    """What one threat reaches: parallel arrays, one entry a zone. Times in seconds since 1970."""

    zone: Indices
    probability: Floats
    earliest_s: Floats
    likely_s: Floats
    latest_s: Floats

    def __len__(self) -> int:
        return len(self.zone)


EMPTY = Rows(np.empty(0, dtype=np.intp), *(np.empty(0) for _ in range(4)))


def rumour(track: Track) -> bool:
    """Whether it is one word of something far inland, or of one instrument alone, by nobody who follows it."""
    return (track.inland or track.noticed) and track.tellings == 1 and not track.own_ids


def lone_noise(track: Track) -> bool:
    """Whether one instrument alone noticed it, once, and does not follow it: it may be anything."""
    return track.noticed and rumour(track)


def belief(track: Track) -> float:
    """How much is given on it being there at all."""
    more = len(track.sources) > 1
    if rumour(track):
        return 0.3 if more else 0.2
    if track.tellings == 1:  # however often that was repeated
        if track.own_ids:
            return 0.85 if more else 0.75
        return 0.45 if more else 0.4  # a slip, or a word that fits nothing, is as likely as something new
    if more:
        return 1.0
    return 0.8 if track.inland else 0.95


def reach(tracks: Sequence[Track], ground: Ground) -> list[Rows]:
    """What each of these reaches, in their sequence."""
    found: list[Rows] = [EMPTY] * len(tracks)
    flying = [number for number, track in enumerate(tracks) if track.motion is not None]
    if flying:
        for number, rows in zip(flying, _flying([tracks[number] for number in flying], ground), strict=True):
            track = tracks[number]
            found[number] = _with_here(_with_named(rows, track, ground), track, ground)
    for number, track in enumerate(tracks):
        if track.motion is None:
            found[number] = _striking(track, ground)
    return found


def _flying(tracks: Sequence[Track], ground: Ground) -> list[Rows]:
    """By the track as a whole, and by each of the last places that were named for it."""
    lines = [(number, column) for number, track in enumerate(tracks) for column in _columns(track)]
    columns = np.array([column[1:] for _, column in lines], dtype=np.float32).T[:, :, None]
    of_track = np.array([number for number, _ in lines])
    last_s = np.array([column[0] for _, column in lines])
    x, y, hx, hy, unknown, place2, course2, turns, slow, speed, fast, trusted, aim_km, believed = columns
    dx, dy = ground.x.astype(np.float32)[None, :] - x, ground.y.astype(np.float32)[None, :] - y
    # Further away than this the share of what is trusted alone makes it negligible.
    rows, zones = np.nonzero(dx * dx + dy * dy < (FADES * trusted) ** 2)
    dx, dy, radius = dx[rows, zones], dy[rows, zones], ground.radius_km.astype(np.float32)[zones]
    hx, hy, unknown, place2, course2, turns = (column[rows, 0] for column in columns[2:8])
    slow, speed, fast, trusted, aim_km, believed = (column[rows, 0] for column in columns[8:])
    away = np.sqrt(dx * dx + dy * dy)
    behind = np.maximum(-(dx * hx + dy * hy) - radius, 0.0)
    off = np.where(unknown > 0.0, 1.1 * away, np.abs(dx * hy - dy * hx) + 1.5 * behind)
    sigma = np.sqrt(place2 + away * away * (course2 + turns * away))
    probability = _share(off, radius, sigma)
    probability *= believed / (1.0 + (away / trusted) ** 4)
    probability *= np.where(away - radius > aim_km, np.float32(BEYOND), np.float32(1.0))
    told = np.flatnonzero(probability >= NEGLIGIBLE)
    distance, around, place = away[told].astype(np.float64), radius[told], np.sqrt(place2[told].astype(np.float64))
    from_then, gap = last_s[rows[told]], np.maximum(distance - around, 0.0)
    earliest = from_then + np.maximum(gap - place, 0.0) / fast[told]
    likely = from_then + gap / speed[told]
    latest = from_then + (distance + around + 2.0 * place) / slow[told]
    every = Rows(zones[told], probability[told].astype(np.float64), earliest, likely, latest)
    return _apart(of_track[rows[told]], every, len(tracks), len(ground.zones))


def _apart(of_track: Indices, every: Rows, tracks: int, zones: int) -> list[Rows]:
    """The rows of each track, each zone once."""
    keys, inverse = np.unique(of_track * zones + every.zone, return_inverse=True)
    whole = _once(keys % zones, inverse, every)
    cuts = np.searchsorted(keys // zones, np.arange(1, tracks))
    parts = [np.split(column, cuts) for column in whole]
    return [Rows(*columns) for columns in zip(*parts, strict=True)]


def _columns(track: Track) -> list[tuple[float, ...]]:
    motion = track.motion
    assert motion is not None
    aim_km = math.inf
    if track.aim is not None:
        at = track.aim.at
        aim_km = math.hypot(at.x - motion.x, at.y - motion.y) + at.radius_km + BEHIND_KM
    alone = rumour(track)
    lines = [_column(track, motion, ALONE_SHARE if alone else 1.0, aim_km)]
    if alone:
        return lines
    lines += [_column(track, other, OTHER_SHARE, math.inf) for other in track.others]
    for glimpse in track.glimpses:
        course, sigma = glimpse.course_rad, glimpse.course_sigma_rad
        if course is None:
            course, sigma = motion.course_rad, max(motion.course_sigma_rad, GLIMPSE_SIGMA_RAD)
        speed = max(motion.speed_km_s, track.profile.usual_m_s / 1000.0)
        seen = Motion(
            glimpse.said_s,
            glimpse.at.x,
            glimpse.at.y,
            speed * math.sin(course),
            speed * math.cos(course),
            max(glimpse.at.sigma_km, 1.0) ** 2,
            0.0,
            (speed * max(sigma, GLIMPSE_SIGMA_RAD)) ** 2,
        )
        lines.append(_column(track, seen, GLIMPSE_SHARE, math.inf))
    return lines


def _column(track: Track, motion: Motion, share: float, aim_km: float) -> tuple[float, ...]:
    profile = track.profile
    usual = profile.usual_m_s / 1000.0
    course_sigma = motion.course_sigma_rad
    unknown = course_sigma > UNKNOWN_COURSE_RAD
    speed = usual if course_sigma > 0.4 else motion.speed_km_s
    speed = min(max(0.5 * (speed + usual), profile.slow_m_s / 1000.0), profile.fast_m_s / 1000.0)
    return (
        motion.at_s,
        motion.x,
        motion.y,
        math.sin(motion.course_rad),
        math.cos(motion.course_rad),
        float(unknown),
        motion.pp,
        1.0 if unknown else course_sigma**2,
        math.radians(profile.turns_deg) ** 2 / TURNING_S / usual / 3.0,
        profile.slow_m_s / 1000.0,
        speed,
        profile.fast_m_s / 1000.0,
        share * usual * profile.trusted_min * 60.0,
        min(aim_km, 1e6),
        belief(track),
    )


def _share(off: Matrix, radius: Matrix, sigma: Matrix) -> Matrix:
    """How much of a normal distribution lies within the radius about a place so far off (the logistic approximation of
    Bowling and others, 2009: wrong by less than 0.01)."""
    slope = np.float32(1.702) / sigma
    upper = 1.0 / (1.0 + np.exp(np.minimum(-slope * (off + radius), 60.0)))
    lower = 1.0 / (1.0 + np.exp(np.minimum(-slope * (off - radius), 60.0)))
    share: Matrix = (upper - lower).astype(np.float32)
    return share


def _with_named(rows: Rows, track: Track, ground: Ground) -> Rows:
    """With the zones that were named for it, at least as likely as a name makes them."""
    aimed = track.aim.zones if track.aim else ()
    if not (track.named or track.threatened or aimed):
        return rows
    assert track.motion is not None
    until_s = track.last_s + track.profile.stale_after_s
    more = []
    for zones, at_least in ((track.named, NAMED), (track.threatened, THREATENED), (aimed[:FEW_AIMS], AIMED)):
        places = ground.all_below(zones)
        away = np.maximum(np.hypot(ground.x[places] - track.motion.x, ground.y[places] - track.motion.y), 0.0)
        gap = np.maximum(away - ground.radius_km[places], 0.0)
        if at_least == NAMED:
            gap = np.zeros(len(places))
        sigma = track.motion.sigma_km
        more.append(
            Rows(
                places,
                np.full(len(places), at_least),
                track.last_s + np.maximum(gap - sigma, 0.0) / (track.profile.fast_m_s / 1000.0),
                track.last_s + gap / (track.profile.usual_m_s / 1000.0),
                np.full(len(places), until_s),
            )
        )
    return union([rows, *more])


def _with_here(rows: Rows, track: Track, ground: Ground) -> Rows:
    """With the very zone where a single word puts it, if that names a point and no zone, and tells it closely enough:
    as one that was named. Where a single instrument noticed it: there at least somebody is told."""
    motion = track.motion
    if motion is None or track.tellings > 1 or track.named:
        return rows
    near = rows.zone if len(rows) else np.arange(len(ground.zones), dtype=np.intp)
    away = np.hypot(ground.x[near] - motion.x, ground.y[near] - motion.y)
    number = int(np.argmin(away / ground.radius_km[near]))
    here, radius_km = near[number], float(ground.radius_km[near[number]])
    at_least = NOTICED if lone_noise(track) else NAMED if motion.sigma_km <= radius_km else 0.0
    if at_least == 0.0 or (len(rows) and rows.probability[number] >= at_least):
        return rows
    gone_s = (away[number] + radius_km + 2.0 * motion.sigma_km) / (track.profile.slow_m_s / 1000.0)
    at_s = np.array([motion.at_s])
    return union([rows, Rows(np.array([here]), np.array([at_least]), at_s, at_s, at_s + gone_s)])


def union(parts: Sequence[Rows]) -> Rows:
    """Each zone once: the likeliest, the earliest, the latest of what is said of it."""
    whole = Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    zones, inverse = np.unique(whole.zone, return_inverse=True)
    return _once(zones, inverse, whole)


def _once(zones: Indices, inverse: Indices, every: Rows) -> Rows:
    count = len(zones)
    chances, earliest = np.zeros(count), np.full(count, np.inf)
    likely, latest = np.full(count, np.inf), np.full(count, -np.inf)
    np.maximum.at(chances, inverse, every.probability)
    np.minimum.at(earliest, inverse, every.earliest_s)
    np.minimum.at(likely, inverse, every.likely_s)
    np.maximum.at(latest, inverse, every.latest_s)
    return Rows(zones, chances, earliest, likely, latest)


def _striking(track: Track, ground: Ground) -> Rows:
    """Of what was named, of what lies beside it, or of all within range."""
    profile = track.profile
    if profile.manner is Manner.ABROAD:
        return EMPTY
    everything = np.arange(len(ground.zones), dtype=np.intp)
    if profile.manner is Manner.COUNTRY:
        return _at_once(track, everything, NAMED, ground)
    meant = ground.all_below((*track.named, *track.threatened))
    if len(meant):
        patches = [patch for zone in (*track.named, *track.threatened) if (patch := ground.patch(zone))]
        beside = [ground.within(one.x, one.y, one.radius_km + profile.reach_beside_km) for one in patches]
        parts = [_at_once(track, meant, THREATENED, ground)]
        if profile.reach_beside_km and len(patches) <= MANY_PLACES:
            parts.append(_at_once(track, np.unique(np.concatenate(beside)), BESIDE, ground))
        towns = [one for zone in track.named if zone in ground.place and (one := ground.patch(zone))]
        if profile.scatter_km and 0 < len(towns) <= MANY_PLACES:
            around = [ground.within(one.x, one.y, one.radius_km + profile.scatter_km) for one in towns]
            parts.append(_at_once(track, np.unique(np.concatenate(around)), MEANT_TOO, ground))
        return union(parts)
    if track.origin is None or profile.manner is Manner.FLIES:
        return EMPTY  # nobody said where: it is in the picture, as unplaced
    away = np.hypot(ground.x - track.origin.x, ground.y - track.origin.y)
    within = np.flatnonzero(away - ground.radius_km <= profile.range_km + track.origin.radius_km)
    return _at_once(track, within, IN_RANGE, ground)


FEW_AIMS = 6

MANY_PLACES = 40
"""Of more places than this it is not asked what lies beside them."""


def _at_once(track: Track, places: Indices, probability: float, ground: Ground) -> Rows:
    profile = track.profile
    if track.origin is not None:
        away = np.hypot(ground.x[places] - track.origin.x, ground.y[places] - track.origin.y)
        near = np.maximum(away - ground.radius_km[places] - track.origin.radius_km, 0.0)
        earliest = np.maximum(near / profile.fast_m_s * 1000.0 - FIRST_WORD_S, 0.0)
        likely = near / profile.usual_m_s * 1000.0
    else:
        earliest = np.zeros(len(places))
        likely = np.full(len(places), 120.0)
    return Rows(
        places,
        np.full(len(places), probability),
        track.last_s + earliest,
        track.last_s + likely,
        np.full(len(places), track.last_s + profile.stale_after_s),
    )
