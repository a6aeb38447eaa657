"""alerts.in.ua, versions 1 and 2 of its API, as documented; see docs/compat/alerts_in_ua.md."""

from __future__ import annotations

from aiohttp import web

from tocsin.compat.alerts_in_ua.places import Places
from tocsin.compat.alerts_in_ua.routes import Routes
from tocsin.reading import Reading


def add_routes(app: web.Application, tocsin: Reading) -> None:
    """Its paths, where the atlas has its numbers."""
    places = Places(tocsin.atlas)
    if places.complete:
        Routes(tocsin, places).add_routes(app)
