"""How holds come to be and come to say more: raised, extended, escalated, annotated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from tocsin.commands import Annotate, Escalate, Extend, Raise
from tocsin.engine.state import State
from tocsin.engine.upon import meant, open_on
from tocsin.errors import NotAnEscalation
from tocsin.events import HoldAnnotated, HoldEscalated, HoldRaised
from tocsin.model import Hold, Level, SourceId, Stage, ZoneId

_STAGES = tuple(Stage)
_LEVELS = tuple(Level)


def placing(state: State, source: SourceId, order: Raise, zones: list[ZoneId], at: datetime) -> Iterator[HoldRaised]:
    """One hold for each zone where the very same is not open already."""
    for zone in zones:
        if not any(same(hold, source, order) for hold in open_on(state, zone)):
            yield HoldRaised(
                zone=zone,
                hazard=order.hazard,
                threat=order.threat,
                stage=order.stage,
                level=order.level,
                extent=order.extent,
                source=source,
                at=at,
                ref=order.ref,
                cause=order.cause,
            )


def extend(
    state: State, giver: SourceId, order: Extend, zones: list[ZoneId], to: list[ZoneId], at: datetime
) -> Iterator[HoldRaised]:
    patterns: dict[Raise, Hold] = {}
    for holds in meant(state, giver, order, zones).values():
        for hold in holds:
            patterns.setdefault(_pattern(hold, to), hold)
    for pattern, hold in patterns.items():
        # They rest on whoever extends: the first source knows nothing of these zones, and would never end them.
        for event in placing(state, giver, pattern, to, at):
            yield msgspec.structs.replace(
                event, cause=hold.cause if order.cause is None else order.cause, follows=hold.id
            )


def escalate(
    state: State, giver: SourceId, order: Escalate, zones: list[ZoneId], at: datetime
) -> Iterator[HoldEscalated]:
    for holds in meant(state, giver, order, zones).values():
        for hold in holds:
            threat = order.to_threat or hold.threat
            stage, level = order.to_stage or hold.stage, order.to_level or hold.level
            if _STAGES.index(stage) < _STAGES.index(hold.stage) or _LEVELS.index(level) < _LEVELS.index(hold.level):
                raise NotAnEscalation(
                    f"the hold on {hold.zone} says {hold.stage}, {hold.level}; to have it say less, replace it",
                    zone=hold.zone,
                    stage=hold.stage,
                    level=hold.level,
                )
            if (threat, stage, level) != (hold.threat, hold.stage, hold.level):
                yield HoldEscalated(
                    hold=hold.id,
                    zone=hold.zone,
                    hazard=hold.hazard,
                    threat=threat,
                    stage=stage,
                    level=level,
                    source=giver,
                    at=max(at, hold.since),
                    cause=order.cause,
                )


def annotate(
    state: State, giver: SourceId, order: Annotate, zones: list[ZoneId], at: datetime
) -> Iterator[HoldAnnotated]:
    for holds in meant(state, giver, order, zones).values():
        for hold in holds:
            if hold.note != order.note:
                yield HoldAnnotated(hold=hold.id, zone=hold.zone, source=giver, at=at, note=order.note)


def same(hold: Hold, source: SourceId, order: Raise) -> bool:
    """Whether the hold already says all that the order would have it say."""
    return (
        hold.source == source
        and hold.ref == order.ref
        and hold.hazard is order.hazard
        and hold.threat is order.threat
        and hold.stage is order.stage
        and hold.level is order.level
        and hold.extent is order.extent
    )


def _pattern(hold: Hold, zones: list[ZoneId]) -> Raise:
    """All that tells one hold from another (see `same`): two that differ in their cause alone extend as one."""
    return Raise(
        zones=tuple(zones),
        hazard=hold.hazard,
        threat=hold.threat,
        stage=hold.stage,
        level=hold.level,
        extent=hold.extent,
        ref=hold.ref,
    )
