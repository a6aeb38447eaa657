"""A threat: what is in the air as one, from all that was said of it, and how each report came to be part of it.

A track ends by an end and by nothing else. Without news it becomes stale after a time of its kind, and stays in the
picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, NewType

import msgspec

from tocsin.assess.ground import Patch
from tocsin.assess.motion import Motion
from tocsin.assess.profiles import Profile
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import Make, ReportId

TrackId = NewType("TrackId", str)


class Why(StrEnum):
    """Why a report belongs to a track."""

    FIRST = "first"
    """It began it: nothing known fits."""
    OWN_TRACK = "own_track"
    """Its source gave it the same id of its own."""
    WHERE_EXPECTED = "where_expected"
    """It names a place that the threat can be at by then, near where it was expected."""
    ON_ITS_WAY = "on_its_way"
    """It names where it goes, and that lies ahead of the threat."""
    FASTER = "faster"
    """It can have got there if it is a faster make than it was taken for."""
    SAME_AREA = "same_area"
    """It names the same area, or the same launch, of the same kind."""
    REPEATED = "repeated"
    """It repeats, word for word, what was said of it a little before: nothing new, but one more who says it."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A report in a track."""

    report: ReportId
    source: SourceId
    said_s: float
    why: Why
    off_km: float | None = None
    """How far from where the threat was expected it names it."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """That a track is over, and by whose word."""

    report: ReportId
    source: SourceId
    said_s: float


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was last said to go."""

    at: Patch
    zones: tuple[ZoneId, ...]
    said_s: float


class Glimpse(msgspec.Struct, frozen=True, kw_only=True):
    """One of the last places where it was said to be, whatever the track as a whole makes of it."""

    at: Patch
    said_s: float
    course_rad: float | None
    """Where it was said to go from there."""
    course_sigma_rad: float


class Words(NamedTuple):
    """What was said lately, to know it again where others repeat it."""

    said_s: float
    at: tuple[Patch, ...]
    aims: tuple[Patch, ...]
    course_rad: float | None
    named: tuple[ZoneId, ...]


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One threat as far as the reports tell."""

    id: TrackId
    kinds: tuple[Threat, ...]
    """What it may be: what all its reports allow."""
    make: Make | None
    profile: Profile
    began_s: float
    last_s: float
    """When something was last said of it."""
    motion: Motion | None
    """Of what flies and was placed."""
    others: tuple[Motion, ...] = ()
    """Where it would be if what was seen since were another: kept for some minutes where that fitted badly."""
    glimpses: tuple[Glimpse, ...] = ()
    """Of the last minutes."""
    words: tuple[Words, ...] = ()
    """Of the last minutes too."""
    tellings: int = 1
    """How many reports told something of it that was not only repeated."""
    aim: Aim | None = None
    named: tuple[ZoneId, ...] = ()
    """Zones it was said to be in, while nothing tells more exactly."""
    named_s: tuple[float, ...] = ()
    """When each of them was last named."""
    threatened: tuple[ZoneId, ...] = ()
    """Zones that were said to be under its threat."""
    threatened_s: tuple[float, ...] = ()
    origin: Patch | None = None
    unplaced: bool = False
    """Whether nobody said where it is, where it goes or whom it threatens."""
    count: int = 1
    sources: Mapping[SourceId, float]
    """Who speaks of it, and when each last did."""
    own_ids: tuple[tuple[SourceId, str], ...] = ()
    joined: tuple[Joined, ...]
    was: tuple[TrackId, ...] = ()
    """Tracks that turned out to be this one."""
    inland: bool = False
    """Whether it was first seen far inside of the country, where nothing was known to be."""
    noticed: bool = False
    """Whether instruments alone speak of it, none of which follows it or tells where it goes."""
    beside: TrackId | None = None
    """The track it may have split off from."""
    done: Mapping[SourceId, float] = {}
    """Sources that said it is over, of those that speak of it."""
    ended: Ended | None = None

    @property
    def threat(self) -> Threat:
        return self.kinds[0] if self.kinds else Threat.UNKNOWN

    @property
    def reports(self) -> tuple[ReportId, ...]:
        return tuple(dict.fromkeys(joined.report for joined in self.joined))

    def stale(self, now_s: float) -> bool:
        """Whether the last news of it is too old to say where it is. It may still be there."""
        return self.ended is None and now_s - self.last_s > self.profile.stale_after_s
