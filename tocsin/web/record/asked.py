"""What may be asked of the record: as of which moment, in which form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from tocsin.errors import BadRequest, BadTime
from tocsin.reading import Reading
from tocsin.record.published import Published
from tocsin.record.statistics.computing import as_of


def once(request: web.Request) -> dict[str, str]:
    """The query, each name in it once. Errors: `BadRequest`."""
    given: dict[str, str] = {}
    for name, value in request.query.items():
        if name in given:
            raise BadRequest(f"{name} is given more than once", name=name)
        given[name] = value
    return given


def moment(said: str, name: str = "as_of") -> datetime:
    """A time with its zone. Errors: `BadTime`."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\d[Tt ]", said):
            raise ValueError
        # In a query a plus that nobody escaped has come to be a space.
        at = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", said))
        if at.utcoffset() is None:
            raise ValueError
    except (ValueError, OverflowError):
        raise BadTime(
            f"a time must be RFC 3339 with its zone, such as 2024-11-13T04:36:38Z: {name}", name=name
        ) from None
    return at


def published(tocsin: Reading, given: Mapping[str, str]) -> tuple[Published, datetime | None]:
    """The record as it stands, or as it stood at the moment that was asked for. Errors: `BadTime`."""
    if "as_of" not in given:
        return tocsin.archive.published, None
    at = as_of(moment(given["as_of"]), tocsin.clock.now())
    return tocsin.archive.as_of_moment(at), at
