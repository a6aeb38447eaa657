"""How holds come to be and come to say more: raised, extended, escalated, annotated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

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
    placed: list[HoldRaised] = []
    for holds in meant(state, giver, order, zones).values():
        for hold in holds:
            for zone in to:
                # It rests on whoever extends: the first source knows nothing of this zone, and would never end it.
                more = going_on(hold, zone, giver, at, order.cause)
                if not stands(state, more, placed):
                    placed.append(more)
                    yield more


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


def same(said: Hold | HoldRaised, source: SourceId, order: Raise | HoldRaised) -> bool:
    """Whether what was said on a zone is already all that the order would have said there."""
    return (
        said.source == source
        and said.ref == order.ref
        and said.hazard is order.hazard
        and said.threat is order.threat
        and said.stage is order.stage
        and said.level is order.level
        and said.extent is order.extent
    )


def stands(state: State, event: HoldRaised, placed: Iterable[HoldRaised]) -> bool:
    """Whether the very same hold is open on the event's zone already, or ``placed`` there by the same order."""
    return any(same(hold, event.source, event) for hold in open_on(state, event.zone)) or any(
        same(other, event.source, event) for other in placed if other.zone == event.zone
    )


def going_on(hold: Hold, zone: ZoneId, source: SourceId, at: datetime, cause: str | None) -> HoldRaised:
    """The same warning on another zone, since ``at``."""
    return HoldRaised(
        zone=zone,
        hazard=hold.hazard,
        threat=hold.threat,
        stage=hold.stage,
        level=hold.level,
        extent=hold.extent,
        source=source,
        at=at,
        ref=hold.ref,
        cause=hold.cause if cause is None else cause,
        follows=hold.id,
    )
