"""What is said of three nested zones, from a list of events, by the plain definitions and nothing else.

It shares no line with `tocsin.engine`: no maps kept up to date, no shortcuts, every question answered by looking at
every open hold again. It is slow and short on purpose, so that it can be seen to be right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tocsin.events import (
    Event,
    HoldAnnotated,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
)
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Status, Threat, ZoneId

COUNTRY, OBLAST, RAION = ZoneId("country"), ZoneId("oblast"), ZoneId("raion")
ZONES = (COUNTRY, OBLAST, RAION)
"""Each lies in the one before."""

RANK = {Status.CLEAR: 0, Status.PARTIAL: 1, Status.EARLY_WARNING: 2, Status.YELLOW: 3, Status.RED: 4}


class Said(NamedTuple):
    """All that a hold says."""

    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    extent: Extent
    source: SourceId
    ref: str | None

    @property
    def status(self) -> Status:
        if self.stage is Stage.EARLY_WARNING:
            return Status.EARLY_WARNING
        return Status.RED if self.level is Level.RED else Status.YELLOW


class Open(NamedTuple):
    """A hold that has not ended."""

    said: Said
    since: datetime
    note: str | None


class Life(NamedTuple):
    """What is known of a source that is watched or silent."""

    silent_after_s: int | None
    zones: tuple[ZoneId, ...]
    silent_since: datetime | None


@dataclass
class Reading:
    """A log, read from its beginning."""

    open: dict[int, Open] = field(default_factory=dict)
    """By the seq of the event that placed it."""
    lives: dict[SourceId, Life] = field(default_factory=dict)
    about: list[tuple[int, ZoneId]] = field(default_factory=list)
    """Every event that placed, changed or ended a hold: its seq and where."""

    @property
    def silent(self) -> set[SourceId]:
        return {source for source, life in self.lives.items() if life.silent_since is not None}


def read(events: Iterable[Event]) -> Reading:
    reading = Reading()
    for seq, event in enumerate(events, start=1):
        take(reading, seq, event)
    return reading


def take(reading: Reading, seq: int, event: Event) -> None:
    """The next event."""
    holds, lives = reading.open, reading.lives
    match event:
        case HoldRaised():
            holds[seq] = Open(said(event), event.at, None)
        case HoldReleased() | HoldWithdrawn():
            del holds[event.hold]
        case HoldEscalated():
            old = holds[event.hold]
            new = old.said._replace(threat=event.threat, stage=event.stage, level=event.level)
            began = new.stage is not old.said.stage
            holds[event.hold] = Open(new, event.at if began else old.since, old.note)
        case HoldAnnotated():
            holds[event.hold] = holds[event.hold]._replace(note=event.note)
        case SourceWatched():
            known = lives.get(event.source)
            lives[event.source] = Life(event.silent_after_s, event.zones, known.silent_since if known else None)
        case SourceFellSilent():
            known = lives.get(event.source, Life(None, (), None))
            lives[event.source] = known._replace(silent_since=event.at)
        case SourceCameBack():
            lives[event.source] = lives[event.source]._replace(silent_since=None)
            if lives[event.source].silent_after_s is None:
                del lives[event.source]
        case _:
            raise AssertionError(f"no order of a small world leads to {event}")
    if isinstance(event, HoldRaised | HoldReleased | HoldWithdrawn | HoldEscalated):
        reading.about.append((seq, event.zone))


def said(event: HoldRaised) -> Said:
    return Said(event.zone, event.hazard, event.threat, event.stage, event.level, event.extent, event.source, event.ref)


def lies_in(zone: ZoneId, other: ZoneId) -> bool:
    """Whether the zone is the other one or lies in it."""
    return ZONES.index(zone) >= ZONES.index(other)


def covers(hold: Said, zone: ZoneId) -> bool:
    """It reaches the whole of the zone."""
    return hold.extent is Extent.WHOLE and lies_in(zone, hold.zone)


def parts(hold: Said, zone: ZoneId) -> bool:
    """It reaches some of the zone only: it lies further in, or on an unnamed part of it."""
    if hold.zone == zone:
        return hold.extent is Extent.PART
    return lies_in(hold.zone, zone)


def may_mean(hold: Said, zone: ZoneId) -> bool:
    """It lies on an unnamed part of something around the zone."""
    return hold.extent is Extent.PART and hold.zone != zone and lies_in(zone, hold.zone)


def worst(holds: Iterable[Said]) -> Status:
    return max((hold.status for hold in holds), key=RANK.__getitem__, default=Status.CLEAR)


def status(holds: Collection[Said], zone: ZoneId) -> Status:
    """What is said of the zone."""
    over = [hold for hold in holds if covers(hold, zone)]
    if over:
        return worst(over)
    return Status.PARTIAL if any(parts(hold, zone) for hold in holds) else Status.CLEAR


def stale(reading: Reading, zone: ZoneId) -> bool:
    """Whether something is not to be trusted that is, or may be, so in the zone: a silent source holds it, or speaks
    for it, or holds something around it, or only some of it and no other hold covers it all."""
    silent, holds = reading.silent, [opened.said for opened in reading.open.values()]
    covered = any(covers(hold, zone) for hold in holds)
    return any(
        hold.source in silent and (lies_in(zone, hold.zone) or (lies_in(hold.zone, zone) and not covered))
        for hold in holds
    ) or any(lies_in(zone, spoken) for source in silent for spoken in reading.lives[source].zones)


def touched(reading: Reading, zones: Iterable[ZoneId]) -> int:
    """The last event about a hold that reaches one of these zones, lies on it or in it; 0 for none."""
    return max(
        (seq for seq, at in reading.about for zone in zones if lies_in(zone, at) or lies_in(at, zone)), default=0
    )
