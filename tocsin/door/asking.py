"""A connection that has not yet said what it wants, or that asks for the state again and again."""

from __future__ import annotations

import socket
from typing import Protocol

from tocsin import limits
from tocsin.door.heads import BEGINNING, END, StateWanted, Wanted
from tocsin.door.secured import Secured
from tocsin.door.wire import READ_BYTES, read, write


class Keeper(Protocol):
    """The door, as it is to one connection."""

    def reading(self, head: bytes) -> Wanted | StateWanted | None:
        """What a head asks for."""

    def at_once(self, head: bytes) -> bytes | None:
        """The whole answer to a head that has been answered before; None where it has to be read."""

    def state(self, wanted: StateWanted, head: bytes) -> bytes:
        """The whole answer."""

    def subscribe(self, asking: Asking, wanted: Wanted, data: bytes) -> None: ...

    def hand_over(self, asking: Asking, data: bytes) -> None: ...

    def too_slow(self, asking: Asking) -> None: ...

    def gone(self, asking: Asking) -> None: ...

    def room_wanted(self, fd: int, wanted: bool) -> None:
        """Whether to be woken when there is room to write, and for nothing else until then."""

    def now(self) -> float: ...

    @property
    def idle_until(self) -> float:
        """Until when one who is answered now may say nothing."""


class Asking:
    """One connection. Reads heads, one after another, and answers those that ask for the state."""

    __slots__ = ("_data", "_keeper", "_rest", "deadline", "fd", "peer", "sock", "tls")

    def __init__(self, keeper: Keeper, sock: socket.socket | Secured, peer: str) -> None:
        self._keeper = keeper
        self.fd = sock.fileno()
        self.tls = sock if isinstance(sock, Secured) else None
        self.sock = None if isinstance(sock, Secured) else sock
        """Another hand on ``fd``, which is the door's to close: recv(2) costs the kernel less than read(2)."""
        self.peer = peer
        self.deadline = keeper.now() + limits.HEAD_S
        self._data = b""
        self._rest: memoryview | None = None

    def let_go(self) -> None:
        """The connection goes on without it."""
        if self.sock is not None:
            self.sock.detach()

    @property
    def idle(self) -> bool:
        """Whether it has said nothing since it was last answered."""
        return not self._data and self._rest is None

    @property
    def full(self) -> bool:
        """Whether it leaves unread what it was answered."""
        return self._rest is not None

    def ready(self, readable: bool, writable: bool) -> None:
        """The kernel has something from it, or room for it."""
        try:
            if self._rest is None:
                if self._data or self.sock is None:
                    self._read()
                else:
                    self._answer_at_once(self.sock)
            elif writable:
                self._write(self._rest)
                self._take(self._data)  # after which it may be somebody else's to read from
        except OSError:
            self._keeper.gone(self)

    def _answer_at_once(self, sock: socket.socket) -> None:
        """What has been asked before, byte for byte, has its answer ready. Errors: `OSError`."""
        try:
            data = sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        answer = self._keeper.at_once(data)
        if answer is None:
            self._heard(data)
            return
        self.deadline = self._keeper.idle_until
        try:
            taken = sock.send(answer)
        except BlockingIOError:
            taken = 0
        if taken < len(answer):
            self._rest = memoryview(answer)[taken:]
            self._keeper.room_wanted(self.fd, True)

    def _read(self) -> None:
        data = read(self.fd, self.tls)
        if data is not None:
            self._heard(data)

    def _heard(self, data: bytes) -> None:
        if not data:
            self._keeper.gone(self)
            return
        if not self._data:
            self.deadline = self._keeper.now() + limits.HEAD_S
        self._take(self._data + data)

    def _take(self, data: bytes) -> None:
        """Answer what is whole, one request after another."""
        self._data = data
        while self._rest is None and self._data:
            data = self._data
            if not data.startswith(BEGINNING):
                if not BEGINNING.startswith(data):
                    self._keeper.hand_over(self, data)
                return
            end = data.find(END) + len(END)
            if end < len(END):
                if len(data) > limits.HEADER_BYTES:
                    self._keeper.hand_over(self, data)  # to be refused in the one shape
                return
            wanted = self._keeper.reading(data[:end])
            if isinstance(wanted, StateWanted):
                self._data = data[end:]
                self._write(memoryview(self._keeper.state(wanted, data[:end])))
                continue
            if wanted is None or len(data) > end:
                self._keeper.hand_over(self, data)
            else:
                self._keeper.subscribe(self, wanted, data)
            return

    def _write(self, answer: memoryview) -> None:
        taken = write(self.fd, self.tls, answer)
        waited = self._rest is not None
        self._rest = answer[taken:] if taken < len(answer) else None
        self.deadline = self._keeper.idle_until
        if (self._rest is not None) != waited:
            self._keeper.room_wanted(self.fd, self._rest is not None)
