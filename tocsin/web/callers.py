"""Who calls: whoever asks for more than everybody may read shows a token, and what is refused to them is kept."""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from tocsin.access import Caller, authenticate, may_inspect
from tocsin.access.permit import may_review
from tocsin.app import Tocsin
from tocsin.errors import NotGranted, TocsinError
from tocsin.web.questions import text_of


class Callers:
    """The doorkeeper of one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._service = tocsin.service

    async def known(self, request: web.Request) -> Caller:
        """Whoever shows a good token. Errors: those of `access.authenticate`; they are in the audit trail."""
        service, shown = self._service, text_of(request, hdrs.AUTHORIZATION)
        try:
            # A good token waits for no thread that public reading may have taken.
            return authenticate(service.access, shown, service.store.realm, service.now())
        except TocsinError:
            return await asyncio.to_thread(service.authenticate, shown)

    async def granted(self, request: web.Request) -> Caller:
        """Whoever may do anything at all here. Errors: as `known`, and `NotGranted`."""
        caller = await self.known(request)
        if not self._service.access.grants_of(caller.holder, self._service.now()):
            await self._turn_away(request, caller, f"{caller.holder} has no grant that is good now")
        return caller

    async def inspector(self, request: web.Request) -> Caller:
        """Whoever may see who may do what and what was refused. Errors: as `known`, and `NotGranted`."""
        caller, service = await self.known(request), self._service
        if not may_inspect(service.access, caller, service.store.realm, service.now()):
            await self._turn_away(request, caller, f"only those who administer may read {request.path}")
        return caller

    async def reviewer(self, request: web.Request) -> Caller:
        """Whoever may see what waits for review, and the texts. Errors: as `known`, and `NotGranted`."""
        caller, service = await self.known(request), self._service
        if not may_review(service.access, caller, service.state, service.store.realm, service.now()):
            await self._turn_away(request, caller, f"only those who keep the record may read {request.path}")
        return caller

    async def refuse(self, caller: Caller, asked: str, error: TocsinError) -> None:
        """Keep what was refused at the door."""
        await asyncio.to_thread(self._service.refuse, caller, asked, error)

    async def _turn_away(self, request: web.Request, caller: Caller, why: str) -> None:
        error = NotGranted(why, holder=caller.holder)
        await self.refuse(caller, f"{request.method} {request.path}", error)
        raise error
