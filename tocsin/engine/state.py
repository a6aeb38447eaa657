"""The fold: what stands after a log. Old states stay valid; a new one shares nothing that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tocsin.events import Event, HoldRaised, HoldReleased, opened
from tocsin.model import Hierarchy, Hold, HoldId, ZoneId


@dataclass(frozen=True, slots=True)
class State:
    """The open holds after ``seq`` events, over the zones of one atlas."""

    hierarchy: Hierarchy
    seq: int = 0
    holds: Mapping[HoldId, Hold] = field(default_factory=dict)
    by_zone: Mapping[ZoneId, tuple[HoldId, ...]] = field(default_factory=dict)
    """The open holds placed on each zone, oldest first. A zone without any is absent."""


def evolve(state: State, event: Event) -> State:
    """The state after one more event."""
    return fold(state, (event,))


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after many events: the same as evolving by each in turn, with the maps copied once."""
    seq, holds, by_zone = state.seq, dict(state.holds), dict(state.by_zone)
    for event in events:
        seq += 1
        match event:
            case HoldRaised():
                hold = opened(seq, event)
                holds[hold.id] = hold
                by_zone[hold.zone] = (*by_zone.get(hold.zone, ()), hold.id)
            case HoldReleased():
                zone = holds.pop(event.hold).zone
                rest = tuple(hold_id for hold_id in by_zone[zone] if hold_id != event.hold)
                if rest:
                    by_zone[zone] = rest
                else:
                    del by_zone[zone]
    return State(state.hierarchy, seq, holds, by_zone)
