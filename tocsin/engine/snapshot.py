"""A state as bytes and back. The format's name changes whenever a fold of the same log would differ."""

from __future__ import annotations

import msgspec

from tocsin.engine.state import State
from tocsin.model import Hierarchy, Hold, HoldId, ZoneId

FORMAT = "holds-1"


class _Packed(msgspec.Struct):
    seq: int
    holds: list[Hold]


def pack(state: State) -> bytes:
    """The same bytes for the same state."""
    return msgspec.json.encode(_Packed(state.seq, sorted(state.holds.values(), key=lambda hold: hold.id)))


def unpack(body: bytes, hierarchy: Hierarchy) -> State:
    """Errors: msgspec's, where the bytes are of another format."""
    packed = msgspec.json.decode(body, type=_Packed)
    holds: dict[HoldId, Hold] = {}
    by_zone: dict[ZoneId, tuple[HoldId, ...]] = {}
    for hold in packed.holds:
        holds[hold.id] = hold
        by_zone[hold.zone] = (*by_zone.get(hold.zone, ()), hold.id)
    return State(hierarchy, packed.seq, holds, by_zone)
