"""What an edge answers before it has heard anything: that nothing is known, whatever is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tocsin import limits
from tocsin.door import Certificate, listening
from tocsin.errors import NothingKnown
from tocsin.model import Realm
from tocsin.web.answers import one_shape
from tocsin.web.openapi import REALM_HEADER


@asynccontextmanager
async def waiting(
    realm: Realm, upstream: str, host: str, port: int, certificate: Certificate | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Answer so inside the block; gives the address as a URL, and the port, which others may share.

    Errors: `AddressTaken`.
    """

    async def nothing(request: web.Request) -> web.Response:
        raise NothingKnown(f"nothing has been heard from {upstream} yet", upstream=upstream)

    async def name_realm(request: web.Request, response: web.StreamResponse) -> None:
        response.headers[REALM_HEADER] = realm.value

    app = web.Application(middlewares=[one_shape], client_max_size=limits.BODY_BYTES)
    app.router.add_route("*", "/{anything:.*}", nothing)
    app.on_response_prepare.append(name_realm)
    runner = web.AppRunner(app, shutdown_timeout=limits.SHUTDOWN_S, access_log=None)
    await runner.setup()
    try:
        sockets = listening(host, port, shared=True)
        bound = sockets[0].getsockname()
        secured = certificate.context if certificate else None
        for sock in sockets:
            await web.SockSite(runner, sock, ssl_context=secured).start()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http{'s' if certificate else ''}://{shown}:{bound[1]}", bound[1]
    finally:
        await runner.cleanup()
