"""Threats over HTTP: to everybody the zones at risk, as the policy says; to officers all of it, and what is proposed.

Documented in docs/api.md and docs/threats.md.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.access import Caller
from tocsin.app import Tocsin
from tocsin.assess.assessment import AtRisk, Band, Seen
from tocsin.assess.policy import Policy, Shown
from tocsin.assess.sighting import moment
from tocsin.commands import AnyZones, Command, Name, Order, SourceName, Text
from tocsin.door.heads import tags
from tocsin.errors import NotGranted, TocsinError, WrongRealm
from tocsin.lookout.accepting import accepted, ended
from tocsin.lookout.proposals import Proposal, ProposedEnd, View
from tocsin.model import Realm, SourceId, Stage, Threat, Verb, ZoneId
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.callers import Callers
from tocsin.web.orders import WAITS, OrderAnswer, Orders, speaks_as
from tocsin.web.questions import NoQuery, Seq, body, query

OFFICERS = frozenset({Verb.REPORT, Verb.RAISE, Verb.RELEASE})
"""Whoever may any of these somewhere sees what the lookout sees."""


class PublicRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that a threat can reach soon, as everybody is told."""

    zone: ZoneId
    threat: Threat
    band: Band
    """How likely it is that the threat gets there."""
    earliest: datetime
    """When it can be there first, by the minute."""
    likely: datetime


class ThreatsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    """When it was reckoned, by the minute."""
    zones: list[PublicRisk]
    """The soonest first. What is not here is not safe: it is not known to be at risk."""
    shown: list[Threat]
    """Of which kinds anything is told here; of others only officers are."""


class ReportSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A report that a threat rests on."""

    id: str
    source: SourceId
    said_at: datetime
    kinds: list[Threat]
    text: str


class FullAnswer(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    seq: int
    """Of the log: upon this it was reckoned, and whoever accepts something gives it back."""
    policy: str
    """Which policy this follows, by its name."""
    places: bool
    """Whether that policy lets the machine place anything by itself."""
    trouble: str | None
    """Why the machine could not place what it should have."""
    threats: list[Seen]
    at_risk: list[AtRisk]
    proposals: list[Proposal]
    ends: list[ProposedEnd]
    reports: list[ReportSaid]
    """Those that the threats rest on, the newest first."""


class AcceptBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Name
    """Idempotency key, as for an order."""
    proposal: Name
    """Which, by its id."""
    zones: AnyZones = ()
    """Which of its zones; all, if not said."""
    seq: Seq
    """The `seq` of what was shown: if anything has happened to these zones since, the order is refused."""
    reason: Text = ""
    source: SourceName | None = None
    realm: Realm | None = None


class EndBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Name
    threat: Threat
    zones: AnyZones = ()
    """Which of those whose end is proposed; all, if not said."""
    seq: Seq
    reason: Text = ""
    source: SourceName | None = None
    realm: Realm | None = None


class DeclineBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    threat: Threat
    stage: Stage = Stage.ALERT
    """As what. Who declines an early warning has not declined an alert."""
    zones: AnyZones
    """The zones for which it is not to be proposed again for half an hour."""


class DeclineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    declined: int


class Threats:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin, orders: Orders) -> None:
        self._tocsin, self._orders = tocsin, orders
        self._callers = Callers(tocsin)
        self._public: tuple[View, bytes, str] | None = None

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/threats", self.threats)
        router.add_get("/api/v1/threats/full", self.full)
        router.add_post("/api/v1/threats/accept", self.accept)
        router.add_post("/api/v1/threats/end", self.end)
        router.add_post("/api/v1/threats/decline", self.decline)

    async def threats(self, request: web.Request) -> web.Response:
        """The zones at risk, as the policy lets everybody know. The ETag is of what is told; unchanged it is a 304."""
        query(request, NoQuery)
        view, public = self._tocsin.watching.view(), self._public
        if public is None or public[0] is not view:
            public = self._public = await asyncio.to_thread(self._told, view)
        _, told, etag = public
        return unless_known(request, told, etag)

    async def full(self, request: web.Request) -> web.Response:
        """All that the lookout sees, with what it proposes; for officers."""
        await self._officer(request)
        query(request, NoQuery)
        return answer(await asyncio.to_thread(full_answer, self._tocsin))

    async def accept(self, request: web.Request) -> web.Response:
        """Order what is proposed: an ordinary raise, by this officer."""
        caller = await self._officer(request)
        asked = await body(request, AcceptBody)
        view = self._tocsin.watching.view()
        try:
            order, why = accepted(view, asked.proposal, asked.zones)
            return await self._give(caller, asked, order, why)
        except TocsinError as error:
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise

    async def end(self, request: web.Request) -> web.Response:
        """Release what the machine placed, where its end is proposed: an ordinary release, by this officer."""
        caller = await self._officer(request)
        asked = await body(request, EndBody)
        try:
            order, why = ended(self._tocsin.watching.view(), asked.threat, asked.zones)
            return await self._give(caller, asked, order, why)
        except TocsinError as error:
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise

    async def decline(self, request: web.Request) -> web.Response:
        """Have something not proposed again for a while. It changes no warning."""
        await self._officer(request)
        asked = await body(request, DeclineBody)
        await self._tocsin.watching.decline(asked.zones, asked.threat, asked.stage)
        return answer(DeclineAnswer(declined=len(asked.zones)))

    async def _give(self, caller: Caller, asked: AcceptBody | EndBody, order: Order, why: str) -> web.Response:
        tocsin = self._tocsin
        if asked.realm not in (None, tocsin.store.realm):
            raise WrongRealm(f"this is for the {asked.realm} realm", realm=tocsin.store.realm)
        command = Command(
            key=asked.key,
            actor=caller.holder,
            source=asked.source or speaks_as(tocsin.service.access, caller, tocsin.service.now()),
            reason=(asked.reason or why)[: limits.TEXT_CHARS],
            order=order,
            decided_upon=asked.seq,
        )
        receipt = await tocsin.queue.submit(command, caller)
        proposal = self._orders.waiting(receipt)
        told = OrderAnswer(key=receipt.key, seq=receipt.seq, events=receipt.events, proposal=proposal)
        return answer(told, 200 if proposal is None else WAITS)

    async def _officer(self, request: web.Request) -> Caller:
        """Errors: those of `access.authenticate`, `NotGranted`."""
        caller = await self._callers.known(request)
        if not is_officer(self._tocsin, caller):
            error = NotGranted(f"{caller.holder} may neither report nor warn", holder=caller.holder)
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise error
        return caller

    def _told(self, view: View) -> tuple[View, bytes, str]:
        told = msgspec.json.encode(public_answer(view, self._tocsin.watching.policy))
        return view, told, f'"{hashlib.sha256(told).hexdigest()[:20]}"'


def unless_known(request: web.Request, told: bytes, etag: str) -> web.Response:
    """What is told, but for whoever has it already."""
    headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: etag}
    known = tags(", ".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())))
    if known and (etag in known or "*" in known):
        return web.Response(status=304, headers=headers)
    return web.Response(body=told, content_type="application/json", headers=headers)


def is_officer(tocsin: Tocsin, caller: Caller) -> bool:
    realm = tocsin.store.realm
    return any(
        grant.terms.realm is realm and not OFFICERS.isdisjoint(grant.terms.verbs)
        for grant in tocsin.service.access.grants_of(caller.holder, tocsin.service.now())
    )


def public_answer(view: View, policy: Policy) -> ThreatsAnswer:
    """What everybody is told: no place of a threat, no source, no number, times by the minute."""
    shown = {threat for rule in policy.rules if rule.public is Shown.ZONES for threat in rule.threats}
    zones = [
        PublicRisk(
            zone=one.zone,
            threat=one.threat,
            band=one.band,
            earliest=_minute(moment(one.earliest_s)),
            likely=_minute(moment(one.likely_s)),
        )
        for one in (() if view.wants is None else view.wants.told_to_all())
    ]
    return ThreatsAnswer(
        at=_minute(view.at),
        zones=sorted(zones, key=lambda one: (one.earliest, one.zone, one.threat)),
        shown=sorted(shown),
    )


def full_answer(tocsin: Tocsin) -> FullAnswer:
    watching = tocsin.watching
    view = watching.view()
    resting = {joined.report for seen in view.threats for joined in seen.joined}
    known = [(id, one) for id in resting if (one := watching.report(id)) is not None]
    reports = [
        ReportSaid(id=id, source=one.source, said_at=one.said_at, kinds=list(one.kinds), text=one.text)
        for id, one in sorted(known, key=lambda pair: (pair[1].said_at, pair[0]))
    ]
    return FullAnswer(
        at=view.at,
        seq=view.seq,
        policy=watching.policy.name,
        places=watching.policy.places_anything,
        trouble=watching.trouble,
        threats=list(view.threats),
        at_risk=list(view.at_risk),
        proposals=list(view.proposals),
        ends=list(view.ends),
        reports=reports[: -limits.REPORTS_SHOWN - 1 : -1],
    )


def _minute(moment: datetime) -> datetime:
    """Down to the minute: nobody is told a later one."""
    return moment.replace(second=0, microsecond=0)
