"""An edge served from a thread of its own, and the line between it and its upstream, which can fail in every way."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.web.running import PATIENCE_S, Running
from tocsin.atlas import Atlas
from tocsin.edge.edge import Edge
from tocsin.edge.following import Times
from tocsin.edge.starting import followed
from tocsin.model import Realm
from tocsin.web.server import serving

PATIENT = Times(
    silence_s=120, recheck_s=0.5, head_every_s=0.05, return_s=0.1, threats_every_s=3_600, threats_after_s=0.05
)
"""However slow the machine is, what is heard is not taken for lost."""

QUICK = msgspec.structs.replace(PATIENT, silence_s=2.5)
"""For tests of what takes a quarter of a minute in earnest. Nothing in them depends on its not being cut off."""

BEAT_S = 0.3


class RunningEdge(Running):
    """One that runs in this process."""

    edge: Edge
    ended: Future[None]

    def until_it_ends(self) -> None:
        """Wait for it; what went wrong is raised."""
        self.ended.result(PATIENCE_S)

    def until_fresh(self) -> None:
        self.until(lambda: self.edge.known.is_set() and self.edge.hub.cut_off_since is None)

    def until_cut_off(self) -> None:
        self.until(lambda: self.edge.hub.cut_off_since is not None)

    def until_at(self, seq: int) -> None:
        self.until(lambda: self.edge.state.seq == seq)


@contextmanager
def edging(
    url: str,
    mirror: Path,
    atlas: Atlas,
    *,
    realm: Realm = Realm.LIVE,
    times: Times = PATIENT,
) -> Iterator[RunningEdge]:
    """Serve an edge inside the block, known or not. What goes wrong in its thread is raised at the end."""
    started: Future[RunningEdge] = Future()
    ended: Future[None] = Future()

    async def served() -> None:
        stop = asyncio.Event()
        async with followed(url, mirror, realm, atlas, times=times, heartbeat_s=BEAT_S) as (edge, follower):
            following = asyncio.create_task(follower.run())
            async with serving(edge, "127.0.0.1", 0) as here:
                server = RunningEdge(here, None, asyncio.get_running_loop(), stop.set)  # type: ignore[arg-type]  # it is no Tocsin
                server.edge, server.ended = edge, ended
                started.set_result(server)
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait((stopping, following), return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    def run() -> None:
        try:
            ended.set_result(asyncio.run(served()))
        except BaseException as error:
            ended.set_exception(error)
            if not started.done():
                started.set_exception(error)

    thread = threading.Thread(target=run, name="edge under test")
    thread.start()
    try:
        server = started.result(PATIENCE_S)
        yield server
    finally:
        if started.done() and started.exception() is None and not ended.done():
            with suppress(RuntimeError):
                started.result().stop()
        thread.join(PATIENCE_S)
    ended.result(PATIENCE_S)


class Line:
    """A TCP line to whatever server is at its other end just now. It can be cut, and it can go dead without a word."""

    def __init__(self, url: str | None = None) -> None:
        self._target: tuple[str, int] | None = None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._alive = threading.Event()
        self._alive.set()
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]
        self.asked = 0
        """How many connections there have been."""
        if url is not None:
            self.lead_to(url)
        self._threads[0].start()

    def lead_to(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._target = parts.hostname, parts.port

    def cut(self) -> None:
        """Everything breaks, and nobody answers any more."""
        self._target = None
        self._break()

    def go_dead(self) -> None:
        """Nothing breaks, and nothing comes through."""
        self._alive.clear()

    def revive(self) -> None:
        self._alive.set()

    def close(self) -> None:
        self._target = None
        self._alive.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._break()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _break(self) -> None:
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            target = self._target
            try:
                assert target is not None
                other = socket.create_connection(target, timeout=PATIENCE_S)
                other.settimeout(None)
            except (OSError, AssertionError):
                sock.close()
                continue
            with self._lock:
                self._open += (sock, other)
            for one, two in ((sock, other), (other, sock)):
                thread = threading.Thread(target=self._carry, args=(one, two))
                self._threads.append(thread)
                thread.start()

    def _carry(self, one: socket.socket, two: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                self._alive.wait()
                two.sendall(data)
        except OSError:
            pass
        finally:
            for sock in (one, two):
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._open.remove(one)
            one.close()


@contextmanager
def line(url: str | None = None) -> Iterator[Line]:
    made = Line(url)
    try:
        yield made
    finally:
        made.close()
