"""Whatever is wrong with a request, the answer has one shape, nothing is done, and the server goes on."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.web.people import BEGUN, TOKEN
from tests.web.running import KYIV, SUMY, Running, refused
from tocsin import limits

COMMANDS = "/api/v1/commands"
GOOD = {"key": "k", "order": {"type": "raise", "zones": [KYIV]}}

# --- addresses and methods -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v2/state", "/api/v1/state/", "/api/v1/zones/a/b", "/%00"]
)
def test_an_address_where_there_is_nothing(morning: Running, path: str) -> None:
    assert "path" in morning.ask(path).refused(404, "not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_possible_names_those_that_are(morning: Running, method: str) -> None:
    answer = morning.ask("/api/v1/state", method)
    assert answer.refused(405, "method_not_allowed") == {"method": method, "allowed": ["GET", "HEAD"]}
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_head_of_the_stream_is_refused_for_it_would_never_end(morning: Running) -> None:
    answer = morning.ask("/api/v1/stream", "HEAD")
    assert (answer.status, answer.body, answer.headers["Allow"]) == (405, b"", "GET")


# --- queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("state?x=1", "bad_request"),
        ("clock?x=1", "bad_request"),
        ("openapi.json?x=1", "bad_request"),
        (f"zones/{KYIV}?x=1", "bad_request"),
        ("zones?levle=oblast", "bad_request"),
        ("zones?level=planet", "bad_request"),
        ("zones?level=oblast&level=oblast", "bad_request"),
        ("zones?lat=50.4", "bad_request"),
        ("zones?lon=30.5", "bad_request"),
        ("zones?lat=null&lon=null", "bad_request"),
        ("events?after=NULL", "bad_request"),
        ("holds?from=null&until=null", "bad_request"),
        ("zones?lat=91&lon=30", "bad_request"),
        ("zones?lat=50&lon=180.5", "bad_request"),
        ("zones?lat=nan&lon=nan", "bad_request"),
        ("zones?lat=inf&lon=0", "bad_request"),
        ("zones?lat=&lon=", "bad_request"),
        ("zones?lat=north&lon=east", "bad_request"),
        ("zones?level=%FF", "bad_request"),
        ("zones?%FF=1", "bad_request"),
        ("events?after=-1", "bad_request"),
        ("events?after=1.5", "bad_request"),
        ("events?after=9007199254740993", "bad_request"),
        ("events?after=99999999999999999999999999", "bad_request"),
        ("events?limit=0", "bad_request"),
        ("events?limit=1001", "bad_request"),
        ("events?limit=all", "bad_request"),
        ("events?after=1&after=2", "bad_request"),
        ("holds", "bad_request"),
        ("holds?from=2026-03-01T00:00:00Z", "bad_request"),
        ("holds?from=2026-03-01T00:00:00&until=2026-03-02T00:00:00Z", "bad_time"),
        ("holds?from=2026-03-01&until=2026-03-02", "bad_time"),
        ("holds?from=yesterday&until=today", "bad_time"),
        ("holds?from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "bad_time"),
        ("holds?from=2026-03-01T00:00:00Z&until=2026-03-01T00:00:00Z", "bad_time"),
        ("holds?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:01Z", "bad_time"),
        ("history", "bad_request"),
        ("history?zone=", "bad_request"),
        (f"history?zone={KYIV}&covering=some", "bad_request"),
        (f"history?zone={KYIV}&zone={KYIV}", "bad_request"),
        (f"history?zone={KYIV}&from=2026-02-30T00:00:00Z", "bad_time"),
        (f"history?zone={KYIV}&from=2026-03-01T24:00:00Z", "bad_time"),
        (f"history?zone={KYIV}&from=1700000000", "bad_time"),
        (f"history?zone={KYIV}&from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "bad_time"),
        (f"history?zone={'k' * 401}", "bad_request"),
        (f"zones/{'k' * 401}", "bad_request"),
        ("stream?after=-1", "bad_request"),
        ("stream?after=last", "bad_request"),
        ("stream?after=1&after=2", "bad_request"),
        ("stream?since=1", "bad_request"),
    ],
)
def test_a_query_that_cannot_be_meant(morning: Running, path: str, code: str) -> None:
    morning.ask(f"/api/v1/{path}").refused(400, code)


def test_the_edges_of_what_may_be_asked_are_answered(morning: Running) -> None:
    for path in (
        "zones?lat=-90&lon=180",
        "events?limit=1000",
        "holds?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z",
        "holds?from=0001-01-01T00:00:00%2B14:00&until=0001-01-01T00:00:00Z",
        "holds?from=9999-12-31T00:00:00Z&until=9999-12-31T23:59:59-14:00",
        f"history?zone={KYIV}&from=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-14:00",
        f"history?zone={KYIV}&from=9999-12-31T23:59:58Z&until=9999-12-31T23:59:59Z",
        f"history?zone={KYIV}&until=0001-01-01T00:00:00Z",
    ):
        morning.get(f"/api/v1/{path}")


@pytest.mark.parametrize("said", ["x", "-1", "1.0", "1 2", "٣", "0x1", "12345678901234567"])
def test_a_last_event_id_that_is_no_seq(morning: Running, said: str) -> None:
    answer = morning.ask("/api/v1/stream", headers={"Last-Event-ID": said.encode().decode("latin-1")})
    assert answer.refused(400, "bad_request")["last_event_id"] == said


@pytest.mark.parametrize(
    "path", [f"zones/{KYIV}0", "zones/UA-99", "zones/Atlantis", "zones/%00", "history?zone=UA-99", "history?zone=%20"]
)
def test_a_zone_that_there_is_not(morning: Running, path: str) -> None:
    morning.ask(f"/api/v1/{path}").refused(404, "unknown_zone")


def test_a_name_that_several_zones_have_is_refused_with_all_of_them(morning: Running) -> None:
    detail = morning.ask(
        "/api/v1/zones/%D0%9C%D0%B8%D0%BA%D0%BE%D0%BB%D0%B0%D1%97%D0%B2%D1%81%D1%8C%D0%BA%D0%B0"
    ).refused(400, "bad_request")
    assert len(detail["candidates"]) > 1


# --- bodies ------------------------------------------------------------------------------------


def order(**change: Any) -> dict[str, Any]:
    """A good order but for one thing."""
    return {**GOOD, "order": {**GOOD["order"], **change}}  # type: ignore[dict-item]  # a plain dict of JSON


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"{}{}", 400, "bad_request"),
        (b'{"key": NaN}', 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"key": "\xff"}', 400, "bad_json"),
        (b'{"key": "\\ud800"}', 400, "bad_json"),
        (b'{"key": ' + b"[" * 60_000, 400, "bad_request"),
        (b'{"key": "k", "order": {"type": "raise", "zones": ["UA", ', 400, "bad_json"),
        (b"null", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        ({}, 400, "bad_request"),
        ({**GOOD, "key": ""}, 400, "bad_request"),
        ({**GOOD, "key": 1}, 400, "bad_request"),
        ({**GOOD, "key": "k" * 201}, 400, "bad_request"),
        ({**GOOD, "reason": "r" * 1_001}, 400, "bad_request"),
        ({**GOOD, "actor": "someone else"}, 400, "bad_request"),
        ({**GOOD, "source": ""}, 400, "bad_request"),
        ({**GOOD, "realm": "exercise"}, 400, "bad_request"),
        ({**GOOD, "decided_upon": -1}, 400, "bad_request"),
        ({**GOOD, "decided_upon": "8"}, 400, "bad_request"),
        ({**GOOD, "order": {"zones": [KYIV]}}, 400, "bad_request"),
        (order(type="cancel"), 400, "bad_request"),
        (order(zones=[]), 400, "bad_request"),
        (order(zones=KYIV), 400, "bad_request"),
        (order(zones=[1]), 400, "bad_request"),
        (order(zones=["Z"] * 5_001), 400, "bad_request"),
        (order(level="purple"), 400, "bad_request"),
        (order(leve1="red"), 400, "bad_request"),
        (order(type="release", level="red"), 400, "bad_request"),
        (order(ref=""), 400, "bad_request"),
        (order(cause="c" * 1_001), 400, "bad_request"),
        (order(at="2026-03-01T11:00:00"), 400, "bad_time"),
        (order(at="noon"), 400, "bad_time"),
        (order(at="2026-03-01T12:01:01Z"), 400, "bad_time"),
        (order(zones=["UA-30"]), 404, "unknown_zone"),
        (order(zones=[KYIV, "UA99"]), 404, "unknown_zone"),
        (order(type="release", zones=[SUMY]), 409, "nothing_held"),
    ],
    ids=str,
)
def test_a_body_that_is_no_order_changes_nothing(morning: Running, sent: object, status: int, code: str) -> None:
    morning.ask(COMMANDS, "POST", body=sent, token=TOKEN).refused(status, code)
    assert morning.get("/api/v1/state")["seq"] == 8 + BEGUN


@pytest.mark.parametrize(
    "declared",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json5", "json", "multipart/form-data", "/"],
)
def test_a_body_that_is_not_declared_as_json(morning: Running, declared: str) -> None:
    answer = morning.ask(COMMANDS, "POST", body=GOOD, token=TOKEN, headers={"Content-Type": declared})
    answer.refused(415, "unsupported_media")


def test_json_may_say_its_character_set(server: Running) -> None:
    declared = {"Content-Type": "application/JSON; charset=utf-8"}
    assert server.ask(COMMANDS, "POST", body=GOOD, token=TOKEN, headers=declared).status == 200


def long_body(size: int) -> bytes:
    """A good order, padded with white space to so many bytes."""
    return json.dumps(GOOD).encode().ljust(size)


def test_a_body_may_be_as_long_as_the_limit_and_no_longer(server: Running) -> None:
    fits = server.ask(COMMANDS, "POST", body=long_body(limits.BODY_BYTES), token=TOKEN)
    assert fits.status == 200, fits.body
    for size in (limits.BODY_BYTES + 1, 10 * limits.BODY_BYTES):
        server.ask(COMMANDS, "POST", body=long_body(size), token=TOKEN).refused(413, "body_too_large")
    assert server.get("/api/v1/state")["seq"] == BEGUN + 1


def test_the_longest_order_that_there_can_be_is_no_longer_than_a_body_may_be(server: Running) -> None:
    longest = max((zone["id"] for zone in server.get("/api/v1/zones")["zones"]), key=len)
    text = "Щ" * limits.TEXT_CHARS  # six bytes each, as JSON may spell them
    zones = [longest] * limits.ZONES_PER_ORDER
    by = {"type": "raise", "zones": zones, "ref": "r" * limits.NAME_CHARS, "cause": text}
    order = {"type": "replace", "zones": zones, "by": by, "ref": "r" * limits.NAME_CHARS, "cause": text}
    whole = {"key": "k" * limits.NAME_CHARS, "reason": text, "source": "desk", "order": order}
    answer = server.ask(COMMANDS, "POST", body=whole, token=TOKEN)
    answer.refused(409, "nothing_held")
    everywhere = [zone["id"] for zone in server.get("/api/v1/zones")["zones"]]
    assert len(everywhere) == 1_633
    assert server.order("everywhere, one by one", zones=everywhere).status == 202


def test_a_body_over_the_limit_is_refused_though_it_comes_in_chunks_without_a_length(morning: Running) -> None:
    head = (
        f"POST {COMMANDS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    assert refused(morning.raw(head, *[chunk] * 17, b"0\r\n\r\n")) == (413, "body_too_large")


def test_a_body_that_unpacks_to_more_than_the_limit_is_refused(morning: Running) -> None:
    bomb = gzip.compress(long_body(100 * limits.BODY_BYTES))
    assert len(bomb) < limits.BODY_BYTES
    answer = morning.ask(COMMANDS, "POST", body=bomb, token=TOKEN, headers={"Content-Encoding": "gzip"})
    answer.refused(413, "body_too_large")


def test_a_body_that_is_not_packed_as_it_says_is_refused(morning: Running) -> None:
    for declared in ("gzip", "deflate"):
        answer = morning.ask(COMMANDS, "POST", body=GOOD, token=TOKEN, headers={"Content-Encoding": declared})
        answer.refused(400, "bad_request")


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n", b"-1\r\n\r\n", b"fffffffffffffffffffff\r\n"],
    ids=["no size", "no end of line", "less than nothing", "more than a number holds"],
)
def test_a_body_in_broken_chunks_is_refused_and_its_connection_closed(
    morning: Running, monkeypatch: pytest.MonkeyPatch, chunks: bytes
) -> None:
    """aiohttp sees it at once if it comes with the head; later, the handler waits for a body that never ends."""
    monkeypatch.setattr(limits, "BODY_S", 0.05)
    head = (
        f"POST {COMMANDS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    status, code = refused(morning.raw(head.encode(), chunks))
    assert (status, code) in ((400, "bad_request"), (408, "request_timeout"))


def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    morning: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_S", 0.05)
    head = f"POST {COMMANDS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n"
    told = morning.raw(head.encode() + b"Content-Type: application/json\r\n\r\n{")
    assert refused(told) == (408, "request_timeout")


# --- bytes that are no text, and defects of our own ----------------------------------------------


@pytest.mark.parametrize(
    ("request_line", "header"),
    [
        (b"GET /\xff\xfe HTTP/1.1", b"X: y"),
        (b"GET /api/v1/zones/\xff HTTP/1.1", b"X: y"),
        (b"GET /api/v1/zones?level=\xff HTTP/1.1", b"X: y"),
        (b"GET /api/v1/zones?\xff=1 HTTP/1.1", b"X: y"),
        (b"GET /api/v1/stream HTTP/1.1", b"Last-Event-ID: \xff"),
        (b"POST /api/v1/commands HTTP/1.1", b"Authorization: Bearer \xff\xff"),
        (b"POST /api/v1/commands HTTP/1.1", b"Authorization: \xff"),
        (b"PUT /api/v1/replay HTTP/1.1", b"Content-Type: \xff"),
        (b"GET /api/v1/state HTTP/1.1", b"Expect: the unexpected"),
    ],
)
def test_bytes_that_are_no_text_are_refused_in_the_one_shape(
    morning: Running, request_line: bytes, header: bytes
) -> None:
    told = morning.raw(request_line + b"\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n\r\n")
    assert refused(told) in ((400, "bad_request"), (401, "unauthorised"), (404, "not_found"), (404, "unknown_zone"))


@pytest.mark.parametrize("header", [b"If-None-Match: \xff", b"Accept-Encoding: \xff", b"Cookie: \xff"])
def test_bytes_that_are_no_text_where_nobody_looks_do_no_harm(morning: Running, header: bytes) -> None:
    told = morning.raw(b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200 ")


def test_a_content_type_of_bytes_that_are_no_text_is_refused_in_the_one_shape(morning: Running) -> None:
    head = f"POST {COMMANDS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
    told = morning.raw(head + b"Content-Length: 2\r\nContent-Type: \xff/\xff\r\n\r\n{}")
    assert refused(told) == (415, "unsupported_media")


def test_a_defect_of_our_own_is_told_without_its_insides(
    morning: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(morning.tocsin, "clockface", broken)
    answer = morning.ask("/api/v1/clock")
    assert answer.refused(500, "internal") == {}
    assert b"secret" not in answer.body
    assert b"RuntimeError" not in answer.body
    assert "the secret inside" in caplog.text, "whoever runs it can read what happened"
    monkeypatch.undo()
    morning.get("/api/v1/clock")
