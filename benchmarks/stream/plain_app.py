"""The plain way to do server-sent events in Python: starlette, sse-starlette, uvicorn; a queue for each client.

Run as a program by a Python that has these three: ``plain_app.py PORT``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

clients: set[asyncio.Queue[str]] = set()


async def stream(request: Request) -> Response:
    queue: asyncio.Queue[str] = asyncio.Queue()

    async def words() -> AsyncIterator[dict[str, str]]:
        clients.add(queue)
        try:
            yield {"event": "hello", "data": "{}"}
            while True:
                yield {"event": "entry", "data": await queue.get()}
        finally:
            clients.discard(queue)

    # Its own pings would fall into what is measured.
    return EventSourceResponse(words(), ping=3600)


async def publish(request: Request) -> Response:
    event = (await request.body()).decode()
    for queue in clients:
        queue.put_nowait(event)
    return Response(status_code=202)


app = Starlette(routes=[Route("/stream", stream), Route("/publish", publish, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), log_level="warning", access_log=False, backlog=4096, timeout_keep_alive=3600
    )
