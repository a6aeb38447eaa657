"""The fold: what stands after a log. Old states stay valid; a new one shares nothing that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

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
    escalated,
    opened,
)
from tocsin.model import Hierarchy, Hold, HoldId, Source, SourceId, ZoneId


@dataclass(frozen=True, slots=True)
class State:
    """The open holds and the watched sources after ``seq`` events, over the zones of one atlas."""

    hierarchy: Hierarchy
    seq: int = 0
    holds: Mapping[HoldId, Hold] = field(default_factory=dict)
    by_zone: Mapping[ZoneId, tuple[HoldId, ...]] = field(default_factory=dict)
    """The open holds placed on each zone, oldest first. A zone without any is absent."""
    below: Mapping[ZoneId, int] = field(default_factory=dict)
    """How many open holds lie on the descendants of each zone. A zone without any is absent."""
    touched: Mapping[ZoneId, int] = field(default_factory=dict)
    """The seq of the last event about a hold on each zone."""
    touched_below: Mapping[ZoneId, int] = field(default_factory=dict)
    """The seq of the last event about a hold on any descendant of each zone."""
    sources: Mapping[SourceId, Source] = field(default_factory=dict)
    """The sources that are watched or silent."""


class Draft:
    """A state in the making: takes events one by one in place, so that many cost no more than they hold.

    Whoever holds a draft may read `state` between events; it is that state which changes.
    """

    __slots__ = ("_below", "_by_zone", "_holds", "_sources", "_touched", "_touched_below", "state")

    def __init__(self, start: State) -> None:
        """Copies ``start``, which stays as it is."""
        self._holds, self._by_zone, self._below = dict(start.holds), dict(start.by_zone), dict(start.below)
        self._touched, self._touched_below = dict(start.touched), dict(start.touched_below)
        self._sources = dict(start.sources)
        self.state = self._at(start.hierarchy, start.seq)

    def _at(self, hierarchy: Hierarchy, seq: int) -> State:
        return State(
            hierarchy,
            seq,
            self._holds,
            self._by_zone,
            self._below,
            self._touched,
            self._touched_below,
            self._sources,
        )

    def apply(self, events: Iterable[Event]) -> None:
        """Take in what happened next. An event about a hold that is not open is a `KeyError`."""
        hierarchy, seq = self.state.hierarchy, self.state.seq
        for event in events:
            seq += 1
            match event:
                case HoldRaised():
                    self._place(hierarchy, opened(seq, event))
                    self._touch(hierarchy, event.zone, seq)
                case HoldReleased() | HoldWithdrawn():
                    self._end(hierarchy, event.hold)
                    self._touch(hierarchy, event.zone, seq)
                case HoldEscalated():
                    self._holds[event.hold] = escalated(self._holds[event.hold], event)
                    self._touch(hierarchy, event.zone, seq)
                case HoldAnnotated():
                    self._holds[event.hold] = msgspec.structs.replace(self._holds[event.hold], note=event.note)
                case SourceWatched():
                    known = self._sources.get(event.source)
                    self._sources[event.source] = Source(
                        id=event.source,
                        silent_after_s=event.silent_after_s,
                        zones=event.zones,
                        silent_since=known.silent_since if known else None,
                    )
                case SourceFellSilent():
                    known = self._sources.get(event.source)
                    self._sources[event.source] = Source(
                        id=event.source,
                        silent_after_s=known.silent_after_s if known else None,
                        zones=known.zones if known else (),
                        silent_since=event.at,
                    )
                case SourceCameBack():
                    known = self._sources[event.source]
                    if known.silent_after_s is None:
                        del self._sources[event.source]
                    else:
                        self._sources[event.source] = msgspec.structs.replace(known, silent_since=None)
                case _:
                    pass  # who may do what is folded in tocsin.access
        self.state = self._at(hierarchy, seq)

    def _place(self, hierarchy: Hierarchy, hold: Hold) -> None:
        self._holds[hold.id] = hold
        self._by_zone[hold.zone] = (*self._by_zone.get(hold.zone, ()), hold.id)
        below = self._below
        for above in hierarchy.ancestors(hold.zone):
            below[above] = below.get(above, 0) + 1

    def _end(self, hierarchy: Hierarchy, hold_id: HoldId) -> None:
        zone = self._holds.pop(hold_id).zone
        rest = tuple(other for other in self._by_zone[zone] if other != hold_id)
        if rest:
            self._by_zone[zone] = rest
        else:
            del self._by_zone[zone]
        below = self._below
        for above in hierarchy.ancestors(zone):
            if below[above] == 1:
                del below[above]
            else:
                below[above] -= 1

    def _touch(self, hierarchy: Hierarchy, zone: ZoneId, seq: int) -> None:
        self._touched[zone] = seq
        for above in hierarchy.ancestors(zone):
            self._touched_below[above] = seq


def evolve(state: State, event: Event) -> State:
    """The state after one more event."""
    return fold(state, (event,))


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after many events: the same as evolving by each in turn, with the maps copied once."""
    draft = Draft(state)
    draft.apply(events)
    return draft.state


def last_touched(state: State, zones: Iterable[ZoneId]) -> int:
    """The seq of the last event about a hold on any of these zones, in them, or on what they lie in; 0 for none."""
    touched = state.touched
    return max(
        (
            max(
                touched.get(zone, 0),
                state.touched_below.get(zone, 0),
                *(touched.get(above, 0) for above in state.hierarchy.ancestors(zone)),
            )
            for zone in zones
        ),
        default=0,
    )
