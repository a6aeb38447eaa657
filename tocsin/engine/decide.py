"""What an order leads to: events, or a refusal that says why. It never changes anything by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tocsin.commands import Command, Raise, Release
from tocsin.engine.state import State
from tocsin.errors import BadTime, EndBeforeStart, NothingToRelease, StaleSeq, UnknownZone
from tocsin.events import Event, HoldRaised, HoldReleased
from tocsin.limits import EARLIEST_YEAR, FUTURE_S
from tocsin.model import Hold, SourceId, ZoneId


def decide(state: State, command: Command, now: datetime) -> tuple[Event, ...]:
    """The events that ``command`` leads to at ``now``, all or none; no events where it changes nothing.

    Errors: `StaleSeq`, `UnknownZone`, `BadTime`, `EndBeforeStart`, `NothingToRelease`.
    """
    if command.decided_upon is not None and command.decided_upon != state.seq:
        raise StaleSeq(
            f"the log has moved on to {state.seq} since this order was decided upon {command.decided_upon}",
            head=state.seq,
            decided_upon=command.decided_upon,
        )
    order = command.order
    zones = _known(state, order.zones)
    at = _moment(order.at, now)
    if isinstance(order, Raise):
        return tuple(_raise(state, command.source, order, zones, at))
    return tuple(_release(state, command.source, order, zones, at))


def _known(state: State, zones: Iterable[ZoneId]) -> list[ZoneId]:
    """The zones in the order given, each once."""
    unique = list(dict.fromkeys(zones))
    unknown = [zone for zone in unique if zone not in state.hierarchy]
    if unknown:
        raise UnknownZone(f"no such zone: {', '.join(unknown[:5])}", zones=unknown)
    return unique


def _moment(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at.utcoffset() is None:
        raise BadTime("a time needs its zone, such as a trailing Z", at=at.isoformat())
    try:
        at.astimezone(UTC)
    except OverflowError:  # it would stand in the log for ever, and no history could be told from then on
        raise BadTime("in UTC this time lies before the year 1 or after 9999", at=at.isoformat()) from None
    if at.year < EARLIEST_YEAR:
        raise BadTime(f"no order takes effect before the year {EARLIEST_YEAR}", at=at.isoformat())
    if at > now + timedelta(seconds=FUTURE_S):
        raise BadTime(f"an order cannot take effect more than {FUTURE_S} s ahead", at=at.isoformat())
    return at


def _raise(state: State, source: SourceId, order: Raise, zones: list[ZoneId], at: datetime) -> Iterable[Event]:
    for zone in zones:
        if not any(_same(hold, source, order) for hold in _open(state, zone)):
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


def _release(state: State, source: SourceId, order: Release, zones: list[ZoneId], at: datetime) -> Iterable[Event]:
    ending = {zone: [hold for hold in _open(state, zone) if _meant(hold, source, order)] for zone in zones}
    idle = [zone for zone, holds in ending.items() if not holds]
    if idle:
        raise NothingToRelease(
            f"{source} holds nothing of that kind on: {', '.join(idle[:5])}", zones=idle, source=source
        )
    for zone, holds in ending.items():
        for hold in holds:
            if at < hold.since:
                raise EndBeforeStart(
                    f"the hold on {zone} began at {hold.since.isoformat()}, after {at.isoformat()}",
                    zone=zone,
                    since=hold.since.isoformat(),
                    at=at.isoformat(),
                )
            yield HoldReleased(hold=hold.id, zone=zone, source=source, at=at, cause=order.cause)


def _open(state: State, zone: ZoneId) -> Iterable[Hold]:
    return (state.holds[hold_id] for hold_id in state.by_zone.get(zone, ()))


def _same(hold: Hold, source: SourceId, order: Raise) -> bool:
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


def _meant(hold: Hold, source: SourceId, order: Release) -> bool:
    return (
        hold.source == source
        and hold.hazard is order.hazard
        and (order.threat is None or hold.threat is order.threat)
        and (order.ref is None or hold.ref == order.ref)
    )
