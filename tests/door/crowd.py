"""A fan-out with its hub and ring, and subscribers over real sockets who read nothing, a little or all: step by step.

Nothing runs by itself: each turn of the loop, each writable socket and each read is a step that a test takes.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import socket
import zlib
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import cast

import msgspec

from tests.streams import heard, near, plain, random_log, told
from tests.world import COUNTRY, NOON
from tocsin.channels.frames import PACKED_HEAD, Form
from tocsin.channels.ring import Ring, View
from tocsin.channels.stream import Clockface, Hub
from tocsin.client.known import Heartbeat, Known, Snapshot, ToldEntry
from tocsin.door.fanout import SHARES, Fanout, Subscriber
from tocsin.engine import State, fold
from tocsin.events import public
from tocsin.model import ZoneId

HEAD = b"HEAD\r\n\r\n"


class Turns:
    """What a fan-out needs of an event loop. A step is taken when the test says so."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], object]] = deque()
        self.now = 0.0

    def call_soon(self, function: Callable[[], object]) -> None:
        self.waiting.append(function)

    def time(self) -> float:
        return self.now

    def step(self) -> None:
        if self.waiting:
            self.waiting.popleft()()


class Hearer:
    """One who listens: what came, checked as it comes, and what it makes of it."""

    def __init__(self, crowd: Crowd, form: Form, zones: tuple[ZoneId, ...], after: Known | None) -> None:
        self.crowd, self.form, self.zones = crowd, form, zones
        self.known = after or Known()
        self.cursor = self.known.base
        """Up to which seq it has been told everything."""
        self.words: list[str] = []
        self.rate: float | None = None
        self.cut_off_since: datetime | None = None
        self.socket, ours = socket.socketpair()
        for sock in (self.socket, ours):
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        self.fd = ours.detach()
        self.subscriber: Subscriber | None = None
        self._unpacked = zlib.decompressobj(-zlib.MAX_WBITS)
        self._raw = b""
        self._begun = False
        self._lines = b""

    def read(self, size: int) -> bool:
        """Take so much; whether there was anything."""
        try:
            data = self.socket.recv(size)
        except BlockingIOError:
            return False
        self._raw += data
        self._take_in()
        return bool(data)

    def _take_in(self) -> None:
        if not self._begun:
            preamble = HEAD + (PACKED_HEAD if self.form is Form.PACKED else b"")
            if len(self._raw) < len(preamble):
                return
            assert self._raw.startswith(preamble)
            self._raw, self._begun = self._raw[len(preamble) :], True
        data, self._raw = self._raw, b""
        self._lines += self._unpacked.decompress(data) if self.form is Form.PACKED else data
        if self.form is Form.WEBSOCKET:
            self._take_in_messages()
            return
        *blocks, self._lines = self._lines.split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
            seq = int(fields[b"id"]) if b"id" in fields else None
            self._hear(fields[b"event"].decode(), seq, fields[b"data"])

    def _take_in_messages(self) -> None:
        while len(self._lines) >= 2:
            assert self._lines[0] == 0x81
            size, begin = self._lines[1], 2
            if size == 126:
                size, begin = int.from_bytes(self._lines[2:4], "big"), 4
            elif size == 127:
                size, begin = int.from_bytes(self._lines[2:10], "big"), 10
            if len(self._lines) < begin + size:
                return
            said = msgspec.json.decode(self._lines[begin : begin + size])
            self._lines = self._lines[begin + size :]
            self._hear(said["event"], said["id"], msgspec.json.encode(said["data"]))

    def _hear(self, event: str, seq: int | None, data: bytes) -> None:
        self.words.append(event)
        match event:
            case "snapshot":
                found = msgspec.json.decode(data, type=Snapshot)
                assert found.seq == seq
                self.known = Known().with_snapshot(found)
                self.cursor = found.seq
                self.rate = msgspec.json.decode(data)["clock"]["rate"]
                assert (found.filter or ()) == self.zones
            case "entry":
                entry = msgspec.json.decode(data, type=ToldEntry)
                assert entry.seq == seq
                assert entry.seq > self.cursor, "nothing is told twice"
                missing = [one for one in self.crowd.concerning(self) if self.cursor < one < entry.seq]
                assert missing == [], "nothing is left out"
                assert (entry.prev is not None) == bool(self.zones)
                assert entry.follows <= self.cursor, "whoever has heard everything sees no gap"
                expected = plain(public(self.crowd.logs[self.log][entry.seq - 1]))
                assert {k: v for k, v in msgspec.json.decode(data).items() if k != "prev"} == expected
                self.known = self.known.with_entry(entry)
                self.cursor = entry.seq
            case "heartbeat":
                beat = msgspec.json.decode(data, type=Heartbeat)
                assert (beat.seq, beat.log) == (seq, self.log)
                assert [one for one in self.crowd.concerning(self) if self.cursor < one <= beat.seq] == []
                assert self.zones or beat.seq <= self.cursor, "no heartbeat is ahead of what was told"
                self.cursor = max(self.cursor, beat.seq)
                self.known = self.known.with_heartbeat(beat)
                self.rate = msgspec.json.decode(data)["clock"]["rate"]
                self.cut_off_since = beat.cut_off_since
            case "clock":
                self.rate = msgspec.json.decode(data)["rate"]
            case "stale":
                self.cut_off_since = msgspec.json.decode(data, type=dict[str, datetime | None])["cut_off_since"]
            case _:
                assert event == "goodbye"

    @property
    def log(self) -> str:
        assert self.known.log is not None
        return self.known.log


