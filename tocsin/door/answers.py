"""Answers of the door's own, in bytes."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from tocsin.errors import TocsinError
from tocsin.model import Realm


def refusal(error: TocsinError, realm: Realm, date: str) -> bytes:
    """An error in the one shape, after which the connection is closed."""
    body = msgspec.json.encode(error.body())
    lines = ["Content-Type: application/json", f"Content-Length: {len(body)}", "Cache-Control: no-store"]
    lines += [f"Tocsin-Realm: {realm}", f"Date: {date}", "Connection: close"]
    lines += ["Retry-After: 5"] if error.status == 503 else []
    return head(f"{error.status} {HTTPStatus(error.status).phrase}", lines) + body


def head(status: str, lines: list[str]) -> bytes:
    """How an answer begins."""
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")
