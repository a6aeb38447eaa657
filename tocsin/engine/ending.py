"""How holds end: released, withdrawn, narrowed or replaced. Whatever goes on is placed before anything ends, so
that no prefix of the log says less than is so. Each ending says what it leaves the zone under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from tocsin.commands import Narrow, Release, Replace, Withdraw
from tocsin.engine.raising import going_on, placing, same, stands
from tocsin.engine.state import State
from tocsin.engine.status import Outlook
from tocsin.engine.upon import meant
from tocsin.errors import BadTime, EndBeforeStart, NotInside
from tocsin.events import HoldRaised, HoldReleased, HoldWithdrawn, opened
from tocsin.model import Ending, Hold, SourceId, ZoneId

Changes = Iterator[HoldRaised | HoldReleased | HoldWithdrawn]


def release(state: State, giver: SourceId, order: Release, zones: list[ZoneId], at: datetime) -> Changes:
    ending = meant(state, giver, order, zones)
    outlook = Outlook(state)
    for hold in _all(ending.values()):
        yield _released(outlook, hold, giver, _end(hold, order.at, at), order.cause, Ending.RELEASED)


def withdraw(state: State, giver: SourceId, order: Withdraw, zones: list[ZoneId], at: datetime) -> Changes:
    ending = meant(state, giver, order, zones)
    outlook = Outlook(state)
    for hold in _all(ending.values()):
        ends = _end(hold, order.at, at)
        outlook.end(hold)
        yield HoldWithdrawn(
            hold=hold.id,
            zone=hold.zone,
            hazard=hold.hazard,
            threat=hold.threat,
            stage=hold.stage,
            level=hold.level,
            source=giver,
            at=ends,
            leaves=outlook.said(hold.zone),
            cause=order.cause,
        )


def narrow(
    state: State, giver: SourceId, order: Narrow, zones: list[ZoneId], to: list[ZoneId], at: datetime
) -> Changes:
    held = meant(state, giver, order, zones)
    outside = [zone for zone in to if held.keys().isdisjoint((zone, *state.hierarchy.ancestors(zone)))]
    if outside:
        raise NotInside(
            f"not in what is to be narrowed: {', '.join(outside[:5])}; to warn more zones, extend", zones=outside
        )
    ending = [hold for zone, holds in held.items() if zone not in to for hold in holds]
    outlook = Outlook(state)
    placed: list[HoldRaised] = []
    for hold in ending:
        for zone in to:
            if hold.zone in state.hierarchy.ancestors(zone):
                kept = going_on(hold, zone, hold.source, hold.since, order.cause)  # under it all along
                if not stands(state, kept, placed):
                    outlook.place(zone, kept.extent, hold.says)
                    placed.append(kept)
                    yield kept
    for hold in ending:
        yield _released(outlook, hold, giver, _end(hold, order.at, at), order.cause, Ending.NARROWED)


def replace(
    state: State,
    giver: SourceId,
    order: Replace,
    zones: list[ZoneId],
    to: list[ZoneId],
    at: datetime,
    by_at: datetime,
) -> Changes:
    held = meant(state, giver, order, zones)
    ending = [hold for hold in _all(held.values()) if not (hold.zone in to and same(hold, giver, order.by))]
    if order.at is not None and by_at > at:
        raise BadTime(
            "what replaces a hold begins no later than the hold ends", at=at.isoformat(), by_at=by_at.isoformat()
        )
    outlook = Outlook(state)
    for event in placing(state, giver, order.by, to, by_at):
        outlook.place(event.zone, event.extent, opened(0, event).says)
        yield msgspec.structs.replace(event, follows=ending[0].id if ending else None)
    for hold in ending:
        ends = _end(hold, order.at, max(at, by_at))
        yield _released(outlook, hold, giver, ends, order.cause, Ending.REPLACED)


def _all(held: Iterable[list[Hold]]) -> list[Hold]:
    return [hold for holds in held for hold in holds]


def _released(
    outlook: Outlook, hold: Hold, giver: SourceId, at: datetime, cause: str | None, ending: Ending
) -> HoldReleased:
    outlook.end(hold)
    return HoldReleased(
        hold=hold.id,
        zone=hold.zone,
        source=giver,
        at=at,
        cause=cause,
        hazard=hold.hazard,
        leaves=outlook.said(hold.zone),
        ending=ending,
    )


def _end(hold: Hold, ordered: datetime | None, at: datetime) -> datetime:
    """The moment at which the hold ends. Errors: `EndBeforeStart`.

    Where the order names none, a hold that begins a little ahead of the clock ends in the moment it begins: a false
    alarm does not have to wait for that.
    """
    if ordered is None:
        return max(at, hold.since)
    if at < hold.since:
        raise EndBeforeStart(
            f"the hold on {hold.zone} began at {hold.since.isoformat()}, after {at.isoformat()}",
            zone=hold.zone,
            since=hold.since.isoformat(),
            at=at.isoformat(),
        )
    return at
