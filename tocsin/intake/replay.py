"""A stretch of the past lived again: recorded orders, given when the replay's clock comes to their moment.

The clock only ever goes forward: it can be paused, sped up and moved ahead, and on the way ahead every order is
given, none skipped. At the end of the stretch it stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from tocsin.clock import ReplayClock
from tocsin.commands import Command
from tocsin.errors import BadRequest

RATES = (0.0, 1.0, 10.0, 60.0, 300.0, 1200.0)
"""Clock seconds per real second that a replay may run at; 0 is paused."""

Give = Callable[[Sequence[Command]], Awaitable[object]]


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Which time is replayed, and what it is called by language."""

    since: datetime
    until: datetime
    title: dict[str, str]


class Replay:
    """The orders of one stretch and where the clock has come to."""

    def __init__(self, stretch: Stretch, orders: Sequence[tuple[datetime, Command]], clock: ReplayClock) -> None:
        """``orders`` in time."""
        self.stretch = stretch
        self.clock = clock
        self._orders = orders
        self._next = 0
        self._changed = asyncio.Event()

    @property
    def given(self) -> int:
        """How many orders have been given."""
        return self._next

    @property
    def total(self) -> int:
        return len(self._orders)

    @property
    def finished(self) -> bool:
        return self.clock.now() >= self.stretch.until and self._next == len(self._orders)

    def control(self, rate: float | None, at: datetime | None) -> None:
        """Change the rate, or move ahead. Errors: `BadRequest` for another rate or a moment outside what is ahead."""
        if rate is not None and rate not in RATES:
            raise BadRequest(f"a replay runs at one of {', '.join(f'{rate:g}' for rate in RATES)}", rates=list(RATES))
        if at is not None:
            now = self.clock.now()
            if not now <= at <= self.stretch.until:
                raise BadRequest(
                    "a replay only moves ahead, within its stretch",
                    at=at.isoformat(),
                    now=now.isoformat(),
                    until=self.stretch.until.isoformat(),
                )
            self.clock.jump(at)
        if rate is not None:
            self.clock.set_rate(rate)
        self._changed.set()

    async def run(self, give: Give, stopped: Callable[[], None]) -> None:
        """Give each order when its time comes, for ever; at the end of the stretch pause, and call ``stopped``."""
        while True:
            due = self._due(self.clock.now())
            if due:
                await give(due)
                self._next += len(due)
                continue
            self._changed.clear()
            if self.clock.now() >= self.stretch.until and self.clock.rate:
                self.clock.set_rate(0)
                stopped()
            upcoming = self._orders[self._next][0] if self._next < len(self._orders) else self.stretch.until
            ahead_s = (min(upcoming, self.stretch.until) - self.clock.now()).total_seconds()
            wait_s = max(ahead_s / self.clock.rate, 0) if self.clock.rate else None
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with what it waits for.
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()

    def _due(self, now: datetime) -> list[Command]:
        end = self._next
        while end < len(self._orders) and self._orders[end][0] <= now:
            end += 1
        return [command for _, command in self._orders[self._next : end]]
