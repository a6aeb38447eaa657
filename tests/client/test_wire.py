"""The wire beside a server that says whatever it is told to: resuming, coming back, silence, and what is refused."""

from __future__ import annotations

import asyncio
import gzip
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.saying import (
    HEAD,
    OPEN,
    PACKED,
    TRICKLE,
    Rested,
    Saying,
    entry,
    frame,
    hear,
    heartbeat,
    packed,
    refusal,
    saying,
    snapshot,
)
from tests.world import NOON, StillClock
from tocsin import limits
from tocsin.client.wire import LONGEST_WAIT_S, PIECE_BYTES, Lost, Wire, Word, unpacking
from tocsin.errors import StreamRefused

NEVER_S = 60.0
"""A silence that no test waits for."""

Answer = tuple[bytes, ...]


def told(heard: list[Word | Lost]) -> list[tuple[str, int | None] | str]:
    return [one.why if isinstance(one, Lost) else (one.event, one.id) for one in heard]


def of_server(count: int, *answers: Answer, **said: Any) -> tuple[list[Word | Lost], Saying]:
    """What is heard of a server, and the server."""

    async def heard() -> tuple[list[Word | Lost], Saying]:
        async with saying(*answers) as server:
            asked: dict[str, Any] = {"rest": Rested(), "silence_s": NEVER_S} | said
            return await hear(Wire(server.url, **asked), count), server

    return asyncio.run(heard())


def hearing(count: int, *answers: Answer, **said: Any) -> list[tuple[str, int | None] | str]:
    return told(of_server(count, *answers, **said)[0])


def why(*answer: bytes) -> str:
    """Why the connection was lost."""

    async def heard() -> str:
        async with saying(answer) as server:
            words = Wire(server.url, rest=Rested(), silence_s=NEVER_S).words()
            async for word in words:
                if isinstance(word, Lost):
                    await words.aclose()
                    return word.why
        raise AssertionError("it ends only when it is closed")

    return asyncio.run(heard())


# --- coming back ---------------------------------------------------------------------------------


def test_a_broken_connection_resumes_after_its_last_word() -> None:
    heard, server = of_server(
        7, (HEAD, snapshot(5), entry(6), heartbeat(9)), (HEAD, entry(10) + frame("message", {}) + heartbeat(10), OPEN)
    )
    assert told(heard) == [
        ("snapshot", 5),
        ("entry", 6),
        ("heartbeat", 9),
        "the server ended the stream",
        ("entry", 10),
        ("message", None),
        ("heartbeat", 10),
    ]
    assert server.resumed_after() == [None, 9]


def test_a_word_that_was_cut_in_two_is_told_once_and_whole() -> None:
    heard = hearing(4, (HEAD, snapshot(5), entry(6)[:-1]), (HEAD, entry(6) + heartbeat(6), OPEN))
    assert heard == [("snapshot", 5), "the server ended the stream", ("entry", 6), ("heartbeat", 6)]


def test_the_zones_and_the_headers_are_asked_for_each_time() -> None:
    zones = ("UA80", "iso3166_2:UA-63")
    _, server = of_server(4, (HEAD, snapshot(5)), (HEAD, snapshot(6)), zones=zones, headers={"Authorization": "x y"})
    assert len(server.asked) == 2
    for head in server.asked:
        assert head.startswith("GET /api/v1/stream?zones=UA80,iso3166_2:UA-63 HTTP/1.1\r\n")
        assert "\r\nAuthorization: x y\r\n" in head
        assert "\r\nAccept-Encoding: gzip\r\n" in head


def test_the_record_is_asked_for_where_it_is_wanted() -> None:
    _, server = of_server(2, (HEAD, snapshot(5)), record=True)
    assert server.asked[0].startswith("GET /api/v1/stream?record=true HTTP/1.1\r\n")


def test_whoever_knows_a_seq_of_a_log_resumes_there_with_the_first_connection() -> None:
    heard, server = of_server(2, (HEAD, entry(6) + heartbeat(6), OPEN), after=5, log="one")
    assert told(heard) == [("entry", 6), ("heartbeat", 6)]
    assert server.resumed_after() == [5]


