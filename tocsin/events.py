"""Every fact that the log can hold. A fact never changes and is never taken out."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.model import Extent, Hazard, Hold, HoldId, Level, SourceId, Stage, Threat, ZoneId


class HoldRaised(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_raised"):
    """A zone is under warning for one more reason. The hold's id is the seq of this event."""

    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    extent: Extent
    source: SourceId
    at: datetime
    """When it took effect, which for imported history lies long before it was recorded."""
    ref: str | None = None
    cause: str | None = None


class HoldReleased(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_released"):
    """One reason is gone. The zone is clear only when no other covers it."""

    hold: HoldId
    zone: ZoneId
    source: SourceId
    at: datetime
    cause: str | None = None


Event = HoldRaised | HoldReleased


def opened(seq: int, event: HoldRaised) -> Hold:
    """The hold that the event at ``seq`` places."""
    return Hold(
        id=HoldId(seq),
        zone=event.zone,
        hazard=event.hazard,
        threat=event.threat,
        stage=event.stage,
        level=event.level,
        extent=event.extent,
        source=event.source,
        since=event.at,
        ref=event.ref,
        cause=event.cause,
    )


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    seq: int
    """Gapless, from 1; commit order is seq order."""
    recorded_at: datetime
    order: str
    """The idempotency key of the order that led to it."""
    event: Event
