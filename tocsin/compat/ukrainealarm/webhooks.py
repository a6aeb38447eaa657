"""Webhooks: who wants to be told of alarms by request, and that they are. The requests of /api/v3/webhook.

What is to be delivered is put into the book first, and taken out once it was taken: a restart loses nothing and
repeats nothing, but for what was under way in that very moment.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from itertools import groupby

import aiohttp
import apsw
import msgspec
from aiohttp import hdrs, web

from tocsin import __version__, limits
from tocsin.app import Tocsin
from tocsin.compat.ukrainealarm.answers import JSON, problem, without_a_word
from tocsin.compat.ukrainealarm.bodies import NEVER
from tocsin.compat.ukrainealarm.book import Book, Hook, book_path
from tocsin.compat.ukrainealarm.courier import Courier
from tocsin.compat.ukrainealarm.ringing import Ringing, Rung
from tocsin.compat.ukrainealarm.routes import BASE, Routes
from tocsin.compat.ukrainealarm.shapes import AlertRegion, WebHook
from tocsin.compat.ukrainealarm.targets import Refused, Targets
from tocsin.errors import RequestTimeout
from tocsin.events import Entry
from tocsin.store.sqlite import SQLiteStore

log = logging.getLogger("tocsin.compat")

PATH = f"{BASE}/webhook"

AGAIN_S = 1.0
"""How long to wait where the book cannot be written, before it is tried again."""

REALM_HEADER = "Tocsin-Realm"


class Webhooks:
    """All webhooks of one Tocsin, for as long as it is served."""

    def __init__(self, tocsin: Tocsin, routes: Routes) -> None:
        self._tocsin = tocsin
        self._routes = routes
        self._regions = routes.regions
        self.targets = Targets(tocsin.webhook_networks)
        self._couriers: dict[int, tuple[Courier, asyncio.Task[None]]] = {}
        self._news: asyncio.Queue[Sequence[Entry]] = asyncio.Queue()
        self._changing = asyncio.Lock()
        self._closed = True
        self._added = 0
        loop = asyncio.get_running_loop()

        def published(entries: Sequence[Entry]) -> None:
            if not self._closed:
                loop.call_soon_threadsafe(self._news.put_nowait, entries)

        self._published = published

    def add_routes(self, app: web.Application) -> None:
        for slash in ("", "/"):
            app.router.add_post(PATH + slash, self.register)
            app.router.add_patch(PATH + slash, self.change)
            app.router.add_delete(PATH + slash, self.forget)
        app.cleanup_ctx.append(self._living)

    # --- what is asked ------------------------------------------------------------------------

    async def register(self, request: web.Request) -> web.Response:
        """Be told from now on. Answered with a region as the original shows one."""
        asked = await self._asked(request)
        if isinstance(asked, web.Response):
            return asked
        token, url = asked
        async with self._changing:
            hooks = [courier.hook for courier, _ in self._couriers.values()]
            if Hook(0, token, url)[1:] not in [hook[1:] for hook in hooks]:
                if sum(hook.token == token for hook in hooks) >= limits.WEBHOOKS_PER_TOKEN:
                    return problem(400, url=f"A key has at most {limits.WEBHOOKS_PER_TOKEN} webhooks.")
                if len(hooks) >= limits.WEBHOOKS:
                    return problem(503, {hdrs.RETRY_AFTER: "3600"}, url="There are too many webhooks here.")
            told = None if hooks else set(self._ringing.told)
            self._employ(await asyncio.to_thread(self._book.register, token, url, told))
        return web.Response(body=self._example(), headers={hdrs.CONTENT_TYPE: JSON})

    async def change(self, request: web.Request) -> web.Response:
        """Be told there instead, of what was not taken yet too."""
        asked = await self._asked(request)
        if isinstance(asked, web.Response):
            return asked
        token, url = asked
        async with self._changing:
            hook = await asyncio.to_thread(self._book.change, token, url)
            if hook is None:
                return problem(404)
            await self._dismiss(token)
            self._employ(hook)
        return without_a_word(200)

    async def forget(self, request: web.Request) -> web.Response:
        """Be told no more. To ask it twice changes nothing."""
        asked = await self._asked(request, leads_anywhere=True)
        if isinstance(asked, web.Response):
            return asked
        token, url = asked
        async with self._changing:
            await self._dismiss(token, url)
            await asyncio.to_thread(self._book.forget, token, url)
        return without_a_word(200)

    async def _asked(self, request: web.Request, *, leads_anywhere: bool = False) -> tuple[str, str] | web.Response:
        """The digest of the key, and the URL if one may deliver to it; or why not."""
        if refused := self._routes.refused(request, keyed=True):
            return refused
        kind = request.content_type
        if kind not in ("application/json", "text/json") and not (
            kind.startswith("application/") and kind.endswith("+json")
        ):
            return problem(415)
        try:
            async with asyncio.timeout(limits.BODY_S):
                wanted = msgspec.json.decode(await request.read(), type=WebHook)
        except web.HTTPRequestEntityTooLarge:
            return problem(413)
        except TimeoutError:
            raise RequestTimeout(f"the body did not arrive within {limits.BODY_S:g} s") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return problem(400, url=f"The JSON value could not be read: {error}")
        try:
            url = self.targets.parse(wanted.web_hook_url)
            if not leads_anywhere:
                self.targets.require(url)
                await self.targets.resolve(str(url.host), url.port or 0)
        except Refused as refusal:
            return problem(400, url=str(refusal))
        key = request.headers[hdrs.AUTHORIZATION].strip()
        return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest(), str(url)

    def _example(self) -> bytes:
        region = self._regions.states[-1]
        told = AlertRegion(
            region_id=region.id,
            region_type=region.type,
            region_name=region.name,
            region_eng_name=region.name_en,
            last_update=NEVER,
            active_alerts=[],
        )
        return msgspec.json.encode(told)

    # --- what is delivered --------------------------------------------------------------------

    async def _living(self, app: web.Application) -> AsyncIterator[None]:
        tocsin = self._tocsin
        path = book_path(tocsin.store.path) if isinstance(tocsin.store, SQLiteStore) else None
        self._book = await asyncio.to_thread(Book, path)
        hooks = await asyncio.to_thread(self._book.hooks)
        self._closed = False
        tocsin.service.wake(self._published)  # before the state is looked at: what comes twice is passed over
        self._ringing = Ringing(tocsin.state, self._regions, self._book.told() if hooks else None)
        if hooks and (rung := self._ringing.catch_up(tocsin.clock.now())):
            self._book.add(rung)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=self.targets, use_dns_cache=False, limit=0),
            timeout=aiohttp.ClientTimeout(total=limits.WEBHOOK_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        for hook in hooks:
            self._employ(hook)
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self._closed = True
            listening.cancel()
            for courier, _ in self._couriers.values():
                courier.stop()
            tasks = [task for _, task in self._couriers.values()]
            if tasks:
                await asyncio.wait(tasks, timeout=limits.SHUTDOWN_S)
            for task in tasks:
                task.cancel()
            await asyncio.gather(listening, *tasks, return_exceptions=True)
            await self._session.close()
            await asyncio.to_thread(self._book.close)

    async def _listen(self) -> None:
        """Put what happens into the book, order by order, and wake the couriers."""
        while True:
            entries = await self._news.get()
            for _, order in groupby(entries, key=lambda entry: entry.order):
                if not self._couriers:
                    self._ringing.pass_over(list(order))
                elif rung := self._ringing.take(list(order)):
                    await self._written(rung)
                    for courier, _ in self._couriers.values():
                        courier.ring()

    async def _written(self, rung: list[Rung]) -> None:
        """What the disk refuses is not given up: nobody may miss an alarm, or the end of one that they were told of."""
        while True:
            try:
                await asyncio.to_thread(self._book.add, rung)
            except apsw.Error as error:
                log.error("what webhooks are to be told cannot be written: %s", error)
                await asyncio.sleep(AGAIN_S)
            else:
                break
        self._added += len(rung)
        if self._added >= limits.WEBHOOK_BACKLOG // 10:
            self._added = 0
            await asyncio.to_thread(self._book.prune)

    def _employ(self, hook: Hook) -> None:
        """Have it told, unless it is already."""
        if hook.id in self._couriers:
            return
        headers = {
            hdrs.CONTENT_TYPE: "application/json",
            hdrs.USER_AGENT: f"Tocsin/{__version__}",
            REALM_HEADER: self._tocsin.store.realm.value,
        }
        courier = Courier(hook, self._book, self._session, self.targets, headers, self._tocsin.clock.elapsed_s)
        task = asyncio.create_task(self._deliver(courier), name=f"webhook {hook.id}")
        self._couriers[hook.id] = courier, task

    async def _deliver(self, courier: Courier) -> None:
        """A courier's life: what breaks it is logged, and it goes on."""
        hook = courier.hook
        while True:
            try:
                await courier.run()
            except Exception:
                log.exception("the webhook %d could not be served", hook.id)
                await asyncio.sleep(AGAIN_S)
                continue
            if courier.stopping:
                return
            log.warning("the webhook %d took nothing for %g s: it is forgotten", hook.id, limits.WEBHOOK_GIVE_UP_S)
            await asyncio.to_thread(self._book.forget, hook.token, hook.url)
            self._couriers.pop(hook.id, None)
            return

    async def _dismiss(self, token: str, url: str | None = None) -> None:
        """End the couriers of a token, or the one of them that leads there."""
        gone = [
            (courier, task)
            for courier, task in self._couriers.values()
            if courier.hook.token == token and url in (None, courier.hook.url)
        ]
        for courier, task in gone:
            del self._couriers[courier.hook.id]
            courier.stop()
            task.cancel()
        await asyncio.gather(*(task for _, task in gone), return_exceptions=True)


class ElsewhereWebhooks:
    """An edge keeps no webhooks: it refuses, and says who does."""

    def __init__(self, upstream: str, routes: Routes) -> None:
        self._upstream = upstream
        self._routes = routes

    def add_routes(self, app: web.Application) -> None:
        for slash in ("", "/"):
            for method in (hdrs.METH_POST, hdrs.METH_PATCH, hdrs.METH_DELETE):
                app.router.add_route(method, PATH + slash, self.refuse)

    async def refuse(self, request: web.Request) -> web.Response:
        why = f"This is an edge, which only tells: turn to {self._upstream}."
        return self._routes.refused(request, keyed=True) or problem(403, url=why)
