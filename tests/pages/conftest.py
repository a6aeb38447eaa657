"""One Chromium and one replayed night for all tests of the pages; every page is watched for what it must never do.

A server that a test only reads and orders of runs in a thread; one that is killed is a process of its own.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.shelters.towns import town
from tests.web.people import begun
from tests.web.running import PATIENCE_S, SUMY, Running, Server, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, Order, Raise, Release
from tocsin.model import Realm, SourceId, ZoneId
from tocsin.shelters.areas import Areas
from tocsin.store.memory import MemoryStore

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

USUAL: dict[str, Any] = {
    "viewport": DESKTOP,
    "locale": "en-GB",
    "color_scheme": "dark",
    "service_workers": "block",
}

START_S = 120.0
"""How long a start may take on the slowest machine; only a failing one waits so long."""

NO_WEBGL = """{
  const drawn = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : drawn.call(this, kind, ...rest);
  };
}"""

expect.set_options(timeout=PATIENCE_S * 1_000)
Open = Callable[..., Page]


class Night(Server):
    """The demo, held still; a test moves it on as far as it needs and never back."""

    def at(self, moment: str) -> None:
        """Stand at this moment of the night, or at a later one where another test has been there."""
        now = datetime.fromisoformat(self.get("/api/v1/clock")["now"])
        wanted: dict[str, object] = {"rate": 0}
        if datetime.fromisoformat(moment) > now.astimezone(UTC):
            wanted["at"] = moment
        assert self.ask("/api/v1/replay", "PUT", body=wanted).status == 200


class Killable(Server):
    """`tocsin serve` on a log where nothing was ordered yet. It can be killed and started again where it was."""

    def __init__(self, folder: Path, atlas: Atlas) -> None:
        self.folder = folder
        self.database = begun(folder / "log.db", atlas)
        self._process, url = self._start("0")
        super().__init__(url)

    def _start(self, port: str) -> tuple[subprocess.Popen[bytes], str]:
        return start(self.folder, "serve", "--database", str(self.database), "--port", port)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def again(self) -> None:
        self._process, _ = self._start(str(self.address[1]))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Connections stay open and nothing comes."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


def start(folder: Path, *command: str) -> tuple[subprocess.Popen[bytes], str]:
    """Run Tocsin in a process of its own; gives it and its address once it has said it."""
    said = folder / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tocsin", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        )
    patience = time.monotonic() + START_S
    while time.monotonic() < patience and process.poll() is None:
        if found := re.search(r"http://[\d.]+:\d+", said.read_text("utf-8")):
            return process, found[0]
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"tocsin {' '.join(command)} did not start:\n{said.read_text('utf-8')}")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    process, url = start(tmp_path_factory.mktemp("night"), "demo", "--port", "0", "--speed", "1")
    night = Night(url)
    night.at("2024-11-12T20:00:00Z")
    yield night
    process.terminate()  # asked, not killed: it takes its temporary folder with it
    process.wait()


@pytest.fixture(scope="session")
def quiet() -> Iterator[Running]:
    """A server that nothing is ordered of: for its files."""
    with running(MemoryStore(Realm.LIVE), shipped("il"), SystemClock(), more=None) as server:
        yield server


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def standing(ukraine: Atlas) -> Iterator[Running]:
    """One that has heard of an alert and its end, and so knows what calm is."""
    with running(MemoryStore(Realm.LIVE), ukraine, SystemClock()) as server:
        know_calm(server)
        yield server


@pytest.fixture
def sheltered(ukraine: Atlas) -> Iterator[Running]:
    """A server that knows a town with four shelters along one street, and what calm is."""
    with running(MemoryStore(Realm.LIVE), ukraine, SystemClock(), signed=True, heartbeat_s=1.0) as server:
        from tests.pages import sheltering

        server.tocsin.areas = Areas(
            {"town": town()}, lambda: server.tocsin.service.register, server.tocsin.store.identity
        )
        know_calm(server)
        sheltering.give_town(server)
        yield server


@pytest.fixture
def drill(ukraine: Atlas) -> Iterator[Running]:
    """The same in the realm of drills."""
    with running(MemoryStore(Realm.DRILL), ukraine, SystemClock()) as server:
        know_calm(server)
        yield server


@pytest.fixture
def killable(tmp_path: Path, ukraine: Atlas) -> Iterator[Killable]:
    server = Killable(tmp_path, ukraine)
    assert server.order("before", zones=[SUMY]).status == 200
    assert server.order("before, ended", type="release", zones=[SUMY]).status == 200
    yield server
    server.kill()


def know_calm(server: Running) -> None:
    give(server, Raise(zones=(ZoneId(SUMY),)))
    give(server, Release(zones=(ZoneId(SUMY),)))


def give(server: Running, order: Order, source: str = "desk") -> None:
    """An order from the machine itself, as this source."""
    key = f"{source} {server.tocsin.state.seq}"
    command = Command(key=key, actor=LOCAL.holder, source=SourceId(source), order=order)
    server.tocsin.service.submit([command], LOCAL, together=True)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    # Not for the session: while it lives, an event loop runs in this thread, and no other test could run its own.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open a page: `visit(url)`. It fails the test that anything was asked of a third party, or any error was said.

    Without ``webgl`` it has the flat map, which is drawn in no time.
    """
    callspec = getattr(request.node, "callspec", None)
    wanted = {
        *request.fixturenames,
        *(name for name in (callspec.params.values() if callspec else ()) if isinstance(name, str)),
    }  # a test may be given its name
    for server in {"standing", "drill", "killable", "sheltered"}.intersection(wanted):
        request.getfixturevalue(server)  # first, so that its pages are closed before it stops
    contexts = []
    complaints: list[str] = []

    def opened(
        url: str,
        *,
        mine: str | None = None,
        script: str = "",
        webgl: bool = True,
        cut_off: bool = False,
        timed: bool = False,
        **options: Any,
    ) -> Page:
        context = chromium.new_context(**{**USUAL, **options})
        contexts.append(context)
        if mine:
            script += f"if (!localStorage.getItem('tocsin.zone')) localStorage.setItem('tocsin.zone', '{mine}');"
        if not webgl:
            script += NO_WEBGL
        if script:
            context.add_init_script(script)
        page = context.new_page()
        if timed:
            page.clock.install()
        origin = "/".join(url.split("/")[:3])

        def asked(address: str) -> None:
            if not address.startswith((origin, "data:", "blob:")):
                complaints.append(f"a third party was asked: {address}")

        def told(kind: str, text: str) -> None:
            refused = "net::ERR_" in text
            if kind == "error" and not (cut_off and refused):
                complaints.append(text)

        page.on("request", lambda request: asked(request.url))
        page.on("console", lambda message: told(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        if options.get("java_script_enabled", True) and not re.search("/(list|attacks|record|threats)", url):
            page.locator("html[data-fresh=fresh]").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
