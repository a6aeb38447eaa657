"""Where "now" comes from.

Everything below the rim takes time as an argument; the rim asks one of these clocks. A clock tells
the moment and the rate at which its time passes, so that a page can count on between two messages.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float:
        """Seconds since some moment; it only grows, whatever happens to the time of day."""

    @property
    def rate(self) -> float:
        """Clock seconds per real second: 1 for the present, 60 for a fast replay, 0 when paused."""


class SystemClock:
    """The present."""

    rate = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        return time.monotonic()


class ReplayClock:
    """A past stretch of time lived again: it starts anywhere, runs at any rate, pauses and jumps ahead.

    It never runs backwards: the log it stamps is append-only. At the end of its stretch it stands still.
    """

    def __init__(self, start: datetime, end: datetime, rate: float) -> None:
        self._origin = start
        self._end = end
        self._since = time.monotonic()
        self._rate = rate

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> datetime:
        return min(self._end, self._origin + timedelta(seconds=(time.monotonic() - self._since) * self._rate))

    def elapsed_s(self) -> float:
        return time.monotonic()

    def set_rate(self, rate: float) -> None:
        self._origin, self._since, self._rate = self.now(), time.monotonic(), rate

    def jump(self, to: datetime) -> None:
        """Move ahead to a later moment; an earlier one is ignored."""
        now = self.now()
        self._origin, self._since = max(now, to), time.monotonic()
