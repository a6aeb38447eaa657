"""A real receiver of webhooks on loopback, which takes notices, fails, dawdles, dies and comes back as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.web.running import PATIENCE_S

Notice = tuple[str, int, str]
"""Status, region and type."""


class Receiver:
    """Listens from when it is entered; can be left and entered again, at the same port."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        """What was answered with 200, in the order of the answers."""
        self.asked: list[tuple[float, dict[str, Any]]] = []
        """Everything that came, and when."""
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.answer: Callable[[dict[str, Any]], int] = lambda notice: 200
        """The status for each; 0 breaks the connection off."""
        self.answer_headers: dict[str, str] = {}
        self.at_once = 0
        self.most_at_once = 0
        self._port = 0
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Receiver:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.take(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), name="receiver").start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.die()

    def die(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/hook"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        notice = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self._lock:
            self.asked.append((time.monotonic(), notice))
            self.headers.append(dict(handler.headers))
            self.paths.append(handler.path)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        status = self.answer(notice) if self._server is not None else 0
        with self._lock:
            self.at_once -= 1
            if status == 200:
                self.taken.append(notice)
        if status == 0:
            handler.close_connection = True
            return
        handler.send_response(status)
        for name, value in self.answer_headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    @property
    def notices(self) -> list[Notice]:
        return [told(notice) for notice in self.taken]

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"it never came to be so: {self.notices}"
            time.sleep(0.002)

    def has(self, *wanted: Notice) -> None:
        """Wait for so many notices; they are these, in this order."""
        self.until(lambda: len(self.taken) >= len(wanted))
        assert self.notices == list(wanted)


def told(notice: dict[str, Any]) -> Notice:
    assert list(notice) == ["status", "regionId", "alarmType", "createdAt"]
    assert type(notice["regionId"]) is int
    return notice["status"], notice["regionId"], notice["alarmType"]
