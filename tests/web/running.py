"""A Tocsin served from a thread of its own on a free loopback port, and the plainest clients there are."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tests.web.people import TOKEN, Person, begin
from tocsin.app import Tocsin
from tocsin.assess.policy import Policy
from tocsin.atlas import Atlas
from tocsin.clock import Clock
from tocsin.door import Certificate
from tocsin.heads import Heads
from tocsin.intake.replay import Replay
from tocsin.store import Store
from tocsin.store.heads import Signer
from tocsin.web.server import serving

T = TypeVar("T")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE_S = 30.0
"""How long a test waits for what must come; only a failing one waits so long."""

ENVELOPE = ("reason", "decided_upon", "source", "realm")

KYIV = "UA80000000000093317"
KHARKIV = "UA63000000000041885"
SUMY = "UA59000000000057109"
LVIV = "UA46000000000026241"
LVIV_HROMADA = "UA46020010000073886"


class StandingClock:
    """A clock that stands at noon until it is set."""

    rate = 1.0

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self.at

    def elapsed_s(self) -> float:
        return self.elapsed


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must say that it is JSON."""
        assert self.headers["Content-Type"] in ("application/json", "application/json; charset=utf-8")
        packed = self.headers["Content-Encoding"] == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)

    def refused(self, status: int, code: str) -> Any:
        """The detail of an error of this status and code, in the one shape and nothing beside it."""
        told = self.json
        assert list(told) == ["error"], told
        assert list(told["error"]) == ["code", "message", "detail"]
        assert (self.status, told["error"]["code"]) == (status, code), told
        assert told["error"]["message"]
        assert "Traceback" not in self.body.decode()
        return told["error"]["detail"]


class Word(msgspec.Struct, frozen=True):
    """One server-sent event."""

    event: str
    id: int | None
    data: Any


class Listener:
    """An open stream, read word by word."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.realm = response.headers["Tocsin-Realm"]

    def next(self, *wanted: str) -> Word:
        """The next word but for messages to people, or the next one of these events, passing over others."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < deadline, f"among all that was said there was no {' or '.join(wanted)}"
            fields: dict[str, str] = {}
            while line := self._line():
                name, _, value = line.partition(": ")
                fields[name] = value
            if "data" in fields and (fields["event"] in wanted if wanted else fields["event"] != "message"):
                return Word(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))

    def ended(self) -> bool:
        """Whether nothing comes any more; waits for it."""
        return self._response.read() == b""

    def _line(self) -> str:
        line = self._response.readline()
        if not line:
            raise EOFError("the stream has ended")
        return line.decode().rstrip("\n")


