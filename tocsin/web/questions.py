"""What may be asked: the query of each endpoint and the bodies it takes, checked before anything is done."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.commands import Moment, Name, Order, SourceName, Text
from tocsin.door.heads import packs
from tocsin.errors import BadJson, BadRequest, BadTime, BodyTooLarge, RequestTimeout, UnsupportedMedia
from tocsin.model import Extent, Hazard, Level, Realm, Stage, Threat
from tocsin.record.history import Covering

T = TypeVar("T")

MOMENTS = ("from", "until")
"""The parameters that are times."""

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An endpoint that takes none."""


class ZonesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)] | None = None
    """Only zones of this level."""
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    """With ``lon``: only the zones around this point, smallest first. Degrees, WGS 84."""
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


class EventsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Seq = 0
    """Only entries with a larger seq."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.EVENTS_PER_PAGE)] = 100
    """At most so many."""


class StreamQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Seq | None = None
    """Resume after this seq; the header Last-Event-ID goes before it."""
    zones: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.FILTER_CHARS)] | None = None
    """Only what can change what is said of these zones: ids or codes, with commas between them."""
    record: bool = False
    """Whether to tell, too, what the record of attacks takes in; of the whole stream only."""


class HoldsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Moment = msgspec.field(name="from")
    """Start of the window."""
    until: Moment
    """End of the window."""


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=2 * limits.NAME_CHARS)]
    """A zone's id, or a code such as ``iso3166_2:UA-30``."""
    since: Moment | None = msgspec.field(name="from", default=None)
    """Start of the window; all of the record, if not said."""
    until: Moment | None = None
    """End of the window; now, if not said."""
    covering: Covering = "any"
    """``any`` counts alerts of some part of the zone too, ``whole`` only those that cover all of it."""


class TextsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat = Threat.UNKNOWN
    stage: Stage = Stage.ALERT
    level: Level = Level.RED
    extent: Extent = Extent.WHOLE


class OrderBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order as given over HTTP. Who gives it follows from the token."""

    key: Name
    """Idempotency key: sent again with the same content it has one effect."""
    reason: Text = ""
    order: Order
    decided_upon: Seq | None = None
    """The seq that the giver had before their eyes; if anything has happened to the order's zones since, to what lies
    in them or to what they lie in, the order is refused."""
    source: SourceName | None = None
    """As whom the giver speaks; the first source of their first grant, if not said."""
    realm: Realm | None = None
    """The realm that the order is meant for; in another it is refused."""


class ProposalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: Literal["open", "approved", "declined", "lapsed"] | None = None
    """Only proposals of this status."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.EVENTS_PER_PAGE)] = 100
    """At most so many, the newest."""


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    done_after: Seq | None = None
    """Of what was done, only what has a larger number; the newest, if not said."""
    refused_after: Seq | None = None
    """Of what was refused, only what has a larger number; the newest, if not said."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.EVENTS_PER_PAGE)] = 100
    """At most so many of each."""


class DraftsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Seq = 0
    """Only documents that were taken in later than this one."""
    waiting: bool = True
    """Only documents of which something waits for review."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.EVENTS_PER_PAGE)] = 100
    """At most so many."""


class ReportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report to be taken in. What is read of it becomes drafts."""

    key: Name
    """Idempotency key, as for an order."""
    text: str
    publisher: Name
    """Whose word it is."""
    published: Name
    """The day or the moment, ISO 8601."""
    title: Text | None = None
    url: Text | None = None
    version_of: Seq | None = None
    """The document that this is a later version of."""
    reason: Text = ""
    source: SourceName | None = None
    """As whom the giver speaks; the first source of their first grant, if not said."""
    realm: Realm | None = None


class ReplayBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rate: float | None = None
    """Clock seconds per real second: 0, 1, 10, 60, 300 or 1200."""
    at: Moment | None = None
    """Move ahead to this moment."""


def query(request: web.Request, form: type[T]) -> T:
    """The request's query as ``form``. Errors: `BadRequest`, `BadTime`."""
    given: dict[str, str] = {}
    for name, value in request.query.items():
        if name in given:
            raise BadRequest(f"{name} is given more than once", name=name)
        if value.lower() == "null":
            raise BadRequest(f"{name} is null; what is not meant is left out", name=name)
        if name in MOMENTS and not re.match(r"\d{4}-", value):
            # Read from text, msgspec would take a bare number for Unix seconds.
            raise BadTime(f"a time must be RFC 3339 with its zone, such as 2024-11-13T04:36:38Z: {name}", name=name)
        given[name] = value
    try:
        return msgspec.convert(given, form, strict=False)
    except msgspec.ValidationError as error:
        raise _refused(error) from error


async def body(request: web.Request, form: type[T]) -> T:
    """The request's JSON as ``form``. Errors: those of `read` and `decoded`."""
    return decoded(await read(request), form)


async def read(request: web.Request, media: tuple[str, ...] = ("application/json",)) -> bytes:
    """The request's body, which must say that it is JSON, or of the ``media`` that are taken. Errors:
    `UnsupportedMedia`, `BodyTooLarge`, `BadRequest`, `RequestTimeout`."""
    if request.content_type not in media:
        raise UnsupportedMedia(f"the body must be {' or '.join(media)}", content_type=request.content_type)
    try:
        async with asyncio.timeout(limits.BODY_S):
            return await request.read()
    except TimeoutError:
        raise RequestTimeout(f"the body did not arrive within {limits.BODY_S:g} s") from None
    except web.HTTPRequestEntityTooLarge:
        raise BodyTooLarge("the body is larger than an order or a report can be", limit=limits.BODY_BYTES) from None
    except web.RequestPayloadError as error:
        raise BadRequest("the body is not packed or cut in pieces as its headers say") from error


def decoded(data: bytes, form: type[T]) -> T:
    """A body as ``form``. Errors: `BadJson`, `BadRequest`, `BadTime`."""
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.ValidationError as error:
        raise _refused(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadJson(f"the body is not JSON: {error}") from error


def takes_gzip(request: web.Request) -> bool:
    """Whether the answer may be packed."""
    return packs(request.headers.get(hdrs.ACCEPT_ENCODING, ""))


def last_event_id(request: web.Request) -> int | None:
    """The seq a reconnecting subscriber has, as EventSource says it. Errors: `BadRequest`."""
    said = (text_of(request, "Last-Event-ID") or "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= 16):
        raise BadRequest("Last-Event-ID is not a seq", last_event_id=said)
    return int(said)


def text_of(request: web.Request, header: str) -> str | None:
    """What a header says; bytes in it that are no text are spelt out, so that they compare and print."""
    said = request.headers.get(header)
    return None if said is None else said.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def window(since: datetime | None, until: datetime | None) -> None:
    """Errors: `BadTime` where a window ends before it begins."""
    if since is not None and until is not None and until <= since:
        raise BadTime("the window ends before it begins", **{"from": since.isoformat(), "until": until.isoformat()})


def _refused(error: msgspec.ValidationError) -> BadRequest | BadTime:
    reason = str(error)
    if "datetime" in reason or "RFC3339" in reason or "timezone" in reason:
        return BadTime(f"a time must be RFC 3339 with its zone, such as 2024-11-13T04:36:38Z: {reason}")
    return BadRequest(reason)
