"""TLS that Tocsin ends itself: its certificate, which can be renewed while it runs, and the handshakes.

A handshake costs as much as telling fifty subscribers something. So they are taken a few steps at a time, and whoever
is connected already goes first.
"""

from __future__ import annotations

import asyncio
import logging
import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tocsin import limits
from tocsin.door.secured import Secured
from tocsin.errors import BadSetting

log = logging.getLogger("tocsin.door")

_ONCE = select.EPOLLONESHOT
"""Nothing more is heard of one that waits for its turn."""


class Certificate:
    """A chain and its key, in two files, as they are now."""

    def __init__(self, chain: Path, key: Path) -> None:
        """Errors: `BadSetting`."""
        self._chain = chain
        self._key = key
        self._seen = self._stamps()
        self.context = self._load()

    def look(self) -> None:
        """Take up what is in the files now. If that is of no use, what was there before goes on being shown."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            self.context = self._load()
        except BadSetting as error:
            log.error("the certificate of before is kept: %s", error.message)
        else:
            log.info("the certificate in %s was renewed", self._chain)

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        """What changes when a file is written or replaced."""
        stamps: list[tuple[int, int, int] | None] = []
        for path in (self._chain, self._key):
            try:
                found = path.stat()
                stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
            except OSError:
                stamps.append(None)
        return stamps

    def _load(self) -> ssl.SSLContext:
        for path, what in ((self._chain, "certificate"), (self._key, "key")):
            try:
                path.read_bytes()
            except OSError as error:
                raise BadSetting(f"the TLS {what} cannot be read: {path}: {error.strerror}") from error

        def locked() -> str:
            raise BadSetting(f"the TLS key is locked with a password, which nobody is there to type: {self._key}")

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self._chain, self._key, locked)
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise BadSetting(f"the TLS key {self._key} is not that of the certificate {self._chain}") from error
            raise BadSetting(
                f"{self._chain} and {self._key} are not a TLS certificate and its key in PEM: {error.reason or error}"
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        # After a restart, when all come back, no ticket is good any more; and to take one up costs as much as it saves.
        context.num_tickets = 0
        return context


class Handshake:
    """One that is under way, or that is to come."""

    __slots__ = ("deadline", "fd", "peer", "sock", "tls")

    def __init__(self, sock: socket.socket, peer: str, deadline: float) -> None:
        self.sock = sock
        self.tls: Secured | None = None
        """From when the client has said its first word: OpenSSL takes much memory for each."""
        self.fd = sock.fileno()
        self.peer = peer
        self.deadline = deadline


Lost = Callable[[str], None]
"""Called with the address of one who is gone."""


class Handshakes:
    """All that are under way at one door."""

    def __init__(
        self,
        certificate: Certificate,
        epoll: select.epoll,
        busy: Callable[[], bool],
        done: Callable[[Handshake, Secured], None],
        lost: Lost,
    ) -> None:
        """``busy``: whether somebody is being told something, so that newcomers wait.

        ``done`` is called with each that is whole, watched in ``epoll`` for nothing.
        """
        self._loop = asyncio.get_running_loop()
        self._certificate = certificate
        self._looked_at = self._loop.time()
        self._epoll = epoll
        self._busy = busy
        self._done = done
        self._lost = lost
        self._new: deque[Handshake] = deque()
        """Those who have said their first word; epoll is silent about them."""
        self._begun: deque[Handshake] = deque()
        """Those who have said another."""
        self._waiting: dict[int, Handshake] = {}
        """Those whose other side has its turn."""
        self._turning: asyncio.Handle | None = None

    def __contains__(self, fd: int) -> bool:
        return fd in self._waiting

    def add(self, sock: socket.socket, peer: str) -> None:
        """Somebody has come."""
        handshake = Handshake(sock, peer, self._loop.time() + limits.HEAD_S)
        self._waiting[handshake.fd] = handshake
        self._epoll.register(handshake.fd, _ONCE | select.EPOLLIN)

    def ready(self, fd: int) -> None:
        """Something has come from one that waited."""
        handshake = self._waiting.pop(fd)
        (self._new if handshake.tls is None else self._begun).append(handshake)
        self._go()

    def tick(self) -> None:
        """Let go of whoever has not finished in time, and look now and then whether the certificate was renewed."""
        now = self._loop.time()
        for handshake in [one for one in self._waiting.values() if one.deadline < now]:
            self._end(handshake)
        if now - self._looked_at >= limits.CERTIFICATE_LOOK_S:
            self._looked_at = now
            self._certificate.look()

    def make_room(self) -> bool:
        """Let go of the one that has waited for longest; whether there was one."""
        for handshake in self._waiting.values():
            self._end(handshake)
            return True
        return False

    def close(self) -> None:
        for handshake in [*self._waiting.values(), *self._begun, *self._new]:
            self._end(handshake)
        self._begun.clear()
        self._new.clear()

    # --- step by step -------------------------------------------------------------------------

    def _go(self) -> None:
        if self._turning is None:
            self._turning = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """A few steps. Those that have begun go first, so that what was spent on them is not spent in vain."""
        self._turning = None
        for _ in range(1 if self._busy() else limits.HANDSHAKES_PER_TURN):
            if self._begun:
                self._step(self._begun.popleft())
            elif self._new:
                self._step(self._new.popleft())
        if self._begun or self._new:
            self._go()

    def _step(self, handshake: Handshake) -> None:
        try:
            tls = handshake.tls or self._begin(handshake)
            tls.do_handshake()
        except ssl.SSLWantReadError:
            self._wait(handshake, select.EPOLLIN)
        except ssl.SSLWantWriteError:
            self._wait(handshake, select.EPOLLOUT)
        except OSError as error:
            log.debug("no handshake with %s: %s", handshake.peer, error)
            self._end(handshake)
        else:
            self._done(handshake, tls)

    def _begin(self, handshake: Handshake) -> Secured:
        """How long it had to wait for its turn is not counted against it."""
        tls = handshake.tls = Secured(handshake.sock, self._certificate.context)
        handshake.deadline = self._loop.time() + limits.HEAD_S
        return tls

    def _wait(self, handshake: Handshake, event: int) -> None:
        self._waiting[handshake.fd] = handshake
        self._epoll.modify(handshake.fd, _ONCE | event)

    def _end(self, handshake: Handshake) -> None:
        self._waiting.pop(handshake.fd, None)
        self._epoll.unregister(handshake.fd)
        handshake.sock.close()
        self._lost(handshake.peer)
