"""The pages, their static files and their tiles. Nothing here is asked of a third party, and the headers see to it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
from aiohttp import hdrs, web

from tocsin.atlas import Atlas
from tocsin.errors import NotFound
from tocsin.model import Realm, Status, ZoneId
from tocsin.reading import Reading
from tocsin.web.advice import advice_on
from tocsin.web.flatmap import flat_map
from tocsin.web.markup import Html
from tocsin.web.notices import DRILL_BAND, Moment, status_word
from tocsin.web.offline import SCRIPT, script
from tocsin.web.plain import list_page, zone_page
from tocsin.web.texts import LANGUAGES, Words, preferred, second, words
from tocsin.web.withdrawn import TOLD, withdrawals

SAFE: dict[str, str] = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self)",
}
REVALIDATED: dict[str, str] = {**SAFE, hdrs.CACHE_CONTROL: "no-cache"}
NEVER_KEPT: dict[str, str] = {**SAFE, hdrs.CACHE_CONTROL: "no-store"}
FLAT_LEVELS = ("oblast", "raion")
INDEX = "index.html"
INDEX_SHELTERS = "index.html, with shelters"
OFFLINE = "offline.js"
SHAPES = "shapes.json"
NIGHT = "css/night.css"
TOKENS = ("css/tokens.css", "css/drill.css")
TILES = {"basemap.pmtiles": "base_tiles", "zones.pmtiles": "zones_tiles"}


class Kept(msgspec.Struct, frozen=True):
    """A static file, read and pressed once."""

    body: bytes
    gzipped: bytes | None
    content_type: str
    etag: str


class Pages:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin
        self._zones = {zone.id: zone for zone in tocsin.atlas.zones}
        self._static = dict(_read(files("tocsin.web").joinpath("static")))
        self._static[NIGHT] = _kept(NIGHT, b"".join(by_night(self._static[name].body) for name in TOKENS))
        if tocsin.store.realm is Realm.DRILL:
            self._static[INDEX] = _kept(INDEX, _of_drill(self._static[INDEX].body))
        self._static[INDEX_SHELTERS] = _kept(INDEX, _with_shelters(self._static[INDEX].body))
        digests = {name: kept.etag for name, kept in self._static.items()}
        self._static[OFFLINE] = _kept(OFFLINE, script(self._static[SCRIPT].body, digests))

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/", self.index)
        router.add_get("/offline.js", self.offline)
        router.add_get("/list", self.list)
        router.add_get("/list/{zone}", self.zone)
        router.add_get("/map.svg", self.flat)
        router.add_get("/static/{name:.+}", self.static)
        router.add_get("/tiles/{name}", self.tiles)
        router.add_get("/shapes.json", self.shapes)

    async def index(self, request: web.Request) -> web.Response:
        """The page with the map; where shelters are known it says so, so that it asks for none where there are none."""
        return self._kept(request, INDEX if self._tocsin.areas is None else INDEX_SHELTERS)

    async def offline(self, request: web.Request) -> web.Response:
        """The script that keeps the page for when there is no network. It lies at the top, for it serves the top."""
        return self._kept(request, OFFLINE)

    async def static(self, request: web.Request) -> web.Response:
        """A file of ours, by its name in the list read at the start: no path can lead outside it."""
        return self._kept(request, request.match_info["name"])

    async def tiles(self, request: web.Request) -> web.FileResponse:
        """A tile archive, in whatever ranges the map asks for (RFC 9110, section 14)."""
        use = TILES.get(request.match_info["name"], "")
        path = self._tocsin.atlas.map_files.get(use)
        if path is None:
            raise NotFound("this atlas has no such tiles")
        return web.FileResponse(path, headers={**SAFE, hdrs.CACHE_CONTROL: "public, max-age=3600"})

    async def shapes(self, request: web.Request) -> web.Response:
        """The polygons of all zones, with which a page finds by itself in which of them its reader is."""
        if SHAPES not in self._static:
            self._static[SHAPES] = await asyncio.to_thread(_shapes, self._tocsin.atlas)
        return self._kept(request, SHAPES)

    async def list(self, request: web.Request) -> web.Response:
        """The state of every zone, without JavaScript."""
        words = self._words(request)
        return await self._html(lambda: list_page(self._moment(words), self._flat(words)))

    async def zone(self, request: web.Request) -> web.Response:
        """One zone, without JavaScript."""
        words = self._words(request)
        zone = self._tocsin.atlas.resolve(request.match_info["zone"])
        questions = self._tocsin.questions

        def made() -> str:
            m = self._moment(words)
            now = m.clock.now
            advice = advice_on(m.state, zone.id, m.realm, self._tocsin.texts)
            return zone_page(m, zone, questions.transitions(zone.id, now), questions.history(zone.id, now), advice)

        return await self._html(made)

    async def flat(self, request: web.Request) -> web.Response:
        """The flat map as it stands now: a picture that can be put into any page."""
        drawn = await asyncio.to_thread(self._flat, self._words(request))
        if drawn is None:
            raise NotFound("this atlas has no shapes to draw")
        response = web.Response(text=str(drawn), content_type="image/svg+xml", headers=NEVER_KEPT)
        response.enable_compression()
        return response

    def _moment(self, words: Words) -> Moment:
        """What stands now. It asks the record, so not in the event loop."""
        atlas, state, clock = self._tocsin.atlas, self._tocsin.state, self._tocsin.clockface()
        minute = clock.now.replace(second=0, microsecond=0)  # the same question for all who ask in one minute
        lately = self._tocsin.questions.holds(minute - TOLD, minute + timedelta(minutes=1))
        return Moment(
            words=words,
            realm=self._tocsin.store.realm,
            zones=self._zones,
            state=state,
            clock=clock,
            withdrawn=withdrawals(lately, state, clock.now),
            top_level=atlas.levels[1] if len(atlas.levels) > 1 else atlas.levels[0],
            attribution=atlas.attribution,
            cut_off_since=self._tocsin.hub.cut_off_since,
        )

    def _words(self, request: web.Request) -> Words:
        asked = request.query.get("lang")
        lang = asked if asked in LANGUAGES else preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
        return words(lang, self._tocsin.store.realm)

    def _flat(self, said: Words) -> Html | None:
        path = self._tocsin.atlas.map_files.get("zones_coarse")
        if path is None:
            return None

        state, realm, since = self._tocsin.state, self._tocsin.store.realm, self._tocsin.hub.cut_off_since

        def title(zone: ZoneId, status: Status, veiled: bool) -> str:
            if since is not None and status is Status.CLEAR:
                return f"{said.name(self._zones[zone].names)}: {said('copy.clear', time=second(since))}"
            word = status_word(state, zone, status, silent=veiled)
            silent = f", {said('silent.short')}" if veiled and word != "silent" else ""
            return f"{said.name(self._zones[zone].names)}: {said(f'status.{word}')}{silent}"

        return flat_map(path, FLAT_LEVELS).draw(
            state, realm, title, said("plain.map"), DRILL_BAND, cut_off=since is not None
        )

    async def _html(self, made: Callable[[], str]) -> web.Response:
        response = web.Response(text=await asyncio.to_thread(made), content_type="text/html", headers=NEVER_KEPT)
        response.enable_compression()
        return response

    def _kept(self, request: web.Request, name: str) -> web.Response:
        kept = self._static.get(name)
        if kept is None:
            raise NotFound(f"there is nothing at {request.path}", path=request.path)
        headers: dict[str, str] = {**REVALIDATED, hdrs.ETAG: f'"{kept.etag}"', hdrs.VARY: "Accept-Encoding"}
        if request.if_none_match and any(tag.value in (kept.etag, "*") for tag in request.if_none_match):
            return web.Response(status=304, headers=headers)
        headers[hdrs.CONTENT_TYPE] = kept.content_type
        if kept.gzipped is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            return web.Response(body=kept.gzipped, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})
        return web.Response(body=kept.body, headers=headers)


def _read(folder: Traversable, under: str = "") -> Iterator[tuple[str, Kept]]:
    """Every file below ``folder``, by its path from there."""
    for item in folder.iterdir():
        if item.is_dir():
            yield from _read(item, f"{under}{item.name}/")
            continue
        yield f"{under}{item.name}", _kept(item.name, item.read_bytes())


def _kept(name: str, body: bytes) -> Kept:
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = guessed.startswith("text/") or guessed.endswith(("javascript", "json", "+xml"))
    return Kept(
        body=body,
        gzipped=gzip.compress(body, 6, mtime=0) if is_text else None,
        content_type=f"{guessed}; charset=utf-8" if is_text else guessed,
        etag=hashlib.sha256(body).hexdigest()[:20],
    )


def _shapes(atlas: Atlas) -> Kept:
    """The atlas's files as they are, each with how it names its zones."""
    parts = [
        b'{"property":%b,"system":%b,"shapes":%b}'
        % (msgspec.json.encode(entry.property), msgspec.json.encode(entry.system), path.read_bytes())
        for path, entry in atlas.shape_files
    ]
    return _kept(SHAPES, b"[" + b",".join(parts) + b"]")


