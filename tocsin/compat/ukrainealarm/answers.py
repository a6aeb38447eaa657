"""How the original refuses: a problem in JSON as its framework makes it, or nothing at all where it says nothing."""

from __future__ import annotations

import msgspec
from aiohttp import hdrs, web

from tocsin.compat.ukrainealarm.shapes import Problem

JSON = "application/json; charset=utf-8"

TITLES = {
    400: "One or more validation errors occurred.",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    503: "Service Unavailable",
}

SECTIONS = {400: "6.5.1", 403: "6.5.3", 404: "6.5.4", 413: "6.5.11", 415: "6.5.13", 503: "6.6.4"}
"""Where RFC 7231 says what the status means."""


def problem(status: int, headers: dict[str, str] | None = None, *, url: str = "") -> web.Response:
    """A refusal, and what is wrong with the URL of a webhook where it is that."""
    section = SECTIONS.get(status)
    told = Problem(
        type=f"https://tools.ietf.org/html/rfc7231#section-{section}" if section else "about:blank",
        title=TITLES[status],
        status=status,
        errors={"webHookUrl": [url]} if url else None,
    )
    return web.Response(
        status=status,
        body=msgspec.json.encode(told),
        headers={hdrs.CONTENT_TYPE: "application/problem+json; charset=utf-8", hdrs.CACHE_CONTROL: "no-store"}
        | (headers or {}),
    )


def without_a_word(status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, headers={hdrs.CACHE_CONTROL: "no-store"} | (headers or {}))
