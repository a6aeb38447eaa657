"""What has no reason to be refused: a plain warning, or a plain ending, of someone who may give it."""

from __future__ import annotations

from datetime import datetime

from tocsin.access import Caller
from tocsin.commands import Command, Raise, Release, Withdraw
from tocsin.errors import TocsinError
from tocsin.events import Event, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.model import Hazard, HoldId, Level, SourceId, Stage, Status, Threat, ZoneId
from tocsin.sim import rights
from tocsin.sim.book import Book, Held
from tocsin.sim.conduct import Look, ran_back, time_of
from tocsin.sim.land import LINEAGE
from tocsin.sim.rules import Rule, Violation
from tocsin.store import Batch


def judge_refusal(book: Book, command: Command, caller: Caller, error: TocsinError, look: Look) -> None:
    """Errors: `Violation` if the order was plain, and someone's to give. ``book`` stands as when it was refused."""
    order, now = command.order, time_of(book, look)
    if not isinstance(order, Raise | Release | Withdraw):
        return
    if order.at is not None or command.decided_upon is not None or command.actor != caller.holder:
        return
    if caller.token is None or not book.tokens[caller.token].good(now):
        return
    if not all(zone in LINEAGE for zone in order.zones):
        return
    if not isinstance(order, Withdraw) and rights.country_wide(order.zones):
        return
    if not isinstance(order, Raise) and (ran_back(book, look) or order.of is not None):
        return
    events = _would_lead_to(book, command, order, now)
    if events is None or not rights.inside(order.zones, rights.token_area(book, caller)):
        return
    batch = Batch(
        key=command.key, digest=b"", actor=command.actor, grant="", source=command.source, reason="", decided_upon=0,
        recorded_at=now, events=tuple(events),
    )  # fmt: skip
    for grant in book.grants.values():
        terms = grant.terms
        if terms.holder != command.actor or not grant.good(now) or terms.realm is not book.realm:
            continue
        if terms.max_zones is not None or terms.max_people is not None:
            continue
        if not any(rights.lacking(book, batch, events, terms, command.source)):
            rule = Rule.WARNED if isinstance(order, Raise) else Rule.ENDED
            raise Violation(rule, f"{command.key} of {command.actor} was refused: {error.code}: {error.message}")


def _would_lead_to(
    book: Book, command: Command, order: Raise | Release | Withdraw, now: datetime
) -> list[Event] | None:
    """None where there is nothing to end on one of the zones."""
    if isinstance(order, Raise):
        return [
            HoldRaised(
                zone=zone, hazard=order.hazard, threat=order.threat, stage=order.stage, level=order.level,
                extent=order.extent, source=command.source, at=now,
            )
            for zone in order.zones
        ]  # fmt: skip
    events: list[Event] = []
    for zone in order.zones:
        holds = [hold for hold in book.holds.values() if hold.zone == zone and _means(command, order, hold)]
        if not holds:
            return None
        events.extend(_end(order, hold, command.source, now) for hold in holds)
    return events


def _means(command: Command, order: Release | Withdraw, hold: Held) -> bool:
    return (
        hold.source == command.source
        and hold.hazard == order.hazard
        and order.threat in (None, hold.threat)
        and order.ref in (None, hold.ref)
    )


def _end(order: Release | Withdraw, hold: Held, source: SourceId, now: datetime) -> Event:
    hold_id, zone = HoldId(hold.id), ZoneId(hold.zone)
    if isinstance(order, Release):
        return HoldReleased(hold=hold_id, zone=zone, source=source, at=now)
    return HoldWithdrawn(
        hold=hold_id, zone=zone, hazard=Hazard(hold.hazard), threat=Threat(hold.threat), stage=Stage(hold.stage),
        level=Level(hold.level), source=source, at=now, leaves=Status.CLEAR,
    )  # fmt: skip
