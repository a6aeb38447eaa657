"""The Home Front Command's files, over an atlas that has its segments. See docs/compat/oref.md."""

from __future__ import annotations

from aiohttp import web

from tocsin.compat.oref.places import Areas
from tocsin.compat.oref.routes import Routes
from tocsin.reading import Reading


def add_routes(app: web.Application, tocsin: Reading) -> None:
    """Its paths, where the atlas has its areas; nothing where it has not."""
    areas = Areas(tocsin.atlas)
    if len(areas):
        Routes(tocsin, areas).add_routes(app)
