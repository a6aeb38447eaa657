"""Which track a sighting belongs to, and what the track is with it.

A sighting joins the track that it fits best: of a kind that may be the same, at a place it can have reached by then,
near where it was expected, on a course that agrees. What fits none begins a track. Nothing here depends on the
sequence in which reports were received: the picture hands them over in the sequence in which they were said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from tocsin import limits
from tocsin.assess import motion as moving
from tocsin.assess.fitting import ECHO_S, ON_WAY_RAD, Fit, placed, words
from tocsin.assess.ground import Ground, Patch
from tocsin.assess.motion import Motion
from tocsin.assess.profiles import Manner, Profile
from tocsin.assess.sighting import APART_KM, Sighting
from tocsin.assess.track import Aim, Glimpse, Joined, Track, TrackId, Why, Words
from tocsin.model import SourceId, Threat, ZoneId

AIM_MIN_SIGMA_RAD = math.radians(12)
"""No way to a named place is known better than this."""

UNSURE_RAD = 0.3
"""How much less is known of a course by words that do not say where it is."""

UNPLACED_SIGMA_KM = 22.0
"""How far from the place it is said to head for something is that nobody has placed."""

NAMED_S = 900.0
"""For so many seconds a zone counts as named for something that flies on."""

DOUBTFUL = 4.0
"""A sighting further from where it was expected may be of another: standard deviations, squared."""

OTHERS = 3
OTHER_S = 0.33
"""For so much of the time after which it is stale, and so many, what was not continued may still fly on."""

NEAR_KM = 8.0

GLIMPSES = 4
GLIMPSE_S = 480.0
"""So many of the last places, and of so many seconds, speak for themselves."""


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
        words=(words(sighting),),
        aim=_aim(sighting, motion) if sighting.at else None,
        named=(names := _named(sighting, motion)),
        named_s=(sighting.said_s,) * len(names),
        threatened=(those := tuple(dict.fromkeys(sighting.threatened))),
        threatened_s=(sighting.said_s,) * len(those),
        origin=sighting.origin,
        unplaced=motion is None and not placed(sighting),
        count=sighting.count,
        sources={sighting.source: sighting.said_s},
        own_ids=((sighting.source, sighting.track),) if sighting.track else (),
        joined=(_joined(sighting, Fit(0.0, Why.FIRST, None, None)),),
        noticed=sighting.noticed,
    )


def _between(motion: Motion, at: Patch, seen_s: float, profile: Profile) -> Motion:
    """From the place before to this one, as fast as that takes."""
    dt = seen_s - motion.at_s
    sigma = max(at.sigma_km, 1.0)
    variance = (motion.pp + sigma**2) / dt**2
    vx, vy = (at.x - motion.x) / dt, (at.y - motion.y) / dt
    return Motion(seen_s, at.x, at.y, vx, vy, sigma**2, sigma**2 / dt, variance + (0.2 * profile.usual_m_s / 1e3) ** 2)


def latest(glimpses: Iterable[Glimpse]) -> tuple[Glimpse, ...]:
    """The last few places."""
    found = sorted(set(glimpses), key=lambda one: (one.said_s, one.at))
    return tuple(one for one in found if one.said_s >= found[-1].said_s - GLIMPSE_S)[-GLIMPSES:]


def lately(said: Iterable[Words]) -> tuple[Words, ...]:
    """What may still be repeated."""
    found = sorted(said, key=_when)
    return tuple(one for one in found if one.said_s >= found[-1].said_s - ECHO_S)


def _when(words: Words) -> float:
    return words.said_s


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
    return (Glimpse(at=at, said_s=sighting.seen_s, course_rad=course, course_sigma_rad=sigma),)


def join(track: Track, sighting: Sighting, how: Fit, ground: Ground, jet: Profile) -> Track:
    """The track with what the sighting says."""
    if how.why is Why.REPEATED:
        still = _first_motion(sighting, ground) if sighting.noticed and track.noticed else track.motion
        return msgspec.structs.replace(
            track,
            motion=still,
            last_s=max(track.last_s, sighting.said_s),
            sources={**track.sources, sighting.source: sighting.said_s},
            count=max(track.count, sighting.count),
            joined=(*track.joined, _joined(sighting, how))[-limits.TRACK_REPORTS :],
        )
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
        motion = _between(motion, how.at, sighting.seen_s, profile)
        motion = _steered(motion, sighting, profile)
    else:
        motion = moving.ahead(how.upon or motion, sighting.seen_s, profile)
        if how.at is not None:
            motion = moving.seen(motion, how.at, profile)
        motion = _steered(motion, sighting, profile)
    since_s = sighting.said_s - (NAMED_S if profile.manner is Manner.FLIES else profile.stale_after_s)
    threatened = _still_said(track.threatened, track.threatened_s, sighting.threatened, sighting.said_s, since_s)
    settled = motion is not None and how.at is not None and motion.sigma_km < 15.0
    names = () if settled else _named(sighting, motion)
    named = {} if settled else _still_said(track.named, track.named_s, names, sighting.said_s, since_s)
    return Track(
        id=track.id,
        kinds=kinds,
        make=make,
        profile=profile,
        began_s=track.began_s,
        last_s=max(track.last_s, sighting.said_s),
        motion=motion,
        others=_others(track, how, motion, profile),
        glimpses=latest((*track.glimpses, *_glimpse(sighting, how.at))),
        words=lately((*track.words, words(sighting))),
        tellings=track.tellings + 1,
        aim=_aim(sighting, motion) or _still(track.aim, motion),
        named=tuple(named),
        named_s=tuple(named.values()),
        threatened=tuple(threatened),
        threatened_s=tuple(threatened.values()),
        origin=track.origin or sighting.origin,
        unplaced=track.unplaced and motion is None and not placed(sighting),
        count=max(track.count, sighting.count),
        sources={**track.sources, sighting.source: sighting.said_s},
        own_ids=_own_ids(track, sighting),
        joined=(*track.joined, _joined(sighting, how))[-limits.TRACK_REPORTS :],
        noticed=track.noticed and sighting.noticed,
        done=track.done,
    )


def _others(track: Track, how: Fit, motion: Motion | None, profile: Profile) -> tuple[Motion, ...]:
    """What else it may be by now: what was not continued, and what was where the sighting fitted it badly."""
    if motion is None or track.motion is None:
        return ()
    kept: list[Motion] = []
    for one in (track.motion, *track.others):
        if one is (how.upon or track.motion) and how.doubt < DOUBTFUL:
            continue
        if motion.at_s - one.at_s > OTHER_S * profile.stale_after_s:
            continue
        if not any(_together_by(one, other, profile) for other in (motion, *kept)):
            kept.append(one)
    return tuple(kept[:OTHERS])


def _together_by(one: Motion, other: Motion, profile: Profile) -> bool:
    """Whether the two are one by now."""
    there, here = moving.ahead(one, other.at_s, profile), moving.ahead(other, one.at_s, profile)
    turned = abs(math.remainder(there.course_rad - here.course_rad, math.tau))
    return math.hypot(there.x - here.x, there.y - here.y) < NEAR_KM and turned < 0.5


def _still_said(
    zones: tuple[ZoneId, ...], at_s: tuple[float, ...], more: tuple[ZoneId, ...], said_s: float, since_s: float
) -> dict[ZoneId, float]:
    """The zones that were named lately, and when each last was."""
    kept = {zone: when for zone, when in zip(zones, at_s, strict=True) if when >= since_s}
    return kept | dict.fromkeys(more, said_s)


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
        motion = moving.begun(_together(sighting.at), sighting.seen_s, profile)
        steered = _steered(motion, sighting, profile)
        return _inward(steered, ground, profile) if steered.course_sigma_rad > 1.0 else steered
    if sighting.origin is not None:  # it has left there, and nobody has seen it since
        from_there = moving.begun(sighting.origin, sighting.seen_s, profile)
        return _steered(from_there, sighting, profile)
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
