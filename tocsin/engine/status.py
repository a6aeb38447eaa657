"""What is said of a zone: folded from its own holds and its ancestors', and `partial` upward.

A hold with extent ``whole`` reaches its zone and everything below. One with extent ``part``, and any hold on a
descendant, only makes the zones above and its own `partial`. Nothing is clear while an open hold covers it; and of a
zone that a partial hold above it may mean, `around` says so beside its status. A source that fell silent makes what
rests on it `stale`, and the calm of the zones it speaks for as well; it never changes a status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tocsin.engine.state import State
from tocsin.model import Extent, Freshness, Hold, HoldId, SourceId, Status, ZoneId, ZoneStatus


def statuses(state: State) -> dict[ZoneId, Status]:
    """The status of every zone of the atlas, in the atlas's order."""
    hierarchy, holds = state.hierarchy, state.holds
    said: dict[ZoneId, Status] = dict.fromkeys(hierarchy, Status.CLEAR)
    covered: dict[ZoneId, Status] = {}
    for zone, ids in state.by_zone.items():
        for above in hierarchy.ancestors(zone):
            said[above] = Status.PARTIAL
        for hold_id in ids:
            hold = holds[hold_id]
            if hold.extent is Extent.PART:
                said[zone] = Status.PARTIAL
            else:
                covered[zone] = _worse(covered.get(zone, Status.CLEAR), hold.says)
    for zone, status in covered.items():
        for reached in (zone, *hierarchy.descendants(zone)):
            said[reached] = _worse(said[reached], status)
    return said


def status_of(state: State, zone: ZoneId) -> ZoneStatus:
    """The status of one zone, with since when and what its parts are under."""
    over, parts = covering(state, zone), inside(state, zone)
    status = _worst(over) if over else Status.PARTIAL if parts else Status.CLEAR
    rests_on = over or parts
    own_parts = (hold for hold in parts if hold.zone == zone)
    silent = silent_sources(state)
    stale = any(hold.source in silent for hold in (*rests_on, *own_parts, *around(state, zone))) or any(
        zone == spoken or spoken in state.hierarchy.ancestors(zone)
        for source in silent
        for spoken in state.sources[source].zones
    )
    return ZoneStatus(
        zone=zone,
        status=status,
        within=_worst(parts),
        around=_worst(around(state, zone)),
        since=min((hold.since for hold in rests_on), default=None),
        freshness=Freshness.STALE if stale else Freshness.FRESH,
    )


def silent_sources(state: State) -> frozenset[SourceId]:
    """The sources that cannot be heard."""
    return frozenset(source.id for source in state.sources.values() if source.silent_since is not None)


def stale_zones(state: State) -> list[ZoneId]:
    """The zones whose status is stale, in the atlas's order."""
    silent = silent_sources(state)
    if not silent:
        return []
    hierarchy, stale = state.hierarchy, set[ZoneId]()
    for hold in state.holds.values():
        if hold.source in silent:
            stale.update((hold.zone, *hierarchy.descendants(hold.zone)))
            # Above it only a status that rests on this hold is stale: one that a hold on all of it decides does not.
            stale.update(up for up in hierarchy.ancestors(hold.zone) if not covering(state, up))
    for source in silent:
        for zone in state.sources[source].zones:
            stale.update((zone, *hierarchy.descendants(zone)))
    return [zone for zone in hierarchy if zone in stale]


def covering(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds that reach the whole of the zone: its own and its ancestors', oldest first."""
    reach = (zone, *state.hierarchy.ancestors(zone))
    holds = [state.holds[hold_id] for above in reach for hold_id in state.by_zone.get(above, ())]
    return sorted((hold for hold in holds if hold.extent is Extent.WHOLE), key=lambda hold: hold.id)


def inside(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds that reach some of the zone only: its own partial ones and all on its descendants."""
    own = [state.holds[hold_id] for hold_id in state.by_zone.get(zone, ())]
    parts = [hold for hold in own if hold.extent is Extent.PART]
    if zone not in state.below:
        return parts
    for held, ids in state.by_zone.items():
        if zone in state.hierarchy.ancestors(held):
            parts.extend(state.holds[hold_id] for hold_id in ids)
    return parts


def around(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds on some unnamed part of an ancestor, which may be this zone."""
    above = (state.holds[hold_id] for up in state.hierarchy.ancestors(zone) for hold_id in state.by_zone.get(up, ()))
    return sorted((hold for hold in above if hold.extent is Extent.PART), key=lambda hold: hold.id)


class Outlook:
    """What would be said of zones once some holds are gone and others placed, without a new state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._gone: set[HoldId] = set()
        self._below: Counter[ZoneId] = Counter()
        self._placed: dict[ZoneId, list[tuple[Extent, Status]]] = {}

    def end(self, hold: Hold) -> None:
        self._gone.add(hold.id)
        self._below.subtract(self._state.hierarchy.ancestors(hold.zone))

    def place(self, zone: ZoneId, extent: Extent, says: Status) -> None:
        self._placed.setdefault(zone, []).append((extent, says))
        self._below.update(self._state.hierarchy.ancestors(zone))

    def said(self, zone: ZoneId) -> Status:
        """The status of the zone, as `status_of` would give it."""
        over, parts = Status.CLEAR, False
        for extent, says in self._on(zone):
            if extent is Extent.PART:
                parts = True
            else:
                over = _worse(over, says)
        for above in self._state.hierarchy.ancestors(zone):
            for extent, says in self._on(above):
                if extent is Extent.WHOLE:
                    over = _worse(over, says)
        if over is not Status.CLEAR:
            return over
        return Status.PARTIAL if parts or self._state.below.get(zone, 0) + self._below[zone] else Status.CLEAR

    def _on(self, zone: ZoneId) -> Iterable[tuple[Extent, Status]]:
        for hold_id in self._state.by_zone.get(zone, ()):
            if hold_id not in self._gone:
                hold = self._state.holds[hold_id]
                yield hold.extent, hold.says
        yield from self._placed.get(zone, ())


def _worst(holds: list[Hold]) -> Status:
    return max((hold.says for hold in holds), key=lambda status: status.rank, default=Status.CLEAR)


def _worse(one: Status, other: Status) -> Status:
    return one if one.rank >= other.rank else other