@pytest.mark.parametrize("after", [None, 5])
def test_entries_of_another_log_are_never_told_before_its_snapshot(after: int | None) -> None:
    """The server was given a new log, which has grown past what is known of the old one."""
    answers: list[Answer] = [(HEAD, entry(6) + heartbeat(6, "two")), (HEAD, snapshot(6, "two"), OPEN)]
    said: dict[str, Any] = {"after": 5, "log": "one"}
    if after is None:
        answers, said = [(HEAD, snapshot(5)), *answers], {}
    heard, server = of_server(2 if after else 4, *answers, **said)
    assert told(heard)[-2:] == ["the server has another log now", ("snapshot", 6)]
    assert ("entry", 6) not in told(heard)
    assert server.resumed_after()[-2:] == [5, None]


def test_what_was_missed_waits_for_the_heartbeat_and_no_longer() -> None:
    """Also where the server has to begin with a snapshot, or says that it is cut off itself."""
    heard = hearing(
        6,
        (HEAD, snapshot(5)),
        (HEAD, frame("stale", {"cut_off_since": None}) + entry(6), heartbeat(6) + entry(7), OPEN),
    )
    assert heard[2:] == [("stale", None), ("entry", 6), ("heartbeat", 6), ("entry", 7)]
    assert hearing(3, (HEAD, snapshot(5)), (HEAD, snapshot(9), OPEN))[2:] == [("snapshot", 9)]


def test_where_too_much_was_missed_to_be_held_back_it_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLIENT_HELD_BYTES", 1_000)
    missed = b"".join(entry(seq) for seq in range(6, 30))
    heard, server = of_server(4, (HEAD, snapshot(5)), (HEAD, missed, OPEN), (HEAD, snapshot(30), OPEN))
    assert told(heard)[2:] == ["too much was missed to be made up for", ("snapshot", 30)]
    assert server.resumed_after() == [None, 5, None]


def test_whoever_listens_can_begin_anew() -> None:
    async def heard() -> tuple[list[tuple[str, int | None] | str], Saying]:
        async with saying(
            (HEAD, snapshot(5) + entry(6) + entry(7), OPEN), (HEAD, snapshot(7) + entry(8), OPEN)
        ) as server:
            wire = Wire(server.url, rest=Rested(), silence_s=NEVER_S)
            words = wire.words()
            first = [await anext(words), await anext(words)]
            wire.start_anew("it was of no use")
            rest = [await anext(words), await anext(words), await anext(words)]
            await words.aclose()
            return told(first + rest), server

    words, server = asyncio.run(heard())
    assert words == [("snapshot", 5), ("entry", 6), "it was of no use", ("snapshot", 7), ("entry", 8)]
    assert server.resumed_after() == [None, None]


# --- how soon ------------------------------------------------------------------------------------


def waits(*answers: Answer, chance: float) -> list[float]:
    rested = Rested()
    of_server(len(answers) + 2, *answers, rest=rested, chance=lambda: chance)
    return rested.waits


def test_clients_that_lost_the_same_server_come_back_spread_out_and_ever_more_seldom() -> None:
    down = (refusal(503, "internal"),) * 9
    for chance, share in ((0.0, 0.5), (1.0, 1.0)):
        found = waits((HEAD, b"retry: 3000\n\n" + heartbeat(1)), *((one,) for one in down), chance=chance)
        most = [3.0, 6.0, 12.0] + [LONGEST_WAIT_S] * 6
        assert found[:9] == [share * one for one in most]


def test_a_refusal_that_says_when_to_try_again_is_heeded_within_reason() -> None:
    assert waits((refusal(503, "too_many_connections", "Retry-After: 7"),), chance=1.0)[0] == 7
    assert waits((refusal(503, "too_many_connections", "Retry-After: 9999"),), chance=1.0)[0] == LONGEST_WAIT_S


def test_after_a_goodbye_it_comes_back_within_a_second_at_any_moment_of_it() -> None:
    bye = (HEAD, b"retry: 4000\n\n" + snapshot(5) + frame("goodbye", {"seq": 5}), OPEN)
    for chance in (0.0, 0.25, 0.99):
        rested = Rested()
        heard = hearing(4, bye, (HEAD, snapshot(5), OPEN), rest=rested, chance=lambda one=chance: one)
        assert heard[1:3] == [("goodbye", None), "the server said goodbye"]
        assert rested.waits == [chance]


# --- silence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [(OPEN,), (HEAD, OPEN), (HEAD, TRICKLE), (HEAD, b"event: heartbeat\n", OPEN)],
    ids=["no head", "no word", "comments only", "half a word"],
)
def test_a_server_that_holds_the_connection_and_says_nothing_is_lost(answer: Answer) -> None:
    async def heard() -> list[Word | Lost]:
        async with saying(answer) as server, asyncio.timeout(NEVER_S):
            return await hear(Wire(server.url, silence_s=0.5), 1)

    assert told(asyncio.run(heard())) == ["nothing was heard for 0.5 s"]