def by_night(tokens: bytes) -> bytes:
    """The dark theme's tokens for pages on which no script can choose a theme: whenever the system is dark."""
    selector, _, after = tokens.partition(b'[data-theme="dark"] {')
    dark = after.partition(b"\n}")[0]
    assert dark, "the tokens have no dark theme"
    return b"@media (prefers-color-scheme: dark) {\n" + selector.rpartition(b"\n")[2] + b" {" + dark + b"\n}\n}\n"


def _with_shelters(index: bytes) -> bytes:
    """The first page of a server that knows shelters."""
    before = b'<html lang="en" '
    assert index.count(before) == 1, "the first page has to begin as it does"
    return index.replace(before, before + b"data-shelters ")


def _of_drill(index: bytes) -> bytes:
    """The first page in a drill: it says so before any script runs, and where none does."""
    changes = {
        b'data-realm="live"': b'data-realm="drill"',
        b"<title>": f"<title>{DRILL_BAND} \u00b7 ".encode(),
        b'id="drill-band" hidden': b'id="drill-band"',
        b"/static/icons/calm.svg": b"/static/icons/drill-calm.svg",
    }
    for before, after in changes.items():
        assert index.count(before) == 1, f"the first page has to say {before.decode()} once"
        index = index.replace(before, after)
    return index
