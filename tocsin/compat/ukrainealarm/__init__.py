"""ukrainealarm.com, API version 3, with a key and as its keyless mirror siren.pp.ua gives it.

See docs/compat/ukrainealarm.md.
"""

from __future__ import annotations

from aiohttp import hdrs, web

from tocsin.app import Tocsin
from tocsin.compat.ukrainealarm.answers import problem, without_a_word
from tocsin.compat.ukrainealarm.routes import BASE, Routes
from tocsin.compat.ukrainealarm.webhooks import ElsewhereWebhooks, Webhooks
from tocsin.edge.edge import Edge
from tocsin.reading import Reading


def add_routes(app: web.Application, tocsin: Reading) -> None:
    """Everything under /api/v3, where the atlas has this system's numbers; nothing where it has not."""
    routes = Routes(tocsin)
    if not len(routes.regions):
        return
    routes.add_routes(app)
    if isinstance(tocsin, Tocsin):
        Webhooks(tocsin, routes).add_routes(app)
    elif isinstance(tocsin, Edge):
        ElsewhereWebhooks(tocsin.upstream, routes).add_routes(app)

    async def nothing(request: web.Request) -> web.Response:
        """What is not there, or not to be done to what is: as the original says it, and not as Tocsin does."""
        for resource in app.router.resources():
            match, allowed = await resource.resolve(request)
            if match is None and allowed:
                return without_a_word(405, {hdrs.ALLOW: ", ".join(sorted(allowed))})
        return problem(404)

    app.router.add_route("*", f"{BASE}/{{anything:.*}}", nothing)
