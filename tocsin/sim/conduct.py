"""Whether a batch of the log came about as it must: in time, upon what still stood, in the right sequence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from tocsin import limits
from tocsin.commands import Command, SourceBack, WarningOrder
from tocsin.events import (
    ClockAccepted,
    Event,
    GrantGiven,
    GrantRevoked,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    OrderProposed,
    ProposalApproved,
    SourceCameBack,
    TokenIssued,
    TokenRevoked,
)
from tocsin.service import Asked
from tocsin.sim.book import Book
from tocsin.sim.clockwork import ServiceClock
from tocsin.sim.rules import Rule, Violation, require
from tocsin.sim.universe import EPOCH
from tocsin.store import Batch

BY_ITSELF = "tocsin"
"""As whom the service speaks when it finds a source silent."""


class Look:
    """What the service was given to decide upon, and when."""

    def __init__(self, asked: Sequence[Asked], clock: ServiceClock) -> None:
        self.asked = asked
        self.elapsed_s = clock.elapsed_s()
        self._ahead_s = clock.ahead_s

    @cached_property
    def at(self) -> datetime:
        """What the service's clock said."""
        return EPOCH + timedelta(seconds=self.elapsed_s + self._ahead_s)

    def given(self, key: str) -> list[Asked]:
        return [(command, caller) for command, caller in self.asked if command.key == key]


def time_of(book: Book, look: Look) -> datetime:
    """The moment as the log must know it: no earlier than its last entry."""
    return look.at if book.recorded_at is None else max(look.at, book.recorded_at)


def ran_back(book: Book, look: Look) -> bool:
    """Whether the clock stands further behind the log than is borne."""
    return book.recorded_at is not None and look.at < book.recorded_at - timedelta(seconds=limits.CLOCK_BACK_S)


def judge_time(book: Book, batch: Batch, look: Look) -> None:
    """Errors: `Violation`."""
    accepts = any(isinstance(event, ClockAccepted) for event in batch.events)
    expected = look.at if accepts else time_of(book, look)
    if batch.recorded_at != expected:
        raise Violation(Rule.CLOCK, f"{batch.key} was recorded at {batch.recorded_at}, and it was {expected}")
    if accepts or batch.grant == "local" or not ran_back(book, look):
        return
    called_back = any(isinstance(command.order, SourceBack) for command, _ in look.given(batch.key))
    for event in batch.events:
        if isinstance(event, HoldReleased | HoldWithdrawn | GrantGiven | GrantRevoked | TokenIssued | TokenRevoked) or (
            called_back and isinstance(event, SourceCameBack)
        ):
            raise Violation(Rule.CLOCK, f"{batch.key} did {event} by a clock that had run back")


def judge_decision(book: Book, batch: Batch, command: Command) -> None:
    """What its giver had before their eyes still stood. Errors: `Violation`."""
    order, upon = command.order, command.decided_upon
    first = batch.events[0] if batch.events else None
    if isinstance(first, ProposalApproved):
        order = book.proposals[first.proposal].command.order
        ends = any(isinstance(event, HoldReleased | HoldWithdrawn) for event in batch.events)
        upon = first.proposal if ends else None
    if upon is None or first is None or not isinstance(order, WarningOrder):
        return
    touched = book.last_touched(order.zones)
    if touched > upon:
        raise Violation(Rule.DECIDED, f"{batch.key} was decided upon {upon}, and its zones changed at {touched}")


def judge_sequence(batch: Batch) -> None:
    """Errors: `Violation`."""
    raised = [number for number, event in enumerate(batch.events) if isinstance(event, HoldRaised)]
    ending = [number for number, event in enumerate(batch.events) if isinstance(event, HoldReleased)]
    if raised and ending and max(raised) > min(ending):
        raise Violation(Rule.PLACED_FIRST, f"{batch.key} ends a hold before it has placed what goes on")


def judge_event(book: Book, batch: Batch, event: Event, look: Look) -> None:
    """Errors: `Violation`."""
    match event:
        case HoldReleased() | HoldWithdrawn():
            hold = book.holds.get(event.hold)
            if hold is None or hold.zone != event.zone:
                raise Violation(Rule.FOLDED, f"{event} ends what is not open there")
            require(event.at >= hold.since, Rule.CLOCK, f"{event} ends before it began: {hold}")
            require(batch.source != BY_ITSELF, Rule.ABSENCE, f"nobody ordered {event}")
        case HoldEscalated():
            hold = book.holds[event.hold]
            says = msgspec.structs.replace(hold, stage=event.stage, level=event.level)
            require(says.rank >= hold.rank, Rule.FALLS, f"{event} says less than {hold}")
        case GrantGiven():
            require(event.terms.realm is book.realm, Rule.REALM, f"{batch.key} gives a {event.terms.realm} grant")
        case OrderProposed():
            require(event.texts, Rule.TWO_PEOPLE, f"{batch.key} shows the second person nothing")
        case ProposalApproved():
            shown = book.proposals[event.proposal].shown
            seen = [getattr(command.order, "shown", "") for command, _ in look.given(batch.key)]
            require(shown in seen, Rule.TWO_PEOPLE, f"{batch.key} approved something else than what was shown")
