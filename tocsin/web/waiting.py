"""What an edge answers before it has heard anything: that nothing is known, whatever is asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.utils import formatdate

from tocsin import limits
from tocsin.door import Certificate, listening, refusal
from tocsin.errors import NothingKnown
from tocsin.model import Realm


class _Nothing(asyncio.Protocol):
    """One connection: one request, of which only the end of its head is looked for, and one answer."""

    def __init__(self, error: NothingKnown, realm: Realm) -> None:
        self._error = error
        self._realm = realm
        self._said = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._deadline = asyncio.get_running_loop().call_later(limits.HEAD_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._said += data
        if self._transport is None or self._transport.is_closing():
            return
        if b"\r\n\r\n" in self._said or len(self._said) > limits.HEADER_BYTES:
            self._transport.write(refusal(self._error, self._realm, formatdate(usegmt=True)))
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()


@asynccontextmanager
async def waiting(
    realm: Realm, upstream: str, host: str, port: int, certificate: Certificate | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Answer so inside the block, and whoever has come in by its end; gives the address as a URL, and the port, which
    others may share.

    Errors: `AddressTaken`.
    """
    error = NothingKnown(f"nothing has been heard from {upstream} yet", upstream=upstream)
    loop = asyncio.get_running_loop()
    secured = certificate.context if certificate else None
    tasks = set[asyncio.Task[None]]()

    async def answer(came: socket.socket) -> None:
        try:
            await loop.connect_accepted_socket(lambda: _Nothing(error, realm), came, ssl=secured)
        except OSError:
            came.close()

    def take_in(sock: socket.socket) -> None:
        with suppress(OSError):  # nobody is there any more
            while True:
                came, _ = sock.accept()
                came.setblocking(False)
                task = loop.create_task(answer(came))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

    sockets = listening(host, port, shared=True)
    bound = sockets[0].getsockname()
    for sock in sockets:
        loop.add_reader(sock, take_in, sock)
    try:
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http{'s' if certificate else ''}://{shown}:{bound[1]}", bound[1]
    finally:
        # Not a server of asyncio's: what such a one has accepted in its last moment it never answers.
        for sock in sockets:
            take_in(sock)
            loop.remove_reader(sock)
            sock.close()
