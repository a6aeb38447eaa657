"""The page of threats: for everybody, and for officers who signed in what is proposed and what they make of it.

Whatever is sent is one of the orders that the API takes too; the page has no rights of its own.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence

from aiohttp import hdrs, web

from tocsin import limits
from tocsin.access import Caller, authenticate
from tocsin.app import Tocsin
from tocsin.assess.assessment import Seen
from tocsin.commands import Command, Order
from tocsin.errors import BadRequest, Forbidden, NotGranted, TocsinError
from tocsin.lookout.accepting import accepted, ended
from tocsin.model import Stage, Threat, ZoneId
from tocsin.web.answers import answer
from tocsin.web.orders import Orders, speaks_as
from tocsin.web.review import form_and_all, is_secure, require_own
from tocsin.web.review_form import Form
from tocsin.web.sessions import Session, Sessions
from tocsin.web.texts import LANGUAGES, preferred
from tocsin.web.threats import PublicRisk, full_answer, is_officer, public_answer
from tocsin.web.threats_drawn import Air, Drawn
from tocsin.web.threats_map import DRAWN
from tocsin.web.threats_page import page
from tocsin.web.threats_sheet import HOME, Sheet, threats_words

COOKIE = "tocsin_threats"
DONE = ("accepted", "waits", "declined", "released", "nothing")


class ThreatsPage:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin, orders: Orders, headers: dict[str, str]) -> None:
        self._tocsin, self._orders, self._headers = tocsin, orders, headers
        self._sessions = Sessions(tocsin.clock.elapsed_s)
        self._drawn = Drawn(tocsin.atlas, tocsin.store.realm)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(HOME, self.home)
        app.router.add_get(f"{HOME}/air", self.air)
        app.router.add_post(f"{HOME}/enter", self.enter)
        app.router.add_post(f"{HOME}/leave", self.leave)
        app.router.add_post(f"{HOME}/decide", self.decide)

    async def home(self, request: web.Request) -> web.Response:
        """What is known of threats, for whoever asks."""
        try:
            session, caller = self._signed_in(request)
        except TocsinError:
            return await self._html(request)
        return await self._html(request, session, caller, done=request.query.get("done", ""))

    async def air(self, request: web.Request) -> web.Response:
        """What is in the air, for the first page's map: for officers who signed in here, and nothing for others."""
        headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
        try:
            self._signed_in(request)
        except TocsinError:
            return web.Response(status=204, headers=headers)
        lang, view = self._lang(request), self._tocsin.watching.view()
        threats = await asyncio.to_thread(self._drawn.in_the_air, lang, view.threats)
        return answer(Air(at=view.at, threats=threats), headers=headers)

    async def enter(self, request: web.Request) -> web.Response:
        """Take a token from the form, once, and give a session for it."""
        try:
            require_own(request)
            form, _ = await form_and_all(request, "zone")
            authorization = f"Bearer {(form.get('token') or '').strip()}"
            self._require_officer(await asyncio.to_thread(self._tocsin.service.authenticate, authorization))
        except TocsinError as error:
            return await self._html(request, error=error)
        response = self._see_other(request)
        response.set_cookie(
            COOKIE,
            self._sessions.begin(authorization),
            max_age=limits.SESSION_S,
            path=HOME,
            httponly=True,
            samesite="Strict",
            secure=is_secure(request),
        )
        return response

    async def leave(self, request: web.Request) -> web.Response:
        form, _ = await form_and_all(request, "zone")
        session = self._sessions.find(request.cookies.get(COOKIE))
        if session is not None and session.sent(form.get("word", "")):
            self._sessions.end(request.cookies.get(COOKIE))
        response = self._see_other(request)
        response.del_cookie(COOKIE, path=HOME)
        return response

    async def decide(self, request: web.Request) -> web.Response:
        """Carry out what the form asks for."""
        try:
            session, caller = self._signed_in(request)
        except TocsinError as error:
            return await self._html(request, error=error)
        try:
            require_own(request)
            form, zones = await form_and_all(request, "zone")
            if not session.sent(form.get("word", "")):
                raise Forbidden(threats_words(self._lang(request), self._tocsin.store.realm)("threats.expired"))
            done = await self._decided(caller, form, tuple(map(ZoneId, zones)))
        except TocsinError as error:
            return await self._html(request, session, caller, error=error)
        return self._see_other(request, done)

    async def _decided(self, caller: Caller, form: Form, zones: tuple[ZoneId, ...]) -> str:
        watching = self._tocsin.watching
        if not zones:
            raise BadRequest("no zone is chosen")
        order: Order
        match form.get("action"):
            case "decline":
                await watching.decline(zones, _threat(form), _stage(form))
                return "declined"
            case "accept":
                order, why = accepted(watching.view(), form.get("proposal", ""), zones)
            case "end":
                order, why = ended(watching.view(), _threat(form), zones)
            case _:
                raise BadRequest("this page does not do that")
        tocsin = self._tocsin
        seq = form.get("seq", "")
        command = Command(
            key=f"threats {form.get('key', '')[:100]} {form.get('proposal') or form.get('threat')}"[
                : limits.NAME_CHARS
            ],
            actor=caller.holder,
            source=speaks_as(tocsin.service.access, caller, tocsin.service.now()),
            reason=(form.get("reason", "").strip() or why)[: limits.TEXT_CHARS],
            order=order,
            decided_upon=int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 16 else 0,
        )
        receipt = await tocsin.queue.submit(command, caller)
        await asyncio.to_thread(watching.look)
        if self._orders.waiting(receipt) is not None:
            return "waits"
        return ("released" if form.get("action") == "end" else "accepted") if receipt.events else "nothing"

    # --- who, and how it is told --------------------------------------------------------------

    def _signed_in(self, request: web.Request) -> tuple[Session, Caller]:
        """Errors: those of `access.authenticate`, `NotGranted`."""
        session, service = self._sessions.find(request.cookies.get(COOKIE)), self._tocsin.service
        caller = authenticate(
            service.access, session.authorization if session else None, service.store.realm, service.now()
        )
        assert session is not None, "nobody is known without one"
        self._require_officer(caller)
        return session, caller

    def _require_officer(self, caller: Caller) -> None:
        if not is_officer(self._tocsin, caller):
            raise NotGranted(f"{caller.holder} may neither report nor warn", holder=caller.holder)

    def _lang(self, request: web.Request) -> str:
        asked = request.query.get("lang")
        return asked if asked in LANGUAGES else preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))

    async def _html(
        self,
        request: web.Request,
        session: Session | None = None,
        caller: Caller | None = None,
        *,
        error: TocsinError | None = None,
        done: str = "",
    ) -> web.Response:
        lang = self._lang(request)
        text = await asyncio.to_thread(self._made, lang, session, caller, error, done)
        response = web.Response(
            text=text, status=error.status if error else 200, content_type="text/html", headers=self._headers
        )
        response.enable_compression()
        return response

    def _made(
        self, lang: str, session: Session | None, caller: Caller | None, error: TocsinError | None, done: str
    ) -> str:
        tocsin, watching = self._tocsin, self._tocsin.watching
        view, now = watching.view(), tocsin.service.now()
        full = full_answer(tocsin) if caller else None
        risks = (
            public_answer(view, watching.policy).zones
            if full is None
            else [
                PublicRisk(zone=one.zone, threat=one.threat, band=one.band, earliest=one.earliest, likely=one.likely)
                for one in sorted(full.at_risk, key=lambda one: (one.earliest, one.zone))
            ]
        )
        t = threats_words(lang, tocsin.store.realm)
        names = self._drawn.names[lang]
        return page(
            Sheet(
                words=t,
                realm=tocsin.store.realm,
                now=now,
                risks=risks,
                picture=self._drawn.map(t, risks, now, view.threats if caller else None),
                replay=tocsin.clockface().replay,
                rate=tocsin.clock.rate,
                name=names,
                within=self._drawn.within[lang],
                holder=caller.holder if caller else "",
                word=session.word if session else "",
                key=secrets.token_urlsafe(12),
                view=view if caller else None,
                policy=watching.policy.name,
                places=watching.policy.places_anything,
                trouble=watching.trouble,
                near=self._near(view.threats[:DRAWN], names) if caller else {},
                reports={one.id: one for one in full.reports} if full else {},
                error=error.message if error else "",
                done=done if done in DONE else "",
            )
        )

    def _near(self, threats: Sequence[Seen], names: Mapping[ZoneId, str]) -> dict[str, str]:
        """The zones that threats are over about, where nobody named one."""
        placed = ((one.id, one.lon, one.lat) for one in threats if not one.named)
        found = (
            (id, self._tocsin.atlas.locate(lon, lat)) for id, lon, lat in placed if lon is not None and lat is not None
        )
        return {id: names[zone.id] for id, zone in found if zone is not None}

    def _see_other(self, request: web.Request, done: str = "") -> web.Response:
        """After a form: so that to load the page again sends nothing again."""
        where = f"{HOME}?lang={self._lang(request)}{f'&done={done}' if done else ''}"
        return web.Response(status=303, headers={**self._headers, hdrs.LOCATION: where})


def _threat(form: Form) -> Threat:
    try:
        return Threat(form.get("threat", ""))
    except ValueError as error:
        raise BadRequest("there is no such threat") from error


def _stage(form: Form) -> Stage:
    try:
        return Stage(form.get("stage", Stage.ALERT))
    except ValueError as error:
        raise BadRequest("there is no such stage") from error
