"""What is not even HTTP is refused in the one shape too, its connection closed, and nobody else harmed."""

from __future__ import annotations

import pytest

from tests.web.running import Running, refused
from tocsin import limits

POST = b"POST /api/v1/commands HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"how do I get to the shelter?\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"BREW /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/state HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET http://[::1/api HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        POST + b"Content-Length: many\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        POST + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ids=lambda sent: repr(sent[:60]),
)
def test_what_is_not_http_is_refused_in_the_one_shape_and_its_connection_closed(morning: Running, sent: bytes) -> None:
    with morning.listening() as neighbour:
        assert neighbour.next().event == "snapshot"
        assert refused(morning.raw(sent)) == (400, "bad_request")
        assert neighbour.next().event == "heartbeat", "nobody else is harmed"
        assert morning.get("/api/v1/clock")["rate"] == 1


def test_a_long_line_is_refused_before_it_ends(morning: Running) -> None:
    half = b"a" * (limits.HEADER_BYTES // 2 + 100)
    assert refused(morning.raw(b"GET /", half, half)) == (400, "bad_request")


def test_a_header_may_be_almost_as_long_as_the_limit(morning: Running) -> None:
    padding = "a" * (limits.HEADER_BYTES - 100)
    assert morning.ask("/api/v1/clock", headers={"X-Padding": padding}).status == 200
