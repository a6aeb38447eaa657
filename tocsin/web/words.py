"""The words by API: what people have been told, and all approved texts with who stands behind them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from typing import Annotated

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.reading import Reading
from tocsin.texts import Catalogue, Message, Texts
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.questions import NoQuery, Seq, query, takes_gzip


class MessagesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Seq = 0
    """Only messages with a larger seq."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.MESSAGES_PER_PAGE)] = 100
    """At most so many."""


class MessagesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[Message]
    upto: int
    """No message up to this seq is missing: ask for what comes after it, until it is the head."""
    head: int
    """The seq of the log's last entry."""


class CatalogueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    languages: dict[str, Catalogue]
    """By language: all texts, with their version and who approved them."""
    digests: dict[str, str]
    """By language: SHA-256 of all that is approved."""


class WordsApi:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin
        self._packed = _Packed(tocsin.texts)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/messages", self.messages)
        app.router.add_get("/api/v1/catalogue", self.catalogue)

    async def messages(self, request: web.Request) -> web.Response:
        """What people have been told, from a seq on."""
        asked = query(request, MessagesQuery)
        told = await asyncio.to_thread(self._tocsin.past.messages, asked.after, asked.limit)
        return answer(MessagesAnswer(messages=told.messages, upto=told.upto, head=self._tocsin.state.seq))

    async def catalogue(self, request: web.Request) -> web.Response:
        """All texts. The ETag is that of their content; an unchanged catalogue answers 304."""
        query(request, NoQuery)
        if self._packed.texts is not self._tocsin.texts:
            self._packed = _Packed(self._tocsin.texts)
        packed = self._packed
        headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: f'"{packed.tag}"', hdrs.VARY: "Accept-Encoding"}
        if request.if_none_match and any(tag.value in (packed.tag, "*") for tag in request.if_none_match):
            return web.Response(status=304, headers=headers)
        if takes_gzip(request):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return web.Response(body=packed.gzipped, content_type="application/json", headers=headers)
        return web.Response(body=packed.body, content_type="application/json", headers=headers)


class _Packed:
    """The catalogue of some texts in bytes, made once."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        told = CatalogueAnswer(languages=dict(texts.languages), digests=dict(texts.digests))
        self.body = msgspec.json.encode(told, order="deterministic")
        self.gzipped = gzip.compress(self.body, 9, mtime=0)
        self.tag = hashlib.sha256(self.body).hexdigest()[:32]
