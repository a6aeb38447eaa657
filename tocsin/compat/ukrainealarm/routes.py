"""Who asks for what under /api/v3, and what is refused how. Documented in docs/compat/ukrainealarm.md.

A request without the header ``Authorization`` is taken for one to the keyless mirror, which has the same paths; one
whose header is empty is refused as the original refuses it. What the key is matters to nobody.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime

from aiohttp import hdrs, web

from tocsin import limits
from tocsin.compat.beside import said_beside
from tocsin.compat.kept import Kept, conditional
from tocsin.compat.meter import Meter
from tocsin.compat.ukrainealarm import bodies
from tocsin.compat.ukrainealarm.answers import JSON, problem, without_a_word
from tocsin.compat.ukrainealarm.regions import Region, Regions
from tocsin.compat.ukrainealarm.words import Marks, marks
from tocsin.engine import State
from tocsin.events import WarningEvent
from tocsin.reading import Reading

BASE = "/api/v3"

ALLOWED = 200
WINDOW_S = 300.0
"""How often the mirror lets one address ask."""

HISTORY = 25
"""Alarms of a region that its history tells of."""

MOMENTS_KEPT = 20_000
"""Moments of changes that are remembered."""


class Routes:
    """The handlers, over one running Tocsin or edge."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin
        self.regions = Regions(tocsin.atlas)
        self._kept = Kept(lambda: tocsin.state, tocsin.clock.now)
        self._meter = Meter(round(ALLOWED * limits.DIALECT_RATE_FACTOR), WINDOW_S, tocsin.clock.elapsed_s)
        self._standing: tuple[State, bool, bodies.Standing] | None = None
        self._moments: dict[int, datetime] = {}
        self._histories: dict[str, tuple[int, int, bytes]] = {}

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        for slash in ("", "/"):
            router.add_get(f"{BASE}/alerts{slash}", self.alerts)
            router.add_get(f"{BASE}/alerts/status{slash}", self.status)
            router.add_get(f"{BASE}/alerts/regionHistory{slash}", self.history)
            router.add_get(f"{BASE}/regions{slash}", self.tree)
            router.add_get(f"{BASE}/alerts/{{region}}{slash}", self.region)

    # --- what stands --------------------------------------------------------------------------

    async def alerts(self, request: web.Request) -> web.Response:
        """Every region under any alert."""
        return self._refused(request) or self._kept_answer(request, "alerts", lambda state: self._told(state).alerts())

    async def region(self, request: web.Request) -> web.Response:
        """One region, in an array of one."""
        if refused := self._refused(request):
            return refused
        region = self.regions.get(request.match_info["region"])
        if region is None:
            return problem(404)
        changed = await self._changed(region)
        return self._kept_answer(
            request, f"alerts/{region.id}", lambda state: self._told(state).region(region, changed)
        )

    async def status(self, request: web.Request) -> web.Response:
        """A number that changes whenever a warning does."""
        return self._refused(request) or self._kept_answer(request, "status", bodies.status)

    async def tree(self, request: web.Request) -> web.Response:
        """The regions from the root downward."""
        return self._refused(request) or self._kept_answer(
            request, "regions", lambda state: bodies.tree(self.regions, self._marks())
        )

    # --- what was -----------------------------------------------------------------------------

    async def history(self, request: web.Request) -> web.Response:
        """The latest alarms of a region; of every one at the root of the tree, if none is named."""
        if refused := self._refused(request):
            return refused
        number = next((value for name, value in request.query.items() if name.lower() == "regionid"), "")
        region = self.regions.get(number)
        if number and region is None:
            return problem(404)
        seq, now = self._tocsin.state.seq, self._tocsin.clock.now()
        minute = int(now.timestamp()) // 60
        known = self._histories.get(number)
        if known is None or known[:2] != (seq, minute):
            asked = self.regions.states if region is None else (region,)
            known = seq, minute, await asyncio.to_thread(self._history, asked, now)
            self._histories[number] = known
        return web.Response(body=known[2], headers={hdrs.CONTENT_TYPE: JSON, **said_beside(self._tocsin)})

    def _history(self, asked: tuple[Region, ...], now: datetime) -> bytes:
        questions, regions = self._tocsin.questions, self.regions
        above = {region.id: regions.hierarchy.ancestors(region.zone) if region.zone else () for region in asked}
        return bodies.history(
            [(region, questions.alarm_periods(regions.told_at(region), above[region.id], HISTORY)) for region in asked],
            now,
            self._marks(),
        )

    # --- how it is answered -------------------------------------------------------------------

    def refused(self, request: web.Request, *, keyed: bool) -> web.Response | None:
        """The refusal of whoever shows no key where one is needed, or asks too often."""
        key = request.headers.get(hdrs.AUTHORIZATION)
        if (keyed and key is None) or (key is not None and not key.strip()):
            return without_a_word(403)
        shown = "" if key is None else hashlib.sha256(key.strip().encode("utf-8", "surrogateescape")).hexdigest()[:16]
        if not self._meter.allows(f"{shown}|{request.remote}"):
            return problem(429, {hdrs.RETRY_AFTER: "60"})
        return None

    def _refused(self, request: web.Request) -> web.Response | None:
        return self.refused(request, keyed=False)

    def _kept_answer(self, request: web.Request, name: str, make: Callable[[State], bytes]) -> web.Response:
        made = self._kept.get((name, self._tocsin.hub.cut_off_since is None), make)
        response = conditional(request, made, JSON)
        response.headers.update(said_beside(self._tocsin))
        return response

    def _marks(self) -> Marks:
        return marks(self._tocsin.store.realm, self._tocsin.texts)

    def _told(self, state: State) -> bodies.Standing:
        cut_off = self._tocsin.hub.cut_off_since is not None
        if self._standing is None or self._standing[0] is not state or self._standing[1] != cut_off:
            made = bodies.Standing(state, self.regions, self._marks(), cut_off=cut_off)
            self._standing = state, cut_off, made
        return self._standing[2]

    async def _changed(self, region: Region) -> datetime:
        """When what is told of a region changed last."""
        # Asked again after each wait: what is answered is of the state that stands then.
        while seq := bodies.last_touched(self._tocsin.state, self.regions, region):
            if seq in self._moments:
                return self._moments[seq]
            if len(self._moments) >= MOMENTS_KEPT:
                self._moments.clear()
            self._moments[seq] = await asyncio.to_thread(self._moment, seq)
        return bodies.NEVER

    def _moment(self, seq: int) -> datetime:
        for entry in self._tocsin.store.read(seq - 1, 1):
            if entry.seq == seq and isinstance(entry.event, WarningEvent):
                return entry.event.at
        return bodies.NEVER
