"""What an edge does not do: orders, and whatever needs a token. Each is refused by name, with where to go instead."""

from __future__ import annotations

from aiohttp import web

from tocsin.errors import ReadOnly

ELSEWHERE = (
    ("PUT", "/api/v1/replay"),
    ("POST", "/api/v1/commands"),
    ("GET", "/api/v1/proposals"),
    ("GET", "/api/v1/proposals/{id}"),
    ("GET", "/api/v1/me"),
    ("GET", "/api/v1/grants"),
    ("GET", "/api/v1/tokens"),
    ("GET", "/api/v1/audit"),
    ("GET", "/api/v1/threats/full"),
    ("POST", "/api/v1/threats/accept"),
    ("POST", "/api/v1/threats/end"),
    ("POST", "/api/v1/threats/decline"),
    ("GET", "/threats/air"),
    ("POST", "/threats/enter"),
    ("POST", "/threats/leave"),
    ("POST", "/threats/decide"),
    ("POST", "/api/v1/reports"),
    ("POST", "/api/v1/reports/feed"),
    ("GET", "/api/v1/reports/key"),
    ("GET", "/api/v1/reports/schema"),
    ("POST", "/api/v1/record/documents"),
    ("GET", "/api/v1/record/documents/{id}"),
    ("GET", "/api/v1/record/drafts"),
    ("GET", "/record/review"),
    ("GET", "/record/review/{id}"),
    ("POST", "/record/review/{id}"),
    ("POST", "/record/review/enter"),
    ("POST", "/record/review/leave"),
)


class Elsewhere:
    """The refusals of one edge."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream

    def add_routes(self, app: web.Application) -> None:
        for method, path in ELSEWHERE:
            app.router.add_route(method, path, self.refuse)

    async def refuse(self, request: web.Request) -> web.Response:
        """Whatever was asked, and whatever token was shown: neither is looked at."""
        raise ReadOnly(f"this is an edge, which only tells: turn to {self._upstream}", upstream=self._upstream)
