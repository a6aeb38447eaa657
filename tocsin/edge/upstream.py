"""What an edge asks of the Tocsin that it follows, beside its stream: always a little, and never for a reader."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec
from aiohttp import hdrs
from yarl import URL

from tocsin import limits
from tocsin.errors import BadSetting, ServerUnreachable
from tocsin.store.heads import SignedHead
from tocsin.texts import Catalogue, Texts

T = TypeVar("T")

PIECE_BYTES = 64 * 1024


class EventsPage(msgspec.Struct, frozen=True):
    """Entries as they were told, not read yet."""

    events: list[msgspec.Raw]
    head: int


class _Catalogue(msgspec.Struct, frozen=True):
    languages: dict[str, Catalogue]
    digests: dict[str, str]


_page = msgspec.json.Decoder(EventsPage)
_head = msgspec.json.Decoder(SignedHead)
_catalogue = msgspec.json.Decoder(_Catalogue)
_object = msgspec.json.Decoder(dict[str, Any])


def texts_of(catalogue: str | bytes) -> Texts:
    """The texts that the upstream tells by. Errors: `msgspec.DecodeError`."""
    told = _catalogue.decode(catalogue)
    return Texts(told.languages, told.digests)


class Upstream:
    """The HTTP API of another Tocsin. Errors of every question: `ServerUnreachable`, also where what came is not
    what a Tocsin answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def events(self, after: int, limit: int) -> list[bytes]:
        """The public entries after a seq, in order and without a gap."""
        asked = min(limit, limits.EVENTS_PER_PAGE)
        body = await self._get("/api/v1/events", {"after": str(after), "limit": str(asked)})
        return [bytes(told) for told in self._read(_page, body).events]

    async def catalogue(self) -> str:
        """All texts, as told."""
        body = await self._get("/api/v1/catalogue")
        self._read(_catalogue, body)
        return body.decode()

    async def head(self) -> SignedHead | None:
        """The latest signed head; None where none is signed."""
        body = await self._get("/api/v1/head", none_at=(404,))
        return self._read(_head, body) if body else None

    async def shelters(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """What it says of shelters, as told."""
        told: dict[str, Any] = self._read(_object, await self._get(f"/api/v1/shelters{path}", query))
        return told

    async def bundle(self, area: str, etag: str | None) -> bytes:
        """The bundle of an area; nothing where there is none, or where it is still the one with this ETag."""
        headers: dict[str, str] = {} if etag is None else {hdrs.IF_NONE_MATCH: etag}
        return await self._get(f"/api/v1/shelters/{quote(area, safe='')}/bundle", none_at=(304, 404), headers=headers)

    async def threats(self, etag: str | None) -> tuple[str, bytes] | None:
        """What it lets everybody know of threats, with its ETag; None where it is still the one with this ETag."""
        headers: dict[str, str] = {} if etag is None else {hdrs.IF_NONE_MATCH: etag}
        tags: list[str] = []
        content = await self._get("/api/v1/threats", none_at=(304,), headers=headers, tags=tags)
        if not content:
            return None
        self._read(_object, content)
        return (tags or [""])[0], content

    def _read(self, decoder: msgspec.json.Decoder[T], body: bytes) -> T:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unreachable(f"what came is not what this version of Tocsin reads: {error}") from error

    async def _get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        none_at: Sequence[int] = (),
        headers: Mapping[str, str] | None = None,
        tags: list[str] | None = None,
    ) -> bytes:
        """``tags`` gets the answer's ETag."""
        try:
            async with self._session.get(self.url + path, params=query, headers=headers) as response:
                if response.status in none_at:
                    return b""
                if response.status != 200:
                    raise self._unreachable(f"{path} is answered with {response.status}")
                body = bytearray()
                async for piece in response.content.iter_chunked(PIECE_BYTES):
                    body += piece
                    if len(body) > limits.UPSTREAM_BYTES:
                        raise self._unreachable(f"{path} is answered with more than {limits.UPSTREAM_BYTES} bytes")
                if tags is not None:
                    tags += response.headers.getall(hdrs.ETAG, [])
                return bytes(body)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(str(error) or type(error).__name__) from error

    def _unreachable(self, why: str) -> ServerUnreachable:
        return ServerUnreachable(f"{self.url} cannot be followed: {why}", server=self.url)


@asynccontextmanager
async def reached(url: str, timeout_s: float = limits.EDGE_SILENCE_S) -> AsyncIterator[Upstream]:
    """The upstream at this address, whether it answers or not. Errors: `BadSetting` where it can be no address."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Upstream(session, address(url))


def address(url: str) -> str:
    """The address without a slash at its end. Errors: `BadSetting`."""
    try:
        read = URL(url)
    except ValueError:
        read = URL()
    if read.scheme not in ("http", "https") or not read.host or read.user or read.query or read.fragment:
        raise BadSetting(
            f"the upstream is the address of a Tocsin, such as http://node:8080, not {url!r}", upstream=url
        )
    return url.rstrip("/")
