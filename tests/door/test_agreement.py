"""The door and the application behind it answer alike, whatever is asked and however; nothing slips in between them."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.door.line import STATE, STREAM, Told, forgotten, get, line, listening, unharmed
from tests.web.running import KYIV, Running
from tocsin.channels.frames import Form, Said, opening, packed_behind, piece
from tocsin.door.heads import StateWanted, Wanted, asked

UNLIKE = {"date", "server"}
"""Headers in which the two may differ."""


def both(server: Running, request: bytes) -> tuple[Told, Told]:
    """What is answered on a new connection, and on one that the application has already."""
    with line(server) as new, line(server) as kept:
        new.send(request)
        kept.send(get("/api/v1/clock"))
        assert kept.answer().status == 200
        kept.send(request)
        return new.head(), kept.head()


def alike(server: Running, request: bytes) -> Told:
    """The whole answer, which both give."""
    with line(server) as new, line(server) as kept:
        kept.send(get("/api/v1/clock"))
        assert kept.answer().status == 200
        found = []
        for one in (new, kept):
            one.send(request)
            told = one.answer()
            found.append(told._replace(headers={k: v for k, v in told.headers.items() if k not in UNLIKE}))
        assert found[0] == found[1]
        return found[0]


# --- the state ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('"4"', 304),
        ('W/"4"', 304),
        ('"3"', 200),
        ('"3", "4"', 304),
        ('"3","4" , "5"', 304),
        ('W/"3", W/"4"', 304),
        ("*", 304),
        ('"*"', 200),
        ('"3", *', 200),
        ("4", 200),
        ('"4', 200),
        ('"', 200),
        ("", 200),
        (",", 200),
        ('"4"x', 200),
        ('w/"4"', 200),
        ('"4""3"', 200),
        ('"44"', 200),
    ],
)
@pytest.mark.parametrize("encoding", [[], ["Accept-Encoding: gzip"]])
def test_a_state_that_is_known_is_not_told_again(server: Running, known: str, status: int, encoding: list[str]) -> None:
    told = alike(server, get("/api/v1/state", f"If-None-Match: {known}", *encoding))
    assert (told.status, told.headers["etag"]) == (status, '"4"')
    assert told.headers["vary"] == "Accept-Encoding"
    assert (told.body == b"") == (status == 304)


def test_after_an_order_it_is_another_state(server: Running) -> None:
    with line(server) as kept:
        for seq in range(5, 10):
            assert server.order(f"k{seq}", ref=str(seq)).status == 200
            for known, status in ((seq - 1, 200), (seq, 304)):
                kept.send(get("/api/v1/state", f'If-None-Match: "{known}"'))
                told = kept.answer()
                assert (told.status, told.headers["etag"]) == (status, f'"{seq}"')
                if status == 200:
                    assert told.json["seq"] == seq
                    assert len(told.json["holds"]) == seq - 4
            alike(server, STATE)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br, gzip;q=0.1", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("", False),
        ("gzip;q=many", False),
        ("gzip;q=", True),
        ("x-gzip", False),
        (";", False),
        (",,,", False),
        ("gzip;q=nan", False),
        ("gzip;q=-1", False),
        ("gzip;" * 50, False),
    ],
)
def test_an_odd_accept_encoding_is_read_alike(server: Running, encoding: str, packed: bool) -> None:
    told = alike(server, get("/api/v1/state", f"Accept-Encoding: {encoding}"))
    assert (told.headers.get("content-encoding") == "gzip") is packed
    assert told.json["seq"] == 4
    for head in both(server, get("/api/v1/stream", f"Accept-Encoding: {encoding}")):
        assert (head.headers.get("content-encoding") == "gzip") is packed


# --- odd requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /api/v1/state HTTP/1.0\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive, close\r\n\r\n",
        b"GET /api/v1/state? HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/state?x=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/state/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/states HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stat%65 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/./state HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://x/api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PUT /api/v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"DELETE /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n",
        b"get /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(120)) + b"\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nX-Bytes: \xff\xfe\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: many\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: \xa04\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: -1\r\n\r\n",
        b"GET /api/v1/stream?after=007 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?after=+4 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?after=%34 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?zones=UA-30+ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?zones=%D0%9A%D0%B8%D1%97%D0%B2 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?&after=4 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream?after=4#there HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.0\r\n\r\n",
    ],
)
def test_an_odd_request_is_answered_alike(server: Running, request_: bytes) -> None:
    new, kept = both(server, request_)
    assert new.status == kept.status
    for name in ("content-type", "content-encoding", "etag", "tocsin-realm"):
        assert new.headers.get(name) == kept.headers.get(name)


def test_a_head_request_has_the_headers_alone(server: Running) -> None:
    for request in (b"HEAD /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n",):
        with line(server) as found:
            found.send(request + get("/api/v1/clock"))
            told = found.head()
            assert (told.status, told.headers["etag"]) == (200, '"4"')
            assert found.answer().json["rate"] == 1
    with line(server) as found:
        found.send(b"HEAD /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert found.head().status == 405


# --- one request in another --------------------------------------------------------------------------


SMUGGLED = b"GET /api/v1/zones/" + KYIV.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "shape",
    [
        b"Content-Length: %d\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\nX-Length: %d\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\nX-Length: %d\r\n\r\n",
        b"Content-Length : %d\r\n\r\n",
        b"Content-Length: +%d\r\n\r\n",
        b"X: a\r\n Content-Length: %d\r\n\r\n",
        b"X: a\r\n\tfolded\r\nX-Length: %d\r\n\r\n",
        b"X: a\nContent-Length: %d\r\n\r\n",
        b"X-Length: %d\n\n",
        b"X-Length: %d\r\n\n",
        b"X-Length: %d\n\r\n",
        b"X-Length: %d\r\r\n\r\n",
        b"X: a\rContent-Length: %d\r\n\r\n",
        b"X: a\x00\r\nX-Length: %d\r\n\r\n",
    ],
)
@pytest.mark.parametrize("path", [b"state", b"stream"])
def test_no_request_is_smuggled_in_another(server: Running, shape: bytes, path: bytes) -> None:
    """What one side takes for a body is no request to the other: as many answers on a new connection as on a kept."""
    request = b"GET /api/v1/%b HTTP/1.1\r\nHost: x\r\n" % path + shape % len(SMUGGLED) + SMUGGLED
    told: list[list[int]] = []
    with unharmed(server):
        for before in (b"", get("/api/v1/clock")):
            with line(server) as found:
                if before:
                    found.send(before)
                    assert found.answer().status == 200
                found.send(request + get("/api/v1/nowhere", "Connection: close"))
                first = found.head()
                if "content-length" not in first.headers:
                    told.append([first.status])  # a stream, after which nothing is answered
                    continue
                found.take(int(first.headers["content-length"]))
                statuses = [first.status]
                while found.buffer or found.fill():
                    statuses.append(found.answer().status)
                told.append(statuses)
    assert told[0] == told[1]
    forgotten(server)


@given(st.binary(max_size=200))
def test_no_head_leads_to_anything_but_an_understanding_or_none(noise: bytes) -> None:
    for head in (
        noise,
        STATE[:-2] + noise + b"\r\n\r\n",
        b"GET /api/v1/stream?" + noise + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        assert isinstance(asked(head), StateWanted | Wanted | None)


@given(st.text(alphabet="0123456789abcdefzones=,&%:.-_ \xa0ї", max_size=40))
def test_no_query_leads_to_anything_but_an_understanding_or_none(query: str) -> None:
    found = asked(b"GET /api/v1/stream?" + query.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    if isinstance(found, Wanted):
        assert found.after is None or 0 <= found.after <= 2**53


# --- packed pieces ------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.binary(max_size=400), max_size=4), max_size=8), st.integers(0, 8))
def test_packed_pieces_made_apart_follow_any_others(pieces: list[list[bytes]], joined: int) -> None:
    """Whoever comes later gets the same bytes after its own beginning, and reads them as they come."""
    said = [[Said("entry", data.replace(b"\n", b" "), number) for number, data in enumerate(part)] for part in pieces]
    made = [piece(words, Form.PACKED) for words in said]
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert reader.decompress(opening(Form.PACKED, 2_000)) == b"retry: 2000\n\n"
    for packed, words in list(zip(made, said, strict=True))[joined:]:
        assert reader.decompress(packed) == piece(words, Form.SSE)
    assert not reader.unused_data
    assert not reader.eof


@given(st.binary(max_size=400), st.binary(max_size=100), st.booleans(), st.integers(0, 10**6))
def test_an_event_packed_behind_a_front_is_the_same_event(front: bytes, rest: bytes, alike: bool, seq: int) -> None:
    data = front.replace(b"\n", b" ") + rest.replace(b"\n", b" ")
    _, before = packed_behind(Said("snapshot", data if alike else b"other" + data, seq), len(front), None)
    packed, kept = packed_behind(Said("snapshot", data, seq), len(front), before)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    told = reader.decompress(opening(Form.PACKED, 2_000) + packed)
    assert told == b"retry: 2000\n\n" + piece([Said("snapshot", data, seq)], Form.SSE)
    if alike:
        assert kept is before, "nothing is packed twice"


def test_a_packed_stream_is_told_as_it_happens(server: Running) -> None:
    with listening(server, get("/api/v1/stream", "Accept-Encoding: gzip")) as early:
        server.order("one")
        with listening(server, get("/api/v1/stream", "Accept-Encoding: gzip")) as late:
            server.order("two", type="release")
            for found, entries in ((early, 2), (late, 1)):
                reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
                told = b""
                while told.count(b"event: entry\n") < entries:
                    assert found.fill()
                    told += reader.decompress(found.buffer)
                    found.buffer = b""
                assert told.startswith(b"retry: ")
                assert told.count(b"event: snapshot\n") == 1


def test_a_stream_that_comes_back_to_the_door_is_like_one_that_never_left(server: Running) -> None:
    new, kept = both(server, STREAM)
    assert {k: v for k, v in new.headers.items() if k not in UNLIKE} == {
        k: v for k, v in kept.headers.items() if k not in UNLIKE
    }
    forgotten(server)
