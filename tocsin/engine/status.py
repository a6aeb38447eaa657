"""What is said of a zone: folded from its own holds and its ancestors', and `partial` upward.

A hold with extent ``whole`` reaches its zone and everything below. One with extent ``part``, and any hold on a
descendant, only makes the zones above and its own `partial`. Nothing is clear while an open hold covers it; and of a
zone that a partial hold above it may mean, `around` says so beside its status.
"""

from __future__ import annotations

from tocsin.engine.state import State
from tocsin.model import Extent, Hold, Status, ZoneId, ZoneStatus


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
    return ZoneStatus(
        zone=zone,
        status=status,
        within=_worst(parts),
        around=_worst(around(state, zone)),
        since=min((hold.since for hold in rests_on), default=None),
    )


def covering(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds that reach the whole of the zone: its own and its ancestors', oldest first."""
    reach = (zone, *state.hierarchy.ancestors(zone))
    holds = [state.holds[hold_id] for above in reach for hold_id in state.by_zone.get(above, ())]
    return sorted((hold for hold in holds if hold.extent is Extent.WHOLE), key=lambda hold: hold.id)


def inside(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds that reach some of the zone only: its own partial ones and all on its descendants."""
    own = [state.holds[hold_id] for hold_id in state.by_zone.get(zone, ())]
    parts = [hold for hold in own if hold.extent is Extent.PART]
    for held, ids in state.by_zone.items():
        if zone in state.hierarchy.ancestors(held):
            parts.extend(state.holds[hold_id] for hold_id in ids)
    return parts


def around(state: State, zone: ZoneId) -> list[Hold]:
    """The open holds on some unnamed part of an ancestor, which may be this zone."""
    above = (state.holds[hold_id] for up in state.hierarchy.ancestors(zone) for hold_id in state.by_zone.get(up, ()))
    return sorted((hold for hold in above if hold.extent is Extent.PART), key=lambda hold: hold.id)


def _worst(holds: list[Hold]) -> Status:
    return max((hold.says for hold in holds), key=lambda status: status.rank, default=Status.CLEAR)


def _worse(one: Status, other: Status) -> Status:
    return one if one.rank >= other.rank else other
