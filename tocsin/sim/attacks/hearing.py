"""What acoustic posts tell of an attack: exact in time and place, without identity, doubled, lost, late, and sometimes
of what is not there.

A post listens all the time and tells, at most once a minute, that it hears something, and what it takes it for. Where
that is it does not know: somewhere within its reach; a few tell on which side. It cannot tell one from several, nor
from what its neighbour hears. Each of its words is in the form in which a feed sends it (`Detection`), and becomes a
report as the intake makes one of it.

No share below was found published. They were chosen before anything was measured with them, each rather too bad than
too good, and none was changed afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import NamedTuple

import numpy as np

from tocsin.intake.reports.forming import formed
from tocsin.intake.reports.forms import Detection, Sensor, Words
from tocsin.intake.reports.sifting import Flaw, report_of
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make
from tocsin.report import Told as Said
from tocsin.sim.attacks.flights import Flight
from tocsin.sim.attacks.posts import NOMINAL_M, REACH_KM, Network, Post
from tocsin.sim.attacks.telling import Told, at

SOURCE = SourceId("posts")
"""One network is one source, however many posts it has."""

HEARD = 0.5
"""How likely what is right above is made out within ten seconds; falling with the square of the distance to nothing."""
DEAF = 0.3
"""Of the passes a post misses altogether: traffic, a hill, a dog."""
WINDY = 0.25
"""Of the oblasts are windy in an attack: there posts hear half as far."""
AGAIN_S = 60.0
"""A post that still hears something says so again after so long."""
SOUND_KM_S = 0.34

UNKNOWN = 0.15
"""Of what is heard nobody can tell what it is."""
MISTAKEN = {Make.PISTON_DRONE: 0.02, Make.JET_DRONE: 0.25, Make.SUBSONIC_CRUISE: 0.15}
"""Of the others so many are taken for the other: a drone for a cruise missile, a cruise missile for a drone."""
MAKE_TOLD = {Make.PISTON_DRONE: 0.7, Make.JET_DRONE: 0.3, Make.SUBSONIC_CRUISE: 0.0}
"""Of what is taken for what it is, so much with its make."""

BEARING_ERROR_DEG, BEARING_SIGMA_DEG = 12.0, 8.0
"""As a post says, and as it is: one in eight is outside of what it says."""

LOST = 0.1
"""Of the reports never arrive."""
LATE = 0.03
"""Arrive one to five minutes late; the others after some seconds."""
VERBATIM = 0.05
"""Are received twice."""

FALSE_A_DAY = 0.1
"""False alarms of each post a day: motorcycles, generators, thunder. Some 450 a day in the whole country."""
FALSE_LASTS = 0.33
"""Of the false alarms are told again for two to six minutes."""
FALSE_KINDS = {Threat.DRONES: 0.7, Threat.UNKNOWN: 0.25, Threat.CRUISE_MISSILES: 0.05}


class Sound(NamedTuple):
    """What a post hears at a moment."""

    at_s: float
    flight: int
    x: float
    y: float
    """Where it was when it made that sound."""


class Spoken(NamedTuple):
    """What a post sends, as it arrives."""

    detection: Detection
    received: datetime
    flight: int | None


def hear(seed: int, flown: Sequence[Flight], posts: Network) -> list[Told]:
    """All that the posts tell of an attack, true and false, in no sequence."""
    return [
        Told(report_of(said_by(one.detection), SOURCE, one.received), one.flight) for one in spoken(seed, flown, posts)
    ]


def spoken(seed: int, flown: Sequence[Flight], posts: Network) -> list[Spoken]:
    """The same, as it is sent."""
    rng = Random(f"heard {seed}")
    oblasts = sorted({post.oblast for post in posts.working})
    windy = {oblast for oblast in oblasts if rng.random() < WINDY}
    sounds: dict[int, list[Sound]] = {}
    for number, flight in enumerate(flown):
        if flight.make in REACH_KM:
            for post, sound in _sounds(rng, number, flight, posts, windy):
                sounds.setdefault(post.number, []).append(sound)
    found: list[Spoken] = []
    for post in posts.working:
        silent_until = -math.inf
        for sound in sorted(sounds.get(post.number, ())):
            if sound.at_s >= silent_until:
                silent_until = sound.at_s + AGAIN_S
                found += _sent(rng, post, sound.at_s, *_taken_for(rng, flown[sound.flight].make), sound)
    for post, moment, kind in _false_alarms(rng, flown, posts):
        found += _sent(rng, post, moment, kind, None, None)
    return found


def _sounds(
    rng: Random, number: int, flight: Flight, posts: Network, windy: set[ZoneId]
) -> Iterator[tuple[Post, Sound]]:
    """Of one flight, post by post, each step of its path at which it is made out."""
    reach = REACH_KM[flight.make]
    near = np.flatnonzero(
        (posts.x > flight.x.min() - reach)
        & (posts.x < flight.x.max() + reach)
        & (posts.y > flight.y.min() - reach)
        & (posts.y < flight.y.max() + reach)
    )
    away = np.hypot(posts.x[near, None] - flight.x[None, :], posts.y[near, None] - flight.y[None, :])
    within = away <= reach
    for row in np.flatnonzero(within.any(axis=1)).tolist():
        post = posts.working[int(near[row])]
        if rng.random() < DEAF:
            continue
        here = reach * (0.5 if post.oblast in windy else 1.0)
        for step in np.flatnonzero(within[row]).tolist():
            off = float(away[row, step])
            if rng.random() < HEARD * (1.0 - (off / here) ** 2):
                moment = float(flight.at_s[step]) + off / SOUND_KM_S
                yield post, Sound(moment, number, float(flight.x[step]), float(flight.y[step]))


def _taken_for(rng: Random, make: Make) -> tuple[Threat, Make | None]:
    if rng.random() < UNKNOWN:
        return Threat.UNKNOWN, None
    missile = make is Make.SUBSONIC_CRUISE
    if rng.random() < MISTAKEN[make]:
        return (Threat.DRONES if missile else Threat.CRUISE_MISSILES), None
    return (Threat.CRUISE_MISSILES if missile else Threat.DRONES), (make if rng.random() < MAKE_TOLD[make] else None)


def _false_alarms(rng: Random, flown: Sequence[Flight], posts: Network) -> Iterator[tuple[Post, float, Threat]]:
    if not posts.working:
        return
    first, last = float(flown[0].at_s[0]), max(float(flight.at_s[-1]) for flight in flown)
    gap_s = 86_400.0 / (FALSE_A_DAY * len(posts.working))
    moment = first + rng.expovariate(1.0 / gap_s)
    kinds, weights = list(FALSE_KINDS), list(FALSE_KINDS.values())
    while moment < last:
        post, kind = rng.choice(posts.working), rng.choices(kinds, weights)[0]
        times = rng.randint(2, 6) if rng.random() < FALSE_LASTS else 1
        for again in range(times):
            yield post, moment + again * AGAIN_S, kind
        moment += rng.expovariate(1.0 / gap_s)


def _sent(
    rng: Random, post: Post, moment: float, kind: Threat, make: Make | None, sound: Sound | None
) -> Iterator[Spoken]:
    """What arrives of one word of a post: nothing, one report, or the same twice."""
    bearing = None
    if post.bearing:
        way = rng.uniform(0.0, 360.0)
        if sound is not None:
            way = math.degrees(math.atan2(sound.x - post.x, sound.y - post.y)) + rng.gauss(0.0, BEARING_SIGMA_DEG)
        bearing = float(round(way) % 360)
    after_s = rng.uniform(2.0, 10.0) + rng.expovariate(1 / 5.0)
    if rng.random() < LATE:
        after_s += rng.uniform(60.0, 300.0)
    lost, twice = rng.random() < LOST, rng.random() < VERBATIM
    if lost:
        return
    said = Detection(
        detected_at=at(moment),
        kind=kind,
        make=make,
        sensor=Sensor(lon=post.lon, lat=post.lat),
        bearing_deg=bearing,
        bearing_error_deg=BEARING_ERROR_DEG,
        reach_m=NOMINAL_M,
    )
    flight = None if sound is None else sound.flight
    yield Spoken(said, at(moment + after_s), flight)
    if twice:
        yield Spoken(said, at(moment + after_s + 30.0), flight)


def said_by(detection: Detection) -> Said:
    """As the intake of a feed reads it."""
    said = formed(detection, detection.detected_at, _no_zone, _no_words)
    assert not isinstance(said, Flaw), said
    return said[0]


def _no_zone(named: str) -> ZoneId:
    raise AssertionError(f"a detection names no zone, and not {named}")


def _no_words(words: Words, now: object) -> Sequence[Said]:
    raise AssertionError(f"a detection is no message at {now}: {words}")
