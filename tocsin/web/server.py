"""One HTTP server for API and pages, from the first connection to goodbye."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tocsin import limits
from tocsin.app import Tocsin
from tocsin.errors import AddressTaken
from tocsin.web.answers import REVALIDATE, answer, one_shape
from tocsin.web.api import Api
from tocsin.web.openapi import document
from tocsin.web.questions import NoQuery, query
from tocsin.web.sse import Stream


def application(tocsin: Tocsin) -> web.Application:
    """All routes, over one running Tocsin."""
    app = web.Application(middlewares=[one_shape], client_max_size=limits.BODY_BYTES)
    Api(tocsin).add_routes(app)
    Stream(tocsin).add_routes(app)
    described = document()

    async def openapi(request: web.Request) -> web.Response:
        query(request, NoQuery)
        return answer(described, headers=REVALIDATE)

    app.router.add_get("/api/v1/openapi.json", openapi)
    return app


@asynccontextmanager
async def serving(tocsin: Tocsin, host: str, port: int) -> AsyncIterator[str]:
    """Serve inside the block; gives the address as a URL. Leaving it ends every stream within a second or so.

    Errors: `AddressTaken`.
    """
    runner = web.AppRunner(
        application(tocsin),
        access_log=None,
        shutdown_timeout=limits.SHUTDOWN_S,
        max_line_size=limits.HEADER_BYTES,
        max_field_size=limits.HEADER_BYTES,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}", host=host, port=port) from error
        bound = runner.addresses[0]
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        # Streams first: they never end by themselves. Then what was asked for, then what was begun.
        tocsin.hub.close()
        await runner.cleanup()
        await tocsin.stop()
