"""The nearest shelters over HTTP, for callers who cannot answer by themselves from a bundle; of a node and of an edge.

Where somebody is, is in no log, no error and no audit trail: it is read, answered and forgotten. Documented in
docs/api.md and docs/shelters.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Annotated

import msgspec
from aiohttp import web

from tocsin import limits
from tocsin.compat.meter import Meter
from tocsin.errors import TooOften
from tocsin.reading import Reading
from tocsin.shelter import Degrees90, Degrees180, ShelterKind
from tocsin.shelters.profiles import Profile
from tocsin.texts.keys import TOO_FAR
from tocsin.texts.wording import Wording, worded
from tocsin.web.answers import answer
from tocsin.web.questions import NoQuery, body, query

if TYPE_CHECKING:
    from tocsin.shelters.area import Standing
    from tocsin.shelters.guide import Way
    from tocsin.shelters.served import Served


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


class Nearest:
    """The handler, over whatever knows streets."""

    def __init__(self, reading: Reading, areas: Callable[[], Served]) -> None:
        """``areas`` may take its time and is called beside the event loop; it raises where no streets are known."""
        self._reading, self._areas = reading, areas
        self._meter = Meter(limits.NEAREST_PER_MINUTE, 60.0, reading.clock.elapsed_s)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/v1/shelters/nearest", self.nearest)

    async def nearest(self, request: web.Request) -> web.Response:
        """The three nearest open shelters from a place, with the way, for callers who cannot answer by themselves."""
        query(request, NoQuery)
        if not self._meter.allows(asker(request)):
            raise TooOften(
                f"at most {limits.NEAREST_PER_MINUTE} times a minute; a bundle answers as often as one likes",
                per_minute=limits.NEAREST_PER_MINUTE,
            )
        asked = await body(request, NearestBody)

        def found() -> NearestAnswer:
            areas = self._areas()
            area = areas.around(asked.lon, asked.lat)
            return _nearest(asked, *areas.nearest(area, asked.lon, asked.lat, asked.profile), instead(self._reading))

        return answer(await asyncio.to_thread(found))


def asker(request: web.Request) -> str:
    """Who is counted: the address that a proxy on this machine names, or the one at the other end of the line; of IPv6
    the network, of which one caller has as many addresses as they like."""
    peer = request.remote or ""
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        address = ip_address(peer)
        if named and address.is_loopback:
            address = ip_address(named)
    except ValueError:
        return peer
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def instead(reading: Reading) -> dict[str, Wording]:
    """What to do where no shelter is reached in time, as approved, by language."""
    texts, realm = reading.texts, reading.store.realm
    return {lang: worded(catalogue, realm, TOO_FAR, {}) for lang, catalogue in texts.languages.items()}


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
        attribution=list(standing.sources),
        shelters=shelters,
        instead=None if reached else {lang: _in_one(said) for lang, said in instead.items()},
    )


def _in_one(said: Wording) -> str:
    return " ".join((f"{said.title}.", said.body, *said.do, *said.dont))
