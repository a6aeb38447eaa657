"""Threats at an edge: what the upstream lets everybody know, over the API and on a page. Nobody is asked anything for
it, and nobody can sign in here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from aiohttp import hdrs, web

from tocsin.edge.edge import Edge
from tocsin.edge.threats import Told
from tocsin.errors import NothingKnown
from tocsin.web.questions import NoQuery, query
from tocsin.web.texts import LANGUAGES, preferred
from tocsin.web.threats import ThreatsAnswer, unless_known
from tocsin.web.threats_drawn import Drawn
from tocsin.web.threats_page import page
from tocsin.web.threats_sheet import HOME, Sheet, threats_words

_answer = msgspec.json.Decoder(ThreatsAnswer)


class EdgeThreats:
    """The handlers, over one edge."""

    def __init__(self, edge: Edge, headers: Mapping[str, str]) -> None:
        self._edge, self._headers = edge, headers
        self._drawn = Drawn(edge.atlas, edge.store.realm)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/threats", self.threats)
        app.router.add_get(HOME, self.home)

    async def threats(self, request: web.Request) -> web.Response:
        """As the upstream tells it, to the byte."""
        query(request, NoQuery)
        told = self._edge.threats_now
        if told is None:
            upstream = self._edge.upstream
            raise NothingKnown(f"what {upstream} says of threats is not known now", upstream=upstream)
        return unless_known(request, told.content, told.etag)

    async def home(self, request: web.Request) -> web.Response:
        """The same for people."""
        asked = request.query.get("lang")
        lang = asked if asked in LANGUAGES else preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
        text = await asyncio.to_thread(self._made, lang, self._edge.threats_now)
        response = web.Response(text=text, content_type="text/html", headers=self._headers)
        response.enable_compression()
        return response

    def _made(self, lang: str, told: Told | None) -> str:
        edge, t = self._edge, threats_words(lang, self._edge.store.realm)
        risks = [] if told is None else _answer.decode(told.content).zones
        now = edge.clock.now()
        return page(
            Sheet(
                words=t,
                realm=edge.store.realm,
                now=now,
                risks=risks,
                picture=None if told is None else self._drawn.map(t, risks, now),
                replay=edge.clockface().replay,
                rate=edge.clockface().rate,
                name=self._drawn.names[lang],
                within=self._drawn.within[lang],
                unknown=told is None,
                signs_in=False,
            )
        )
