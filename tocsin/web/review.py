"""The review page: signing in, what waits, one document, and what is done with its facts. No script, no token in a URL.

Whatever is sent is one of the orders that the API takes too, and walks the same corridor; the page has no rights of its
own. What is refused is said on the page, with the status that the API would answer.
"""

from __future__ import annotations

import asyncio
import secrets
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from tocsin import limits
from tocsin.access import Caller, authenticate
from tocsin.access.permit import may_review
from tocsin.app import Tocsin
from tocsin.commands import AcceptDrafts, Command, MendDraft, RecordOrder, RejectDrafts, Where
from tocsin.errors import BadRequest, BodyTooLarge, Forbidden, NotGranted, RequestTimeout, TocsinError
from tocsin.model import ZoneId
from tocsin.store import Receipt
from tocsin.web.orders import speaks_as
from tocsin.web.pages import SAFE
from tocsin.web.record_desk import found
from tocsin.web.review_fields import review_words
from tocsin.web.review_form import Form, drafted, said
from tocsin.web.review_page import HOME, Desk, documents, one_document, sign_in
from tocsin.web.sessions import COOKIE, Session, Sessions
from tocsin.web.texts import LANGUAGES, preferred

HEADERS = {
    **SAFE,
    "Content-Security-Policy": SAFE["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    hdrs.CACHE_CONTROL: "no-store",
}

DONE = {"accept": "accept", "accept_all": "accept", "reject": "reject", "mend": "mend", "add": "mend"}


class ReviewPages:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._sessions = Sessions(tocsin.clock.elapsed_s)
        self._names = {
            lang: {zone.id: review_words(lang, tocsin.store.realm).name(zone.names) for zone in tocsin.atlas.zones}
            for lang in LANGUAGES
        }

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(HOME, self.home)
        app.router.add_post(f"{HOME}/enter", self.enter)
        app.router.add_post(f"{HOME}/leave", self.leave)
        app.router.add_get(HOME + "/{id}", self.document)
        app.router.add_post(HOME + "/{id}", self.decide)

    # --- signing in ---------------------------------------------------------------------------

    async def enter(self, request: web.Request) -> web.Response:
        """Take a token from the form, once, and give a session for it."""
        try:
            require_own(request)
            form = await _form(request)
            authorization = f"Bearer {(form.get('token') or '').strip()}"
            self._may_review(await asyncio.to_thread(self._tocsin.service.authenticate, authorization))
        except TocsinError as error:
            return self._html(request, sign_in(self._desk(request, error=error.message)), error.status)
        response = self._see_other(request, HOME)
        response.set_cookie(
            COOKIE,
            self._sessions.begin(authorization),
            max_age=limits.SESSION_S,
            path="/record",
            httponly=True,
            samesite="Strict",
            secure=is_secure(request),
        )
        return response

    async def leave(self, request: web.Request) -> web.Response:
        form = await _form(request)
        session = self._session(request)
        if session is not None and session.sent(form.get("word", "")):
            self._sessions.end(request.cookies.get(COOKIE))
        response = self._see_other(request, HOME)
        response.del_cookie(COOKIE, path="/record")
        return response

    # --- reading ------------------------------------------------------------------------------

    async def home(self, request: web.Request) -> web.Response:
        """What waits; to whoever is not signed in, where to do so."""
        try:
            session, caller = self._signed_in(request)
        except TocsinError:
            return self._html(request, sign_in(self._desk(request)))
        all_taken = list(self._tocsin.service.archive.taken.values())
        waiting = [taken for taken in all_taken if taken.waiting()]
        decided = [taken for taken in reversed(all_taken) if not taken.waiting()][: limits.REVIEWED_SHOWN]
        desk = self._desk(request, caller, session)
        return self._html(request, await asyncio.to_thread(documents, desk, waiting, decided))

    async def document(self, request: web.Request) -> web.Response:
        """One report with its facts."""
        try:
            session, caller = self._signed_in(request)
        except TocsinError:
            return self._html(request, sign_in(self._desk(request)))
        done = request.query.get("done", "")
        return await self._document(request, self._desk(request, caller, session, done=done))

    async def _document(self, request: web.Request, desk: Desk, status: int = 200) -> web.Response:
        taken = found(self._tocsin, request.match_info["id"])
        record = self._tocsin.service.archive.published

        def made() -> str:
            text = self._tocsin.shelf.text_of(taken.document.sha256)
            near = sorted(record.open_attacks(), key=lambda one: abs(_days(one.bounds.night, taken.document.published)))
            return one_document(desk, taken, text, near[:10])

        return self._html(request, await asyncio.to_thread(made), status)

    # --- deciding -----------------------------------------------------------------------------

    async def decide(self, request: web.Request) -> web.Response:
        """Carry out what the form asks for."""
        try:
            session, caller = self._signed_in(request)
        except TocsinError as error:
            return self._html(request, sign_in(self._desk(request, error=error.message)), error.status)
        words = review_words(self._lang(request), self._tocsin.store.realm)
        try:
            require_own(request)
            form, numbers = await _form_and_numbers(request)
            if not session.sent(form.get("word", "")):
                raise Forbidden(words("expired"))
            action = form.get("action", "")
            receipt = await self._give(request, caller, form, action, numbers)
        except TocsinError as error:
            if error.status == 401:
                return self._html(request, sign_in(self._desk(request, error=error.message)), error.status)
            return await self._document(
                request, self._desk(request, caller, session, error=error.message), error.status
            )
        done = DONE[action] if receipt.events else "nothing"
        return self._see_other(request, f"{HOME}/{request.match_info['id']}", done)

    async def _give(
        self, request: web.Request, caller: Caller, form: Form, action: str, numbers: tuple[int, ...]
    ) -> Receipt:
        tocsin = self._tocsin
        taken = found(tocsin, request.match_info["id"])
        order: RecordOrder
        if action in ("mend", "add"):
            at = _number(form.get("mended", "")) if action == "mend" else len(taken.drafts)
            before = taken.drafts[at].drafted if action == "mend" and at < len(taken.drafts) else None
            text = await asyncio.to_thread(tocsin.shelf.text_of, taken.document.sha256)
            order = MendDraft(document=taken.id, number=at, drafted=drafted(form, before, text, self._zone))
        elif action in ("accept", "reject") and not numbers:
            raise BadRequest(review_words(self._lang(request), tocsin.store.realm)("none.chosen"))
        elif action in ("accept", "accept_all"):
            attack = said(form, "attack")
            where: Where | None = None
            if attack in ("new", "none"):
                where = "new" if attack == "new" else "none"
            elif attack is not None:
                where = _number(attack)
            order = AcceptDrafts(document=taken.id, numbers=numbers if action == "accept" else (), attack=where)
        elif action == "reject":
            order = RejectDrafts(document=taken.id, numbers=numbers)
        else:
            raise BadRequest("this page does not do that", action=action)
        command = Command(
            key=f"review {form.get('key', '')[:100]} {action}",
            actor=caller.holder,
            source=speaks_as(tocsin.service.access, caller, tocsin.service.now()),
            reason=(said(form, "reason") or "")[: limits.TEXT_CHARS],
            order=order,
        )
        return await tocsin.queue.submit(command, caller)

    # --- who, and how it is told --------------------------------------------------------------

    def _session(self, request: web.Request) -> Session | None:
        return self._sessions.find(request.cookies.get(COOKIE))

    def _signed_in(self, request: web.Request) -> tuple[Session, Caller]:
        """Errors: those of `access.authenticate`, `NotGranted`."""
        session, service = self._session(request), self._tocsin.service
        caller = authenticate(
            service.access, session.authorization if session else None, service.store.realm, service.now()
        )
        assert session is not None, "nobody is known without one"
        self._may_review(caller)
        return session, caller

    def _may_review(self, caller: Caller) -> None:
        service = self._tocsin.service
        if not may_review(service.access, caller, service.state, service.store.realm, service.now()):
            raise NotGranted(f"{caller.holder} does not keep the record", holder=caller.holder)

    def _zone(self, named: str) -> ZoneId:
        return self._tocsin.atlas.resolve(named).id

    def _lang(self, request: web.Request) -> str:
        asked = request.query.get("lang")
        return asked if asked in LANGUAGES else preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))

    def _desk(
        self,
        request: web.Request,
        caller: Caller | None = None,
        session: Session | None = None,
        *,
        error: str = "",
        done: str = "",
    ) -> Desk:
        lang = self._lang(request)
        return Desk(
            words=review_words(lang, self._tocsin.store.realm),
            realm=self._tocsin.store.realm,
            path=HOME if request.path.endswith(("/enter", "/leave")) else request.path,
            holder=caller.holder if caller else "",
            word=session.word if session else "",
            key=secrets.token_urlsafe(12),
            zone_name=self._names[lang],
            error=error,
            done=done if done in (*DONE.values(), "nothing") else "",
        )

    def _html(self, request: web.Request, text: str, status: int = 200) -> web.Response:
        response = web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
        response.enable_compression()
        return response

    def _see_other(self, request: web.Request, path: str, done: str = "") -> web.Response:
        """After a form: so that to load the page again sends nothing again."""
        where = f"{path}?lang={self._lang(request)}{f'&done={done}' if done else ''}"
        return web.Response(status=303, headers={**HEADERS, hdrs.LOCATION: where})


