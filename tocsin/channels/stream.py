"""The stream: what a subscriber hears, from its first word to goodbye. Nothing here reads, writes or waits.

A subscriber who says what it has seen gets exactly what it missed, or, where that is too long ago, a snapshot to
start from anew. A heartbeat with the seq of the head tells quiet from cut off. Nobody waits for anybody: each
subscriber reads the shared ring from its own cursor, and one that falls off its end is given the snapshot. Whatever
many subscribers are to hear is put into bytes once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from tocsin import limits
from tocsin.channels.frames import Form, Front, Said, packed_behind, piece
from tocsin.channels.ring import Ring, View
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
    cut_off_since: datetime | None
    """Since when this server, which is then an edge, has not heard from the one that takes orders."""


class Ear(Protocol):
    """Whoever brings the stream to subscribers."""

    def news(self, views: set[View]) -> None:
        """There is something new in the ring, and in these views of it."""

    def word(self, said: Said) -> None:
        """Something to say to everyone that is not in the ring."""

    def anew(self) -> None:
        """What was told before is void: everyone starts from the snapshot."""

    def goodbye(self) -> None:
        """It is over: everyone is told so, and leaves."""


class _Made(NamedTuple):
    """A piece that may serve for a short while."""

    seq: int
    at_s: float
    bytes: bytes
    front: Front | None = None
    """What of it stays when only the clock goes on; kept to be used again."""

    @property
    def size(self) -> int:
        return len(self.bytes) + (len(self.front.lines) + len(self.front.packed) if self.front else 0)


class Hub:
    """One per process, in the event loop's thread."""

    def __init__(
        self,
        ring: Ring,
        log: str,
        snapshot: Callable[[View | None], tuple[int, bytes]],
        clock: Callable[[], Clockface],
        elapsed_s: Callable[[], float],
        heartbeat_s: float = limits.HEARTBEAT_S,
    ) -> None:
        """``snapshot`` gives the seq and the JSON of the state, or of what a view has of it; ``log`` tells this log
        from any other; ``elapsed_s`` is a clock that never jumps."""
        self.ring = ring
        self.log = log
        self.heartbeat_s = heartbeat_s
        self.cut_off_since: datetime | None = None
        self.subscribers = 0
        self.closing = False
        self._snapshot = snapshot
        self._clock = clock
        self._elapsed_s = elapsed_s
        self._ears: list[Ear] = []
        self._pieces: defaultdict[View | None, dict[tuple[int, Form], bytes]] = defaultdict(dict)
        self._pieces_head = -1
        self._pieces_bytes = 0
        self._starts: dict[tuple[View | None, Form], _Made] = {}
        self._starts_bytes = 0
        self._beats: dict[Form, _Made] = {}

    # --- what happens -------------------------------------------------------------------------

    def listen(self, ear: Ear) -> None:
        self._ears.append(ear)

    def stop_listening(self, ear: Ear) -> None:
        self._ears.remove(ear)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Tell everyone what the log has added."""
        head = self.ring.head
        views = self.ring.add(entries)
        if self.ring.head != head:
            self.stir(views)

    def stir(self, views: set[View]) -> None:
        """Tell everyone what the ring has been given."""
        for ear in tuple(self._ears):
            ear.news(views)

    def clock_changed(self) -> None:
        """Tell everyone what the clock does now."""
        self._forget_made()
        self._say(Said("clock", msgspec.json.encode(self._clock())))

    def cut_off(self, since: datetime | None) -> None:
        """Tell everyone that the server that takes orders is not heard any more, or is heard again (None)."""
        if since != self.cut_off_since:
            self.cut_off_since = since
            self._forget_made()
            self._say(Said("stale", msgspec.json.encode({"cut_off_since": since})))

    def reset(self, log: str, head: int) -> None:
        """What was told before is void: everyone starts anew from the snapshot, which is of ``head`` or later."""
        self.log = log
        self.ring.clear(head)
        self._forget_made()
        self._pieces_head = -1
        for ear in tuple(self._ears):
            ear.anew()

    def close(self) -> None:
        """Say goodbye; every subscription ends."""
        if not self.closing:
            self.closing = True
            for ear in tuple(self._ears):
                ear.goodbye()

    def leave(self, view: View) -> None:
        """One who heard through it has left; with the last, all is forgotten that was made for it."""
        self.ring.leave(view)
        if view.readers == 0:
            self._pieces_bytes -= sum(len(made) + 200 for made in self._pieces.pop(view, {}).values())
            for form in Form:
                made = self._starts.pop((view, form), None)
                self._starts_bytes -= made.size if made else 0

    # --- what is said -------------------------------------------------------------------------

    def first(self, after: int | None, view: View | None, form: Form) -> tuple[int, bytes]:
        """What comes before the first heartbeat to a subscriber that has seen everything up to ``after``, or nothing;
        and up to which seq it then has everything."""
        news = None if after is None else self._news(after, view, form)
        return (self.ring.head, news) if news is not None else self.start(view, form)

    def start(self, view: View | None, form: Form) -> tuple[int, bytes]:
        """The snapshot, and its seq."""
        seq, now_s = self.ring.head, self._elapsed_s()
        made = self._starts.get((view, form))
        if made is None or made.seq < seq or now_s - made.at_s > limits.MADE_S:
            seq, body = self._snapshot(view)
            clock = msgspec.json.encode(self._clock())
            named = body[:-1] + b',"log":' + msgspec.json.encode(self.log) + b',"clock":' + clock
            if view is not None and not view.whole:
                named += b',"filter":' + msgspec.json.encode(view.zones)
            said, front = Said("snapshot", named + b"}", seq), made.front if made else None
            if form is Form.PACKED:
                encoded, front = packed_behind(said, len(body) - 1, front)
            else:
                encoded = self.encoded(said, form)
            self._starts_bytes -= made.size if made else 0
            made = _Made(seq, now_s, encoded, front)
            self._starts_bytes += made.size
            if len(self._starts) >= limits.STARTS_KEPT or self._starts_bytes > limits.PIECES_BYTES:
                self._starts.clear()
                self._starts_bytes = made.size
            self._starts[view, form] = made
        return made.seq, made.bytes

    def news(self, cursor: int, view: View | None, form: Form) -> tuple[int, bytes]:
        """What came after ``cursor``; the snapshot, where that is gone. Empty where there is nothing."""
        if cursor >= self.ring.head:  # a snapshot may be ahead of the ring by what is about to be published
            return cursor, b""
        news = self._news(cursor, view, form)
        return (self.ring.head, news) if news is not None else self.start(view, form)

    def heartbeat(self, form: Form) -> bytes:
        """Up to which seq everything has been told, and what the clock says."""
        seq, now_s = self.ring.head, self._elapsed_s()
        made = self._beats.get(form)
        if made is None or made.seq != seq or now_s - made.at_s > limits.MADE_S:
            told = Heartbeat(seq=seq, log=self.log, clock=self._clock(), cut_off_since=self.cut_off_since)
            said = Said("heartbeat", msgspec.json.encode(told), seq)
            made = self._beats[form] = _Made(seq, now_s, self.encoded(said, form))
        return made.bytes

    def goodbye(self, form: Form) -> bytes:
        return self.encoded(Said("goodbye", b'{"seq":%d}' % self.ring.head), form)

    @staticmethod
    def encoded(said: Said, form: Form) -> bytes:
        return piece((said,), form)

    def _news(self, after: int, view: View | None, form: Form) -> bytes | None:
        if self._pieces_head != self.ring.head or self._pieces_bytes > limits.PIECES_BYTES:
            self._pieces_head, self._pieces_bytes = self.ring.head, 0
            self._pieces.clear()
        made = self._pieces[view].get((after, form))
        if made is None:
            words = self.ring.since(after, view)
            if words is None:
                return None
            made = self._pieces[view][after, form] = piece(words, form)
            self._pieces_bytes += len(made) + 200
        return made

    def _forget_made(self) -> None:
        self._starts.clear()
        self._starts_bytes = 0
        self._beats.clear()

    def _say(self, said: Said) -> None:
        for ear in tuple(self._ears):
            ear.word(said)

    # --- in this process ----------------------------------------------------------------------

    async def subscribe(self, after: int | None) -> AsyncGenerator[bytes, None]:
        """The stream for a subscriber in this process: what it hears, piece by piece, until goodbye."""
        bell = _Bell()
        self.listen(bell)
        self.subscribers += 1
        form = Form.SSE
        try:
            cursor, first = self.first(after, None, form)
            yield first + self.heartbeat(form)
            while not self.closing:
                bell.rung.clear()
                cursor, news = self.start(None, form) if bell.anew_due else self.news(cursor, None, form)
                bell.anew_due = False
                news += b"".join(self.encoded(said, form) for said in bell.words)
                bell.words.clear()
                if news:
                    yield news
                    continue
                try:
                    # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the bell.
                    async with asyncio.timeout(self.heartbeat_s):
                        await bell.rung.wait()
                except TimeoutError:
                    yield self.heartbeat(form)
            yield self.goodbye(form)
        finally:
            self.subscribers -= 1
            self.stop_listening(bell)


def latest(words: list[Said], said: Said) -> list[Said]:
    """What waits to be said, with one more: of one name only the last counts."""
    return [*(one for one in words if one.event != said.event), said]


class _Bell:
    """Wakes one subscriber."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self.words: list[Said] = []
        self.anew_due = False

    def news(self, views: set[View]) -> None:
        self.rung.set()

    def word(self, said: Said) -> None:
        self.words = latest(self.words, said)
        self.rung.set()

    def anew(self) -> None:
        self.anew_due = True
        self.rung.set()

    def goodbye(self) -> None:
        self.rung.set()
