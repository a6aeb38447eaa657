"""Who asks for what. Documented in docs/compat/oref.md.

The original is served by a system to which capitals in a path mean nothing, and clients spell it in every way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, datetime, timedelta

from aiohttp import hdrs, web

from tocsin.compat.beside import said_beside
from tocsin.compat.kept import Kept, Made, conditional
from tocsin.compat.oref import bodies
from tocsin.compat.oref.board import SHOWN_S, Board
from tocsin.compat.oref.chronicle import KEPT, Chronicle, Told
from tocsin.compat.oref.places import LANGUAGES, Areas
from tocsin.compat.oref.shapes import JSON, SUFFIXES
from tocsin.model import Realm
from tocsin.reading import Reading

ANSWERS_KEPT = 500
"""Questions about the past of which the answer is kept."""

DAYS = {"1": 1, "2": 7, "3": 31}
"""How far the modes of GetAlarmsHistory.aspx look back."""

CITIES = 200
"""Areas that one question about the past may name."""

FORMER_PAGE = "/pakar.aspx"
"""How the page of the alerts ended on the original's site before 2024: clients that name it were made for its file."""


class Routes:
    """The handlers, over one running Tocsin or edge."""

    def __init__(self, tocsin: Reading, areas: Areas) -> None:
        self._tocsin = tocsin
        self._areas = areas
        self._kept = Kept(lambda: tocsin.state, tocsin.clock.now)
        self._log = tocsin.store, tocsin.hub.log
        self._chronicle = self._begin()
        self._board = Board()
        self._told: Told | None = None
        self._version = 0
        """Grows with every change of what was told."""
        self._catching_up = asyncio.Lock()
        self._answers: dict[Hashable, tuple[Hashable, bytes]] = {}

    def add_routes(self, app: web.Application) -> None:
        def add(path: str, handler: Callable[[web.Request], Awaitable[web.Response]]) -> None:
            app.router.add_get(f"/{{path:(?i:{path})}}", handler)

        add(r"warningmessages/alert/alerts\.json", self.alerts)
        add(r"warningmessages/alert/history/alertshistory\.json", self.history)
        add(r"shared/ajax/getalarmshistory\.aspx", self.alarms)
        add(r"shared/ajax/get(?:districts|citiesmix)\.aspx", self.districts)
        add(r"shared/ajax/getalarminstructions\.aspx", self.instructions)
        add(r"alerts/alertcategories\.json", self.categories)
        add(r"alerts/alertstranslation\.json", self.translations)
        for suffix, lang in SUFFIXES.items():
            add(rf"districts/districts_{suffix}\.json", self._file(f"districts/{lang}", bodies.districts, lang))
            add(rf"districts/cities_{suffix}\.json", self._file(f"cities/{lang}", bodies.cities, lang))

    # --- what is told now ---------------------------------------------------------------------

    async def alerts(self, request: web.Request) -> web.Response:
        """What was told in the last seconds."""
        await self._caught_up()
        shown = self._board.at(self._tocsin.clock.now().timestamp())
        if shown is None and self._tocsin.hub.cut_off_since is not None:
            # It cannot be known that nothing was told.
            return web.Response(
                status=503, headers={hdrs.RETRY_AFTER: "2", hdrs.CACHE_CONTROL: "no-store", **said_beside(self._tocsin)}
            )
        beside = shown and (self._version, shown.call.seq, shown.kind, len(shown.areas))
        former = request.headers.get(hdrs.REFERER, "").lower().endswith(FORMER_PAGE)
        made = self._kept.get(
            ("alert", former),
            lambda _: bodies.alert(shown, self._areas, drill=self._drill, former=former),
            beside,
        )
        response = self._said(request, made)
        response.headers[hdrs.VARY] = f"{hdrs.ACCEPT_ENCODING}, {hdrs.REFERER}"
        return response

    async def history(self, request: web.Request) -> web.Response:
        """What was told in the last hour, and what of it stands."""
        told, now = await self._caught_up(), self._tocsin.clock.now()
        beside = self._version, int(now.timestamp()) // 60
        body = await self._computed(
            "history",
            beside,
            lambda: bodies.history(told, self._areas, now, self._tocsin.atlas.time_zone, drill=self._drill),
        )
        return self._said(request, self._kept.get("history", lambda _: body, body))

    # --- what was told ------------------------------------------------------------------------

    async def alarms(self, request: web.Request) -> web.Response:
        """What was told in the last day, week or month, or between two days. What cannot be read is as if not said."""
        told, now = await self._caught_up(), self._tocsin.clock.now()
        lang = _lang(request)
        cities = frozenset(
            [value for name, value in request.query.items() if name.lower().startswith("city_") and value][:CITIES]
        )
        since, until = self._window(request, now)
        key = "alarms", lang, cities, request.query.get("mode"), since.date(), until.date()
        body = await self._computed(
            key,
            (self._version, int(now.timestamp()) // 60),
            lambda: bodies.alarms(
                told,
                self._areas,
                self._tocsin.atlas.time_zone,
                since=since,
                until=until,
                lang=lang,
                cities=cities,
                drill=self._drill,
            ),
        )
        return self._said(request, self._kept.get(key, lambda _: body, body))

    def _window(self, request: web.Request, now: datetime) -> tuple[datetime, datetime]:
        """From when to when is asked for."""
        ahead = now + timedelta(days=1)
        mode, first = request.query.get("mode"), self._day(request, "fromDate")
        if mode in DAYS:
            return now - timedelta(days=DAYS[mode]), ahead
        if mode is None and first is None:
            return now - timedelta(days=1), ahead
        last = self._day(request, "toDate")
        return first or now - KEPT, ahead if last is None else last + timedelta(days=1)

    def _day(self, request: web.Request, name: str) -> datetime | None:
        """The beginning of a day there, written as 24.07.2014; None where it is none."""
        try:
            day = datetime.strptime(request.query.get(name, ""), "%d.%m.%Y")  # noqa: DTZ007  # the zone follows
            return day.replace(tzinfo=self._tocsin.atlas.time_zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    # --- what there is ------------------------------------------------------------------------

    async def districts(self, request: web.Request) -> web.Response:
        """Every area, with the seconds there are to reach shelter."""
        lang = _lang(request)
        return await self._file(f"districts/{lang}", bodies.districts, lang)(request)

    async def instructions(self, request: web.Request) -> web.Response:
        """How long there is to reach shelter in one area, or in every one if none is named."""
        lang, segment = _lang(request), request.query.get("cityid", "")
        one = self._areas.by_segment.get(segment)
        chosen = [one] if one is not None else [] if segment else self._areas.all
        name = "instructions", lang, one.segment if one is not None else not segment
        body = await self._computed(name, 0, lambda: bodies.instructions(chosen, lang))
        return self._said(request, self._kept.get(name, lambda _: body, 0))

    async def categories(self, request: web.Request) -> web.Response:
        """Both numberings."""
        return self._said(request, self._kept.get("categories", lambda _: bodies.categories(), 0))

    async def translations(self, request: web.Request) -> web.Response:
        """What is said, in four languages."""
        return self._said(request, self._kept.get("translations", lambda _: bodies.translations(), 0))

    def _file(
        self, name: str, make: Callable[[Areas, str], bytes], lang: str
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answered(request: web.Request) -> web.Response:
            body = await self._computed(name, 0, lambda: make(self._areas, lang))
            return self._said(request, self._kept.get(name, lambda _: body, 0))

        return answered

    # --- how it is answered -------------------------------------------------------------------

    @property
    def _drill(self) -> bool:
        return self._tocsin.store.realm is Realm.DRILL

    def _begin(self) -> Chronicle:
        return Chronicle(self._tocsin.store, self._tocsin.state.hierarchy, self._areas)

    async def _caught_up(self) -> Told:
        """What was told, by what stands now."""
        if (known := self._known()) is not None:
            return known
        async with self._catching_up:
            if (known := self._known()) is not None:
                return known
            log = self._tocsin.store, self._tocsin.hub.log
            if log != self._log:
                self._log, self._chronicle, self._board = log, self._begin(), Board()
            now = self._tocsin.clock.now()
            told = await asyncio.to_thread(self._chronicle.told, now)
            for call in told.fresh:
                # What was told before that was shown, or would have been, and is over.
                if call.is_news and (now - call.recorded_at).total_seconds() < 2 * SHOWN_S:
                    self._board.tell(call)
            self._told, self._version = told, self._version + 1
            return told

    def _known(self) -> Told | None:
        told = self._told
        if told is None or told.seq < self._tocsin.state.seq:
            return None
        return told if self._log == (self._tocsin.store, self._tocsin.hub.log) else None

    async def _computed(self, key: Hashable, beside: Hashable, make: Callable[[], bytes]) -> bytes:
        """An answer that takes its time: made once, beside the loop, for as long as ``beside`` is the same."""
        known = self._answers.get(key)
        if known is None or known[0] != beside:
            known = beside, await asyncio.to_thread(make)
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            self._answers[key] = known
        return known[1]

    def _said(self, request: web.Request, made: Made) -> web.Response:
        response = conditional(request, made, JSON)
        response.headers.update(said_beside(self._tocsin))
        return response


def _lang(request: web.Request) -> str:
    asked = request.query.get("lang", "").lower()
    return asked if asked in LANGUAGES else LANGUAGES[0]
