"""One HTTP server for API and pages, from the first connection to goodbye."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate

from aiohttp import web

from tocsin import compat, limits
from tocsin.app import Tocsin
from tocsin.door import Bounds, Certificate, Door, listening
from tocsin.door import refusal as door_refusal
from tocsin.edge.edge import Edge
from tocsin.errors import BadRequest, RequestTimeout, TocsinError
from tocsin.model import Realm
from tocsin.web.answers import INTERNAL, REVALIDATE, answer, one_shape, refusal
from tocsin.web.api import Api
from tocsin.web.authority import Authority
from tocsin.web.edge_shelters import EdgeShelters
from tocsin.web.edge_threats import EdgeThreats
from tocsin.web.metrics import Metrics
from tocsin.web.nearest import Nearest
from tocsin.web.openapi import REALM_HEADER, document
from tocsin.web.orders import Orders
from tocsin.web.pages import Pages
from tocsin.web.questions import NoQuery, query
from tocsin.web.read_only import Elsewhere
from tocsin.web.record.routes import RecordPages
from tocsin.web.record.statistics import StatisticsApi
from tocsin.web.record_desk import RecordDesk
from tocsin.web.reports import Reports
from tocsin.web.review import HEADERS, ReviewPages
from tocsin.web.shelters import Shelters
from tocsin.web.sse import DOOR, Stream
from tocsin.web.threats import Threats
from tocsin.web.threats_desk import ThreatsPage
from tocsin.web.words import WordsApi

log = logging.getLogger("tocsin.web")


def application(tocsin: Tocsin | Edge) -> web.Application:
    """All routes, over one running Tocsin."""
    app = web.Application(middlewares=[one_shape], client_max_size=limits.BODY_BYTES)
    Api(tocsin).add_routes(app)
    if isinstance(tocsin, Edge):
        shelters = EdgeShelters(tocsin)
        shelters.add_routes(app)
        Nearest(tocsin, shelters.areas).add_routes(app)
        Elsewhere(tocsin.upstream).add_routes(app)
        EdgeThreats(tocsin, HEADERS).add_routes(app)
    else:
        orders = Orders(tocsin)
        orders.add_routes(app)
        Threats(tocsin, orders).add_routes(app)
        ThreatsPage(tocsin, orders, HEADERS).add_routes(app)
        Authority(tocsin).add_routes(app)
        RecordDesk(tocsin).add_routes(app)
        Reports(tocsin).add_routes(app)
        ReviewPages(tocsin).add_routes(app)
        of_node = Shelters(tocsin)
        of_node.add_routes(app)
        Nearest(tocsin, of_node.areas).add_routes(app)
    WordsApi(tocsin).add_routes(app)
    Stream(tocsin).add_routes(app)
    StatisticsApi(tocsin).add_routes(app)
    RecordPages(tocsin).add_routes(app)
    Pages(tocsin).add_routes(app)
    compat.add_routes(app, tocsin)
    Metrics(tocsin).add_routes(app)
    described = document()

    async def openapi(request: web.Request) -> web.Response:
        query(request, NoQuery)
        return answer(described, headers=REVALIDATE)

    app.router.add_get("/api/v1/openapi.json", openapi)

    async def name_realm(request: web.Request, response: web.StreamResponse) -> None:
        """Whatever is answered, drill and reality can be told apart by it."""
        response.headers[REALM_HEADER] = tocsin.store.realm.value

    app.on_response_prepare.append(name_realm)
    return app


class Connection(web.RequestHandler):
    """One connection. What is refused before it is a request is refused in the one shape too, and the line closed."""

    __slots__ = ("_closed", "_deadline", "_first", "_realm", "_underway")

    def __init__(
        self,
        manager: web.Server,
        loop: asyncio.AbstractEventLoop,
        realm: Realm,
        first: bytes,
        closed: Callable[[], None],
    ) -> None:
        """``first`` is what it has said already; ``closed`` is called when it is."""
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # as AppRunner does: who reads what is nobody's business
            keepalive_timeout=limits.IDLE_S,
            lingering_time=limits.BODY_S,
            max_line_size=limits.HEADER_BYTES,
            max_field_size=limits.HEADER_BYTES,
            max_headers=limits.HEADERS,
        )
        self._realm = realm
        self._first = first
        self._closed = closed
        self._deadline: asyncio.TimerHandle | None = None
        """When the head of its next request must be whole, once that has begun."""
        self._underway = 0
        """Requests that are being answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.data_received(self._first)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and not self._underway:
            self._deadline = asyncio.get_running_loop().call_later(limits.HEAD_S, self._too_slow)
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._in_time()
        self._closed()
        super().connection_lost(exc)

    def begin(self) -> None:
        """The head of a request is whole."""
        self._underway += 1
        self._in_time()

    def end(self) -> None:
        self._underway -= 1

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if isinstance(self.transport, asyncio.Transport) and not self.transport.get_write_buffer_size():
            error = RequestTimeout(f"the request did not arrive within {limits.HEAD_S:g} s")
            self.transport.write(door_refusal(error, self._realm, formatdate(usegmt=True)))
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        if status == 400:
            # What cannot be read as HTTP is the sender's affair, and on a public port an everyday one.
            reason = (message or "").partition("\n")[0].strip(" :")
            log.debug("not HTTP from %s: %s", request.remote, reason)
            response = refusal(BadRequest(f"this is not HTTP/1.1 as it can be read here: {reason}"))
        else:
            log.error("a connection failed", exc_info=exc)
            response = refusal(TocsinError(INTERNAL))
        response.headers[REALM_HEADER] = self._realm.value
        response.force_close()
        return response


