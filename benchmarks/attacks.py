"""The record of attacks over years: how fast it is imported, asked and served. Part of ``make bench-record``.

Over the dataset that you have downloaded, or, without one, over a made-up file of the same size. Each figure stands
beside what anything like it costs at least in the same run: decoding the same events, and the server's plainest answer.
"""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.record.attack_files import row, written
from tests.web.running import StandingClock, running
from tocsin.app import open_questions, open_statistics
from tocsin.atlas import Atlas, shipped
from tocsin.cli.importing import take_attacks
from tocsin.clock import SystemClock
from tocsin.events import Event
from tocsin.model import Realm
from tocsin.record import dataset
from tocsin.record.statistics.definition import definitions
from tocsin.standing import restored
from tocsin.store import Store
from tocsin.store.sqlite import SQLiteStore

ROUNDS = 3
NIGHTS = 1_000
REQUESTS = 300


def main(path: Path | None) -> None:
    atlas = shipped("ua")
    with tempfile.TemporaryDirectory() as name:
        below = Path(name)
        with closing(SQLiteStore(below / "attacks.db", Realm.LIVE, atlas.country.id)) as store:
            imported(store, atlas, path or made_up(below))
            asked(store, atlas)
        with closing(SQLiteStore(below / "attacks.db", Realm.LIVE, atlas.country.id)) as store:
            served(store, atlas)


def made_up(below: Path) -> Path:
    """Two posts of two weapons each for so many nights."""
    rows = []
    for number in range(NIGHTS):
        day = date(2023, 1, 2) + timedelta(days=number)
        times = {"time_start": f"{day - timedelta(days=1)} 20:00", "time_end": f"{day} 08:00"}
        over = "{'Kyiv oblast': NaN, 'Sumy oblast': NaN}"
        for post in ("a", "b"):
            source = f"kpszsu/posts/{number}{post}"
            drones = {"launched": str(40 + number % 60), "destroyed": str(30 + number % 10), "not_reach_goal": "5"}
            rows.append(row(**times, source=source, **drones, destroyed_details=over))
            rows.append(row(**times, source=source, model="X-101/X-555", launched="6", destroyed="4"))
    return written(below, *rows)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def imported(store: Store, atlas: Atlas, path: Path) -> None:
    found = dataset.read(path)
    spent = seconds(lambda: take_attacks(found, store, atlas, SystemClock(), path.name))
    encoded = [msgspec.json.encode(entry.event) for entry in store.read(0, store.head())]
    decoder = msgspec.json.Decoder(Event)
    least = statistics.median(seconds(lambda: [decoder.decode(text) for text in encoded]) for _ in range(ROUNDS))
    again = seconds(lambda: take_attacks(found, store, atlas, SystemClock(), path.name))
    print(
        f"\nimport of {len(found.posts):,} posts, {store.head():,} events: {spent:.1f} s; decoding these events alone "
        f"{least:.2f} s, ratio {spent / least:.0f} : 1; the same file again {again:.1f} s"
    )
    begun = statistics.median(seconds(lambda: restored(store, atlas.hierarchy)) for _ in range(ROUNDS))
    print(f"restart upon them: {begun:.2f} s, ratio to decoding {begun / least:.1f} : 1")


def asked(store: Store, atlas: Atlas) -> None:
    record = restored(store, atlas.hierarchy).archive.published
    clock = SystemClock()
    print(f"\n{'statistic':32}{'first, ms':>12}{'then, ms':>12}{'rows':>8}")
    for name in definitions():
        desk = open_statistics(open_questions(store, atlas), atlas)
        first = seconds(lambda: desk.ask(record, name, {}, clock.now()))  # noqa: B023 - called at once
        desk._answers.clear()
        then = seconds(lambda: desk.ask(record, name, {}, clock.now()))  # noqa: B023 - called at once
        rows = len(desk.ask(record, name, {}, clock.now()).rows)
        print(f"{name:32}{first * 1e3:12.0f}{then * 1e3:12.1f}{rows:8}")


def served(store: Store, atlas: Atlas) -> None:
    clock = StandingClock(SystemClock().now())
    clock.rate = 0.0
    with running(store, atlas, clock, more=None) as server:
        record = server.tocsin.archive.published
        latest = record.open_attacks()[-1].id
        paths = ("/attacks?lang=en", "/attacks?lang=uk&page=2", f"/attacks/{latest}?lang=en", "/api/v1/attacks")
        plain = _rate(server.url, "/api/v1/clock")
        print(f"\n{'answers/s, one connection':32}{'first, ms':>12}{'answers/s':>12}{'ratio':>8}")
        for path in paths:
            first = seconds(lambda: server.ask(path))  # noqa: B023 - called at once
            rate = _rate(server.url, path)
            print(f"{path:32}{first * 1e3:12.0f}{rate:12,.0f}{plain / rate:8.1f}")
        print(f"{'/api/v1/clock, the plainest':32}{'':12}{plain:12,.0f}")


def _rate(url: str, path: str) -> float:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def all_of_them() -> None:
        for _ in range(REQUESTS):
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            connection.getresponse().read()

    with closing(connection):
        all_of_them()
        return REQUESTS / statistics.median(_each(all_of_them))


def _each(work: Callable[[], object]) -> Iterator[float]:
    for _ in range(ROUNDS):
        yield seconds(work)
