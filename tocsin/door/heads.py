"""What the head of a request asks for, as far as it is asked of this door (RFC 9112; RFC 6455, section 4).

Only what is understood whole is answered here. Whatever is odd in any way is somebody else's to answer or to refuse.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote

import httptools

from tocsin import limits
from tocsin.channels.frames import Form

BEGINNING = b"GET /api/v1/st"
"""How each request begins that may be for this door."""

END = b"\r\n\r\n"

_LAST_SEQ = 2**53
"""What is larger is a seq to nobody (RFC 8259, section 6)."""

_QUERY = re.compile(
    r"(?:after=(?P<after>0|[1-9][0-9]{0,15})|zones=(?P<zones>[A-Za-z0-9_:.,%-]+)|(?P<record>record=true))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The stream, as somebody asks for it."""

    form: Form
    after: int | None = None
    zones: tuple[str, ...] = ()
    """Ids or codes; none for the whole country."""
    record: bool = False
    """Whether with all that the record of attacks takes in; then there are no zones."""
    key: str | None = None
    """Of a WebSocket: what its handshake is answered with."""


@dataclass(frozen=True, slots=True)
class StateWanted:
    known: frozenset[str] | None
    """The tags of the states that the asker has; None where it has none."""
    packed: bool


def asked(head: bytes) -> Wanted | StateWanted | None:
    """What is asked for; None where it is not, or may not be, for this door."""
    reader = _Reader()
    parser = httptools.HttpRequestParser(reader)
    try:
        parser.feed_data(head)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError:
        return None
    headers, version = reader.headers, parser.get_http_version()
    if not reader.whole or parser.get_method() != b"GET" or reader.repeated or len(headers) > limits.HEADERS:
        return None
    if version != "1.0" and (version != "1.1" or "host" not in headers):
        return None
    if headers.keys() & {"content-length", "transfer-encoding", "expect"}:
        return None
    path, _, query = reader.url.partition("?")
    if path == "/api/v1/stream":
        return _stream(query, headers)
    kept_open = version == "1.1" and headers.get("connection", "keep-alive").lower() == "keep-alive"
    if path == "/api/v1/state" and not query and kept_open and "upgrade" not in headers:
        return StateWanted(known=tags(headers.get("if-none-match")), packed=packs(headers.get("accept-encoding", "")))
    return None


def packs(accept_encoding: str) -> bool:
    """Whether an answer may be gzip, by the weights of Accept-Encoding (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for said in accept_encoding.lower().split(","):
        coding, _, weight = said.partition(";")
        try:
            weights[coding.strip()] = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[coding.strip()] = 0
    return weights.get("gzip", weights.get("*", 0)) > 0


def tags(if_none_match: str | None) -> frozenset[str] | None:
    """The entity tags of If-None-Match, which is compared weakly (RFC 9110, section 13.1.2); ``*`` stands for any."""
    if if_none_match is None:
        return None
    known = if_none_match.strip(" \t")
    if known == "*":
        return frozenset("*")
    said = (tag.strip(" \t").removeprefix("W/") for tag in known.split(","))
    return frozenset(tag for tag in said if tag.startswith('"'))


def websocket_key(headers: dict[str, str]) -> str | None:
    """The key of a WebSocket's opening handshake; None where it is none, or not as it must be."""
    key = headers.get("sec-websocket-key", "")
    try:
        whole = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return None
    upgrades = headers.get("upgrade", "").lower() == "websocket"
    connection = {word.strip().lower() for word in headers.get("connection", "").split(",")}
    return (
        key if whole and upgrades and "upgrade" in connection and headers.get("sec-websocket-version") == "13" else None
    )


def _stream(query: str, headers: dict[str, str]) -> Wanted | None:
    after, zones, record = None, "", False
    for part in query.split("&") if query else ():
        found = _QUERY.fullmatch(part)
        if found is None or (found["after"] and after is not None) or (found["zones"] and zones):
            return None
        if found["record"] and record:
            return None
        record |= found["record"] is not None
        after = int(found["after"]) if found["after"] else after
        zones = unquote(found["zones"], errors="replace") if found["zones"] else zones
    if after is not None and after > _LAST_SEQ:
        return None
    last = headers.get("last-event-id", "").strip(" \t")
    if last:
        if not (last.isascii() and last.isdigit() and len(last) <= 16):
            return None
        after = int(last)
    if len(zones) > limits.FILTER_CHARS or (zones and record):
        return None
    named = tuple(zones.split(",")) if zones else ()
    if "upgrade" in headers:
        key = websocket_key(headers)
        return None if key is None else Wanted(Form.WEBSOCKET, after, named, record, key)
    form = Form.PACKED if packs(headers.get("accept-encoding", "")) else Form.SSE
    return Wanted(form, after, named, record)


class _Reader:
    """Takes a request in as it is parsed."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.repeated = False
        """Whether a header came twice, which for some means a list and for others nothing good; or a whole head did."""
        self.whole = False

    def on_url(self, url: bytes) -> None:
        self.url += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        key = name.decode("latin-1").lower()
        self.repeated |= key in self.headers
        self.headers[key] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.repeated |= self.whole
        self.whole = True
