"""A state as plain content and back, for snapshots (tocsin/service.py names their format)."""

from __future__ import annotations

import msgspec

from tocsin.engine.state import State
from tocsin.model import Hierarchy, Hold, HoldId, Source, ZoneId


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A state's content, in an order that is the same for the same state."""

    seq: int
    holds: list[Hold]
    touched: dict[ZoneId, int]
    touched_below: dict[ZoneId, int]
    sources: list[Source]


def pack(state: State) -> Packed:
    return Packed(
        seq=state.seq,
        holds=sorted(state.holds.values(), key=lambda hold: hold.id),
        touched=dict(sorted(state.touched.items())),
        touched_below=dict(sorted(state.touched_below.items())),
        sources=sorted(state.sources.values(), key=lambda source: source.id),
    )


def unpack(packed: Packed, hierarchy: Hierarchy) -> State:
    """Errors: `KeyError` where it tells of zones that the atlas does not have."""
    holds: dict[HoldId, Hold] = {}
    by_zone: dict[ZoneId, tuple[HoldId, ...]] = {}
    below: dict[ZoneId, int] = {}
    for hold in packed.holds:
        holds[hold.id] = hold
        by_zone[hold.zone] = (*by_zone.get(hold.zone, ()), hold.id)
        for above in hierarchy.ancestors(hold.zone):
            below[above] = below.get(above, 0) + 1
    sources = {source.id: source for source in packed.sources}
    return State(hierarchy, packed.seq, holds, by_zone, below, packed.touched, packed.touched_below, sources)
