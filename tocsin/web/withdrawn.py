"""False alarms taken back in the last hours, for the pages without JavaScript. The same as static/withdrawn.js."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from tocsin.engine import State, covering, inside
from tocsin.model import Hold, ZoneId
from tocsin.record.history import RecordedHold
from tocsin.record.ledger import How

TOLD = timedelta(hours=6)
"""For so long a withdrawal is news."""


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """What one order took back as an error."""

    at: datetime
    hold: Hold
    """One of the holds; they say the same."""
    cause: str | None
    zones: tuple[ZoneId, ...]
    """Without those where another alarm has begun since: there the news is the alarm."""


def withdrawals(recorded: Iterable[RecordedHold], state: State, now: datetime) -> list[Withdrawal]:
    """Those that are news at ``now``, newest first."""
    orders: dict[tuple[object, ...], list[RecordedHold]] = {}
    for hold in recorded:
        if hold.ended_how is not How.WITHDRAWN or hold.ended is None or now - hold.ended > TOLD:
            continue
        said = (hold.ended, hold.hazard, hold.threat, hold.since, hold.ended_cause)
        orders.setdefault(said, []).append(hold)
    found = []
    for holds in orders.values():
        first, at = holds[0], holds[0].ended
        assert at is not None, "only what has ended was taken"
        zones = tuple(dict.fromkeys(hold.zone for hold in holds if not _begun_since(state, hold.zone, at)))
        if zones:
            found.append(Withdrawal(at=at, hold=first, cause=first.ended_cause, zones=zones))
    return sorted(found, key=lambda one: one.at, reverse=True)


def reached(state: State, withdrawal: Withdrawal, zone: ZoneId) -> bool:
    """Whether people in ``zone`` got the alarm: it lay on the zone, on what it lies in, or on some of it."""
    above = (zone, *state.hierarchy.ancestors(zone))
    return any(held in above or zone in state.hierarchy.ancestors(held) for held in withdrawal.zones)


def _begun_since(state: State, zone: ZoneId, at: datetime) -> bool:
    return any(hold.since > at for hold in (*covering(state, zone), *inside(state, zone)))
