"""Shelters over HTTP: the register, what was said of them, and bundles for browsers. Documented in docs/api.md and
docs/shelters.md."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.app import Tocsin
from tocsin.door.heads import tags
from tocsin.errors import NotFound
from tocsin.model import SourceId
from tocsin.shelter import Shelter, ShelterId
from tocsin.shelters.register import Dataset, Register, page_of
from tocsin.texts.wording import Wording
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.nearest import instead
from tocsin.web.questions import NoQuery, Seq, query

if TYPE_CHECKING:
    from tocsin.shelters.served import Served

BUNDLE_TYPE = "application/vnd.tocsin.shelters"


class SheltersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)] = ""
    """Only shelters whose id comes after this one."""
    dataset: Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)] | None = None
    """Only shelters of this dataset."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.EVENTS_PER_PAGE)] = 100
    """At most so many."""


class WordsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Seq = 0
    """Only what was said after this seq."""


class SaidBody(msgspec.Struct, frozen=True, kw_only=True):
    shelter: ShelterId
    open: bool
    source: SourceId
    """Who says so."""
    cause: str
    at: datetime
    seq: int


class AreaBody(msgspec.Struct, frozen=True, kw_only=True):
    area: str
    bounds: tuple[float, float, float, float]
    """West, south, east, north."""
    attribution: str
    bundle: str
    """Where its bundle is, on this server."""


class KnownShelter(msgspec.Struct, frozen=True, kw_only=True):
    shelter: Shelter
    open: bool
    """Whether people are sent there: by a person's word, or failing that by the dataset's."""
    said: SaidBody | None


class SheltersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    shelters: list[KnownShelter]
    datasets: list[Dataset]
    areas: list[AreaBody]
    instead: dict[str, Wording]
    """What to do where no shelter is reached in time, by language, as approved."""
    seq: int
    """Of the last event of the register."""


class WordsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    words: list[SaidBody]
    """What was last said of each shelter of which anything was said since, oldest first."""
    imported: int
    """The seq of the last import: a bundle from before it has to be fetched anew."""
    seq: int


class Shelters:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._sorted: tuple[Register, list[str]] = Register(), []

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/shelters", self.shelters)
        router.add_get("/api/v1/shelters/words", self.words)
        router.add_get("/api/v1/shelters/{id}/bundle", self.bundle)

    async def shelters(self, request: web.Request) -> web.Response:
        """The register, page by page, and the areas with bundles."""
        asked = query(request, SheltersQuery)
        register = self._tocsin.service.register
        meant = page_of(self._ids(register), asked.after, asked.dataset, asked.limit)
        areas = self._tocsin.areas
        told = SheltersAnswer(
            shelters=[
                KnownShelter(
                    shelter=register.shelters[known],
                    open=register.is_open(register.shelters[known]),
                    said=self._said(known),
                )
                for known in map(ShelterId, meant)
            ],
            datasets=sorted(register.datasets.values(), key=lambda dataset: dataset.name),
            areas=[
                AreaBody(
                    area=about.area,
                    bounds=bounds,
                    attribution=about.attribution,
                    bundle=f"/api/v1/shelters/{about.area}/bundle",
                )
                for about, bounds in ([] if areas is None else areas.about())
            ],
            instead=instead(self._tocsin),
            seq=max(register.seq, register.spoken),
        )
        return answer(told, headers=REVALIDATE)

    async def words(self, request: web.Request) -> web.Response:
        """What was said of shelters since a seq: what a bundle that one has already lacks."""
        asked = query(request, WordsQuery)
        register = self._tocsin.service.register
        words = [self._said(shelter) for shelter, word in register.words.items() if word.seq > asked.after]
        told = WordsAnswer(
            words=sorted((word for word in words if word is not None), key=lambda word: (word.seq, word.shelter)),
            imported=register.seq,
            seq=max(register.seq, register.spoken),
        )
        return answer(told, headers=REVALIDATE)

    async def bundle(self, request: web.Request) -> web.Response:
        """The signed bundle of an area. The ETag is its digest; an unchanged one answers 304."""
        query(request, NoQuery)
        heads = self._tocsin.heads
        if heads is None:
            raise NotFound("nothing is signed here, so there are no bundles")
        areas, name = self.areas(), request.match_info["id"]
        made = await asyncio.to_thread(areas.bundle, name, heads.signer)
        headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: made.etag}
        known = tags(", ".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())))
        if known and (made.etag in known or "*" in known):
            return web.Response(status=304, headers=headers)
        return web.Response(body=made.content, content_type=BUNDLE_TYPE, headers=headers)

    def _ids(self, register: Register) -> list[str]:
        """In rising order; sorted once for each register, and not for each reader."""
        if self._sorted[0] is not register:
            self._sorted = register, sorted(register.shelters)
        return self._sorted[1]

    def areas(self) -> Served:
        """Errors: `NotFound` where no streets are known."""
        if self._tocsin.areas is None:
            raise NotFound("this server knows no streets")
        return self._tocsin.areas

    def _said(self, shelter: ShelterId) -> SaidBody | None:
        word = self._tocsin.service.register.words.get(shelter)
        if word is None:
            return None
        return SaidBody(shelter=shelter, open=word.open, source=word.source, cause=word.cause, at=word.at, seq=word.seq)
