"""Shelters at an edge: register, words and bundles as the upstream tells of them, and the nearest reckoned from these.
Nobody is asked anything for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from tocsin.door.heads import tags
from tocsin.edge.edge import Edge
from tocsin.edge.reckoning import Reckoning
from tocsin.edge.shelters import Copy
from tocsin.errors import BadSetting, NotFound, NothingKnown, ReadOnly
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.questions import NoQuery, query
from tocsin.web.shelters import BUNDLE_TYPE, SheltersQuery, WordsQuery

if TYPE_CHECKING:
    from tocsin.shelters.areas import Areas


class EdgeShelters:
    """The handlers, over one edge."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._reckoning = Reckoning()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/shelters", self.shelters)
        app.router.add_get("/api/v1/shelters/words", self.words)
        app.router.add_get("/api/v1/shelters/{id}/bundle", self.bundle)

    async def shelters(self, request: web.Request) -> web.Response:
        """The register, page by page, and the areas with bundles."""
        asked = query(request, SheltersQuery)
        return answer(self._copy().register(asked.after, asked.dataset, asked.limit), headers=REVALIDATE)

    async def words(self, request: web.Request) -> web.Response:
        """What was said of shelters since a seq."""
        return answer(self._copy().words_after(query(request, WordsQuery).after), headers=REVALIDATE)

    async def bundle(self, request: web.Request) -> web.Response:
        """The bundle of an area, as the upstream signed it."""
        query(request, NoQuery)
        bundles, name = self._copy().bundles, request.match_info["id"]
        if not bundles:
            raise NotFound("this server knows no streets")
        if name not in bundles:
            raise NotFound(f"there is no area {name[:70]}", area=name[:70])
        made = bundles[name]
        headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: made.etag}
        known = tags(", ".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())))
        if known and (made.etag in known or "*" in known):
            return web.Response(status=304, headers=headers)
        return web.Response(body=made.content, content_type=BUNDLE_TYPE, headers=headers)

    def areas(self) -> Areas:
        """What is asked for the nearest; it may take its time. Errors: `NothingKnown`, `NotFound`, and `ReadOnly` where
        nothing can be reckoned here."""
        copy = self._copy()
        if not copy.bundles:
            raise NotFound("this server knows no streets")
        try:
            return self._reckoning.areas(copy, self._edge.store.identity)
        except BadSetting as error:
            upstream = self._edge.upstream
            raise ReadOnly(
                f"this edge reckons no ways ({error.message}): fetch the bundle, or turn to {upstream}",
                upstream=upstream,
            ) from error

    def _copy(self) -> Copy:
        if self._edge.shelters is None:
            upstream = self._edge.upstream
            raise NothingKnown(f"what {upstream} says of shelters has not been heard yet", upstream=upstream)
        return self._edge.shelters