def require_own(request: web.Request) -> None:
    """A form sent by a page of another site is not carried out. Errors: `Forbidden`."""
    origin = request.headers.get(hdrs.ORIGIN)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("this form was sent by another site")
    if origin not in (None, "null") and urlsplit(origin or "").netloc != request.host:
        raise Forbidden("this form was sent by another site", origin=origin)


def is_secure(request: web.Request) -> bool:
    return request.secure or request.headers.get("X-Forwarded-Proto") == "https"


async def _form(request: web.Request) -> Form:
    return (await _form_and_numbers(request))[0]


async def _form_and_numbers(request: web.Request) -> tuple[Form, tuple[int, ...]]:
    form, numbers = await form_and_all(request, "number")
    return form, tuple(map(_number, numbers))


async def form_and_all(request: web.Request, repeated: str) -> tuple[Form, tuple[str, ...]]:
    """What a form of a page says, and all values of the field that it has repeatedly.

    Errors: `BadRequest`, `BodyTooLarge`, `RequestTimeout`.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadRequest("a form of this page is sent as application/x-www-form-urlencoded")
    try:
        async with asyncio.timeout(limits.BODY_S):
            posted = await request.post()
    except TimeoutError:
        raise RequestTimeout(f"the form did not arrive within {limits.BODY_S:g} s") from None
    except web.HTTPRequestEntityTooLarge:
        raise BodyTooLarge("the form is larger than any of this page", limit=limits.BODY_BYTES) from None
    except (ValueError, web.RequestPayloadError) as error:
        raise BadRequest("this is not a form as a page sends it") from error
    values = tuple(map(str, posted.getall(repeated, [])))
    return {name: str(value) for name, value in posted.items() if name != repeated}, values


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise BadRequest(f"this is not a number: {typed[:20]}")
    return int(typed)


def _days(night: str, published: str) -> int:
    return _ordinal(night) - _ordinal(published)


def _ordinal(day: str) -> int:
    year, month, date = (int(part) for part in day[:10].split("-"))
    return (year * 12 + month) * 31 + date