class Server:
    """Where a Tocsin is, however it is run."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self.address = (parts.hostname, parts.port)
        self.trusted: ssl.SSLContext | None = None
        """How its certificate is checked, where it has one."""

    def connection(self) -> http.client.HTTPConnection:
        if self.trusted is None:
            return http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)
        return http.client.HTTPSConnection(*self.address, timeout=PATIENCE_S, context=self.trusted)

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Answer:
        """One request on a connection of its own. A ``body`` that is not bytes is sent as JSON."""
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        connection = self.connection()
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, body=data, headers=sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Any:
        """The JSON that a GET is answered with."""
        answer = self.ask(path, headers=headers)
        assert answer.status == 200, answer.body
        return answer.json

    def order(self, key: str = "k", token: str | None = TOKEN, **order: object) -> Answer:
        """One order over HTTP: raises Kyiv if nothing else is said."""
        envelope = {name: order.pop(name) for name in ENVELOPE if name in order}
        return self.command({"type": "raise", "zones": [KYIV], **order}, key, token, **envelope)

    def command(self, order: object, key: str = "k", token: str | None = TOKEN, **envelope: object) -> Answer:
        """Any order over HTTP, as it stands."""
        return self.ask("/api/v1/commands", "POST", body={"key": key, **envelope, "order": order}, token=token)

    def raw(self, *pieces: bytes) -> bytes:
        """Everything that is answered to these bytes until the connection is closed from the other side."""
        with socket.create_connection(self.address, timeout=PATIENCE_S) as connection:
            for piece in pieces:
                connection.sendall(piece)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    @contextmanager
    def listening(
        self, after: int | None = None, *, last_event_id: int | None = None, record: bool = False
    ) -> Iterator[Listener]:
        """An open stream."""
        connection = self.connection()
        try:
            headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
            asked = [*([] if after is None else [f"after={after}"]), *(["record=true"] if record else [])]
            query = f"?{'&'.join(asked)}" if asked else ""
            connection.request("GET", f"/api/v1/stream{query}", headers=headers)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            assert response.headers["Content-Type"] == "text/event-stream"
            with response:
                yield Listener(response)
        finally:
            connection.close()


class Running(Server):
    """One that runs in this process."""

    def __init__(self, url: str, tocsin: Tocsin, loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
        super().__init__(url)
        self.tocsin = tocsin
        self.loop = loop
        self._stop = stop

    def call(self, function: Callable[[], Awaitable[T]]) -> T:
        """Run in its loop."""

        async def called() -> T:
            return await function()

        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(PATIENCE_S)

    def stop(self) -> None:
        """Have it end, without waiting for it; it may have ended already."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._stop)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait, looking from within its loop, until something is so."""

        async def asked() -> bool:
            return true()

        deadline = time.monotonic() + PATIENCE_S
        while not self.call(asked):
            assert time.monotonic() < deadline, "it never came to be so"
            time.sleep(0.002)


def refused(told: bytes) -> tuple[int, str]:
    """Status and code of a refusal in the one shape, as it came over the line."""
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"\r\nContent-Type: application/json" in head, told
    error = json.loads(body)["error"]
    assert list(error) == ["code", "message", "detail"]
    return int(head.split()[1]), error["code"]


@contextmanager
def running(
    store: Store,
    atlas: Atlas,
    clock: Clock | None = None,
    *,
    replay: Replay | None = None,
    more: Sequence[Person] | None = (),
    signed: bool = False,
    heartbeat_s: float | None = None,
    port: int = 0,
    certificate: Certificate | None = None,
    policy: Policy | None = None,
) -> Iterator[Running]:
    """Serve inside the block. Whatever goes wrong in the server's thread is raised at the end of it.

    In a log that allows nobody anything yet, Alice and Bob may give orders, and ``more``; nobody where that is None.
    Heads are ``signed`` with a key that is all ones.
    """
    started: Future[Running] = Future()

    async def served() -> None:
        present = clock or StandingClock()
        heads = Heads(store, Signer(store.realm, b"\1" * 32), present) if signed else None
        tocsin = Tocsin(store, atlas, present, replay=replay, heads=heads, policy=policy)
        if heartbeat_s is not None:
            tocsin.hub.heartbeat_s = heartbeat_s
        if more is not None and not tocsin.service.access.grants:
            begin(tocsin.service, more)
        stop = asyncio.Event()
        async with serving(tocsin, "127.0.0.1", port, certificate=certificate) as url:
            living = asyncio.create_task(tocsin.live())
            started.set_result(Running(url, tocsin, asyncio.get_running_loop(), stop.set))
            await stop.wait()
            living.cancel()

    ended: Future[None] = Future()

    def run() -> None:
        try:
            ended.set_result(asyncio.run(served()))
        except BaseException as error:
            ended.set_exception(error)
            if not started.done():
                started.set_exception(error)

    thread = threading.Thread(target=run, name="tocsin under test")
    thread.start()
    try:
        server = started.result(PATIENCE_S)
        yield server
        server.stop()
    finally:
        if started.done() and started.exception() is None and not ended.done():
            started.result().stop()
        thread.join(PATIENCE_S)
    ended.result(PATIENCE_S)
