"""The door itself: it takes connections in, watches all of them in one epoll, counts them and lets them go."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import os
import random
import select
import socket
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate

from tocsin import limits
from tocsin.channels.frames import Form, opening
from tocsin.channels.stream import Hub
from tocsin.door import websocket
from tocsin.door.answers import head, refusal
from tocsin.door.asking import Asking
from tocsin.door.fanout import SHARES, Fanout, Subscriber
from tocsin.door.heads import StateWanted, Wanted, asked
from tocsin.door.pump import Pumps
from tocsin.door.secured import Secured
from tocsin.door.stating import HEAD_KEPT_BYTES, StateAnswers, Stated
from tocsin.door.tls import Certificate, Handshake, Handshakes
from tocsin.door.wire import close, write
from tocsin.errors import RequestTimeout, TocsinError, TooManyConnections
from tocsin.model import Realm, ZoneId

log = logging.getLogger("tocsin.door")

_READ, _WRITE = select.EPOLLIN | select.EPOLLRDHUP, select.EPOLLOUT
_EVENTS_PER_TURN = 512
_NEWCOMERS_PER_TURN = 128
_RETRY_STEP_MS = 50

HandOver = Callable[[socket.socket, bytes, Callable[[], None]], None]
"""Takes a connection with what it has said, and calls back once it is closed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many streams there may be, and how many connections from one address; 0 is no bound."""

    streams: int
    per_address: int = 0
    spare: int = limits.CONNECTIONS_SPARE
    """Connections beyond the streams that are kept for everything else."""

    @classmethod
    def usual(cls) -> Bounds:
        return cls(limits.STREAM_CONNECTIONS, limits.CONNECTIONS_PER_ADDRESS)


class Door:
    """All connections of one process. In the event loop's thread."""

    def __init__(
        self,
        hub: Hub,
        state: Callable[[], Stated],
        resolve: Callable[[str], ZoneId],
        hand_over: HandOver,
        realm: Realm,
        bounds: Bounds,
        certificate: Certificate | None = None,
    ) -> None:
        """``state`` gives what stands, ``resolve`` the zone of an id or a code; with a ``certificate``, under TLS."""
        self._loop = asyncio.get_running_loop()
        self._hub = hub
        self._resolve = resolve
        self._hand_over = hand_over
        self._realm = realm
        self._bounds = bounds
        self._epoll = select.epoll()
        self._listeners: dict[int, socket.socket] = {}
        self._asking: dict[int, Asking] = {}
        self._subscribers: dict[int, Subscriber] = {}
        self._fanout = Fanout(hub, self._loop, self._watch, self._let_go)
        self._pumps = Pumps(self._epoll, self._release)
        self._handshakes: Handshakes | None = None
        if certificate is not None:
            self._handshakes = Handshakes(
                certificate, self._epoll, lambda: self._fanout.telling, self._secured, self._release
            )
        self._of_address: Counter[str] = Counter()
        self.connections = 0
        """Open ones, those that were handed over among them."""
        self._read: dict[bytes, Wanted | StateWanted | None] = {}
        self._answers = StateAnswers(state, realm)
        self._openings: dict[tuple[Form, int], bytes] = {}
        """What a stream begins with, by after how long to come back."""
        retries_ms = list(range(1000, 4000, _RETRY_STEP_MS))
        random.shuffle(retries_ms)
        self._retries_ms = itertools.cycle(retries_ms)
        self.idle_until = self._loop.time() + limits.IDLE_S
        self._date = formatdate(usegmt=True)
        self._answers.now(self._date)
        self._ticking = self._loop.call_later(0, self._tick)
        self._loop.add_reader(self._epoll.fileno(), self._turn)

    def open(self, listeners: Sequence[socket.socket]) -> None:
        """Take in who comes."""
        for sock in listeners:
            self._listeners[sock.fileno()] = sock
            self._epoll.register(sock.fileno(), select.EPOLLIN)

    def close(self) -> None:
        """Take in nobody any more, say goodbye to those who listen, and let everyone go that nobody else answers."""
        for sock in self._listeners.values():
            self._epoll.unregister(sock.fileno())
            sock.close()
        self._listeners.clear()
        self._hub.close()
        self._hub.stop_listening(self._fanout)
        for subscriber in list(self._subscribers.values()):
            self._let_go(subscriber, False)
        for asking in list(self._asking.values()):
            self.gone(asking)
        if self._handshakes is not None:
            self._handshakes.close()
        self._ticking.cancel()

    def end(self) -> None:
        """After `close`, once those who answer everything else have ended."""
        self._pumps.close()
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
        self._fanout.close()

    # --- the loop -----------------------------------------------------------------------------

    def _turn(self) -> None:
        """Something has happened to some connections."""
        for fd, mask in self._epoll.poll(0, _EVENTS_PER_TURN):
            subscriber, asking = self._subscribers.get(fd), self._asking.get(fd)
            try:
                if subscriber is not None:
                    self._fanout.ready(subscriber, bool(mask & ~_WRITE), bool(mask & _WRITE))
                elif asking is not None:
                    asking.ready(bool(mask & ~_WRITE), bool(mask & _WRITE))
                elif fd in self._pumps:
                    self._pumps.ready(fd)
                elif self._handshakes is not None and fd in self._handshakes:
                    self._handshakes.ready(fd)
                elif fd in self._listeners:
                    self._take_in(self._listeners[fd])
            except Exception:
                # One that leads to a mistake here is not to have everyone else wait behind it for ever.
                log.exception("a connection failed")
                if subscriber is not None:
                    self._let_go(subscriber, False)
                elif asking is not None:
                    self.gone(asking)
                elif fd in self._pumps:
                    self._pumps.end(fd)

    def _tick(self) -> None:
        self._ticking = self._loop.call_later(self._hub.heartbeat_s / SHARES, self._tick)
        self._date = formatdate(usegmt=True)
        self._answers.now(self._date)
        self._openings.clear()
        self._fanout.tick()
        now = self._loop.time()
        self.idle_until = now + limits.IDLE_S
        for asking in [one for one in self._asking.values() if one.deadline < now]:
            self.too_slow(asking)
        if self._handshakes is not None:
            self._handshakes.tick()

    def _watch(self, fd: int, room_wanted: bool) -> None:
        self._epoll.modify(fd, _READ | _WRITE if room_wanted else _READ)

    # --- who comes ----------------------------------------------------------------------------

    def _take_in(self, listener: socket.socket) -> None:
        for _ in range(_NEWCOMERS_PER_TURN):
            try:
                # What accept() adds to it in Python takes as long again.
                fd, address = listener._accept()  # type: ignore[attr-defined]  # it is there, and typeshed has no word of it
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    log.error("no more connections can be taken in: %s", error.strerror)
                    self._pause(listener)
                    return
                continue  # it left before it was let in
            # To read from it and write to it, of which family it is does not matter.
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=fd)
            sock.setblocking(False)
            peer = self._admit(address[0])
            if self._handshakes is not None:
                if peer is None:
                    sock.close()  # before the handshake nothing can be said
                else:
                    self._handshakes.add(sock, peer)
            elif peer is None:
                self._turn_away(fd, None)
                sock.close()
            else:
                self._epoll.register(fd, _READ)
                asking = self._asking[fd] = Asking(self, sock, peer)
                asking.ready(True, False)  # most say what they want as they come

    def _secured(self, handshake: Handshake, tls: Secured) -> None:
        """A handshake is whole; the request may have come with its end."""
        fd = handshake.fd
        self._epoll.modify(fd, _READ)
        asking = self._asking[fd] = Asking(self, tls, handshake.peer)
        asking.deadline = handshake.deadline
        asking.ready(True, False)

    def _admit(self, address: str) -> str | None:
        """Count one more from there; None where there are enough. One text serves for all from one address."""
        bounds = self._bounds
        if bounds.per_address and self._of_address[address] >= bounds.per_address:
            return None
        if bounds.streams and self.connections >= bounds.streams + bounds.spare:
            # Whoever has been silent for longest makes room: it may be that nobody of them has anything to say.
            silent = next((asking for asking in self._asking.values() if asking.idle), None)
            if self._handshakes is not None and self._handshakes.make_room():
                pass
            elif silent is None:
                return None
            else:
                self.gone(silent)
        self._of_address[address] += 1
        self.connections += 1
        return sys.intern(address)

    def _release(self, address: str) -> None:
        self.connections -= 1
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    def _turn_away(self, fd: int, tls: Secured | None) -> None:
        error = TooManyConnections("too many connections are open here; try again shortly")
        with suppress(OSError):  # gone already
            write(fd, tls, refusal(error, self._realm, self._date))

    def _pause(self, listener: socket.socket) -> None:
        """Leave who waits in the kernel's queue for a while."""
        self._epoll.modify(listener.fileno(), 0)

        def go_on() -> None:
            if listener.fileno() in self._listeners:
                self._epoll.modify(listener.fileno(), select.EPOLLIN)

        self._loop.call_later(1, go_on)

    # --- what they want -----------------------------------------------------------------------

    def now(self) -> float:
        return self._loop.time()

    def room_wanted(self, fd: int, wanted: bool) -> None:
        self._epoll.modify(fd, _WRITE if wanted else _READ)

    def reading(self, head: bytes) -> Wanted | StateWanted | None:
        known = self._read.get(head, ...)
        if known is not ...:
            return known
        wanted = asked(head)
        if len(head) <= HEAD_KEPT_BYTES:
            if len(self._read) >= limits.HEADS_KEPT:
                self._read.clear()
            self._read[head] = wanted
        return wanted

    def at_once(self, head: bytes) -> bytes | None:
        return self._answers.at_once(head)

    def state(self, wanted: StateWanted, head: bytes) -> bytes:
        return self._answers.answer(wanted, head)

    def subscribe(self, asking: Asking, wanted: Wanted, data: bytes) -> None:
        try:
            zones = tuple(dict.fromkeys(map(self._resolve, wanted.zones)))
        except TocsinError:
            zones = None
        if zones is None or len(zones) > limits.STREAM_ZONES:
            self.hand_over(asking, data)
            return
        if self.full:
            self._turn_away(asking.fd, asking.tls)
            self.gone(asking)
            return
        self._asking.pop(asking.fd).let_go()
        self._join(asking.fd, asking.tls, asking.peer, wanted, zones)

    @property
    def full(self) -> bool:
        """Whether no more streams are opened."""
        return self._hub.closing or 0 < self._bounds.streams <= len(self._subscribers)

    async def answered(self, given: int) -> None:
        """Wait until what was answered on a connection that was handed over, as the socket ``given``, is sent."""
        await self._pumps.emptied(given)

    def adopt(self, given: int, peer: str, wanted: Wanted, zones: tuple[ZoneId, ...]) -> None:
        """Take back a connection that was handed over: it asks for the stream after all. Errors: `OSError`."""
        tls: Secured | None
        if pump := self._pumps.take_back(given):
            fd, tls = pump.fd, pump.tls
        else:
            fd, tls = os.dup(given), None
            self._of_address[peer] += 1
            self.connections += 1
        self._epoll.register(fd, _READ)
        self._join(fd, tls, peer, wanted, zones)

    def _join(self, fd: int, tls: Secured | None, peer: str, wanted: Wanted, zones: tuple[ZoneId, ...]) -> None:
        view = self._hub.ring.enter(zones) if zones or wanted.record else None
        subscriber = Subscriber(fd, tls, peer, self._fanout.group(view, wanted.form))
        self._subscribers[fd] = subscriber
        self._fanout.join(subscriber, self._opening(wanted), wanted.after)

    def _opening(self, wanted: Wanted) -> bytes:
        """Clients that lost the same server come back spread out over some seconds, not all at once."""
        if wanted.key is not None:
            return self._began(wanted, 0)
        retry_ms = next(self._retries_ms)
        made = self._openings.get((wanted.form, retry_ms))
        if made is None:
            made = self._openings[wanted.form, retry_ms] = self._began(wanted, retry_ms)
        return made

    def _began(self, wanted: Wanted, retry_ms: int) -> bytes:
        lines = [f"Tocsin-Realm: {self._realm}", f"Date: {self._date}"]
        if wanted.key is not None:
            lines += ["Upgrade: websocket", "Connection: Upgrade"]
            return head("101 Switching Protocols", [*lines, f"Sec-WebSocket-Accept: {websocket.accept(wanted.key)}"])
        lines += ["Content-Type: text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no"]
        lines += ["Vary: Accept-Encoding", "Connection: close"]
        lines += ["Content-Encoding: gzip"] if wanted.form is Form.PACKED else []
        return head("200 OK", lines) + opening(wanted.form, retry_ms)

    def hand_over(self, asking: Asking, data: bytes) -> None:
        """To whoever answers everything else."""
        self._asking.pop(asking.fd).let_go()
        self._epoll.unregister(asking.fd)
        if asking.tls is None:
            self._hand_over(socket.socket(fileno=asking.fd), data, lambda: self._release(asking.peer))
        else:
            given, closed = self._pumps.begin(asking.fd, asking.tls, asking.peer)
            self._hand_over(given, data, closed)

    # --- who leaves ---------------------------------------------------------------------------

    def too_slow(self, asking: Asking) -> None:
        """It has not said what it wants in time; whoever has said nothing is only let go."""
        if not asking.idle and not asking.full:
            error = RequestTimeout(f"the request did not arrive within {limits.HEAD_S:g} s")
            with suppress(OSError):  # gone already
                write(asking.fd, asking.tls, refusal(error, self._realm, self._date))
        self.gone(asking)

    def gone(self, asking: Asking) -> None:
        if self._asking.get(asking.fd) is asking:
            self._asking.pop(asking.fd).let_go()
            self._shut(asking.fd, asking.tls, asking.peer, abruptly=False)

    def _let_go(self, subscriber: Subscriber, abruptly: bool) -> None:
        if self._subscribers.get(subscriber.fd) is subscriber:
            del self._subscribers[subscriber.fd]
            self._fanout.leave(subscriber)
            self._shut(subscriber.fd, subscriber.tls, subscriber.peer, abruptly=abruptly)

    def _shut(self, fd: int, tls: Secured | None, peer: str, *, abruptly: bool) -> None:
        self._epoll.unregister(fd)
        close(fd, tls, abruptly=abruptly)
        self._release(peer)
