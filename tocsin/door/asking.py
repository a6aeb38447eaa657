"""A connection that has not yet said what it wants, or that asks for the state again and again."""

from __future__ import annotations

import ssl
from typing import Protocol

from tocsin import limits
from tocsin.door.heads import BEGINNING, END, StateWanted, Wanted
from tocsin.door.wire import read, write


class Keeper(Protocol):
    """The door, as it is to one connection."""

    def reading(self, head: bytes) -> Wanted | StateWanted | None:
        """What a head asks for."""

    def state(self, wanted: StateWanted) -> bytes:
        """The whole answer."""

    def subscribe(self, asking: Asking, wanted: Wanted, data: bytes) -> None: ...

    def hand_over(self, asking: Asking, data: bytes) -> None: ...

    def too_slow(self, asking: Asking) -> None: ...

    def gone(self, asking: Asking) -> None: ...

    def room_wanted(self, fd: int, wanted: bool) -> None:
        """Whether to be woken when there is room to write, and for nothing else until then."""

    def now(self) -> float: ...


class Asking:
    """One connection. Reads heads, one after another, and answers those that ask for the state."""

    __slots__ = ("_data", "_keeper", "_rest", "deadline", "fd", "peer", "tls")

    def __init__(self, keeper: Keeper, fd: int, tls: ssl.SSLSocket | None, peer: str) -> None:
        self._keeper = keeper
        self.fd = fd
        self.tls = tls
        self.peer = peer
        self.deadline = keeper.now() + limits.HEAD_S
        self._data = b""
        self._rest: memoryview | None = None

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
                self._read()
            elif writable:
                self._write(self._rest)
                self._take(self._data)  # after which it may be somebody else's to read from
        except OSError:
            self._keeper.gone(self)

    def _read(self) -> None:
        data = read(self.fd, self.tls)
        if data is None:
            return
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
                self._write(memoryview(self._keeper.state(wanted)))
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
        self.deadline = self._keeper.now() + limits.IDLE_S
        if (self._rest is not None) != waited:
            self._keeper.room_wanted(self.fd, self._rest is not None)
