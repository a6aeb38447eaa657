"""Reports of threats over HTTP: with a token, or signed by a feed. Documented in docs/api.md and docs/threats.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from tocsin import limits
from tocsin.access import Caller
from tocsin.app import Tocsin
from tocsin.errors import BadRequest, NotGranted, TocsinError, WrongRealm
from tocsin.intake.reports.forms import FeedBody, Item, ReportsBody
from tocsin.intake.reports.sifting import Aside, Flaw
from tocsin.lookout.feeds import Signed
from tocsin.lookout.reporting import Taken
from tocsin.model import SourceId, Verb
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.callers import Callers
from tocsin.web.orders import speaks_as
from tocsin.web.questions import NoQuery, decoded, query, read, text_of

JSON, NDJSON = "application/json", "application/x-ndjson"

FEED, MOMENT, NONCE, SIGNATURE = "Tocsin-Feed", "Tocsin-Moment", "Tocsin-Nonce", "Tocsin-Signature"
"""What a feed sends beside the body."""

_item: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)


class FeedKey(msgspec.Struct, frozen=True, kw_only=True):
    feed: int
    """What goes into the header Tocsin-Feed: the number of the token."""
    key: str
    """With which the feed signs, hexadecimal. It is a secret."""
    expires: datetime
    """When the token ends, and the key with it."""


class Reports:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._callers = Callers(tocsin)
        self._schema = schema()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/v1/reports", self.report)
        app.router.add_post("/api/v1/reports/feed", self.feed)
        app.router.add_get("/api/v1/reports/key", self.key)
        app.router.add_get("/api/v1/reports/schema", self.schema)

    async def report(self, request: web.Request) -> web.Response:
        """Take in what an officer, or a service with its token, reports."""
        caller = await self._callers.known(request)
        try:
            query(request, NoQuery)
            asked = decoded(await read(request), ReportsBody)
            self._require_realm(asked.realm)
            source = SourceId(asked.source) if asked.source else self._source(caller)
            taken = await self._tocsin.reporting.take(caller, asked.key, source, asked.reason, asked.reports)
        except TocsinError as error:
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise
        return answer(taken)

    async def feed(self, request: web.Request) -> web.Response:
        """Take in what a feed signed: one JSON body, or NDJSON with one report a line."""
        tocsin = self._tocsin
        query(request, NoQuery)
        body = await read(request, (JSON, NDJSON))
        signed = Signed(
            feed=text_of(request, FEED) or "",
            path=request.path,
            when=text_of(request, MOMENT) or "",
            nonce=text_of(request, NONCE) or "",
            signature=text_of(request, SIGNATURE) or "",
            body=body,
        )
        try:
            caller = tocsin.feeds_signed.caller(tocsin.service.access, signed, tocsin.service.now())
        except TocsinError as error:
            tocsin.service.refuse_stranger(error)
            raise
        try:
            return answer(await self._fed(caller, signed, lines=request.content_type == NDJSON))
        except TocsinError as error:
            tocsin.feeds_signed.failed(caller, signed)
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise
        except BaseException:
            tocsin.feeds_signed.failed(caller, signed)
            raise

    async def key(self, request: web.Request) -> web.Response:
        """The key with which the feed of this token signs."""
        caller = await self._callers.granted(request)
        query(request, NoQuery)
        tocsin = self._tocsin
        now = tocsin.service.now()
        if not any(Verb.REPORT in grant.terms.verbs for grant in tocsin.service.access.grants_of(caller.holder, now)):
            error = NotGranted(f"{caller.holder} may not report", holder=caller.holder)
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise error
        number, key = tocsin.feeds_signed.key_of(tocsin.service.access, caller)
        token = tocsin.service.access.token(number)
        assert token is not None, "the key is made of it"
        return answer(FeedKey(feed=number, key=key, expires=token.expires))

    async def schema(self, request: web.Request) -> web.Response:
        """The form of what a feed sends, as JSON Schema."""
        query(request, NoQuery)
        return answer(self._schema, headers=REVALIDATE)

    async def _fed(self, caller: Caller, signed: Signed, *, lines: bool) -> Taken:
        items: tuple[Item | Flaw, ...]
        if lines:
            items = _lines(signed.body)
        else:
            asked = decoded(signed.body, FeedBody)
            self._require_realm(asked.realm)
            items = asked.reports
        key = f"feed {caller.token} {signed.nonce}"
        return await self._tocsin.reporting.take(caller, key, self._source(caller), "", items)

    def _source(self, caller: Caller) -> SourceId:
        """As whom the caller reports: the first source of its first grant to report."""
        access, now = self._tocsin.service.access, self._tocsin.service.now()
        for grant in access.grants_of(caller.holder, now):
            if Verb.REPORT in grant.terms.verbs:
                return grant.terms.sources[0]
        return speaks_as(access, caller, now)

    def _require_realm(self, meant: str | None) -> None:
        realm = self._tocsin.store.realm
        if meant not in (None, realm):
            raise WrongRealm(f"these reports are for the {meant} realm, and here is {realm}", realm=realm)


def _lines(body: bytes) -> tuple[Item | Flaw, ...]:
    """Each line by itself: one that cannot be read does not take the others along. Errors: `BadRequest`."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    if not 0 < len(lines) <= limits.REPORTS_PER_ORDER:
        raise BadRequest(f"one to {limits.REPORTS_PER_ORDER} lines, each a report", lines=len(lines))
    found: list[Item | Flaw] = []
    for line in lines:
        try:
            found.append(_item.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            found.append(Flaw(Aside.UNREADABLE, str(error)[: limits.TEXT_CHARS]))
    return tuple(found)


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what a feed sends; made of the very types that check it."""
    made = msgspec.json.schema(FeedBody)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Tocsin reports of threats", **made}
