"""The API under /api/v1 that everybody may read: what stands and what happened. Documented in docs/api.md."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.compat.beside import CUT_OFF_HEADER
from tocsin.door.heads import tags
from tocsin.engine import covering, inside, status_of
from tocsin.errors import BadRequest, BadTime, NotFound
from tocsin.events import PublicEntry, public
from tocsin.model import Hold, Zone, ZoneId, ZoneStatus
from tocsin.reading import Reading
from tocsin.record.history import History, RecordedHold, Transition
from tocsin.web.advice import advice
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.questions import (
    EventsQuery,
    HistoryQuery,
    HoldsQuery,
    NoQuery,
    TextsQuery,
    ZonesQuery,
    query,
    takes_gzip,
    window,
)


class ZonesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    zones: list[Zone]
    levels: list[str]
    """From the root downward."""
    attribution: str
    """What a map of these zones must show."""
    drawn: bool
    """Whether this server has tiles and a flat map of these zones."""


class ZoneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    zone: Zone
    status: ZoneStatus
    ancestors: list[ZoneId]
    """From the parent up."""
    children: list[ZoneId]
    holds: list[Hold]
    """Open holds that the status rests on."""
    transitions: list[Transition]
    """The latest changes of status, newest first."""


class EventsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    events: list[PublicEntry]
    head: int
    """The seq of the log's last entry."""


class HoldsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    holds: list[RecordedHold]


class Api:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/state", self.state)
        router.add_get("/api/v1/clock", self.clock)
        router.add_get("/api/v1/zones", self.zones)
        router.add_get("/api/v1/zones/{id}", self.zone)
        router.add_get("/api/v1/holds", self.holds)
        router.add_get("/api/v1/events", self.events)
        router.add_get("/api/v1/history", self.history)
        router.add_get("/api/v1/texts", self.texts)
        router.add_get("/api/v1/head", self.head)

    async def state(self, request: web.Request) -> web.Response:
        """All zones and open holds. The ETag is the seq; an unchanged state answers 304."""
        query(request, NoQuery)
        state = self._tocsin.encoded_state()
        headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: state.etag, hdrs.VARY: "Accept-Encoding"}
        if state.cut_off_since is not None:
            headers[CUT_OFF_HEADER] = state.cut_off_since
        known = tags(", ".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())))
        if known and (state.etag in known or "*" in known):
            return web.Response(status=304, headers=headers)
        if takes_gzip(request):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return web.Response(body=state.gzipped, content_type="application/json", headers=headers)
        return web.Response(body=state.body, content_type="application/json", headers=headers)

    async def clock(self, request: web.Request) -> web.Response:
        """The server's clock."""
        query(request, NoQuery)
        return answer(self._tocsin.clockface())

    async def zones(self, request: web.Request) -> web.Response:
        """The atlas: all zones, those of one level, or those around a point."""
        asked = query(request, ZonesQuery)
        atlas = self._tocsin.atlas
        zones: tuple[Zone, ...]
        if (asked.lat is None) != (asked.lon is None):
            raise BadRequest("a point needs both lat and lon")
        if asked.lat is not None and asked.lon is not None:
            here = atlas.locate(asked.lon, asked.lat)
            zones = () if here is None else (here, *atlas.ancestors(here.id))
        else:
            zones = atlas.zones
        if asked.level is not None:
            if asked.level not in atlas.levels:
                raise BadRequest(f"there is no level {asked.level}", levels=list(atlas.levels))
            zones = tuple(zone for zone in zones if zone.level == asked.level)
        told = ZonesAnswer(
            zones=list(zones),
            levels=list(atlas.levels),
            attribution=atlas.attribution,
            drawn={"zones_tiles", "zones_coarse"} <= atlas.map_files.keys(),
        )
        return answer(told, headers=REVALIDATE)

    async def zone(self, request: web.Request) -> web.Response:
        """One zone: what is said of it, why, and what was lately."""
        query(request, NoQuery)
        zone = self._tocsin.atlas.resolve(request.match_info["id"])
        state, now = self._tocsin.state, self._tocsin.clock.now()
        transitions = await asyncio.to_thread(self._tocsin.questions.transitions, zone.id, now)
        return answer(
            ZoneAnswer(
                zone=zone,
                status=status_of(state, zone.id),
                ancestors=list(state.hierarchy.ancestors(zone.id)),
                children=list(state.hierarchy.children(zone.id)),
                holds=covering(state, zone.id) or inside(state, zone.id),
                transitions=transitions,
            )
        )

    async def holds(self, request: web.Request) -> web.Response:
        """Every hold open at any moment of a window, with its end."""
        asked = query(request, HoldsQuery)
        window(asked.since, asked.until)
        if asked.until - asked.since > timedelta(days=limits.HISTORY_WINDOW_DAYS):
            raise BadTime(f"a window is at most {limits.HISTORY_WINDOW_DAYS} days long")
        holds = await asyncio.to_thread(self._tocsin.questions.holds, asked.since, asked.until)
        return answer(HoldsAnswer(holds=holds))

    async def events(self, request: web.Request) -> web.Response:
        """The log from a seq on."""
        asked = query(request, EventsQuery)
        events = await asyncio.to_thread(self._tocsin.store.read, asked.after, asked.limit)
        return answer(EventsAnswer(events=[public(entry) for entry in events], head=self._tocsin.state.seq))

    async def texts(self, request: web.Request) -> web.Response:
        """What people are told to do, and not to do, under a warning of one kind."""
        asked = query(request, TextsQuery)
        told = advice(
            self._tocsin.texts,
            self._tocsin.store.realm,
            asked.hazard,
            asked.threat,
            asked.stage,
            asked.level,
            asked.extent,
        )
        return answer(told, headers=REVALIDATE)

    async def history(self, request: web.Request) -> web.Response:
        """How often and how long one zone was under alert."""
        asked = query(request, HistoryQuery)
        window(asked.since, asked.until)
        zone = self._tocsin.atlas.resolve(asked.zone)
        now = self._tocsin.clock.now()

        def figures() -> History:
            return self._tocsin.questions.history(
                zone.id, now, since=asked.since, until=asked.until, covering=asked.covering
            )

        return answer(await asyncio.to_thread(figures))

    async def head(self, request: web.Request) -> web.Response:
        """How far the log has come, signed: kept elsewhere, it tells later whether the log still is what it was."""
        query(request, NoQuery)
        if self._tocsin.heads is None:
            raise NotFound("no head is signed here")
        return answer(self._tocsin.heads.latest)
