"""From a change at a feed to the first byte out here, beyond the time between two questions.

``python benchmarks/follow.py [--changes 200]``. A Tocsin with its log on disk follows a feed that is polled, and
another Tocsin's stream; a subscriber hears it over a real connection. For the polled feed counted is from the moment
at which the feed has answered with the change: the rest is the polling interval. Ends with 1 past 50 ms (p99).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from tocsin.access import LOCAL
from tocsin.app import Tocsin, open_atlas
from tocsin.clock import SystemClock
from tocsin.commands import Command, Order, Raise, Release
from tocsin.intake.following.alerts_in_ua import AlertsInUa
from tocsin.intake.following.feeds import FEEDS
from tocsin.intake.following.listening import listen
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.polling import poll
from tocsin.model import Realm, SourceId, ZoneId
from tocsin.store.sqlite import SQLiteStore
from tocsin.web.server import serving

MOST_MS = 50.0
ATLAS = open_atlas("ua")
UIDS = [zone.codes["alerts_in_ua"] for zone in ATLAS.zones if "alerts_in_ua" in zone.codes]


class Upstream(BaseHTTPRequestHandler):
    """A feed in the form of alerts.in.ua; ``ids`` stand."""

    ids: tuple[int, ...] = ()
    answered: float = 0.0
    told: tuple[int, ...] = ()

    def do_GET(self) -> None:
        now = datetime.now(UTC)
        alerts = [
            {"id": id, "location_uid": UIDS[id % len(UIDS)], "started_at": f"{now:%Y-%m-%dT%H:%M:%S}.000Z"}
            | {"alert_type": "air_raid", "alert_level": "red", "threats": []}
            for id in Upstream.ids
        ]
        body = json.dumps({"alerts": alerts, "meta": {"last_updated_at": f"{now:%Y/%m/%d %H:%M:%S} +0000"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        changed = Upstream.told != Upstream.ids
        Upstream.told = Upstream.ids
        if changed:
            Upstream.answered = time.perf_counter()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Ear:
    """A subscriber: the moment at which the first byte came after it was told to wait for one."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        self._rest = b""

    def hear(self, sign: bytes) -> float:
        """When the piece came that says this."""
        while True:
            piece = self._socket.recv(1 << 20)
            came = time.perf_counter()
            self._rest = (self._rest + piece)[-200_000:]
            if sign in self._rest:
                self._rest = b""
                return came


async def followed(name: str, url: str, folder: Path, ready: Callable[[str], None], stop: asyncio.Event) -> None:
    store = SQLiteStore(folder / f"{name}.db", Realm.LIVE, ATLAS.country.id)
    feed = msgspec.structs.replace(FEEDS[name], url=url, every_s=0.05)
    if name == "tocsin":
        line = lambda house: listen(feed, house, store.identity, Realm.LIVE)  # noqa: E731 - one of two
    else:
        line = lambda house: poll(feed, AlertsInUa(AtlasPlaces(ATLAS), "x"), house)  # noqa: E731 - the other
    tocsin = Tocsin(store, ATLAS, SystemClock(), feeds=[line] if name in FEEDS else [])
    async with serving(tocsin, "127.0.0.1", 0) as here:
        living = asyncio.create_task(tocsin.live())
        ready(here)
        await stop.wait()
        living.cancel()
    store.close()


def report(what: str, taken_ms: list[float]) -> bool:
    taken_ms.sort()
    p50, p99 = taken_ms[len(taken_ms) // 2], taken_ms[int(len(taken_ms) * 0.99)]
    print(f"{what}: {len(taken_ms)} changes, p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {taken_ms[-1]:.1f} ms")
    return p99 <= MOST_MS


async def polled(folder: Path, changes: int) -> bool:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        followed("alerts.in.ua", f"http://127.0.0.1:{server.server_address[1]}", folder, started.set_result, stop)
    )
    ear = await asyncio.to_thread(Ear, await started)
    taken = []
    for number in range(1, changes + 1):
        ids = tuple(range(max(1, number - 50), number + 1))
        waiting = asyncio.create_task(asyncio.to_thread(ear.hear, b'"ref":"%d"' % number))
        await asyncio.sleep(0.02)
        Upstream.ids = ids
        taken.append((await waiting - Upstream.answered) * 1_000)
    stop.set()
    await task
    server.shutdown()
    return report("alerts.in.ua, from its answer", taken)


async def streamed(folder: Path, changes: int) -> bool:
    loop = asyncio.get_running_loop()
    stop, started = asyncio.Event(), loop.create_future()
    leader_store = SQLiteStore(folder / "leader.db", Realm.LIVE, ATLAS.country.id)
    leader = Tocsin(leader_store, ATLAS, SystemClock())
    taken = []
    async with serving(leader, "127.0.0.1", 0) as url:
        task = asyncio.create_task(followed("tocsin", url, folder, started.set_result, stop))
        ear = await asyncio.to_thread(Ear, await started)
        await asyncio.sleep(2)

        async def order(number: int, order: Order) -> None:
            await leader.queue.submit(Command(key=f"{number}", actor="x", source=SourceId("x"), order=order), LOCAL)

        zone = (ZoneId(ATLAS.zones[50].id),)
        for number in range(changes):
            waiting = asyncio.create_task(
                asyncio.to_thread(ear.hear, b"hold_raised" if number % 2 == 0 else b"hold_released")
            )
            await asyncio.sleep(0.02)
            begun = time.perf_counter()
            await order(number, Raise(zones=zone) if number % 2 == 0 else Release(zones=zone))
            taken.append((await waiting - begun) * 1_000)
        stop.set()
        await task
    leader_store.close()
    return report("tocsin, from the order there", taken)


async def measure(changes: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        first = await polled(Path(name), changes)
        second = await streamed(Path(name), changes)
    return first and second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=200)
    if not asyncio.run(measure(parser.parse_args().changes)):
        sys.exit(f"past {MOST_MS:.0f} ms")


if __name__ == "__main__":
    main()
