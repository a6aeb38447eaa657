"""Which open holds an order means: those of one source, on exactly the zones it names."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.commands import UponHolds
from tocsin.engine.state import State
from tocsin.errors import NothingHeld
from tocsin.model import Hold, SourceId, ZoneId


def open_on(state: State, zone: ZoneId) -> Iterable[Hold]:
    """The open holds placed on the zone itself, oldest first."""
    return (state.holds[hold_id] for hold_id in state.by_zone.get(zone, ()))


def meant(state: State, giver: SourceId, order: UponHolds, zones: list[ZoneId]) -> dict[ZoneId, list[Hold]]:
    """The holds the order is upon, by zone. Errors: `NothingHeld` if there is a zone without one.

    The error says what else holds such a zone, so that whoever meant that can name it.
    """
    source = order.of or giver
    found = {zone: [hold for hold in open_on(state, zone) if _fits(hold, source, order)] for zone in zones}
    idle = [zone for zone, holds in found.items() if not holds]
    if idle:
        instead = {zone: other for zone in idle[:5] if (other := _holders(state, zone))}
        raise NothingHeld(
            f"{source} holds nothing of that kind on: {', '.join(idle[:5])}", zones=idle, source=source, held_by=instead
        )
    return found


def _fits(hold: Hold, source: SourceId, order: UponHolds) -> bool:
    return (
        hold.source == source
        and hold.hazard is order.hazard
        and (order.threat is None or hold.threat is order.threat)
        and (order.ref is None or hold.ref == order.ref)
    )


def _holders(state: State, zone: ZoneId) -> list[str]:
    """Who holds the zone or what it lies in, as ``source on zone``."""
    return [
        f"{hold.source} on {hold.zone}"
        for place in (zone, *state.hierarchy.ancestors(zone))
        for hold in open_on(state, place)
    ][:5]