class Ticking(StillClock):
    """It is a minute later whenever it is looked at."""

    def now(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def test_a_server_that_falls_silent_is_lost_since_its_last_word_however_often_it_is_tried() -> None:
    down = (refusal(503, "internal"),)
    heard, _ = of_server(4, (HEAD, snapshot(5), OPEN), down, down, silence_s=1, clock=Ticking())
    assert [one.at for one in heard if isinstance(one, Lost)] == [NOON + timedelta(minutes=2)] * 3


# --- packed --------------------------------------------------------------------------------------


def test_a_packed_stream_is_told_piece_by_piece() -> None:
    large = snapshot(5, filling="x" * 10 * PIECE_BYTES)
    heard, _ = of_server(4, (PACKED, *packed(large, entry(6), entry(7) + heartbeat(7)), OPEN))
    assert told(heard) == [("snapshot", 5), ("entry", 6), ("entry", 7), ("heartbeat", 7)]
    first = heard[0]
    assert isinstance(first, Word)
    assert len(first.data) > 10 * PIECE_BYTES


@given(st.integers(PIECE_BYTES - 400, PIECE_BYTES + 400), st.integers(1, 3), st.randoms(use_true_random=False))
def test_all_that_has_come_is_unpacked_at_once_in_bounded_pieces(size: int, times: int, chance: random.Random) -> None:
    """Whatever ends just where a piece is full does not wait for more to come."""
    plain = bytes(chance.choices(b"ab", k=20)) + b"0" * (size * times - 20)
    unpacked = unpacking("gzip")
    found = [one for piece in packed(plain) for one in unpacked(piece)]
    assert b"".join(found) == plain
    assert max(map(len, found)) <= PIECE_BYTES


def test_a_little_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(b"event: entry\ndata: " + b"0" * (limits.CLIENT_WORD_BYTES + 1))
    assert len(b"".join(bomb)) < 50_000
    assert why(PACKED, *bomb) == (
        f"this is not what a Tocsin sends: one word is longer than {limits.CLIENT_WORD_BYTES} bytes"
    )


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((HEAD, b"<html>\n"), r"no Tocsin sends: b'<html>'"),
        ((HEAD, b"event: heartbeat\ndata: []\n\n"), "a heartbeat cannot be read"),
        ((HEAD, b'event: snapshot\ndata: {"log": \xff}\n\n'), "a snapshot cannot be read"),
        ((HEAD.replace(b"event-stream", b"html"), b"<html>"), "the answer is text/html, and no stream"),
        ((PACKED, b"event: entry\n"), "incorrect header check"),
        ((PACKED.replace(b"gzip", b"br"), b"\0"), "packed as br"),
        ((PACKED, gzip.compress(snapshot(5)) + entry(6)), "more follows what was packed"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "the connection broke"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",), "the connection broke"),
        ((), "the connection broke"),
        ((b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad",), "the server answered 502"),
        ((refusal(503, "store_failed"),), "the server answered 503: it is store_failed"),
    ],
)
def test_garbage_counts_as_a_break_and_is_said(answer: Answer, reason: str) -> None:
    assert reason in why(*answer).replace('"', "'")


def test_what_the_server_does_not_have_is_refused_at_once() -> None:
    with pytest.raises(StreamRefused, match="it is unknown_zone") as refused:
        of_server(1, (refusal(404, "unknown_zone"),), zones=("nowhere",))
    assert refused.value.detail == {"code": "unknown_zone"}


def test_a_server_that_has_answered_before_is_asked_again_whatever_it_refuses() -> None:
    """It may be between two versions, or something else stands before it for a while."""
    heard = hearing(4, (HEAD, snapshot(5)), (refusal(404, "not_found"),), (HEAD, snapshot(6), OPEN))
    assert heard[2:] == ["the server answered 404: it is not_found", ("snapshot", 6)]


@pytest.mark.parametrize("url", ["", "tocsin.example", "ftp://tocsin.example", "http://", "http://[", "/api"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(StreamRefused, match="is not the address of a Tocsin"):
        Wire(url)


def test_where_nobody_listens_it_is_tried_again() -> None:
    async def heard() -> list[Word | Lost]:
        async with saying() as server:
            url = server.url
        return await hear(Wire(url, rest=Rested()), 3)

    assert all("the connection broke" in str(one) for one in told(asyncio.run(heard())))
