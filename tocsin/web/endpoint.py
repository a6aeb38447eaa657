"""What is said of one endpoint of the API."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin.web import questions

Json = dict[str, Any]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    method: str = "get"
    summary: str
    query: type[msgspec.Struct] = questions.NoQuery
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | None
    waits: bool = False
    """Whether what is asked may have to wait for a second person."""
    refusals: tuple[int, ...] = (400,)
    in_path: str | None = None
    secured: bool = False
    extra: Json = {}
