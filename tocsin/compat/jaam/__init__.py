"""The data of JAAM, the map of 28 lamps: files, and payloads over a WebSocket; see docs/compat/jaam.md."""

from __future__ import annotations

from aiohttp import web

from tocsin.compat.jaam.lamps import Lamps
from tocsin.compat.jaam.routes import Routes
from tocsin.compat.jaam.sockets import Sockets
from tocsin.reading import Reading


def add_routes(app: web.Application, tocsin: Reading) -> None:
    """Its paths, where the atlas has the zones of its lamps."""
    lamps = Lamps(tocsin.atlas)
    if lamps.lamps:
        Routes(tocsin, lamps).add_routes(app)
        Sockets(tocsin, lamps).add_routes(app)
