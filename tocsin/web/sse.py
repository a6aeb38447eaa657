"""GET /api/v1/stream: server-sent events (WHATWG HTML, section 9.2) over one long answer."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing

from aiohttp import hdrs, web

from tocsin import limits
from tocsin.app import Tocsin
from tocsin.errors import TooManyConnections
from tocsin.web.questions import StreamQuery, last_event_id, query

HEADERS: dict[str, str] = {
    hdrs.CONTENT_TYPE: "text/event-stream",
    hdrs.CACHE_CONTROL: "no-store",
    "X-Accel-Buffering": "no",
}


class Stream:
    """The handler, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._hub = tocsin.hub

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/stream", self.stream, allow_head=False)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """What is missed since the seq said, or a snapshot, and from then on everything as it happens."""
        asked = query(request, StreamQuery)
        after = last_event_id(request)
        if self._hub.subscribers >= limits.STREAM_CONNECTIONS:
            raise TooManyConnections("too many streams are open here; try again shortly")
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        try:
            # Clients that lost the same server come back spread out over some seconds, not all at once.
            await response.write(f"retry: {random.randint(1000, 4000)}\n\n".encode())
            async with aclosing(self._hub.subscribe(asked.after if after is None else after)) as words:
                async for word in words:
                    async with asyncio.timeout(limits.STREAM_UNREAD_S):
                        await response.write(word)
        except ConnectionResetError:
            pass  # the subscriber has left, which is its right
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        return response
