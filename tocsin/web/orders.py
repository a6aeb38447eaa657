"""Orders over HTTP, those that wait for a second person, and how a replay runs. Documented in docs/api.md."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec
from aiohttp import web

from tocsin.access import Access, Caller, Proposal
from tocsin.app import Tocsin
from tocsin.commands import Command, ImportShelters, Order, TakeReports
from tocsin.errors import BadRequest, NotFound, TocsinError, WrongRealm
from tocsin.model import SourceId
from tocsin.shelters.importing import placed
from tocsin.store import Receipt
from tocsin.web.answers import answer
from tocsin.web.callers import Callers
from tocsin.web.questions import NoQuery, OrderBody, ProposalsQuery, ReplayBody, body, decoded, query, read

WAITS = 202
"""The status of an order that was taken and waits for a second person."""


Standing = Literal["open", "approved", "declined", "lapsed"]


class OrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    seq: int
    """The head of the log once the order was in it."""
    events: int
    """How many events it led to; 0 where it changed nothing."""
    proposal: int | None
    """Where the order waits, or waited, for a second person: the proposal that they approve."""


class ProposalBody(msgspec.Struct, frozen=True, kw_only=True):
    """An order that needs two people, with what the second is shown."""

    id: int
    key: str
    actor: str
    """Who gave it."""
    source: SourceId
    reason: str
    order: Order
    decided_upon: int | None
    grant: str
    """Under which grant of theirs."""
    at: datetime
    expires: datetime
    """Until when it can be approved."""
    status: Standing
    texts: dict[str, str]
    """What people will read, by language."""
    zones: int
    """How many zones it reaches, all below those named included."""
    people: int | None
    """How many live there; null where that is not known of some zone."""
    counted: int
    """How many live there at least."""
    shown: str
    """The digest of all this, to be given back with the approval."""


class ProposalsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    proposals: list[ProposalBody]


class Orders:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._callers = Callers(tocsin)

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_put("/api/v1/replay", self.replay)
        router.add_post("/api/v1/commands", self.command)
        router.add_get("/api/v1/proposals", self.proposals)
        router.add_get("/api/v1/proposals/{id}", self.proposal)

    async def replay(self, request: web.Request) -> web.Response:
        """Pause, speed up or move ahead what is replayed."""
        query(request, NoQuery)
        if self._tocsin.replay is None:
            raise NotFound("nothing is being replayed here: this is the present")
        asked = await body(request, ReplayBody)
        return answer(self._tocsin.control_replay(self._tocsin.replay, asked.rate, asked.at))

    async def command(self, request: web.Request) -> web.Response:
        """Give one order. It is durable once this answers."""
        caller = await self._callers.known(request)
        data = b""
        try:
            query(request, NoQuery)
            data = await read(request)
            command = self._command(caller, decoded(data, OrderBody))
        except TocsinError as error:
            await self._callers.refuse(caller, data.decode("utf-8", "backslashreplace"), error)
            raise
        receipt = await self._tocsin.queue.submit(command, caller)
        proposal = self.waiting(receipt)
        told = OrderAnswer(key=receipt.key, seq=receipt.seq, events=receipt.events, proposal=proposal)
        return answer(told, 200 if proposal is None else WAITS)

    async def proposals(self, request: web.Request) -> web.Response:
        """The orders that wait, or waited, for a second person."""
        await self._callers.granted(request)
        asked = query(request, ProposalsQuery)
        now = self._tocsin.service.now()
        newest_first = reversed(list(self._tocsin.service.access.proposals.values()))
        meant = (proposal for proposal in newest_first if asked.status in (None, standing_of(proposal, now)))
        return answer(
            ProposalsAnswer(proposals=[proposal_body(proposal, now) for proposal in islice(meant, asked.limit)])
        )

    async def proposal(self, request: web.Request) -> web.Response:
        """One of them."""
        await self._callers.granted(request)
        query(request, NoQuery)
        named = request.match_info["id"]
        number = int(named) if named.isascii() and named.isdigit() and len(named) <= 16 else None
        proposal = None if number is None else self._tocsin.service.access.proposals.get(number)
        if proposal is None:
            raise NotFound(f"there is no proposal {named}", proposal=named)
        return answer(proposal_body(proposal, self._tocsin.service.now()))

    def _command(self, caller: Caller, asked: OrderBody) -> Command:
        realm = self._tocsin.store.realm
        if asked.realm not in (None, realm):
            raise WrongRealm(f"this order is for the {asked.realm} realm, and here is {realm}", realm=realm)
        return Command(
            key=asked.key,
            actor=caller.holder,
            source=asked.source or speaks_as(self._tocsin.service.access, caller, self._tocsin.service.now()),
            reason=asked.reason,
            order=self._placed(asked.order),
            decided_upon=asked.decided_upon,
        )

    def _placed(self, order: Order) -> Order:
        """Whose affair a shelter is follows from where it lies, and not from what the caller says of it."""
        if isinstance(order, TakeReports):
            raise BadRequest("reports are sent to /api/v1/reports, where each is looked at")
        if not isinstance(order, ImportShelters):
            return order
        return msgspec.structs.replace(order, shelters=placed(order.shelters, self._tocsin.atlas.ids_at))

    def waiting(self, receipt: Receipt) -> int | None:
        """The proposal that an order led to. A repeat is told the same one, whatever has become of it."""
        proposal = self._tocsin.service.access.proposals.get(receipt.seq)
        return receipt.seq if receipt.events and proposal is not None and proposal.asked().key == receipt.key else None


def speaks_as(access: Access, caller: Caller, now: datetime) -> SourceId:
    """On what source an order rests that names none: the first of its giver's first good grant.

    Without a good grant the order will be refused; a repeat of an earlier one still has its receipt, so it is taken
    as given as before.
    """
    grants = access.grants_of(caller.holder, now) or [
        grant for grant in access.grants.values() if grant.terms.holder == caller.holder
    ]
    return grants[0].terms.sources[0] if grants else SourceId(caller.holder)


def standing_of(proposal: Proposal, now: datetime) -> Standing:
    """What has become of it."""
    lapsed = proposal.status == "open" and not proposal.open_at(now)
    return "lapsed" if lapsed else proposal.status


def proposal_body(proposal: Proposal, now: datetime) -> ProposalBody:
    asked = proposal.asked()
    return ProposalBody(
        id=proposal.id,
        key=asked.key,
        actor=asked.actor,
        source=asked.source,
        reason=asked.reason,
        order=asked.order,
        decided_upon=asked.decided_upon,
        grant=proposal.grant,
        at=proposal.at,
        expires=proposal.expires,
        status=standing_of(proposal, now),
        texts=proposal.texts,
        zones=proposal.zones,
        people=proposal.people,
        counted=proposal.counted,
        shown=proposal.shown,
    )
