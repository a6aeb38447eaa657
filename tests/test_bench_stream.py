"""The bench of the stream measures what it says: its C programs compile without a warning, and miss nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks.stream import systems
from benchmarks.stream.build import compiled, compiler
from benchmarks.stream.conditional import ask
from benchmarks.stream.load import Load, Talk, Voice
from benchmarks.stream.processes import Server
from benchmarks.stream.wire import Captured, listening

pytestmark = pytest.mark.skipif(compiler() is None, reason="no C compiler (Debian: apt-get install gcc libc6-dev)")

LISTENERS = 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TALK = Talk(listening("/"), b"\n\n", 2)
SPOKEN = Captured(
    talk=TALK,
    first=HEAD + b"retry: 1\n\nevent: snapshot\ndata: {}\n\n",
    event=b'id: 1\nevent: entry\ndata: {"cause":"~00000000~"}\n\n',
    json=b"{}",
)


@contextmanager
def loaded(work: Path, port: int, pipe: int, unread: int = 0) -> Iterator[Load]:
    load = Load(work, port, LISTENERS, TALK, Voice(pipe=pipe), unread=unread)
    try:
        load.open()
        yield load
    finally:
        load.close()


@contextmanager
def says(pieces: Callable[[int], Sequence[bytes]]) -> Iterator[tuple[int, int]]:
    """A server that answers each byte of a pipe by these pieces to all: its port, and the pipe."""
    reading, writing = os.pipe()

    def serve() -> None:
        connections = [listener.accept()[0] for _ in range(LISTENERS)]
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.recv(4096)
            connection.sendall(SPOKEN.first)
        number = 0
        while os.read(reading, 1):
            number += 1
            for connection in connections:
                with suppress(ConnectionError):  # whoever has heard the number may leave before the rest
                    for piece in pieces(number):
                        connection.send(piece)
        for connection in connections:
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], writing
        finally:
            os.close(writing)
            thread.join()
            os.close(reading)


def event(number: int) -> bytes:
    return SPOKEN.event.replace(b"~00000000~", b"~%08d~" % number)


@pytest.mark.parametrize("program", ["baseline", "load", "get"])
def test_the_programs_in_c_compile_without_a_warning(program: str, tmp_path: Path) -> None:
    assert os.access(compiled(program, tmp_path), os.X_OK)


@pytest.mark.parametrize("gathering", [False, True])
def test_listeners_of_the_loop_in_c_hear_every_event_once_and_in_order(tmp_path: Path, *, gathering: bool) -> None:
    with systems.baseline(tmp_path, SPOKEN, gathering=gathering) as c:
        assert c.voice.pipe is not None
        with loaded(tmp_path, c.port, c.voice.pipe) as load:
            for events in (1, 1, 50):
                fired = load.fire(events)
                assert (fired.wanted, fired.received) == (events * LISTENERS, events * LISTENERS)
                assert (fired.disordered, fired.repeated, fired.closed) == (0, 0, 0)
                each = zip(fired.first_ns, fired.median_ns, fired.last_ns, strict=True)
                assert all(0 < first <= median <= last for first, median, last in each)


def test_listeners_who_never_read_are_not_waited_for(tmp_path: Path) -> None:
    with systems.baseline(tmp_path, SPOKEN) as c:
        assert c.voice.pipe is not None
        with loaded(tmp_path, c.port, c.voice.pipe, unread=100) as load:
            assert load.fire().wanted == LISTENERS - 2


def test_an_event_is_found_wherever_a_read_cuts_it(tmp_path: Path) -> None:
    def byte_by_byte(number: int) -> list[bytes]:
        return [bytes([byte]) for byte in event(number)]

    with says(byte_by_byte) as (port, pipe), loaded(tmp_path, port, pipe) as load:
        assert load.fire(3).sound


@pytest.mark.parametrize(
    ("pieces", "received", "disordered", "repeated"),
    [
        pytest.param(lambda number: [event(number)] if number != 2 else [], 2, 1, 0, id="one is lost"),
        pytest.param(lambda number: [event(1), event(3), event(2)] * (number == 1), 3, 2, 0, id="two are exchanged"),
        pytest.param(lambda number: [event(number)] * 2, 3, 0, 3, id="all come twice"),
    ],
)
def test_what_is_lost_comes_twice_or_out_of_order_is_seen(
    pieces: Callable[[int], Sequence[bytes]], received: int, disordered: int, repeated: int, tmp_path: Path
) -> None:
    with says(pieces) as (port, pipe), loaded(tmp_path, port, pipe) as load:
        fired = load.fire(3, patience_s=1)
    assert fired.sound is (disordered == 0)
    assert (fired.received, fired.disordered) == (received * LISTENERS, disordered * LISTENERS)
    assert fired.repeated <= repeated * LISTENERS
    assert (fired.repeated > 0) is (repeated > 0)


def test_answers_without_a_body_are_counted_and_any_other_is_refused(tmp_path: Path) -> None:
    with systems.repeating(tmp_path, b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n') as c:
        assert ask(tmp_path, c.port, listening("/"), seconds=0.1).answers > 0
    with (
        systems.repeating(tmp_path, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as c,
        pytest.raises(subprocess.CalledProcessError),
    ):
        ask(tmp_path, c.port, listening("/"), seconds=0.1)


def test_the_cpu_time_of_a_server_holds_that_of_its_children(tmp_path: Path) -> None:
    server = Server(["sh", "-c", "(while :; do :; done) & echo; wait"], log=tmp_path / "log")
    try:
        server.line()
        while server.cpu_s() < 0.05:
            assert len(server.pids()) == 2
        assert server.memory() > 0
    finally:
        for pid in server.pids()[1:]:
            os.kill(pid, 15)
        server.stop()
