"""The APIs that clients already speak, each in a folder of its own, all from the one state.

Each dialect has the same few files: ``shapes.py`` (what goes over the wire), ``bodies.py`` (from the state to it,
pure) and ``routes.py`` (who asks for what, and what is refused how). What stands is put into bytes once per transition.
"""

from __future__ import annotations

from aiohttp import web

from tocsin.compat import alerts_in_ua, jaam, oref, ukrainealarm
from tocsin.reading import Reading


def add_routes(app: web.Application, tocsin: Reading) -> None:
    """The routes of every dialect."""
    alerts_in_ua.add_routes(app, tocsin)
    jaam.add_routes(app, tocsin)
    ukrainealarm.add_routes(app, tocsin)
    oref.add_routes(app, tocsin)
