"""How answers look: JSON by msgspec, and every error in the one shape, whatever went wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import hdrs, web

from tocsin.errors import (
    BadRequest,
    MethodNotAllowed,
    NotFound,
    RequestTimeout,
    TocsinError,
    UnsupportedMedia,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger("tocsin.web")

INTERNAL = "something went wrong here; it has been logged"

NO_STORE: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
REVALIDATE: dict[str, str] = {hdrs.CACHE_CONTROL: "no-cache"}


def answer(data: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, never kept by a cache unless the headers say so."""
    body = msgspec.json.encode(data)
    return web.Response(body=body, status=status, content_type="application/json", headers=headers or NO_STORE)


def refusal(error: TocsinError) -> web.Response:
    """An error in the one shape."""
    headers = dict(NO_STORE)
    if error.status == 401:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    if error.status == 503:
        headers[hdrs.RETRY_AFTER] = "5"
    if isinstance(error, MethodNotAllowed):
        headers[hdrs.ALLOW] = ", ".join(error.detail["allowed"])
    try:
        response = answer(error.body(), error.status, headers)
    except UnicodeEncodeError:
        # It quotes a path or a header with bytes that are no text.
        told = json.dumps(error.body(), ensure_ascii=False).encode("utf-8", "replace")
        response = web.Response(body=told, status=error.status, content_type="application/json", headers=headers)
    if isinstance(error, RequestTimeout):
        response.force_close()  # what comes on it yet belongs to the request that is given up
    return response


@web.middleware
async def one_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing leaves but an answer or an error in the one shape; no traceback reaches a client."""
    try:
        return await handler(request)
    except TocsinError as error:
        return refusal(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refusal(_translated(request, error))
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return refusal(TocsinError(INTERNAL))


def _translated(request: web.Request, error: web.HTTPException) -> TocsinError:
    match error:
        case web.HTTPNotFound():
            return NotFound(f"there is nothing at {request.path}", path=request.path)
        case web.HTTPMethodNotAllowed():
            allowed = sorted(error.allowed_methods)
            return MethodNotAllowed(f"{request.method} is not possible here", method=request.method, allowed=allowed)
        case web.HTTPUnsupportedMediaType():
            return UnsupportedMedia("the body must be application/json")
    return BadRequest(error.reason)
