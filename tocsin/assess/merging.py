"""Two tracks that turn out to be one, and one that turns out to be two.

What was begun twice, because the first words of it were too coarse to fit together, is merged once both are known well
and fly the same way at the same place. What flies apart does not fit any more, and the track that it then begins says
beside which one it began.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from tocsin import limits
from tocsin.assess import motion as moving
from tocsin.assess.fitting import alike
from tocsin.assess.joining import OTHERS, lately, latest
from tocsin.assess.motion import Motion
from tocsin.assess.track import Joined, Track, TrackId, Why

TOGETHER_KM = 9.0
"""Two that are known to be further apart are two."""

SAME_WAY_RAD = math.radians(30)
KNOWN_RAD = 0.55
"""Only what has a course is merged."""

BESIDE_KM = 40.0
"""A track that begins within so many kilometres of another of its kind may have split off from it."""


def twin(track: Track, others: Iterable[Track]) -> Track | None:
    """Another track that is the same as this one by now; the older one where there are several."""
    ours = track.motion
    if ours is None or track.ended is not None or ours.course_sigma_rad > KNOWN_RAD:
        return None
    found = [one for one in others if one.id != track.id and _same(track, ours, one)]
    return min(found, key=lambda one: (one.began_s, one.id)) if found else None


def _same(track: Track, ours: Motion, other: Track) -> bool:
    theirs = other.motion
    if theirs is None or other.ended is not None or ours.at_s - theirs.at_s > 900.0:
        return False
    reach = 3.0 * TOGETHER_KM + (ours.at_s - theirs.at_s) * other.profile.fast_m_s / 1000.0
    if abs(theirs.x - ours.x) > reach or abs(theirs.y - ours.y) > reach or not alike(track.kinds, other.kinds):
        return False
    if {source for source, _ in track.own_ids} & {source for source, _ in other.own_ids}:
        return False  # one source tells the two apart
    if theirs.course_sigma_rad > KNOWN_RAD:
        return False
    there = moving.ahead(theirs, ours.at_s, other.profile)
    off = math.hypot(there.x - ours.x, there.y - ours.y)
    turned = abs(math.remainder(there.course_rad - ours.course_rad, math.tau))
    return off <= TOGETHER_KM and turned <= SAME_WAY_RAD


def merged(older: Track, younger: Track) -> Track:
    """One track of two; it keeps the id of the older one."""
    lead, other = (older, younger) if _lead(older, younger) is older else (younger, older)
    joined = sorted({*older.joined, *younger.joined}, key=_sequence)
    threatened = dict(zip(older.threatened, older.threatened_s, strict=True))
    for zone, said_s in zip(younger.threatened, younger.threatened_s, strict=True):
        threatened[zone] = max(said_s, threatened.get(zone, said_s))
    sources = dict(older.sources)
    for source, said_s in younger.sources.items():
        sources[source] = max(said_s, sources.get(source, said_s))
    return msgspec.structs.replace(
        lead,
        id=older.id,
        kinds=tuple(kind for kind in older.kinds if kind in younger.kinds) or lead.kinds,
        make=lead.make or other.make,
        began_s=min(older.began_s, younger.began_s),
        last_s=max(older.last_s, younger.last_s),
        aim=lead.aim or other.aim,
        others=(*lead.others, *other.others)[:OTHERS],
        glimpses=latest((*older.glimpses, *younger.glimpses)),
        words=lately((*older.words, *younger.words)),
        tellings=older.tellings + younger.tellings,
        threatened=tuple(threatened),
        threatened_s=tuple(threatened.values()),
        origin=older.origin or younger.origin,
        count=max(older.count, younger.count),
        sources=sources,
        own_ids=tuple(dict.fromkeys((*older.own_ids, *younger.own_ids))),
        joined=tuple(joined[-limits.TRACK_REPORTS :]),
        noticed=older.noticed and younger.noticed,
        done={},
        was=tuple(dict.fromkeys((*older.was, *younger.was, younger.id))),
    )


def _lead(older: Track, younger: Track) -> Track:
    """Which of the two says where it is: the one heard of last."""
    return younger if younger.last_s >= older.last_s else older


def _sequence(joined: Joined) -> tuple[float, str, Why]:
    return joined.said_s, joined.report, joined.why


def beside(track: Track, others: Iterable[Track]) -> TrackId | None:
    """The nearest track of its kind that it may have split off from."""
    ours = track.motion
    if ours is None:
        return None
    near = []
    for one in others:
        if one.motion is None or one.ended is not None or not alike(one.kinds, track.kinds):
            continue
        there = moving.ahead(one.motion, ours.at_s, one.profile)
        off = math.hypot(there.x - ours.x, there.y - ours.y)
        if off <= BESIDE_KM:
            near.append((off, one.id))
    return min(near)[1] if near else None
