"""A hub with a log behind it, and what a subscriber makes of what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC
from functools import cache
from itertools import count
from typing import Any

import msgspec

from tests.world import COUNTRY, NOON, StillClock
from tocsin.access import LOCAL
from tocsin.channels.ring import Ring, View
from tocsin.channels.stream import Clockface, Hub
from tocsin.commands import Command
from tocsin.engine import State, fold
from tocsin.engine.snapshot import Packed, pack, unpack
from tocsin.events import ClockAccepted, Entry, Internal, PublicEntry
from tocsin.model import Realm
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.texts import Message, Texts, load_texts
from tocsin.told.teller import Teller


class Frame(msgspec.Struct, frozen=True):
    event: str
    id: int | None
    data: dict[str, Any]


def parsed(piece: bytes) -> list[Frame]:
    """What a browser would make of it (WHATWG HTML, section 9.2.6)."""
    assert piece.endswith(b"\n\n")
    frames = []
    for block in piece.decode().removesuffix("\n\n").split("\n\n"):
        fields = [line.split(": ", 1) for line in block.split("\n")]
        assert {name for name, _ in fields} <= {"id", "event", "data"}, block
        assert len({name for name, _ in fields}) == len(fields), block
        named = dict(fields)
        seq = int(named["id"]) if "id" in named else None
        frames.append(Frame(named["event"], seq, msgspec.json.decode(named["data"])))
    return frames


@cache
def texts() -> Texts:
    return load_texts()


class Server:
    """A service whose log reaches a hub, as the composition has it. Made in the loop that runs it."""

    def __init__(self, ring_size: int = 100, heartbeat_s: float = 10, *, speaks: bool = False) -> None:
        """``speaks``: its log is put into words."""
        self.clock = StillClock()
        self.store = MemoryStore()
        self.service = Service(self.store, COUNTRY, self.clock)
        self.rate = 1.0
        self.told: list[Message] = []
        """Every message, when it was first made."""
        teller = Teller(texts(), Realm.LIVE, UTC, self.service.state)

        def tell(order: Sequence[Entry]) -> list[Message]:
            made = teller.tell(order) if speaks else []
            self.told += made
            return made

        self.ring = Ring(ring_size, COUNTRY, tell=tell)
        self.hub = Hub(self.ring, "log one", self.snapshot, self.clockface, lambda: next(self._elapsed), heartbeat_s)
        self._elapsed = count()
        self.service.wake(self.hub.publish)

    def snapshot(self, view: View | None) -> tuple[int, bytes]:
        state = self.service.state
        return state.seq, msgspec.json.encode(pack(state))

    def clockface(self) -> Clockface:
        return Clockface(now=NOON, rate=self.rate, replay=None)

    def order(self, *commands: Command) -> None:
        self.service.submit(commands, LOCAL, together=True)


class Subscriber:
    """Folds what it hears. It knows nothing but the frames."""

    def __init__(self) -> None:
        self.state = State(COUNTRY)
        self.last: int | None = None
        self.resets = 0
        self.heard: list[str] = []
        self.messages: list[Message] = []
        self.head_told: int | None = None
        self._stream: AsyncGenerator[bytes, None] | None = None

    def connect(self, hub: Hub) -> None:
        assert self._stream is None
        self._stream = hub.subscribe(self.last)

    async def disconnect(self) -> None:
        if self._stream is not None:
            await self._stream.aclose()
            self._stream = None

    async def hear(self) -> list[Frame]:
        """The next piece of the stream, taken in."""
        assert self._stream is not None
        frames = parsed(await anext(self._stream))
        for frame in frames:
            self.take_in(frame)
        return frames

    async def catch_up(self) -> None:
        """Hear whatever there is to hear without waiting."""
        while self._stream is not None and not self.up_to_date:
            await self.hear()

    @property
    def up_to_date(self) -> bool:
        return self.head_told is not None and self.last == self.head_told

    def take_in(self, frame: Frame) -> None:
        self.heard.append(frame.event)
        match frame.event:
            case "snapshot":
                assert frame.id == frame.data["seq"]
                self.state = unpack(msgspec.convert(frame.data, Packed), COUNTRY)
                self.last = self.head_told = frame.id
                self.resets += 1
            case "entry":
                entry = msgspec.convert(frame.data, PublicEntry)
                assert entry.seq == frame.id == self.state.seq + 1, "no entry is missed and none comes twice"
                # What is not told changes no warning: any other event that does not either takes its place.
                event = ClockAccepted(at=NOON) if isinstance(entry.event, Internal) else entry.event
                self.state = fold(self.state, [event])
                self.last = entry.seq
                self.head_told = max(self.head_told or 0, entry.seq)
            case "message":
                self.messages.append(msgspec.convert(frame.data, Message))
            case "heartbeat":
                self.head_told = frame.data["seq"]


async def turns(number: int = 20) -> None:
    """Let everything that can run do so."""
    for _ in range(number):
        await asyncio.sleep(0)
