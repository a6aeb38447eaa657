"""Who may do what, and who did or tried what: for those who administer. Documented in docs/api.md.

Tokens are told without their digests.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
from aiohttp import web

from tocsin.access import Caller, Grant, Token
from tocsin.app import Tocsin
from tocsin.model import Realm, Terms, ZoneId
from tocsin.store import Done, Refusal
from tocsin.web.answers import answer
from tocsin.web.callers import Callers
from tocsin.web.questions import AuditQuery, NoQuery, query

T = TypeVar("T")


class GrantBody(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    terms: Terms
    revoked: bool
    good: bool
    """Whether it allows anything now: neither taken back nor past its end."""


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    holder: str
    zones: list[ZoneId]
    """Where it is good; wherever its holder's grants are, if there are none."""
    expires: datetime
    label: str
    revoked: bool
    good: bool
    """Whether it shows its holder now: neither taken back nor past its end."""


class MeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    holder: str
    realm: Realm
    token: TokenBody
    grants: list[GrantBody]
    """Those that are good now, oldest first."""


class GrantsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    grants: list[GrantBody]


class TokensAnswer(msgspec.Struct, frozen=True, kw_only=True):
    tokens: list[TokenBody]


class RefusedBody(Refusal, frozen=True, kw_only=True):
    """A refusal with its place in the trail."""

    number: int


class AuditAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Two trails, each in order, with its own numbers."""

    done: list[Done]
    refused: list[RefusedBody]


class Authority:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._callers = Callers(tocsin)

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/me", self.me)
        router.add_get("/api/v1/grants", self.grants)
        router.add_get("/api/v1/tokens", self.tokens)
        router.add_get("/api/v1/audit", self.audit)

    async def me(self, request: web.Request) -> web.Response:
        """Who the token shows, and what they may do."""
        caller = await self._callers.known(request)
        query(request, NoQuery)
        service = self._tocsin.service
        now = service.now()
        return answer(
            MeAnswer(
                holder=caller.holder,
                realm=service.store.realm,
                token=_token_body(self._token_of(caller), now),
                grants=[_grant_body(grant, now) for grant in service.access.grants_of(caller.holder, now)],
            )
        )

    async def grants(self, request: web.Request) -> web.Response:
        """Every grant, those taken back included."""
        await self._callers.inspector(request)
        query(request, NoQuery)
        now = self._tocsin.service.now()
        grants = self._tocsin.service.access.grants.values()
        return answer(GrantsAnswer(grants=[_grant_body(grant, now) for grant in grants]))

    async def tokens(self, request: web.Request) -> web.Response:
        """Every token, those taken back included."""
        await self._callers.inspector(request)
        query(request, NoQuery)
        now = self._tocsin.service.now()
        tokens = self._tocsin.service.access.tokens.values()
        return answer(TokensAnswer(tokens=[_token_body(token, now) for token in tokens]))

    async def audit(self, request: web.Request) -> web.Response:
        """What was ordered and what was refused."""
        await self._callers.inspector(request)
        asked, store = query(request, AuditQuery), self._tocsin.store

        def trails() -> AuditAnswer:
            refused = _page(store.refused, asked.refused_after, asked.limit)
            return AuditAnswer(
                done=list(_page(store.done, asked.done_after, asked.limit)),
                refused=[RefusedBody(number=number, **msgspec.structs.asdict(refusal)) for number, refusal in refused],
            )

        return answer(await asyncio.to_thread(trails))

    def _token_of(self, caller: Caller) -> Token:
        assert caller.token is not None, "over HTTP nobody is known but by a token"
        token = self._tocsin.service.access.token(caller.token)
        assert token is not None, "what was issued stays known"
        return token


def _page(read: Callable[[int, int], Sequence[T]], after: int | None, limit: int) -> Sequence[T]:
    """What follows a number of a trail; where none is said, the newest."""
    return read(max(_last(read) - limit, 0) if after is None else after, limit)


def _last(read: Callable[[int, int], Sequence[object]]) -> int:
    """The last number of a trail, which has no gaps but can only be read forward: found by halving."""
    beyond = 1
    while read(beyond, 1):
        beyond *= 2
    return bisect_left(range(beyond + 1), True, key=lambda after: not read(after, 1))


def _grant_body(grant: Grant, now: datetime) -> GrantBody:
    return GrantBody(id=grant.id, terms=grant.terms, revoked=grant.revoked, good=grant.good_at(now))


def _token_body(token: Token, now: datetime) -> TokenBody:
    return TokenBody(
        id=token.id,
        holder=token.holder,
        zones=list(token.zones),
        expires=token.expires,
        label=token.label,
        revoked=token.revoked,
        good=token.good_at(now),
    )
