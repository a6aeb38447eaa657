"""The WebSockets of the lamps: whatever changes is put into bytes once, and each lamp is sent the latest of it.

A lamp that reads slowly is sent only what counts when it is ready again; one that reads nothing is let go. What lamps
say of themselves is read and forgotten.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import ClientError, WSCloseCode, WSMsgType, hdrs, web

from tocsin import limits
from tocsin.channels.frames import Said
from tocsin.channels.ring import View
from tocsin.compat.jaam.bodies import VERSIONS, Rows, payloads
from tocsin.compat.jaam.lamps import Lamps
from tocsin.reading import Reading

log = logging.getLogger("tocsin.compat.jaam")


class Line:
    """One lamp's connection: what it is to be sent next, by name."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.waiting: dict[str, bytes] = {}
        self.due = asyncio.Event()
        self.over = False
        self._told: dict[str, bytes] = {}

    def tell(self, payloads: Mapping[str, bytes]) -> None:
        """These are the latest; those that it does not have yet are due."""
        for name, payload in payloads.items():
            if self._told.get(name) is not payload:
                self.waiting[name] = self._told[name] = payload
                self.due.set()

    def end(self) -> None:
        self.over = True
        self.due.set()


class Sockets:
    """All of them; an ear of the stream."""

    def __init__(self, tocsin: Reading, lamps: Lamps) -> None:
        self._tocsin = tocsin
        self._lamps = lamps
        self._lines: set[Line] = set()
        self._rows = Rows(lamps)
        self._told: dict[int, dict[str, bytes]] = {}
        self._owed: dict[Line, None] = {}
        """Lamps that are to be told what changed, as soon as it is their turn."""
        self._due: asyncio.Handle | None = None
        self._turn: asyncio.Handle | None = None

    def add_routes(self, app: web.Application) -> None:
        for version in VERSIONS:
            app.router.add_get(f"/data_v{version}", self.answer)
        app.on_startup.append(self._begin)
        app.on_cleanup.append(self._end)

    @property
    def count(self) -> int:
        """Lamps that are connected."""
        return len(self._lines)

    # --- one lamp -----------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What stands, and then every change of it."""
        socket = web.WebSocketResponse(
            timeout=limits.SHUTDOWN_S,
            heartbeat=limits.LAMP_PING_S,
            compress=False,
            max_msg_size=limits.LAMP_MESSAGE_BYTES,
        )
        if not socket.can_prepare(request):
            return web.Response(status=426, text="a WebSocket is needed here\n", headers={hdrs.UPGRADE: "websocket"})
        if len(self._lines) >= limits.LAMP_CONNECTIONS:
            return web.Response(status=503, text="too many lamps\n", headers={hdrs.RETRY_AFTER: "30"})
        version = int(request.path[-1])
        if self._due is not None:
            self._tell()  # a newcomer sees what stands now
        line = Line(version)
        line.tell(self._told[version])
        self._lines.add(line)  # before anything is waited for: nobody is one too many
        try:
            await socket.prepare(request)
            sending = asyncio.create_task(telling(request, socket, line))
            try:
                async for _ in socket:
                    pass  # chip_id, firmware, user_info, settings: nobody's business
            finally:
                sending.cancel()
                with suppress(asyncio.CancelledError):
                    await sending
        finally:
            self._lines.discard(line)
            self._owed.pop(line, None)
        return socket

    # --- what happens -------------------------------------------------------------------------

    def news(self, views: set[View]) -> None:
        """An ear's: something has happened. However much it is, it is told once, and never while all others are
        being told: to look at all lamps takes as long as to write to hundreds of subscribers."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(limits.LAMPS_GATHER_S, self._tell)

    def word(self, said: Said) -> None:
        """An ear's: nothing that a lamp has a light for."""

    def anew(self) -> None:
        """An ear's: all may be otherwise."""
        self.news(set())

    def goodbye(self) -> None:
        """An ear's: it is over."""
        for line in self._lines:
            line.end()

    def _tell(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        lights = self._lamps.lights(self._tocsin.state)
        self._rows.see(lights, self._tocsin.clock.now())
        for version in VERSIONS:
            told, before = payloads(version, lights, self._rows.rows), self._told.get(version, {})
            # What is the same stays the very same object: by that a lamp knows what it has.
            self._told[version] = {name: before[name] if before.get(name) == new else new for name, new in told.items()}
            if any(self._told[version][name] is not before.get(name) for name in told):
                self._owed.update(dict.fromkeys(line for line in self._lines if line.version == version))
        if self._owed and self._turn is None:
            self._take_turn()

    def _take_turn(self) -> None:
        """Tell some, and the next after everything else has had its turn."""
        for line in list(itertools.islice(self._owed, limits.SENDS_PER_TURN)):
            del self._owed[line]
            line.tell(self._told[line.version])
        self._turn = asyncio.get_running_loop().call_soon(self._take_turn) if self._owed else None

    async def _begin(self, _: web.Application) -> None:
        self._tell()
        self._tocsin.hub.listen(self)

    async def _end(self, _: web.Application) -> None:
        if self._told:
            self._tocsin.hub.stop_listening(self)
        for handle in (self._due, self._turn):
            if handle is not None:
                handle.cancel()


async def telling(request: web.Request, socket: web.WebSocketResponse, line: Line) -> None:
    """Send what is due as long as there is somebody who takes it."""
    try:
        while not line.over:
            await line.due.wait()
            line.due.clear()
            while line.waiting and not line.over:
                name = next(iter(line.waiting))
                async with asyncio.timeout(limits.STREAM_UNREAD_S):
                    await socket.send_frame(line.waiting.pop(name), WSMsgType.TEXT)
        await socket.close(code=WSCloseCode.GOING_AWAY)
    except (TimeoutError, ClientError, ConnectionError) as error:
        log.debug("a lamp is let go: %s", error)
        if request.transport is not None:
            request.transport.abort()