@asynccontextmanager
async def serving(
    tocsin: Tocsin | Edge,
    host: str,
    port: int,
    *,
    bounds: Bounds | None = None,
    shared: bool = False,
    certificate: Certificate | None = None,
) -> AsyncIterator[str]:
    """Serve inside the block; gives the address as a URL. Leaving it ends every stream within a second or so.

    ``shared``: other processes listen there too. With a ``certificate`` it is under TLS. Errors: `AddressTaken`.
    """
    # Each write to a subscriber lets go of the interpreter; a question over years of history, in a thread, must not
    # keep it for long each time. Of 2,000 writes beside such a thread it takes 17 ms instead of 41; alone, 10.
    sys.setswitchinterval(limits.SWITCH_S)
    app = application(tocsin)
    runner = web.AppRunner(app, shutdown_timeout=limits.SHUTDOWN_S)
    door: Door | None = None
    try:
        listeners = listening(host, port, shared=shared)
        bound = listeners[0].getsockname()
        hand_over = HandOver(tocsin.store.realm)
        door = Door(
            tocsin.hub,
            tocsin.encoded_state,
            lambda zone: tocsin.atlas.resolve(zone).id,
            hand_over,
            tocsin.store.realm,
            bounds or Bounds.usual(),
            certificate,
        )
        app[DOOR] = door
        await runner.setup()
        hand_over.to(runner)
        door.open(listeners)
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http{'s' if certificate else ''}://{shown}:{bound[1]}"
    finally:
        # Streams first: they never end by themselves. Then what was asked for, then what was begun.
        try:
            if door is not None:
                door.close()
            await runner.cleanup()
        finally:
            if door is not None:
                door.end()
            await tocsin.stop()


async def require_address(host: str, port: int) -> None:
    """Find out whether one could listen there, before long work is done for nothing. Errors: `AddressTaken`."""
    for sock in listening(host, port):
        sock.close()


class HandOver:
    """Takes the door's connections to the application."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self._server: web.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def to(self, runner: web.AppRunner) -> None:
        server = runner.server
        assert server is not None, "the runner is set up"
        routed = server.request_handler

        async def shaped(request: web.BaseRequest) -> web.StreamResponse:
            """Some refusals, such as of an Expect header, come before any middleware."""
            assert isinstance(request, web.Request)
            connection = request.protocol
            assert isinstance(connection, Connection)
            connection.begin()
            try:
                return await one_shape(request, routed)
            finally:
                connection.end()

        server.request_handler = shaped
        self._server = server

    def __call__(self, sock: socket.socket, said: bytes, closed: Callable[[], None]) -> None:
        loop, server = asyncio.get_running_loop(), self._server
        assert server is not None

        async def connect() -> None:
            try:
                await loop.connect_accepted_socket(lambda: Connection(server, loop, self._realm, said, closed), sock)
            except OSError as error:
                log.debug("a connection was lost before it was answered: %s", error)
                sock.close()
                closed()

        task = loop.create_task(connect())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
