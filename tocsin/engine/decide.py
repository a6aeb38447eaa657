"""What an order leads to: events, or a refusal that says why. It never changes anything by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tocsin.commands import (
    Annotate,
    Command,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceOrder,
    SourceSilent,
    WarningOrder,
    Withdraw,
)
from tocsin.engine import ending, raising, sources
from tocsin.engine.state import State, last_touched
from tocsin.errors import BadTime, StaleSeq, UnknownZone
from tocsin.events import Event
from tocsin.limits import EARLIEST_YEAR, FUTURE_S
from tocsin.model import SourceId, ZoneId


def decide(state: State, command: Command, now: datetime) -> tuple[Event, ...]:
    """The events that a warning's or a source's ``command`` leads to at ``now``, all or none; none where it changes
    nothing.

    Errors: `StaleSeq`, `UnknownZone`, `BadTime`, `EndBeforeStart`, `NothingHeld`, `NotInside`, `NotAnEscalation`,
    `SourceUnknown`. Orders about authority are not for the engine: to come here with one is a bug.
    """
    order = command.order
    if isinstance(order, SourceOrder):
        return tuple(_of_source(state, command.source, order, now))
    assert isinstance(order, WarningOrder), order
    zones, to = known_zones(state, order.zones), known_zones(state, _where_to(order))
    require_fresh(state, command.decided_upon, (*zones, *to))
    return tuple(_of_warning(state, command.source, order, zones, to, now))


def _where_to(order: WarningOrder) -> tuple[ZoneId, ...]:
    """Where the order warns beside the zones whose holds it is upon."""
    match order:
        case Extend() | Narrow():
            return order.to
        case Replace():
            return order.by.zones
        case _:
            return ()


def _of_warning(
    state: State, source: SourceId, order: WarningOrder, zones: list[ZoneId], to: list[ZoneId], now: datetime
) -> Iterable[Event]:
    at = _moment(order.at, now)
    match order:
        case Raise():
            return raising.placing(state, source, order, zones, at)
        case Escalate():
            return raising.escalate(state, source, order, zones, at)
        case Extend():
            return raising.extend(state, source, order, zones, to, at)
        case Annotate():
            return raising.annotate(state, source, order, zones, at)
        case Release():
            return ending.release(state, source, order, zones, at)
        case Withdraw():
            return ending.withdraw(state, source, order, zones, at)
        case Narrow():
            return ending.narrow(state, source, order, zones, to, at)
        case Replace():
            by_at = _moment(order.by.at, now) if order.by.at is not None else at
            return ending.replace(state, source, order, zones, to, at, by_at)


def _of_source(state: State, source: SourceId, order: SourceOrder, now: datetime) -> Iterable[Event]:
    match order:
        case Heartbeat():
            return sources.heartbeat(state, source, order, known_zones(state, order.zones), now)
        case SourceSilent():
            return sources.silent(state, source, order, now)
        case SourceBack():
            return sources.back(state, source, order, now)


def require_fresh(state: State, decided_upon: int | None, zones: Iterable[ZoneId]) -> None:
    """Errors: `StaleSeq` if anything has happened to these zones, in them or above them since ``decided_upon``."""
    if decided_upon is None:
        return
    if decided_upon > state.seq:
        raise StaleSeq(
            f"this order was decided upon {decided_upon}, but the log ends at {state.seq}: is it another log?",
            head=state.seq,
            decided_upon=decided_upon,
        )
    touched = last_touched(state, zones)
    if touched > decided_upon:
        raise StaleSeq(
            f"something has happened to these zones at {touched}, since this order was decided upon {decided_upon}: "
            "look again and decide anew",
            head=state.seq,
            decided_upon=decided_upon,
            touched=touched,
        )


def known_zones(state: State, zones: Iterable[ZoneId]) -> list[ZoneId]:
    """The zones in the order given, each once. Errors: `UnknownZone`."""
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
