"""How well a sighting fits a threat that is known: by kind, time, place, reachability, course and own ids."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from tocsin.assess import motion as moving
from tocsin.assess.ground import Patch
from tocsin.assess.motion import Motion
from tocsin.assess.profiles import Manner, Profile
from tocsin.assess.sighting import Sighting
from tocsin.assess.track import Track, Why, Words
from tocsin.model import Threat

GATE2 = 10.0
"""Further than this many standard deviations, squared, from where it was expected, it is something else."""

UNKNOWN_COURSE_RAD = 1.15
"""From here on nobody knows its course."""

NEWCOMER = 12.0
"""Where nobody knows the course of something, what is seen so far from it, and so long after, is rather something new:
twice the negative logarithm of how densely it is expected there, in units of what its kind flies in a minute. So one
word of something that is not there does not gather all that is seen about it."""

NOTICED = 8.0
"""The same for what an instrument noticed, whatever is known of the course: half of that may be of nothing that
flies."""

AGREES_RAD = math.radians(75)
"""Courses that differ by more are not of one thing, where both are known."""

ON_WAY_RAD = math.radians(55)
"""What lies further from its course than this is not where it goes."""

LAUNCH_S = 600.0
"""Words about a launch within so many seconds are about the same one."""

AREA_KM = 120.0
"""Launches from within so many kilometres are from one area."""

FEW = 3
"""Of what has more reports it is known how fast it flies."""

ECHO_S = 150.0
"""Within so many seconds the same words are the same news, repeated."""

MUCH_OFF = 20.0
"""What fits only as a faster make fits worse than anything else."""

REPEATED = -50.0
"""What was said of it already, word for word, fits it better than anything."""

STILL_KM = 5.2
STILL_S = 600.0
"""What an instrument notices so near to where one noticed it, within so many seconds, may be what makes a noise
there."""

MISSILES = frozenset(
    {Threat.CRUISE_MISSILES, Threat.BALLISTIC_MISSILES, Threat.UNSPECIFIED_MISSILES, Threat.UNKNOWN, Threat.MIG31K}
)


class Fit(NamedTuple):
    """How well a sighting fits a track; less is better."""

    cost: float
    why: Why
    off_km: float | None
    at: Patch | None
    upon: Motion | None = None
    """What it continues, of what the track may be."""
    doubt: float = 0.0
    """How far from where it was expected it is: standard deviations, squared."""


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
    if still_there(track, sighting):
        return Fit(REPEATED, Why.REPEATED, None, None)
    if sighting.track is None and repeats(track, sighting) and not _out_of_sight(track, sighting):
        return Fit(REPEATED, Why.REPEATED, None, None)
    own = sighting.track is not None and (sighting.source, sighting.track) in track.own_ids
    if sighting.track is not None and not own and any(source == sighting.source for source, _ in track.own_ids):
        return None  # its source tells the two apart
    if track.motion is None:
        return Fit(0.0, Why.OWN_TRACK, None, None) if own else _fit_area(track, sighting)
    if sighting.said_s - track.last_s > 2.0 * track.profile.stale_after_s and not own:
        return None
    if sighting.at:
        if (
            track.noticed
            and track.tellings == 1
            and sighting.noticed
            and _lingers(track.motion, sighting, track.profile)
        ):
            return None
        found = _fit_place(track, sighting, track.profile, own=own)
        if found is None and track.make is None and len(track.joined) <= FEW and track.profile.threat == jet.threat:
            found = _faster(track, sighting, jet)
        return found
    expected = moving.ahead(track.motion, sighting.seen_s, track.profile)
    if own:
        return Fit(0.0, Why.OWN_TRACK, None, None)
    return _fit_aim(track, expected, sighting)


def repeats(track: Track, sighting: Sighting) -> bool:
    """Whether the same was said of it a little before."""
    said = words(sighting)[1:]
    return any(one[1:] == said and sighting.said_s - one.said_s <= ECHO_S for one in track.words)


def still_there(track: Track, sighting: Sighting) -> bool:
    """Whether an instrument notices again where one noticed it, and nobody knows that it flies: no more is known."""
    there = track.motion
    if there is None or not (track.noticed and sighting.noticed):
        return False
    if track.tellings > 1 and there.course_sigma_rad < UNKNOWN_COURSE_RAD:
        return False
    near = any(
        math.hypot(at.x - there.x, at.y - there.y) <= min(STILL_KM, at.radius_km + 2.0 * there.sigma_km)
        for at in sighting.at
    )
    late = sighting.said_s - track.last_s > STILL_S
    return near and not late and not _too_far(there, sighting, track.profile)


def _lingers(there: Motion, sighting: Sighting, profile: Profile) -> bool:
    """Whether what one instrument noticed would have had to linger, to be noticed by another only now."""
    least_km = profile.slow_m_s * (sighting.seen_s - there.at_s) / 1000.0
    return all(
        math.hypot(at.x - there.x, at.y - there.y) + 2.0 * (there.sigma_km + at.sigma_km) < least_km
        for at in sighting.at
    )


def words(sighting: Sighting) -> Words:
    """What it says, to be known again."""
    named = (*sighting.at_zones, *sighting.aim_zones, *sighting.threatened)
    return Words(sighting.said_s, sighting.at, sighting.aims, sighting.course_rad, named)


def _faster(track: Track, sighting: Sighting, jet: Profile) -> Fit | None:
    """Too far for what it was taken for: whether it can be the faster make."""
    there = track.motion
    assert there is not None
    dt = sighting.seen_s - there.at_s
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
    main = track.motion
    assert main is not None
    others = () if _too_far(main, sighting, profile) else track.others
    found = [_fit_motion(motion, sighting, profile, own=own) for motion in (main, *others)]
    fits = [one for one in found if one is not None]
    return min(fits, key=_by_cost) if fits else None


def _too_far(main: Motion, sighting: Sighting, profile: Profile) -> bool:
    """Whether none of its places is anywhere near where the track is for the most part."""
    reach = max(profile.fast_m_s, sighting.profile.fast_m_s) / 1000.0 * (sighting.seen_s - main.at_s)
    return all(
        max(abs(at.x - main.x), abs(at.y - main.y)) > reach + 3.0 * (main.sigma_km + at.sigma_km) for at in sighting.at
    )


def _out_of_sight(track: Track, sighting: Sighting) -> bool:
    """Whether the track has gone elsewhere since, by what was said of it."""
    main = track.motion
    if main is None:
        return False
    if sighting.at:
        return _too_far(main, sighting, track.profile)
    expected = moving.ahead(main, sighting.seen_s, track.profile)
    return all(
        math.hypot(aim.x - expected.x, aim.y - expected.y) - aim.radius_km > _trusted_km(track) for aim in sighting.aims
    )


def _trusted_km(track: Track) -> float:
    return track.profile.usual_m_s * 60.0 * track.profile.trusted_min / 1000.0


def _by_cost(fit: Fit) -> float:
    return fit.cost


def _fit_motion(there: Motion, sighting: Sighting, profile: Profile, *, own: bool) -> Fit | None:
    best: Fit | None = None
    reach = max(profile.fast_m_s, sighting.profile.fast_m_s) / 1000.0 * (sighting.seen_s - there.at_s)
    expected = moving.ahead(there, sighting.seen_s, profile)
    for at in sighting.at:
        if math.hypot(at.x - there.x, at.y - there.y) > reach + 2.0 * (there.sigma_km + at.sigma_km):
            continue
        off = math.hypot(at.x - expected.x, at.y - expected.y)
        variance = expected.pp + max(at.sigma_km, 1.0) ** 2
        doubt = cost = moving.distance2(expected, at)
        if own:
            cost = min(cost, GATE2) - 100.0
        elif cost > GATE2 or not _agrees(expected, sighting):
            continue
        else:
            lost = there.course_sigma_rad > UNKNOWN_COURSE_RAD
            dense = cost + 2.0 * math.log(variance / (0.06 * profile.usual_m_s) ** 2)
            if (lost and dense > NEWCOMER) or (sighting.noticed and dense > NOTICED):
                continue
            cost += math.log(variance)
        if best is None or cost < best.cost:
            best = Fit(cost, Why.OWN_TRACK if own else Why.WHERE_EXPECTED, off, at, there, 0.0 if own else doubt)
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
        if away - aim.radius_km > _trusted_km(track):
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
    if ours & theirs or (track.unplaced and not placed(sighting)):
        return Fit(0.0, Why.SAME_AREA, None, None)
    if track.profile.manner is Manner.FLIES:
        return None
    if track.origin and sighting.origin:
        off = math.hypot(track.origin.x - sighting.origin.x, track.origin.y - sighting.origin.y)
        return Fit(1.0, Why.SAME_AREA, off, None) if off <= AREA_KM and late <= LAUNCH_S else None
    if late <= LAUNCH_S and track.profile.name == "ballistic" and (not ours or not theirs):
        return Fit(2.0, Why.SAME_AREA, None, None)
    return None


def placed(sighting: Sighting) -> bool:
    """Whether anybody said where it is, where it goes or comes from, or whom it threatens."""
    return bool(sighting.at_zones or sighting.aim_zones or sighting.threatened or sighting.origin)
