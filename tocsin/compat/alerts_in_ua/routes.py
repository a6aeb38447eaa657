"""Who asks for what under /v1 and /v2, and what is refused how. Documented in docs/compat/alerts_in_ua.md.

Any token is taken: it only tells one asker from another. Whoever shows none is refused as the original refuses it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Hashable
from datetime import timedelta

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.compat.alerts_in_ua import bodies
from tocsin.compat.alerts_in_ua.places import Places
from tocsin.compat.alerts_in_ua.shapes import Refusal
from tocsin.compat.alerts_in_ua.words import Marks, disclaimer, marks
from tocsin.compat.beside import said_beside
from tocsin.compat.kept import Kept, Made, conditional
from tocsin.compat.meter import Meter
from tocsin.engine import State, silent_sources
from tocsin.model import ZoneId
from tocsin.reading import Reading

ALLOWED, ALLOWED_HISTORIES, WINDOW_S = 12, 2, 60.0
"""How often the original lets one address ask in a minute."""

PERIODS = {"day_ago": timedelta(days=1), "week_ago": timedelta(days=7), "month_ago": timedelta(days=30)}
"""How far a history goes back. Documented is the last; clients also ask for the second."""

NUMBER = re.compile(r"[0-9]{1,9}")


class Routes:
    """The handlers, over one running Tocsin or edge."""

    def __init__(self, tocsin: Reading, places: Places) -> None:
        self._tocsin = tocsin
        self._places = places
        self._alerts = Kept(lambda: tocsin.state, tocsin.clock.now)
        """The alerts alone: the time of their last change stands in the answer that holds them."""
        self._kept = Kept(lambda: tocsin.state, tocsin.clock.now)
        elapsed_s, factor = tocsin.clock.elapsed_s, limits.DIALECT_RATE_FACTOR
        self._meter = Meter(round(ALLOWED * factor), WINDOW_S, elapsed_s)
        self._histories = Meter(round(ALLOWED_HISTORIES * factor), WINDOW_S, elapsed_s)
        self._standing: tuple[State, bodies.Standing] | None = None
        self._past: dict[tuple[int, str], tuple[State, bytes]] = {}
        """The alerts of each history asked for, and what stood when they were looked up."""
        self._then = tocsin.state
        self._past_alerts = Kept(lambda: self._then, tocsin.clock.now)
        self._past_kept = Kept(lambda: self._then, tocsin.clock.now)

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/v1/alerts/active.json", self.active)
        for version in ("v1", "v2"):
            iot = f"/{version}/iot/active_air_raid_alerts"
            router.add_get(f"{iot}_by_oblast.json", self.by_oblast)
            router.add_get(f"{iot}_by_oblast/names.json", self.names)
            router.add_get(f"{iot}.json", self.by_uid)
            router.add_get(f"{iot}/{{uid}}.json", self.of_one)
        router.add_get("/v1/regions/{uid}/alerts/{period}.json", self.history)
        router.add_get("/v1/locations/{uid}/alerts/{period}.json", self.history)
        for version in ("v1", "v2"):
            router.add_route("*", f"/{version}/{{rest:.*}}", self.nothing)

    # --- what stands --------------------------------------------------------------------------

    async def active(self, request: web.Request) -> web.Response:
        """Every alert."""
        if refused := self._refused(request, self._meter):
            return refused
        cut_off = self._tocsin.hub.cut_off_since is not None
        told = self._alerts.get(
            "active", lambda state: bodies.active(state, self._places, self._marks(), cut_off=cut_off), cut_off
        )
        return self._answer(request, "active", lambda state: self._whole(state, told))

    async def by_oblast(self, request: web.Request) -> web.Response:
        """27 characters."""
        return self._characters(
            request, lambda state, levels: bodies.by_oblast(self._stands(state), self._places, levels=levels)
        )

    async def by_uid(self, request: web.Request) -> web.Response:
        """A character for each number."""
        return self._characters(
            request, lambda state, levels: bodies.by_uid(self._stands(state), self._places, levels=levels)
        )

    async def of_one(self, request: web.Request) -> web.Response:
        """One character."""
        if refused := self._refused(request, self._meter):
            return refused
        zone = self._zone(request)
        if zone is None:
            return refusal(404, "there is no location with this uid")
        levels = _levels(request)
        return self._answer(
            request, (zone, levels), lambda state: bodies.of_one(self._stands(state), zone, levels=levels)
        )

    async def names(self, request: web.Request) -> web.Response:
        """Which oblast each of the 27 characters is about. For everybody: it says nothing of today."""
        return self._answer(request, "names", lambda _: msgspec.json.encode(self._places.oblasts()))

    # --- what was -----------------------------------------------------------------------------

    async def history(self, request: web.Request) -> web.Response:
        """The alerts of a location, of all in it and of all that it lies in, from so long ago until now."""
        if refused := self._refused(request, self._histories):
            return refused
        zone, period = self._zone(request), request.match_info["period"]
        if zone is None:
            return refusal(404, "there is no location with this uid")
        if period not in PERIODS:
            return refusal(400, f"there is no such period; there are {', '.join(PERIODS)}")
        name, state = (int(request.match_info["uid"]), period), self._tocsin.state
        known = self._past.get(name)
        if known is None or known[0] is not state:
            if len(self._past) >= limits.REMEMBERED_ANSWERS:
                self._past.clear()
            known = self._past[name] = state, await asyncio.to_thread(self._recorded, zone, PERIODS[period])
        self._then, past = known  # which by now may not be what stands
        told = self._past_alerts.get(name, lambda _: past)
        return self._answer(request, name, lambda state: self._whole(state, told), self._past_kept)

    def _recorded(self, zone: ZoneId, period: timedelta) -> bytes:
        hierarchy = self._tocsin.atlas.hierarchy
        # What lies a little ahead of the clock is there too. Whole minutes: many who ask share what is read.
        until = self._tocsin.clock.now().replace(second=0, microsecond=0) + timedelta(minutes=2)
        holds = self._tocsin.questions.holds(until - period, until)
        zones = {zone, *hierarchy.ancestors(zone), *hierarchy.descendants(zone)}
        return bodies.past(holds, self._places, zones, self._marks())

    # --- how it is answered -------------------------------------------------------------------

    async def nothing(self, request: web.Request) -> web.Response:
        """What the original does not have."""
        return self._refused(request, self._meter) or refusal(404, f"there is nothing at {request.path}")

    def _refused(self, request: web.Request, meter: Meter) -> web.Response | None:
        """The refusal of whoever shows no token, or asks too often."""
        scheme, _, shown = request.headers.get(hdrs.AUTHORIZATION, "").strip().partition(" ")
        token = shown.strip() if scheme.lower() == "bearer" else ""
        token = token or request.query.get("token", "").strip()
        if not token:
            return refusal(401, "an API token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN")
        asker = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        if not meter.allows(f"{asker}|{request.remote}"):
            return refusal(429, "too many requests in a minute", {hdrs.RETRY_AFTER: f"{WINDOW_S:g}"})
        return None

    def _zone(self, request: web.Request) -> ZoneId | None:
        uid = request.match_info["uid"]
        return self._places.zone(int(uid)) if NUMBER.fullmatch(uid) else None

    def _characters(self, request: web.Request, make: Callable[[State, bool], bytes]) -> web.Response:
        levels = _levels(request)
        return self._refused(request, self._meter) or self._answer(
            request, request.path, lambda state: make(state, levels)
        )

    def _answer(
        self, request: web.Request, name: Hashable, make: Callable[[State], bytes], kept: Kept | None = None
    ) -> web.Response:
        since = self._tocsin.hub.cut_off_since
        response = conditional(request, (kept or self._kept).get(name, make, since))
        response.headers.update(said_beside(self._tocsin))
        return response

    def _whole(self, state: State, told: Made) -> bytes:
        said = disclaimer(
            self._marks(),
            heard=_heard(state),
            silent=bool(silent_sources(state)),
            cut_off_since=self._tocsin.hub.cut_off_since,
        )
        return bodies.alerts(told.body, told.modified, said)

    def _marks(self) -> Marks:
        return marks(self._tocsin.store.realm, self._tocsin.texts)

    def _stands(self, state: State) -> bodies.Standing:
        if self._standing is None or self._standing[0] is not state:
            self._standing = state, bodies.Standing(state)
        return self._standing[1]


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """As the original says why not."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(Refusal(message)),
        headers={hdrs.CONTENT_TYPE: "application/json", hdrs.CACHE_CONTROL: "no-store", **(headers or {})},
    )


def _heard(state: State) -> bool:
    return bool(state.touched or state.sources)


def _levels(request: web.Request) -> bool:
    return request.path.startswith("/v2/")
