"""One HTTP server for API and pages, from the first connection to goodbye."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tocsin import limits
from tocsin.app import Tocsin
from tocsin.errors import AddressTaken, BadRequest, TocsinError
from tocsin.model import Realm
from tocsin.web.answers import INTERNAL, REVALIDATE, answer, one_shape, refusal
from tocsin.web.api import Api
from tocsin.web.authority import Authority
from tocsin.web.openapi import REALM_HEADER, document
from tocsin.web.orders import Orders
from tocsin.web.pages import Pages
from tocsin.web.questions import NoQuery, query
from tocsin.web.sse import Stream
from tocsin.web.words import WordsApi

log = logging.getLogger("tocsin.web")


def application(tocsin: Tocsin) -> web.Application:
    """All routes, over one running Tocsin."""
    app = web.Application(middlewares=[one_shape], client_max_size=limits.BODY_BYTES)
    Api(tocsin).add_routes(app)
    Orders(tocsin).add_routes(app)
    Authority(tocsin).add_routes(app)
    WordsApi(tocsin).add_routes(app)
    Stream(tocsin).add_routes(app)
    Pages(tocsin).add_routes(app)
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

    __slots__ = ("_realm",)

    def __init__(self, manager: web.Server, loop: asyncio.AbstractEventLoop, realm: Realm) -> None:
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # as AppRunner does: who reads what is nobody's business
            lingering_time=limits.BODY_S,
            max_line_size=limits.HEADER_BYTES,
            max_field_size=limits.HEADER_BYTES,
        )
        self._realm = realm

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
async def serving(tocsin: Tocsin, host: str, port: int) -> AsyncIterator[str]:
    """Serve inside the block; gives the address as a URL. Leaving it ends every stream within a second or so.

    Errors: `AddressTaken`.
    """
    runner = web.AppRunner(application(tocsin), shutdown_timeout=limits.SHUTDOWN_S)
    await runner.setup()
    listening: asyncio.Server | None = None
    try:
        listening = await _listen(_connections(runner, tocsin.store.realm), host, port)
        bound = listening.sockets[0].getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        # Streams first: they never end by themselves. Then what was asked for, then what was begun.
        if listening is not None:
            listening.close()
        tocsin.hub.close()
        try:
            await runner.cleanup()
        finally:
            await tocsin.stop()


async def require_address(host: str, port: int) -> None:
    """Find out whether one could listen there, before long work is done for nothing. Errors: `AddressTaken`."""
    (await _listen(asyncio.Protocol, host, port)).close()


async def _listen(protocol: Callable[[], asyncio.Protocol], host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(protocol, host, port, backlog=1024)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise AddressTaken(f"cannot listen on {host}:{port}: {why}", host=host, port=port) from error


def _connections(runner: web.AppRunner, realm: Realm) -> Callable[[], Connection]:
    """What `web.TCPSite` does, with our own kind of connection."""
    server = runner.server
    assert server is not None, "the runner is set up"
    loop = asyncio.get_running_loop()
    routed = server.request_handler

    async def shaped(request: web.BaseRequest) -> web.StreamResponse:
        """Some refusals, such as of an Expect header, come before any middleware."""
        assert isinstance(request, web.Request)
        return await one_shape(request, routed)

    server.request_handler = shaped

    return lambda: Connection(server, loop, realm)
