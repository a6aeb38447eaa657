"""Between a connection under TLS and whoever answers what the door does not: they are given a plain socket, and what
comes and goes through it is wrapped here. No more is held than one piece in each direction: whoever does not read is
not read from.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from tocsin import limits
from tocsin.door.secured import Secured
from tocsin.door.wire import close, read, write

_PIECES_PER_TURN = 8


class Inner(socket.socket):
    """The plain end. It says who is at the other end of the connection, as that connection's own socket would."""

    __slots__ = ("peer",)

    peer: str

    def getpeername(self) -> tuple[str, int]:
        return self.peer, 0


class Pump:
    """One connection."""

    __slots__ = (
        "_deaf", "_ended", "_epoll", "_inward", "_outward", "_pair", "_seen", "emptied", "fd", "inner", "peer", "tls",
    )  # fmt: skip

    def __init__(self, epoll: select.epoll, fd: int, tls: Secured, peer: str, inner: socket.socket) -> None:
        """``inner`` is the door's end of the pair."""
        self._epoll = epoll
        self.fd = fd
        self.tls = tls
        self.peer = peer
        self._pair = inner
        self.inner = inner.fileno()
        self._inward = b""
        """What has come and was not taken yet."""
        self._outward = memoryview(b"")
        """What goes out and was not taken yet."""
        self._deaf = False
        """Whether nothing more is taken in: the client has said all, or nobody listens to it any more."""
        self._ended = False
        """Whether nothing more will be answered."""
        self.emptied: asyncio.Future[None] | None = None
        """Told once all that was answered is sent."""
        self._seen = {self.fd: 0, self.inner: 0}
        self._watch_both()

    def turn(self) -> bool:
        """Move what can be moved; whether there will be more. Errors: `OSError`."""
        self._take_in()
        if self._give_out():
            self._tell_emptied()
        if self._ended and not self._outward:
            return False
        self._watch_both()
        return True

    def _take_in(self) -> None:
        for _ in range(_PIECES_PER_TURN):
            if self._deaf or (self._inward and not self._pass_on()):
                return
            data = read(self.fd, self.tls)
            if data is None:
                return
            if not data:
                self._deaf = True
                self._pair.shutdown(socket.SHUT_WR)
                return
            self._inward = data
            self._pass_on()

    def _pass_on(self) -> bool:
        """Whether all of it was taken."""
        try:
            self._inward = self._inward[os.write(self.inner, self._inward) :]
        except BlockingIOError:
            return False
        except OSError:  # nobody listens any more; what they have said goes out all the same
            self._deaf, self._inward = True, b""
        return not self._inward

    def _give_out(self) -> bool:
        """Whether that was all there is."""
        for _ in range(_PIECES_PER_TURN):
            if not self._outward:
                said = read(self.inner, None)
                self._ended = said == b""
                if not said:
                    return True
                self._outward = memoryview(said)
            self._outward = self._outward[write(self.fd, self.tls, self._outward) :]
            if self._outward:
                return False
        return False

    def _tell_emptied(self) -> None:
        if self.emptied is not None and not self.emptied.done():
            self.emptied.set_result(None)

    def _watch_both(self) -> None:
        """Be woken by what can be moved on, and by nothing else: an end that was seen would wake it for ever."""
        hears = not self._deaf and not self._inward
        self._watch(self.fd, hears * select.EPOLLIN | bool(self._outward) * select.EPOLLOUT)
        hears = not self._ended and not self._outward
        self._watch(self.inner, hears * select.EPOLLIN | bool(self._inward) * select.EPOLLOUT)

    def _watch(self, fd: int, events: int) -> None:
        before, self._seen[fd] = self._seen[fd], events
        if before == events:
            return
        if not events:
            self._epoll.unregister(fd)
        elif before == 0:
            self._epoll.register(fd, events)
        else:
            self._epoll.modify(fd, events)

    def release(self) -> None:
        """End it but for the connection, which is watched for nothing from now on."""
        self._watch(self.inner, 0)
        self._watch(self.fd, 0)
        self._pair.close()

    def end(self) -> None:
        """Say what can still be said, and leave."""
        with suppress(OSError):  # it has left first
            while not self._give_out() and not self._outward:
                pass
        self._tell_emptied()
        self.release()
        close(self.fd, self.tls)


class Pumps:
    """All of one door."""

    def __init__(self, epoll: select.epoll, lost: Callable[[str], None]) -> None:
        """``lost`` is called with the address of each connection that has ended."""
        self._epoll = epoll
        self._lost = lost
        self._of: dict[int, Pump] = {}
        """By both file descriptors."""
        self._given: dict[int, Pump] = {}
        """By the file descriptor that was given away, for as long as it is open."""

    def __contains__(self, fd: int) -> bool:
        return fd in self._of

    def begin(self, fd: int, tls: Secured, peer: str) -> tuple[socket.socket, Callable[[], None]]:
        """The plain end, and what to call once that is closed. Errors: `OSError`."""
        ours, theirs = socket.socketpair()
        given = Inner(fileno=theirs.detach())
        given.peer = peer
        for sock in (ours, given):
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER_BYTES)
        pump = Pump(self._epoll, fd, tls, peer, ours)
        self._of[fd] = self._of[pump.inner] = self._given[given.fileno()] = pump
        return given, partial(self._forget, given.fileno())

    def _forget(self, given: int) -> None:
        self._given.pop(given, None)

    def ready(self, fd: int) -> None:
        """Something can be moved."""
        pump = self._of[fd]
        try:
            going_on = pump.turn()
        except OSError:
            going_on = False
        if not going_on:
            self.end(fd)

    async def emptied(self, given: int) -> None:
        """Wait until all is sent that was written to a plain end, or until nothing can be sent any more."""
        pump = self._given.get(given)
        if pump is not None and self._of.get(pump.fd) is pump:
            pump.emptied = asyncio.get_running_loop().create_future()
            self.ready(pump.fd)
            await pump.emptied

    def take_back(self, given: int) -> Pump | None:
        """Give up what is behind a plain end, for its connection is needed; None if nothing is. Errors: `OSError`."""
        pump = self._given.get(given)
        if pump is None:
            return None
        if self._of.get(pump.fd) is not pump:
            raise ConnectionResetError
        del self._of[pump.fd], self._of[pump.inner]
        pump.release()
        return pump

    def close(self) -> None:
        """End all: whoever answered them has ended."""
        for pump in set(self._of.values()):
            self.end(pump.fd)

    def end(self, fd: int) -> None:
        pump = self._of[fd]
        del self._of[pump.fd], self._of[pump.inner]
        pump.end()
        self._lost(pump.peer)
