"""Which track a sighting belongs to, and what the track is with it.

A sighting joins the track that it fits best: of a kind that may be the same, at a place it can have reached by then,
near where it was expected, on a course that agrees. What fits none begins a track. Nothing here depends on the
sequence in which reports were received: the picture hands them over in the sequence in which they were said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from tocsin import limits
from tocsin.assess import motion as moving
from tocsin.assess.ground import Ground, Patch
from tocsin.assess.motion import Motion
from tocsin.assess.profiles import Manner, Profile
from tocsin.assess.sighting import APART_KM, Sighting
from tocsin.assess.track import Aim, Glimpse, Joined, Track, TrackId, Why
from tocsin.model import SourceId, Threat, ZoneId

GATE2 = 10.0
"""Further than this many standard deviations, squared, from where it was expected, it is something else."""

AGREES_RAD = math.radians(75)
"""Courses that differ by more are not of one thing, where both are known."""

ON_WAY_RAD = math.radians(55)
"""What lies further from its course than this is not where it goes."""

AIM_MIN_SIGMA_RAD = math.radians(9)
"""No way to a named place is known better than this."""

UNSURE_RAD = 0.3
"""How much less is known of a course by words that do not say where it is."""

LAUNCH_S = 600.0
"""Words about a launch within so many seconds are about the same one."""

AREA_KM = 120.0
"""Launches from within so many kilometres are from one area."""

UNPLACED_SIGMA_KM = 22.0
"""How far from the place it is said to head for something is that nobody has placed."""

FEW = 3
"""Of what has more reports it is known how fast it flies."""

MUCH_OFF = 20.0
"""What fits only as a faster make fits worse than anything else."""

GLIMPSES = 4
GLIMPSE_S = 480.0
"""So many of the last places, and of so many seconds, speak for themselves."""

MISSILES = frozenset(
    {Threat.CRUISE_MISSILES, Threat.BALLISTIC_MISSILES, Threat.UNSPECIFIED_MISSILES, Threat.UNKNOWN, Threat.MIG31K}
)


class Fit(NamedTuple):
    """How well a sighting fits a track; less is better."""

    cost: float
    why: Why
    off_km: float | None
    at: Patch | None


def alike(one: Iterable[Threat], other: Iterable[Threat]) -> bool:
    """Whether these may be the same kind."""
    ones, others = set(one), set(other)
    if ones & others or Threat.UNKNOWN in ones or Threat.UNKNOWN in others:
        return True
    return Threat.UNSPECIFIED_MISSILES in ones | others and ones <= MISSILES and others <= MISSILES


def fit(track: Track, sighting: Sighting, jet: Profile) -> Fit | None:
    """How well it fits; None where it cannot be the same. ``jet`` is what a drone may be of which nobody said more."""
    if track.ended is not None or not alike(track.kinds, sighting.kinds):
        return None
    if track.profile.manner is not Manner.FLIES or sighting.profile.manner is not Manner.FLIES:
        return _fit_area(track, sighting)
    own = sighting.track is not None and (sighting.source, sighting.track) in track.own_ids
    if sighting.track is not None and not own and any(source == sighting.source for source, _ in track.own_ids):
        return None  # its source tells the two apart
    if track.motion is None:
        return Fit(0.0, Why.OWN_TRACK, None, None) if own else _fit_area(track, sighting)
    if sighting.said_s - track.last_s > 2.0 * track.profile.stale_after_s and not own:
        return None
    if sighting.at:
        found = _fit_place(track, sighting, track.profile, own=own)
        if found is None and track.make is None and len(track.joined) <= FEW and track.profile.threat == jet.threat:
            found = _faster(track, sighting, jet)
        return found
    expected = moving.ahead(track.motion, sighting.said_s, track.profile)
    if own:
        return Fit(0.0, Why.OWN_TRACK, None, None)
    return _fit_aim(track, expected, sighting)


def _faster(track: Track, sighting: Sighting, jet: Profile) -> Fit | None:
    """Too far for what it was taken for: whether it can be the faster make."""
    there = track.motion
    assert there is not None
    dt = sighting.said_s - there.at_s
    if dt < 45.0 or sighting.make is not None:
        return None
    for at in sighting.at:
        dx, dy = at.x - there.x, at.y - there.y
        flown = math.hypot(dx, dy)
        if not jet.slow_m_s * dt <= 1000.0 * flown <= jet.fast_m_s * dt:
            continue
        way = math.atan2(dx, dy)
        courses = [sighting.course_rad, there.course_rad if there.course_sigma_rad < 0.9 else None]
        known = [course for course in courses if course is not None]
        if known and all(abs(math.remainder(way - course, math.tau)) <= ON_WAY_RAD for course in known):
            return Fit(MUCH_OFF, Why.FASTER, flown, at)
    return None


def _fit_place(track: Track, sighting: Sighting, profile: Profile, *, own: bool) -> Fit | None:
    best: Fit | None = None
    from_there = track.motion
    assert from_there is not None
    reach = max(profile.fast_m_s, sighting.profile.fast_m_s) / 1000.0 * (sighting.said_s - from_there.at_s)
    near = [
        at
        for at in sighting.at
        if math.hypot(at.x - from_there.x, at.y - from_there.y) <= reach + 2.0 * (from_there.sigma_km + at.sigma_km)
    ]
    if not near:
        return None
    expected = moving.ahead(from_there, sighting.said_s, profile)
    for at in near:
        off = math.hypot(at.x - expected.x, at.y - expected.y)
        variance = expected.pp + max(at.sigma_km, 1.0) ** 2
        cost = moving.distance2(expected, at)
        if own:
            cost = min(cost, GATE2) - 100.0
        elif cost > GATE2 or not _agrees(expected, sighting):
            continue
        else:
            cost += math.log(variance)
        if best is None or cost < best.cost:
            best = Fit(cost, Why.OWN_TRACK if own else Why.WHERE_EXPECTED, off, at)
    return best


def _agrees(expected: Motion, sighting: Sighting) -> bool:
    if sighting.course_rad is None or expected.course_sigma_rad > 0.5:
        return True
    off = abs(math.remainder(sighting.course_rad - expected.course_rad, math.tau))
    return off <= AGREES_RAD + sighting.course_sigma_rad


def _fit_aim(track: Track, expected: Motion, sighting: Sighting) -> Fit | None:
    best: Fit | None = None
    for aim in sighting.aims:
        dx, dy = aim.x - expected.x, aim.y - expected.y
        away = math.hypot(dx, dy)
        if away - aim.radius_km > track.profile.usual_m_s * 60.0 * track.profile.trusted_min / 1000.0:
            continue
        off = abs(math.remainder(math.atan2(dx, dy) - expected.course_rad, math.tau))
        near = away < aim.radius_km + 2.0 * expected.sigma_km + 5.0
        if not near and expected.course_sigma_rad < 1.0 and off > ON_WAY_RAD:
            continue
        cost = math.log(1.0 + expected.pp) + away / 20.0 + (0.0 if near else off * off)
        if best is None or cost < best.cost:
            best = Fit(cost, Why.ON_ITS_WAY, None, None)
    return best


def _fit_area(track: Track, sighting: Sighting) -> Fit | None:
    """Of what strikes or was never placed: the same launch, or the same area."""
    late = sighting.said_s - track.last_s
    if late > track.profile.stale_after_s or track.profile.manner is not sighting.profile.manner:
        return None
    if track.profile.manner is Manner.COUNTRY:
        return Fit(0.0, Why.SAME_AREA, None, None)
    ours, theirs = {*track.named, *track.threatened}, {*sighting.at_zones, *sighting.threatened, *sighting.aim_zones}
    if ours & theirs:
        return Fit(0.0, Why.SAME_AREA, None, None)
    if track.profile.manner is Manner.FLIES:
        return None
    if track.origin and sighting.origin:
        off = math.hypot(track.origin.x - sighting.origin.x, track.origin.y - sighting.origin.y)
        return Fit(1.0, Why.SAME_AREA, off, None) if off <= AREA_KM and late <= LAUNCH_S else None
    if late <= LAUNCH_S and track.profile.name == "ballistic" and (not ours or not theirs):
        return Fit(2.0, Why.SAME_AREA, None, None)
    return None


def begin(sighting: Sighting, ground: Ground) -> Track:
    """A track of one sighting."""
    motion = _first_motion(sighting, ground)
    return Track(
        id=TrackId(f"{sighting.report[:12]}-{sighting.number}"),
        kinds=sighting.kinds,
        make=sighting.make,
        profile=sighting.profile,
        began_s=sighting.said_s,
        last_s=sighting.said_s,
        motion=motion,
        glimpses=_glimpse(sighting, _together(sighting.at) if sighting.at else None),
        aim=_aim(sighting, motion) if sighting.at else None,
        named=_named(sighting, motion),
        threatened=sighting.threatened,
        origin=sighting.origin,
        unplaced=motion is None and not _placed(sighting),
        count=sighting.count,
        sources={sighting.source: sighting.said_s},
        own_ids=((sighting.source, sighting.track),) if sighting.track else (),
        joined=(_joined(sighting, Fit(0.0, Why.FIRST, None, None)),),
    )


def _between(motion: Motion, at: Patch, said_s: float, profile: Profile) -> Motion:
    """From the place before to this one, as fast as that takes."""
    dt = said_s - motion.at_s
    sigma = max(at.sigma_km, 1.0)
    variance = (motion.pp + sigma**2) / dt**2
    vx, vy = (at.x - motion.x) / dt, (at.y - motion.y) / dt
    return Motion(said_s, at.x, at.y, vx, vy, sigma**2, sigma**2 / dt, variance + (0.2 * profile.usual_m_s / 1e3) ** 2)


def latest(glimpses: Iterable[Glimpse]) -> tuple[Glimpse, ...]:
    """The last few places."""
    found = sorted(set(glimpses), key=lambda one: (one.said_s, one.at))
    return tuple(one for one in found if one.said_s >= found[-1].said_s - GLIMPSE_S)[-GLIMPSES:]


def _glimpse(sighting: Sighting, at: Patch | None) -> tuple[Glimpse, ...]:
    if at is None or sighting.profile.manner is not Manner.FLIES:
        return ()
    course, sigma = sighting.course_rad, sighting.course_sigma_rad
    if course is None and sighting.aims:
        aim = sighting.aims[0]
        dx, dy = aim.x - at.x, aim.y - at.y
        away = math.hypot(dx, dy)
        if away > aim.radius_km:
            course, sigma = math.atan2(dx, dy), AIM_MIN_SIGMA_RAD + math.hypot(aim.sigma_km, at.sigma_km) / away
    return (Glimpse(at=at, said_s=sighting.said_s, course_rad=course, course_sigma_rad=sigma),)


def join(track: Track, sighting: Sighting, how: Fit, ground: Ground, jet: Profile) -> Track:
    """The track with what the sighting says."""
    kinds = tuple(kind for kind in track.kinds if kind in sighting.kinds) or track.kinds
    profile, make = track.profile, track.make
    if sighting.make is not None or (
        track.make is None and Threat.UNSPECIFIED_MISSILES in track.kinds and sighting.profile.manner is profile.manner
    ):
        profile, make = sighting.profile, sighting.make or make
        if track.threat in (Threat.UNSPECIFIED_MISSILES, Threat.UNKNOWN):
            kinds = sighting.kinds
    motion = track.motion
    if motion is None:
        motion = _first_motion(sighting, ground) if profile.manner is Manner.FLIES else None
    elif how.why is Why.FASTER and how.at is not None:
        profile = jet
        motion = _between(motion, how.at, sighting.said_s, profile)
        motion = _steered(motion, sighting, profile)
    else:
        motion = moving.ahead(motion, sighting.said_s, profile)
        if how.at is not None:
            motion = moving.seen(motion, how.at, profile)
        motion = _steered(motion, sighting, profile)
    settled = motion is not None and how.at is not None and motion.sigma_km < 15.0
    return Track(
        id=track.id,
        kinds=kinds,
        make=make,
        profile=profile,
        began_s=track.began_s,
        last_s=max(track.last_s, sighting.said_s),
        motion=motion,
        glimpses=latest((*track.glimpses, *_glimpse(sighting, how.at))),
        aim=_aim(sighting, motion) or _still(track.aim, motion),
        named=() if settled else tuple(dict.fromkeys((*track.named, *_named(sighting, motion)))),
        threatened=tuple(dict.fromkeys((*track.threatened, *sighting.threatened))),
        origin=track.origin or sighting.origin,
        unplaced=track.unplaced and motion is None and not _placed(sighting),
        count=max(track.count, sighting.count),
        sources={**track.sources, sighting.source: sighting.said_s},
        own_ids=_own_ids(track, sighting),
        joined=(*track.joined, _joined(sighting, how))[-limits.TRACK_REPORTS :],
        done=track.done,
    )


def _placed(sighting: Sighting) -> bool:
    """Whether anybody said where it is, where it goes or comes from, or whom it threatens."""
    return bool(sighting.at_zones or sighting.aim_zones or sighting.threatened or sighting.origin)


def _own_ids(track: Track, sighting: Sighting) -> tuple[tuple[SourceId, str], ...]:
    if sighting.track is None or (sighting.source, sighting.track) in track.own_ids:
        return track.own_ids
    return (*track.own_ids, (sighting.source, sighting.track))


def _joined(sighting: Sighting, how: Fit) -> Joined:
    off = None if how.off_km is None else round(how.off_km, 1)
    return Joined(report=sighting.report, source=sighting.source, said_s=sighting.said_s, why=how.why, off_km=off)


def _named(sighting: Sighting, motion: Motion | None) -> tuple[ZoneId, ...]:
    """The zones it may be in, where its place is not known more exactly than they are."""
    if sighting.profile.manner is not Manner.FLIES:
        return tuple(dict.fromkeys((*sighting.at_zones, *sighting.aim_zones)))
    if not sighting.at:
        return sighting.aim_zones
    exact = motion is not None and motion.sigma_km < 15.0 and len(sighting.at) == 1
    return sighting.at_zones[:1] if exact else sighting.at_zones


def _first_motion(sighting: Sighting, ground: Ground) -> Motion | None:
    """Where it is and where it goes by this sighting alone."""
    profile = sighting.profile
    if profile.manner is not Manner.FLIES:
        return None
    if sighting.at:
        motion = moving.begun(_together(sighting.at), sighting.said_s, profile)
        steered = _steered(motion, sighting, profile)
        return _inward(steered, ground, profile) if steered.course_sigma_rad > 1.0 else steered
    if sighting.aims:
        aim = _together(sighting.aims)
        return moving.begun(
            aim._replace(radius_km=math.hypot(aim.radius_km, 2.0 * UNPLACED_SIGMA_KM)), sighting.said_s, profile
        )
    return None


def _together(patches: tuple[Patch, ...]) -> Patch:
    """Places near one another as one; of places far apart the first, which is the likeliest."""
    first = patches[0]
    near = [one for one in patches if math.hypot(one.x - first.x, one.y - first.y) <= APART_KM]
    if len(near) == 1:
        return first
    x, y = sum(one.x for one in near) / len(near), sum(one.y for one in near) / len(near)
    return Patch(x, y, max(math.hypot(one.x - x, one.y - y) + one.radius_km for one in near))


def _steered(motion: Motion, sighting: Sighting, profile: Profile) -> Motion:
    """With the course that was told: in degrees, by where it goes, or by where it came from."""
    if sighting.course_rad is not None:
        return moving.told(motion, sighting.course_rad, sighting.course_sigma_rad, sighting.speed_km_s, profile)
    for aim in sighting.aims[:1]:
        dx, dy = aim.x - motion.x, aim.y - motion.y
        away = math.hypot(dx, dy)
        if away > aim.radius_km:
            sigma = math.hypot(AIM_MIN_SIGMA_RAD, math.hypot(0.7 * aim.sigma_km, motion.sigma_km) / away)
            if not sighting.at:
                sigma += UNSURE_RAD  # nobody said that it is this one
            return moving.told(motion, math.atan2(dx, dy), sigma, sighting.speed_km_s, profile)
    if sighting.origin is not None and motion.course_sigma_rad > 0.5:
        dx, dy = motion.x - sighting.origin.x, motion.y - sighting.origin.y
        if math.hypot(dx, dy) > sighting.origin.radius_km + 5.0:
            return moving.told(motion, math.atan2(dx, dy), 0.6, sighting.speed_km_s, profile)
    return motion


def _inward(motion: Motion, ground: Ground, profile: Profile) -> Motion:
    """What comes over the border flies inland: all there is to go by of something seen once at the edge."""
    away = math.hypot(motion.x, motion.y)
    if away < 0.45 * ground.extent_km:
        return motion
    return moving.told(motion, math.atan2(-motion.x, -motion.y), 0.9, None, profile)


def _aim(sighting: Sighting, motion: Motion | None) -> Aim | None:
    if not sighting.aims or motion is None:
        return None
    return Aim(at=_together(sighting.aims), zones=sighting.aim_zones, said_s=sighting.said_s)


def _still(aim: Aim | None, motion: Motion | None) -> Aim | None:
    """The place it was said to go to, while it still goes there."""
    if aim is None or motion is None:
        return None
    dx, dy = aim.at.x - motion.x, aim.at.y - motion.y
    away = math.hypot(dx, dy)
    off = abs(math.remainder(math.atan2(dx, dy) - motion.course_rad, math.tau))
    return None if away < aim.at.radius_km + motion.sigma_km or off > ON_WAY_RAD else aim
