"""The files that JAAM's server has for everybody. Documented in docs/compat/jaam.md."""

from __future__ import annotations

from aiohttp import web

from tocsin.compat.beside import said_beside
from tocsin.compat.jaam.bodies import statuses
from tocsin.compat.jaam.lamps import Lamps
from tocsin.compat.kept import Kept, conditional
from tocsin.reading import Reading

JSON = "application/json; charset=utf-8"


class Routes:
    """The handlers, over one running Tocsin or edge."""

    def __init__(self, tocsin: Reading, lamps: Lamps) -> None:
        self._tocsin = tocsin
        self._lamps = lamps
        self._kept = Kept(lambda: tocsin.state, tocsin.clock.now)

    def add_routes(self, app: web.Application) -> None:
        for version in (1, 2, 3):
            app.router.add_get(f"/alerts_statuses_v{version}.json", self.statuses)

    async def statuses(self, request: web.Request) -> web.Response:
        """All lamps, by name."""
        version = int(request.path.removesuffix(".json")[-1])
        made = self._kept.get(version, lambda state: statuses(version, self._lamps, state))
        response = conditional(request, made, JSON)
        response.headers.update(said_beside(self._tocsin))
        return response
