"""The record over HTTP: attacks as pages, by API, as files and as a feed; each as of any moment, each with an ETag."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, cast
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import hdrs, web

from tocsin import limits
from tocsin.claims import may_have_zone
from tocsin.errors import BadRequest, NotFound, TocsinError
from tocsin.model import ZoneId
from tocsin.reading import Reading
from tocsin.record.published import Claim, Published
from tocsin.record.saying import Language, land_of, place_of, several_of
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.definition import definition
from tocsin.web.flatmap import flat_map
from tocsin.web.pages import REVALIDATED
from tocsin.web.questions import takes_gzip
from tocsin.web.record import files
from tocsin.web.record.asked import once, published
from tocsin.web.record.bodies import AlertBody, AttackAnswer, AttacksAnswer, Book
from tocsin.web.record.defined import statistic_page
from tocsin.web.record.feed import feed
from tocsin.web.record.frame import Reader, stamp
from tocsin.web.record.linked import linked
from tocsin.web.record.naming import attack_title
from tocsin.web.record.nights import attacks_page
from tocsin.web.record.pages import attack_page
from tocsin.web.record.where import drawn, zones_of
from tocsin.web.texts import LANGUAGES, preferred, words

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Form = Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)]


class AttacksQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    as_of: Moment | None = None
    """The record as it could be read then."""
    page: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    """Which page; the latest nights stand on the first."""
    format: Form | None = None
    """``json``, ``csv``, ``geojson`` or ``parquet``."""


class AttackQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    as_of: Moment | None = None
    """The record as it could be read then."""
    format: Form | None = None
    """``json``, ``jsonld``, ``csv``, ``geojson`` or ``parquet``."""


KINDS = {
    "json": "application/json",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "atom": "application/atom+xml",
    "html": "text/html",
}
TREND = "trend_by_month"
COMBINED = "days_since_combined_attack"
WITH_FORM = {
    "Content-Security-Policy": REVALIDATED["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    )
}


class RecordPages:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin
        self._zones = {zone.id: zone for zone in tocsin.atlas.zones}
        self._made: dict[object, bytes] = {}

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/api/v1/attacks", self.attacks_api)
        router.add_get("/api/v1/attacks/{id}", self.attack_api)
        router.add_get("/attacks", self.attacks)
        router.add_get("/attacks.atom", self.atom)
        router.add_get("/attacks/statistics/{name}", self.statistic)
        router.add_get(r"/attacks/{id:[^/.]+}", self.attack)
        router.add_get(r"/attacks/{id:[^/.]+}.{format:[a-z]+}", self.attack_file)

    # --- API ----------------------------------------------------------------------------------

    async def attacks_api(self, request: web.Request) -> web.Response:
        """The attacks, the latest night first."""
        given = _allowed(once(request), ("as_of", "page", "format"))
        form = given.get("format", "json")
        if form not in ("json", "csv", "geojson", "parquet"):
            raise BadRequest(f"there is no format {form[:80]!r}", format=form[:80])
        return await self._answered(request, form, given, lambda book, at: self._attacks_as(form, book, given, at))

    async def attack_api(self, request: web.Request) -> web.Response:
        """One attack with all its claims, whatever has become of them."""
        given = _allowed(once(request), ("as_of", "format"))
        form = given.get("format", "json")
        if form not in ("json", "jsonld", "csv", "geojson", "parquet"):
            raise BadRequest(f"there is no format {form[:80]!r}", format=form[:80])
        return await self._one(request, form, given)

    async def attack_file(self, request: web.Request) -> web.Response:
        """The same as the page offers it."""
        form = request.match_info["format"]
        if form not in ("json", "jsonld", "csv", "geojson", "parquet"):
            raise NotFound(f"there is nothing at {request.path}", path=request.path)
        return await self._one(request, form, _allowed(once(request), ("as_of", "lang")))

    async def _one(self, request: web.Request, form: str, given: Mapping[str, str]) -> web.Response:
        id = _number(request.match_info["id"])
        base = f"{_origin(request)}/attacks/{id}"
        return await self._answered(request, form, given, lambda book, at: self._attack_as(form, book, id, at, base))

    # --- pages --------------------------------------------------------------------------------

    async def attacks(self, request: web.Request) -> web.Response:
        """The list of nights."""
        given = _allowed(once(request), ("as_of", "page", "lang"))

        def made(book: Book, at: datetime | None) -> bytes:
            told = self._attacks(book, given, at)
            trend = self._computed(lambda: self._tocsin.statistics.ask(book.record, TREND, {}, self._now()))
            return attacks_page(
                self._reader(request, given, at), told, trend if isinstance(trend, Answer) else None
            ).encode()

        return await self._answered(request, "html", given, made)

    async def attack(self, request: web.Request) -> web.Response:
        """One attack."""
        given = _allowed(once(request), ("as_of", "lang", "change"))
        id = _number(request.match_info["id"])
        if "change" in given:
            raise web.HTTPSeeOther(self._as_of_change(request, id, given))

        def made(book: Book, at: datetime | None) -> bytes:
            r = self._reader(request, given, at)
            told = self._attack(book, id, at)
            if at is not None:  # one goes on from a past moment to those that came after it, too
                told = msgspec.structs.replace(told, changes=self._changes(id))
            night = {"night": told.attack.bounds.night}
            found = self._computed(lambda: self._tocsin.statistics.variants(book.record, COMBINED, night, self._now()))
            statistics = cast(dict[str, Answer], found) if isinstance(found, dict) else {}
            path = self._tocsin.atlas.map_files.get("zones_coarse")
            where = None
            if path is not None:
                zones = zones_of(told.claims, self._tocsin.statistics.zones_in)
                levels = self._tocsin.atlas.levels[1:2] or self._tocsin.atlas.levels[:1]
                ancestors = self._tocsin.atlas.hierarchy.ancestors
                where = drawn(
                    flat_map(path, levels), zones, self._zones, ancestors, r.name, r.words("attacks.map.label")
                )
            return attack_page(r, told, book.local, where, statistics).encode()

        return await self._answered(request, "html", given, made)

    def _changes(self, id: int) -> list[datetime]:
        """The moments at which the record of an attack has changed, by what is known now. Errors: `NotFound`."""
        book = self._book(self._tocsin.archive.published, "en")
        return book.changes(book.attack(id).id)

    def _as_of_change(self, request: web.Request, id: int, given: Mapping[str, str]) -> str:
        """Where the page is as it was after its change of this number; the last one is how it stands."""
        changes = self._changes(id)
        number = min(_number(given["change"], "change"), len(changes))
        at = f"&as_of={stamp(changes[number - 1])}" if number < len(changes) else ""
        return f"{request.path}?lang={self._lang(request, given)}{at}"

    async def statistic(self, request: web.Request) -> web.Response:
        """One statistic by its usual parameters, with its definition."""
        given = _allowed(once(request), ("as_of", "lang"))
        name = definition(request.match_info["name"]).name

        def made(book: Book, at: datetime | None) -> bytes:
            found = self._computed(lambda: self._tocsin.statistics.ask(book.record, name, {}, self._now()))
            answer = found if isinstance(found, Answer) else None
            missing = found.message if isinstance(found, TocsinError) else None
            return statistic_page(self._reader(request, given, at), name, answer, missing).encode()

        return await self._answered(request, "html", given, made)

    async def atom(self, request: web.Request) -> web.Response:
        """The latest attacks as a feed."""
        given = _allowed(once(request), ("lang",))
        origin = _origin(request)

        def made(book: Book, at: datetime | None) -> bytes:
            r = self._reader(request, given, None)
            latest = sorted(book.record.open_attacks(), key=lambda attack: (attack.bounds.night, attack.id))
            told = [
                book.answer(attack, lambda since, until: [], None) for attack in latest[: -limits.FEED_ATTACKS - 1 : -1]
            ]
            entries = [(one.attack, attack_title(r, one.attack), one.bulletin) for one in told]
            title = f"{r.words('title')} · {r.words('attacks.title')}"
            return feed(origin, self._tocsin.store.identity, title, r.lang, entries, self._now())

        return await self._answered(request, "atom", given, made)

    # --- what all of these need ---------------------------------------------------------------

    async def _answered(
        self, request: web.Request, form: str, given: Mapping[str, str], made: Callable[[Book, datetime | None], bytes]
    ) -> web.Response:
        """What ``made`` makes of the record, once for all who ask for the same; 304 to whoever has it already."""

        def whole() -> bytes:
            record, at = published(self._tocsin, given)
            lang = self._lang(request, given)
            minute = self._now().replace(second=0, microsecond=0)
            key = (
                record.seq,
                minute,
                request.path,
                tuple(sorted(given.items())),
                lang,
                _origin(request),
                self._tocsin.hub.cut_off_since,
            )
            if key not in self._made:
                if len(self._made) >= limits.RECORD_ANSWERS:
                    self._made.clear()
                self._made[key] = made(self._book(record, lang), at)
            return self._made[key]

        body = await asyncio.to_thread(whole)
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers: dict[str, str] = {
            **REVALIDATED,
            **WITH_FORM,
            hdrs.ETAG: f'"{tag}"',
            hdrs.VARY: "Accept-Encoding, Accept-Language",
        }
        if request.if_none_match and any(known.value in (tag, "*") for known in request.if_none_match):
            return web.Response(status=304, headers=headers)
        if form in ("csv", "geojson", "parquet", "jsonld"):
            name = re.sub(r"[^a-z0-9]+", "-", request.path.strip("/").removesuffix(f".{form}")) + f".{form}"
            headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
        text = form in ("html", "csv", "atom")
        response = web.Response(body=body, headers=headers, content_type=KINDS[form], charset="utf-8" if text else None)
        if takes_gzip(request) and form != "parquet":
            response.enable_compression(web.ContentCoding.gzip)
        return response

    def _book(self, record: Published, lang: Language) -> Book:
        atlas = self._tocsin.atlas

        def name(place: str, language: Language) -> str:
            """A place as the atlas calls it, where it is plain which it means; otherwise as its report does."""
            found = self._tocsin.statistics.zones_in(place)
            if len(found) != 1:
                return land_of(place, language)
            return words(language, self._tocsin.store.realm).name(self._zones[found[0]].names)

        def named(claim: Claim, language: Language) -> str | None:
            if not may_have_zone(claim.fact):
                return place_of(claim, language)
            if claim.zone is not None and claim.zone in self._zones:
                return words(language, self._tocsin.store.realm).name(self._zones[claim.zone].names)
            regions: tuple[str, ...] = getattr(claim.fact, "regions", ())
            if len(regions) > 1:
                return several_of([name(region, language) for region in regions], language)
            place: str | None = getattr(claim.fact, "place", None) or next(iter(regions), None)
            return name(place, language) if place else None

        return Book(record, atlas.hierarchy, atlas.time_zone, named)

    def _attacks(self, book: Book, given: Mapping[str, str], at: datetime | None) -> AttacksAnswer:
        known = book.record.open_attacks()[::-1]
        number = _number(given.get("page", "1"), "page")
        count = max(1, -(-len(known) // limits.ATTACKS_PER_PAGE))
        if number > count:
            raise NotFound(f"there is no page {number}", page=number, pages=count)
        shown = known[(number - 1) * limits.ATTACKS_PER_PAGE : number * limits.ATTACKS_PER_PAGE]
        return AttacksAnswer(
            attacks=[book.listed(attack) for attack in shown],
            total=len(known),
            page=number,
            pages=count,
            seq=book.record.seq,
            as_of=at,
        )

    def _attacks_as(self, form: str, book: Book, given: Mapping[str, str], at: datetime | None) -> bytes:
        told = self._attacks(book, given, at)
        if form == "json":
            return msgspec.json.encode(told)
        return self._file(form, [self._attack(book, one.id, at, alerts=False) for one in told.attacks])

    def _attack(self, book: Book, id: int, at: datetime | None, *, alerts: bool = True) -> AttackAnswer:
        def heard(since: datetime, until: datetime) -> list[AlertBody]:
            return self._alerts(since, until) if alerts else []

        return book.answer(book.attack(id), heard, at)

    def _attack_as(self, form: str, book: Book, id: int, at: datetime | None, base: str) -> bytes:
        told = self._attack(book, id, at)
        if form == "json":
            return msgspec.json.encode(told)
        if form == "jsonld":
            title = f"Attack of the night to {told.attack.bounds.night}"
            return msgspec.json.format(msgspec.json.encode(linked(base, told, title)), indent=1)
        return self._file(form, [told])

    def _file(self, form: str, told: list[AttackAnswer]) -> bytes:
        if form == "csv":
            return files.as_csv(told).encode()
        if form == "parquet":
            return files.as_parquet(told)

        def point(zone: ZoneId) -> tuple[float, float] | None:
            return self._zones[zone].point if zone in self._zones else None

        return msgspec.json.encode(files.as_geojson(told, point))

    def _alerts(self, since: datetime, until: datetime) -> list[AlertBody]:
        """Periods of the zones of the top level within the window, as a whole or in part."""
        atlas = self._tocsin.atlas
        top = atlas.levels[1] if len(atlas.levels) > 1 else atlas.levels[0]
        zones = tuple(zone.id for zone in atlas.zones_of_level(top))
        found = self._tocsin.questions.alert_periods(zones, self._now().replace(second=0, microsecond=0))
        begin, end = since.timestamp(), until.timestamp()
        rows = (~found.whole & (found.start < end) & (found.end > begin)).nonzero()[0]
        utc = ZoneInfo("UTC")
        return [
            AlertBody(
                zone=ZoneId(str(found.zone[row])),
                since=datetime.fromtimestamp(float(found.start[row]), utc),
                until=datetime.fromtimestamp(float(found.end[row]), utc),
            )
            for row in rows
        ]

    def _reader(self, request: web.Request, given: Mapping[str, str], at: datetime | None) -> Reader:
        lang = self._lang(request, given)
        return Reader(
            words=words(lang, self._tocsin.store.realm),
            lang=lang,
            realm=self._tocsin.store.realm,
            zones=self._zones,
            now=self._now(),
            as_of=at,
            cut_off_since=self._tocsin.hub.cut_off_since,
            attribution=self._tocsin.atlas.attribution,
            replay=self._tocsin.clockface().replay,
        )

    def _lang(self, request: web.Request, given: Mapping[str, str]) -> Language:
        said = given.get("lang")
        found = said if said in LANGUAGES else preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
        return "uk" if found == "uk" else "en"

    def _now(self) -> datetime:
        return self._tocsin.clock.now()

    def _computed(self, ask: Callable[[], object]) -> object:
        """What is asked, or the error where it cannot be computed here: the page is there without it."""
        try:
            return ask()
        except TocsinError as error:
            return error


def _allowed(given: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    if strange := sorted(given.keys() - set(names)):
        raise BadRequest(
            f"there is no parameter {strange[0][:80]!r} here", parameter=strange[0][:80], known=list(names)
        )
    return given


def _number(said: str, name: str = "id") -> int:
    """An attack's number. Errors: `NotFound`, or `BadRequest` of a page."""
    if not re.fullmatch(r"[1-9][0-9]{0,14}", said):
        if name != "id":
            raise BadRequest(f"{name} is a number from 1, not {said[:80]!r}", parameter=name)
        raise NotFound(f"there is no attack {said[:80]!r} in the record", attack=said[:80])
    return int(said)


def _origin(request: web.Request) -> str:
    """The address that was asked, for links that must be whole."""
    return f"{request.url.scheme}://{request.url.authority}" if request.url.authority else ""
