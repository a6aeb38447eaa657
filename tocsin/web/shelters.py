"""Shelters over HTTP: the register, bundles for browsers, and the nearest for callers without one.

Where somebody is, is in no log, no error and no audit trail: it is read, answered and forgotten. Documented in
docs/api.md and docs/shelters.md.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.app import Tocsin
from tocsin.compat.meter import Meter
from tocsin.door.heads import tags
from tocsin.errors import NotFound, TooOften
from tocsin.model import SourceId
from tocsin.shelter import Degrees90, Degrees180, Shelter, ShelterId, ShelterKind
from tocsin.shelters.profiles import Profile
from tocsin.shelters.register import Dataset
from tocsin.texts.keys import TOO_FAR
from tocsin.texts.wording import Wording, worded
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.questions import NoQuery, Seq, body, query

if TYPE_CHECKING:
    from tocsin.shelters.area import Standing
    from tocsin.shelters.areas import Areas
    from tocsin.shelters.guide import Way

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


class NearestBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lon: Degrees180
    lat: Degrees90
    profile: Profile = Profile.ADULT
    """Who walks."""
    time_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None
    """How many seconds there are until the impact, where that is known."""


class NearShelter(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    address: str
    kind: ShelterKind
    places: int | None
    """How many people it holds; null where nobody says."""
    public: bool | None
    step_free: bool | None
    pets: bool | None
    hours: str
    note: str
    lon: float
    lat: float
    minutes: int
    """Walking time, rounded up."""
    seconds: float
    metres: float
    in_time: bool | None
    """Whether it is reached before the impact; null where the time is not known."""
    way: dict[str, str]
    """The way in words, by language."""
    line: list[tuple[float, float]]
    """The way: longitude, latitude."""


class NearestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    area: str
    profile: Profile
    seq: int
    attribution: list[str]
    shelters: list[NearShelter]
    """The three nearest that are open, nearest first."""
    instead: dict[str, str] | None
    """What to do, by language, where none is reached in time or none at all."""


class Shelters:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._meter = Meter(limits.NEAREST_PER_MINUTE, 60.0, tocsin.clock.elapsed_s)

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/shelters", self.shelters)
        router.add_get("/api/v1/shelters/words", self.words)
        router.add_post("/api/v1/shelters/nearest", self.nearest)
        router.add_get("/api/v1/shelters/{id}/bundle", self.bundle)

    async def shelters(self, request: web.Request) -> web.Response:
        """The register, page by page, and the areas with bundles."""
        asked = query(request, SheltersQuery)
        register = self._tocsin.service.register
        meant = sorted(
            known
            for known in register.shelters
            if known > asked.after and (asked.dataset is None or known.startswith(f"{asked.dataset}:"))
        )[: asked.limit]
        areas = self._tocsin.areas
        told = SheltersAnswer(
            shelters=[
                KnownShelter(
                    shelter=register.shelters[known],
                    open=register.is_open(register.shelters[known]),
                    said=self._said(known),
                )
                for known in meant
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
            instead=self._instead(),
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
        areas, name = self._areas(), request.match_info["id"]
        made = await asyncio.to_thread(areas.bundle, name, heads.signer)
        headers: dict[str, str] = {**REVALIDATE, hdrs.ETAG: made.etag}
        known = tags(", ".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())))
        if known and (made.etag in known or "*" in known):
            return web.Response(status=304, headers=headers)
        return web.Response(body=made.content, content_type=BUNDLE_TYPE, headers=headers)

    async def nearest(self, request: web.Request) -> web.Response:
        """The three nearest open shelters from a place, with the way, for callers who cannot answer by themselves."""
        query(request, NoQuery)
        areas = self._areas()
        if not self._meter.allows(request.remote or ""):
            raise TooOften(
                f"at most {limits.NEAREST_PER_MINUTE} times a minute; a bundle answers as often as one likes",
                per_minute=limits.NEAREST_PER_MINUTE,
            )
        asked = await body(request, NearestBody)

        def found() -> NearestAnswer:
            area = areas.around(asked.lon, asked.lat)
            return _nearest(asked, *areas.nearest(area, asked.lon, asked.lat, asked.profile), self._instead())

        return answer(await asyncio.to_thread(found))

    def _instead(self) -> dict[str, Wording]:
        """What to do where no shelter is reached in time, as approved."""
        texts, realm = self._tocsin.texts, self._tocsin.store.realm
        return {lang: worded(catalogue, realm, TOO_FAR, {}) for lang, catalogue in texts.languages.items()}

    def _areas(self) -> Areas:
        if self._tocsin.areas is None:
            raise NotFound("this server knows no streets")
        return self._tocsin.areas

    def _said(self, shelter: ShelterId) -> SaidBody | None:
        word = self._tocsin.service.register.words.get(shelter)
        if word is None:
            return None
        return SaidBody(shelter=shelter, open=word.open, source=word.source, cause=word.cause, at=word.at, seq=word.seq)


def _nearest(asked: NearestBody, standing: Standing, ways: list[Way], instead: dict[str, Wording]) -> NearestAnswer:
    from tocsin.shelters.wording import told

    shelters = [
        NearShelter(
            id=way.shelter.id,
            name=way.shelter.name,
            address=way.shelter.address,
            kind=way.shelter.kind,
            places=way.shelter.capacity,
            public=way.shelter.public,
            step_free=way.shelter.step_free,
            pets=way.shelter.pets,
            hours=way.shelter.hours,
            note=way.shelter.note,
            lon=way.shelter.lon,
            lat=way.shelter.lat,
            minutes=max(1, -int(-way.seconds // 60)),
            seconds=round(way.seconds, 1),
            metres=round(way.metres, 1),
            in_time=None if asked.time_s is None else way.seconds <= asked.time_s,
            way=told(standing, way),
            line=[(round(lon, 6), round(lat, 6)) for lon, lat in way.line.tolist()],
        )
        for way in ways
    ]
    reached = any(shelter.in_time is not False for shelter in shelters)
    return NearestAnswer(
        area=standing.about.area,
        profile=asked.profile,
        seq=standing.seq,
        attribution=[standing.about.attribution],
        shelters=shelters,
        instead=None if reached else {lang: _in_one(said) for lang, said in instead.items()},
    )


def _in_one(said: Wording) -> str:
    return " ".join((f"{said.title}.", said.body, *said.do, *said.dont))
