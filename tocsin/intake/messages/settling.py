"""Which of the places that share a name is meant: by oblasts beside it, by what the channel spoke of before, by size.

It never drops a candidate: whoever warns may take all of them. It only says which it would take first.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tocsin.intake.messages.gazetteer import Place, Sort
from tocsin.model import Threat

REMEMBERED = timedelta(minutes=30)
SAME_LINE = 5.0
SAME_HEADING = 4.0
SAME_MESSAGE = 1.5
HOME = 1.6
RECENT = 1.0
NEAR = 1.5
"""How many powers of ten of people each of these outweighs."""

NEAR_KM = 80.0
KM_OF_LON, KM_OF_LAT = 72.8, 111.2
"""Kilometres of a degree at 49 degrees north: this only ranks neighbours."""

NEAR_DEGREES = NEAR_KM / KM_OF_LAT

CERTAIN = 1.0
"""A lead below which it is not settled."""

SPOKEN_OF = timedelta(minutes=8)
"""So long what was said to fly says what a bare "missile" is."""


class Flying:
    """Which missiles were spoken of last."""

    def __init__(self) -> None:
        self._ballistic_at: datetime | None = None
        self._cruise_at: datetime | None = None

    def note(self, kinds: Iterable[Threat], at: datetime) -> None:
        for kind in kinds:
            if kind is Threat.BALLISTIC_MISSILES:
                self._ballistic_at = at
            elif kind is Threat.CRUISE_MISSILES:
                self._cruise_at = at

    def bare_missile(self, at: datetime) -> Threat | None:
        """What a "missile" of no kind is now; None where nothing was said lately."""
        ballistic = self._ballistic_at is not None and at - self._ballistic_at <= SPOKEN_OF
        cruise = self._cruise_at is not None and at - self._cruise_at <= SPOKEN_OF
        if ballistic and not (cruise and self._cruise_at > self._ballistic_at):  # type: ignore[operator]  # both are there
            return Threat.UNSPECIFIED_MISSILES
        return Threat.CRUISE_MISSILES if cruise else None


class Around(NamedTuple):
    """Oblasts that are named near a place, by the first characters of their codes, such as ``UA32``."""

    lead: frozenset[str]
    """Where the sentence is at that word."""
    heading: frozenset[str]
    """Under which heading it stands."""
    message: frozenset[str]


class Past(NamedTuple):
    at: datetime
    place: Place


FEW = 3


class Lately(NamedTuple):
    """What a channel spoke of in the last half hour."""

    oblasts: frozenset[str]
    points: tuple[tuple[float, float], ...]
    """Of the last settlements."""


class Memory:
    """What one channel spoke of lately, and where it is at home."""

    def __init__(self, home: Iterable[str] = ()) -> None:
        self.home = frozenset(home)
        self.flying = Flying()
        self._past: deque[Past] = deque(maxlen=24)

    def remember(self, at: datetime, place: Place) -> None:
        if place.zone is not None:
            self._past.append(Past(at, place))

    def lately(self, now: datetime) -> Lately:
        since = now - REMEMBERED
        recent = [past.place for past in self._past if past.at >= since]
        settlements: list[tuple[float, float]] = []
        for place in reversed(recent):
            if place.point and place.sort is not Sort.REGION and place.sort is not Sort.COUNTRY:
                settlements.append(place.point)
                if len(settlements) == FEW:
                    break
        return Lately(frozenset([place.oblast for place in recent if place.oblast]), tuple(settlements))


def settle(
    places: Sequence[Place], around: Around, memory: Memory, now: datetime, beside: Sequence[Place] = ()
) -> list[Place]:
    """The likeliest first, and what comes near it. ``beside``: settlements of the same message that are certain."""
    if len(places) == 1:
        return list(places)
    lately = memory.lately(now)
    points = [place.point for place in beside if place.point] or lately.points
    weights = _weights(places, around, memory.home, lately.oblasts)
    # What is further behind than nearness can make good is out of it: most places of a common name are.
    least = max(weights) - NEAR - CERTAIN
    weighed = [
        (weight + _nearness(place, points), place)
        for weight, place in zip(weights, places, strict=True)
        if weight >= least
    ]
    weighed.sort(key=_heaviest)
    most = weighed[0][0]
    return [place for weight, place in weighed if most - weight < CERTAIN]


def _heaviest(one: tuple[float, Place]) -> float:
    return -one[0]


def _weights(places: Sequence[Place], around: Around, home: frozenset[str], recent: frozenset[str]) -> list[float]:
    lead, heading, message = around
    spoken_of = {*lead, *heading, *message, *home, *recent}
    found = []
    for place in places:
        total, oblast = place.weight, place.oblast
        if oblast in spoken_of:  # of most places nothing is
            if oblast in lead:
                total += SAME_LINE
            elif oblast in heading:
                total += SAME_HEADING
            elif oblast in message:
                total += SAME_MESSAGE
            total = total + (HOME if oblast in home else 0.0) + (RECENT if oblast in recent else 0.0)
        found.append(total)
    return found


def _nearness(place: Place, points: Sequence[tuple[float, float]]) -> float:
    if place.point is None or not points:
        return 0.0
    lon, lat = place.point
    near_km = NEAR_KM
    for x, y in points:
        if abs(lat - y) < NEAR_DEGREES:  # most are far away
            near_km = min(near_km, math.hypot((lon - x) * KM_OF_LON, (lat - y) * KM_OF_LAT))
    return NEAR * (1.0 - near_km / NEAR_KM)
