"""WebSockets over a real connection: what clients may say and may not, and clients that others have written."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import aiohttp
import pytest
import websockets.sync.client
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.door.line import HANDSHAKE, Frame, fanout_of, forgotten, get, line, masked, quietly, talking, unharmed
from tests.web.running import PATIENCE_S, Running
from tocsin import limits
from tocsin.channels.frames import text_frame
from tocsin.door import websocket
from tocsin.door.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Heard, hear

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="


def unmasked(opcode: int, payload: bytes) -> bytes:
    return bytes((0x80 | opcode, len(payload))) + payload


# --- a breach of the protocol ends it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param(unmasked(TEXT, b"hello"), 1002, id="not masked"),
        pytest.param(masked(TEXT, b"hello", reserved=4), 1002, id="packed, which was not agreed on"),
        pytest.param(masked(PING, reserved=1), 1002, id="a reserved bit"),
        pytest.param(masked(0x3, b"hello"), 1002, id="an unknown kind of message"),
        pytest.param(masked(0xB), 1002, id="an unknown kind of control"),
        pytest.param(masked(PING, b"a" * 126), 1002, id="a long ping"),
        pytest.param(masked(PING, last=False), 1002, id="a ping in parts"),
        pytest.param(masked(TEXT, b"a" * (limits.WEBSOCKET_BYTES + 1)), 1009, id="a long message"),
        pytest.param(masked(BINARY, b"a", size=1 << 40), 1009, id="a message that would never end"),
        pytest.param(masked(BINARY, b"a", size=(1 << 64) - 1), 1009, id="the longest that can be said"),
        pytest.param(masked(PING) * 2_000, 1008, id="a flood of pings"),
        pytest.param(masked(PONG, b"a" * 100) * 100, 1008, id="a flood of pongs"),
        pytest.param(masked(TEXT, b"a" * 4_000) * 3, 1008, id="much talk"),
        pytest.param(b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n" * 10, 1002, id="HTTP"),
        pytest.param(b"\x00" * 500, 1002, id="nothings"),
        pytest.param(masked(CLOSE, b"\x03"), 1002, id="half a code"),
        pytest.param(masked(CLOSE, (1005).to_bytes(2, "big")), 1002, id="a code that is never sent"),
        pytest.param(masked(CLOSE, (999).to_bytes(2, "big")), 1002, id="a code that there is not"),
        pytest.param(masked(CLOSE, (5000).to_bytes(2, "big")), 1002, id="a code beyond all"),
    ],
)
def test_a_breach_of_the_protocol_ends_the_connection_with_its_code(server: Running, said: bytes, code: int) -> None:
    with unharmed(server), talking(server) as found:
        assert found.message()["event"] == "snapshot"
        quietly(found, said)
        assert found.closing() == code
    forgotten(server)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"", None),
        ((1000).to_bytes(2, "big"), 1000),
        ((1001).to_bytes(2, "big") + b"leaving", 1001),
        ((4321).to_bytes(2, "big"), 4321),
    ],
)
def test_whoever_closes_is_answered_in_kind(server: Running, said: bytes, answer: int | None) -> None:
    with unharmed(server), talking(server) as found:
        found.send(masked(CLOSE, said))
        assert found.closing() == answer
    forgotten(server)


# --- what is allowed ------------------------------------------------------------------------------


def test_pings_are_answered_with_what_they_said_wherever_they_are_cut(server: Running) -> None:
    with unharmed(server), talking(server) as found:
        assert found.message()["event"] == "snapshot"
        pings = [b"", b"a", bytes(range(125))]
        for byte in b"".join(masked(PING, payload) for payload in pings):
            found.send(bytes((byte,)))
        pongs: list[Frame] = []
        while len(pongs) < len(pings):
            if (frame := found.frame()).opcode == PONG:
                pongs.append(frame)
        assert [frame.payload for frame in pongs] == pings


def test_messages_whole_or_in_parts_are_passed_over(server: Running) -> None:
    with unharmed(server), talking(server) as found:
        found.send(masked(TEXT, b"hello"), masked(BINARY, b"\xff" * 300))
        found.send(masked(TEXT, b"hel", last=False), masked(PING, b"between"), masked(CONTINUATION, b"lo"))
        while (frame := found.frame()).opcode != PONG:
            pass
        assert frame.payload == b"between"
        server.order("heard")
        while (said := found.message())["event"] != "entry":
            pass
        assert said["id"] == said["data"]["seq"]


@given(
    frames=st.lists(
        st.tuples(st.sampled_from([TEXT, BINARY, CONTINUATION, PING, PONG]), st.binary(max_size=125)), max_size=8
    ),
    cuts=st.lists(st.integers(0, 400), max_size=6),
)
def test_however_the_line_is_cut_the_same_is_heard(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    sent = b"".join(masked(opcode, payload) for opcode, payload in frames)
    answers, rest = b"", b""
    ends = [*sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    for begin, end in zip([0, *ends], ends, strict=False):
        heard = hear(rest + sent[begin:end])
        assert not heard.over
        answers, rest = answers + heard.answers, heard.rest
    assert rest == b""
    assert answers == b"".join(websocket.control(PONG, payload) for opcode, payload in frames if opcode == PING)


@given(st.binary(max_size=300))
def test_no_bytes_lead_to_anything_but_an_answer_or_an_end(data: bytes) -> None:
    heard = hear(data)
    assert isinstance(heard, Heard)
    assert len(heard.rest) <= len(data)
    assert len(heard.answers) <= len(data) + 4


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_text_frame_says_its_length_as_the_protocol_has_it(size: int) -> None:
    frame = text_frame(b"a" * size)
    head = {0: b"\x81\x00", 125: b"\x81\x7d", 126: b"\x81\x7e\x00\x7e", 65_535: b"\x81\x7e\xff\xff"}
    assert frame == head.get(size, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00") + b"a" * size


# --- the handshake ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"],
        ["Upgrade: websocket", "Connection: Upgrade", KEY],
        ["Upgrade: websocket", "Connection: Upgrade", KEY, "Sec-WebSocket-Version: 8"],
        ["Upgrade: websocket", KEY, "Sec-WebSocket-Version: 13"],
        ["Upgrade: smoke", "Connection: Upgrade", KEY, "Sec-WebSocket-Version: 13"],
        ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: short", "Sec-WebSocket-Version: 13"],
        ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: %%%", "Sec-WebSocket-Version: 13"],
    ],
)
def test_what_is_no_handshake_is_refused(server: Running, headers: list[str]) -> None:
    with unharmed(server), line(server) as found:
        found.send(get("/api/v1/stream", *headers))
        found.answer().refused(400, "bad_request")
    forgotten(server)


@pytest.mark.parametrize("upgrade", ["WebSocket", "websocket"])
@pytest.mark.parametrize("connection", ["Upgrade", "keep-alive, Upgrade", "upgrade"])
def test_a_handshake_may_be_spelt_as_the_protocol_allows(server: Running, upgrade: str, connection: str) -> None:
    request = get(
        "/api/v1/stream", f"Upgrade: {upgrade}", f"Connection: {connection}", KEY, "Sec-WebSocket-Version: 13"
    )
    with talking(server, request) as found:
        assert found.message()["event"] == "snapshot"
    with talking(server, HANDSHAKE.replace(b"stream ", b"stream?after=4 ")) as found:
        assert json.loads(found.frame().payload)["event"] == "heartbeat"


def test_a_handshake_behind_another_request_is_taken_too(server: Running) -> None:
    with unharmed(server), line(server) as found:
        found.send(get("/api/v1/clock"))
        assert found.answer().status == 200
        found.send(HANDSHAKE)
        assert found.head().status == 101
        assert found.message()["event"] == "snapshot"
        found.send(masked(PING, b"there?"))
        while (frame := found.frame()).opcode != PONG:
            pass
        assert frame.payload == b"there?"
    forgotten(server)


# --- clients that others have written ----------------------------------------------------------------


def test_a_client_of_the_package_websockets_hears_the_stream_and_goodbye(server: Running) -> None:
    url = server.url.replace("http", "ws") + "/api/v1/stream"
    with websockets.sync.client.connect(url, open_timeout=PATIENCE_S) as client:

        def heard(event: str) -> dict[str, Any]:
            while True:
                said: dict[str, Any] = json.loads(client.recv(timeout=PATIENCE_S))
                if said["event"] == event:
                    return said

        snapshot = heard("snapshot")
        assert snapshot["id"] == snapshot["data"]["seq"]
        assert client.ping(b"there?").wait(PATIENCE_S)
        server.order("heard")
        assert heard("entry")["id"] == snapshot["id"] + 1
        server.stop()
        assert heard("goodbye")["data"] == {"seq": snapshot["id"] + 1}
        with pytest.raises(ConnectionClosed) as ended:
            client.recv(timeout=PATIENCE_S)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1001


def test_a_client_of_aiohttp_hears_the_stream_and_goodbye(server: Running) -> None:
    async def play() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(server.url + "/api/v1/stream") as client:

            async def heard(event: str) -> dict[str, Any]:
                while True:
                    said: dict[str, Any] = json.loads(await client.receive_str(timeout=PATIENCE_S))
                    if said["event"] == event:
                        return said

            snapshot = await heard("snapshot")
            await client.ping(b"there?")
            await asyncio.to_thread(server.order, "heard")
            assert (await heard("entry"))["id"] == snapshot["id"] + 1
            server.stop()
            assert (await heard("goodbye"))["data"] == {"seq": snapshot["id"] + 1}
            ended = await client.receive(timeout=PATIENCE_S)
            assert (ended.type, ended.data) == (aiohttp.WSMsgType.CLOSE, 1001)

    asyncio.run(play())


def test_a_client_that_closes_gets_its_code_back_and_is_forgotten(server: Running) -> None:
    url = server.url.replace("http", "ws") + "/api/v1/stream"
    with websockets.sync.client.connect(url) as client:
        assert json.loads(client.recv(timeout=PATIENCE_S))["event"] == "snapshot"
        client.close(4000, "enough")
        assert client.protocol.close_code == 4000
    forgotten(server)


def test_a_pong_that_goes_out_only_in_part_ends_the_connection(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever came after it would be read as the rest of it."""
    from tocsin.door import fanout, wire

    def pressed(fd: int, tls: object, data: bytes | memoryview) -> int:
        return wire.write(fd, None, bytes(data)[:3] if data[:1] == b"\x8a" else data)

    with unharmed(server), talking(server) as found:
        assert found.message()["event"] == "snapshot"
        monkeypatch.setattr(fanout, "write", pressed)
        found.send(masked(PING, b"there?"))
        told = found.rest()
        assert told.endswith(b"\x8a\x06t"), told
        monkeypatch.undo()
    forgotten(server)


def test_one_who_talks_without_end_leaves_the_others_their_turn(server: Running) -> None:
    """Of what the kernel has of it only a piece is read at a time."""
    fanout = fanout_of(server)
    heard = fanout._hear
    reads: list[int] = []

    def counted(subscriber: Any) -> bool:
        before = subscriber.heard
        there = heard(subscriber)
        reads.append(subscriber.heard - before)
        return there

    with talking(server) as found:
        assert found.message()["event"] == "snapshot"
        fanout._hear = counted  # type: ignore[method-assign]  # the same, and counted
        found.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        quietly(found, masked(PING) * 100_000)
        found.rest()
        forgotten(server)
        assert 0 < max(reads) <= 16 * 1024
    forgotten(server)
