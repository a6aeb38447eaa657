"""The stream: what a subscriber hears, from its first word to goodbye.

A subscriber who says what it has seen gets exactly what it missed, or, where that is too long ago, a snapshot to
start from anew. A heartbeat with the seq of the head tells quiet from cut off. Nobody waits for anybody: each
subscriber reads the shared ring at its own pace, and one that falls off its end is given the snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime

import msgspec

from tocsin import limits
from tocsin.channels.ring import Ring, frame
from tocsin.events import Entry


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch of time being replayed, with its name by language."""

    since: datetime = msgspec.field(name="from")
    until: datetime
    title: dict[str, str]


class Clockface(msgspec.Struct, frozen=True, kw_only=True):
    """The server's clock as told to clients, who count on from it."""

    now: datetime
    rate: float
    """Clock seconds per real second."""
    replay: Replayed | None


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    log: str
    clock: Clockface


class Hub:
    """One per process, in the event loop's thread."""

    def __init__(
        self,
        ring: Ring,
        log: str,
        snapshot: Callable[[], tuple[int, bytes]],
        clock: Callable[[], Clockface],
        heartbeat_s: float = limits.HEARTBEAT_S,
    ) -> None:
        """``snapshot`` gives the state's seq and its JSON; ``log`` tells this log from any other."""
        self._ring = ring
        self._log = log
        self._snapshot = snapshot
        self._clock = clock
        self._heartbeat_s = heartbeat_s
        self._bell = asyncio.Event()
        self._clock_changes = 0
        self._closing = False
        self.subscribers = 0

    def publish(self, entries: Sequence[Entry]) -> None:
        """Tell everyone what the log has added."""
        self._ring.add(entries)
        self._ring_bell()

    def clock_changed(self) -> None:
        """Tell everyone what the clock does now."""
        self._clock_changes += 1
        self._ring_bell()

    def close(self) -> None:
        """Say goodbye; every subscription ends."""
        self._closing = True
        self._ring_bell()

    async def subscribe(self, after: int | None) -> AsyncGenerator[bytes, None]:
        """What to send, piece by piece, until goodbye. ``after`` is the last seq the subscriber has."""
        self.subscribers += 1
        try:
            clock_changes = self._clock_changes
            missed = None if after is None else self._ring.since(after)
            if missed is None:
                cursor, first = self._fresh_start()
            else:
                cursor, first = self._ring.head, missed
            yield first + self._heartbeat()
            while not self._closing:
                bell = self._bell
                news = self._ring.since(cursor) if cursor <= self._ring.head else b""
                if news is None:
                    cursor, news = self._fresh_start()
                else:
                    cursor = max(cursor, self._ring.head)
                if clock_changes != self._clock_changes:
                    clock_changes = self._clock_changes
                    news += frame("clock", self._clock())
                if news:
                    yield news
                    continue
                try:
                    # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the bell.
                    async with asyncio.timeout(self._heartbeat_s):
                        await bell.wait()
                except TimeoutError:
                    yield self._heartbeat()
            yield frame("goodbye", {"seq": self._ring.head})
        finally:
            self.subscribers -= 1

    def _fresh_start(self) -> tuple[int, bytes]:
        seq, body = self._snapshot()
        clock = msgspec.json.encode(self._clock())
        named = body[:-1] + b',"log":' + msgspec.json.encode(self._log) + b',"clock":' + clock + b"}"
        return seq, frame("snapshot", named, seq)

    def _heartbeat(self) -> bytes:
        return frame("heartbeat", Heartbeat(seq=self._ring.head, log=self._log, clock=self._clock()))

    def _ring_bell(self) -> None:
        # Whoever waits holds the old bell; whoever comes later gets a new one.
        self._bell.set()
        self._bell = asyncio.Event()