class Crowd:
    """All of it. A log is made first; its orders are then stored and published one by one."""

    def __init__(self, chance: random.Random, ring_size: int = 1_000, length: int = 120) -> None:
        self.chance = chance
        self.length = length
        self.loop = Turns()
        self.log = "log 1"
        self.logs = {self.log: random_log(chance, length)}
        self.stored = 0
        """Entries that the state has."""
        self.states: dict[str, list[State]] = {}
        self.rate = 1.0
        self._elapsed = count()
        ring = Ring(ring_size, COUNTRY)
        self.hub = Hub(ring, self.log, self._snapshot, self._clock, lambda: next(self._elapsed))
        self.watched: dict[int, bool] = {}
        loop = cast(asyncio.AbstractEventLoop, self.loop)
        self.fanout = Fanout(self.hub, loop, self.watched.__setitem__, self.gone)
        self.here: dict[int, Hearer] = {}
        """By file descriptor."""
        self.left: list[Hearer] = []

    def _snapshot(self, view: View | None) -> tuple[int, bytes]:
        state = self.state(self.log, self.stored)
        holds = list(state.holds.values())
        body = {
            "seq": state.seq,
            "realm": "live",
            "zones": {},
            "stale": [],
            "heard": heard(self.logs[self.log][: self.stored]),
            "holds": holds if view is None else near(holds, view.zones),
            "sources": list(state.sources.values()),
        }
        return state.seq, msgspec.json.encode(body)

    def _clock(self) -> Clockface:
        return Clockface(now=NOON, rate=self.rate, replay=None)

    def state(self, log: str, seq: int) -> State:
        states = self.states.setdefault(log, [State(COUNTRY)])
        while len(states) <= seq:
            states.append(fold(states[-1], [self.logs[log][len(states) - 1].event]))
        return states[seq]

    def concerning(self, hearer: Hearer) -> list[int]:
        """The seqs of its log that it has to hear of."""
        return [one.seq for one in self.logs[hearer.log] if not hearer.zones or told(one, hearer.zones)]

    # --- what can happen ------------------------------------------------------------------------

    def store(self) -> None:
        """One order more is in the state; nobody has been told yet."""
        log = self.logs[self.log]
        if self.stored < len(log):
            order = log[self.stored].order
            while self.stored < len(log) and log[self.stored].order == order:
                self.stored += 1

    def publish(self) -> None:
        self.hub.publish(self.logs[self.log][: self.stored])

    def join(self, form: Form, zones: tuple[ZoneId, ...] = (), after: Known | None = None) -> Hearer:
        zones = tuple(sorted(set(zones)))
        hearer = Hearer(self, form, zones, after)
        view = self.hub.ring.enter(zones) if zones else None
        hearer.subscriber = Subscriber(hearer.fd, None, "somewhere", self.fanout.group(view, form))
        self.here[hearer.fd] = hearer
        head = HEAD + (PACKED_HEAD if form is Form.PACKED else b"")
        self.fanout.join(hearer.subscriber, head, None if after is None else after.base)
        return hearer

    def gone(self, subscriber: Subscriber, abruptly: bool) -> None:
        """Let go, as the door does it."""
        hearer = self.here.pop(subscriber.fd)
        assert hearer.subscriber is subscriber
        self.fanout.leave(subscriber)
        socket.socket(fileno=subscriber.fd).close()
        self.left.append(hearer)

    def leave(self, hearer: Hearer) -> None:
        assert hearer.subscriber is not None
        self.gone(hearer.subscriber, False)
        hearer.socket.close()

    def reset(self) -> None:
        """An edge that follows finds another log upstream."""
        self.log = f"log {len(self.logs) + 1}"
        self.logs[self.log] = random_log(self.chance, self.length)
        self.stored = 0
        for _ in range(self.chance.randint(1, 20)):
            self.store()
        self.hub.reset(self.log, self.stored)

    def wake(self) -> bool:
        """Those who wait for room and have some; whether there were any."""
        woken = False
        for fd in [fd for fd, wanted in self.watched.items() if wanted and fd in self.here]:
            subscriber = self.here[fd].subscriber
            assert subscriber is not None
            if subscriber.rest is not None and select.select([], [fd], [], 0)[1]:
                self.fanout.ready(subscriber, False, True)
                woken = True
        return woken

    def turns(self, number: int = 10_000) -> None:
        for _ in range(number):
            if not self.loop.waiting:
                return
            self.loop.step()
        assert number < 10_000, "a round ends"

    def settle(self) -> None:
        """Everyone reads and everything is told."""
        self.publish()
        for _ in range(SHARES + 1):
            self.fanout.tick()
            moved = True
            while moved:
                self.turns()
                moved = self.wake()
                for hearer in list(self.here.values()):
                    while hearer.read(1 << 20):
                        moved = True

    def check(self) -> None:
        """After `settle`: everyone knows everything that concerns it."""
        assert self.fanout.behind == {}
        for hearer in self.here.values():
            assert hearer.subscriber is not None
            assert hearer.subscriber.ahead
            assert hearer.log == self.log
            assert [seq for seq in self.concerning(hearer) if hearer.cursor < seq <= self.stored] == []
            assert (hearer.rate, hearer.cut_off_since) == (self.rate, self.hub.cut_off_since)
            state = self.state(self.log, self.stored)
            holds = list(state.holds.values())
            expected = near(holds, hearer.zones) if hearer.zones else holds
            assert {hold.id: hold for hold in expected} == hearer.known.holds
            assert hearer.known.tail == {}

    def close(self) -> None:
        for hearer in list(self.here.values()):
            self.leave(hearer)
        assert self.hub.subscribers == 0
        assert self.hub.ring._views == {}
        assert {view for view, _ in self.fanout._groups} <= {None}
        assert (self.fanout.behind, self.fanout._due, self.fanout._unaware) == ({}, {}, set())

    def drop(self) -> None:
        """Close what is open, however it ended."""
        for hearer in (*self.here.values(), *self.left):
            hearer.socket.close()
        for fd in self.here:
            os.close(fd)


def entries(hearer: Hearer) -> int:
    return hearer.words.count("entry")
