"""How fast other systems' dialects are answered while a whole country is under alert, one zone at a time.

``python benchmarks/compat.py [NAME]`` measures all requests, or those with NAME in them. 1,632 alerts stand. The server
is a process of its own; one client asks over connections that are kept open, packed as most clients ask, and again by
what it was told of the answer, for 304.

Beside the requests a second stands what one of them costs the server in microseconds of CPU, in user and kernel. On a
machine that has other work the rate says little; the cost says how many one core can answer. Wanted is either.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECTIONS = 16
SECONDS = 3.0
WANTED = 2_000
"""Requests a second, of each."""


class Row(NamedTuple):
    dialect: str
    path: str
    headers: Mapping[str, str] = {}
    country: str = "ua"


UKRAINEALARM = {"Authorization": "a-key"}
ALERTS_IN_UA = {"Authorization": "Bearer a-token"}

ROWS: Sequence[Row] = [
    Row("ukrainealarm", "/api/v3/alerts", UKRAINEALARM),
    Row("ukrainealarm", "/api/v3/alerts/22", UKRAINEALARM),
    Row("ukrainealarm", "/api/v3/alerts/607", UKRAINEALARM),
    Row("ukrainealarm", "/api/v3/alerts/status", UKRAINEALARM),
    Row("ukrainealarm", "/api/v3/alerts/regionHistory?regionId=22", UKRAINEALARM),
    Row("ukrainealarm", "/api/v3/regions", UKRAINEALARM),
    Row("siren.pp.ua", "/api/v3/alerts/607"),
    Row("alerts.in.ua", "/v1/alerts/active.json", ALERTS_IN_UA),
    Row("alerts.in.ua", "/v1/iot/active_air_raid_alerts_by_oblast.json", ALERTS_IN_UA),
    Row("alerts.in.ua", "/v2/iot/active_air_raid_alerts.json", ALERTS_IN_UA),
    Row("alerts.in.ua", "/v1/iot/active_air_raid_alerts/124.json", ALERTS_IN_UA),
    Row("alerts.in.ua", "/v1/regions/22/alerts/month_ago.json", ALERTS_IN_UA),
    Row("JAAM", "/alerts_statuses_v1.json"),
    Row("JAAM", "/alerts_statuses_v3.json"),
    Row("oref", "/warningMessages/alert/Alerts.json", country="il"),
    Row("oref", "/warningMessages/alert/History/AlertsHistory.json", country="il"),
    Row("oref", "/Shared/Ajax/GetAlarmsHistory.aspx?mode=1", country="il"),
    Row("oref", "/Shared/Ajax/GetDistricts.aspx?lang=en", country="il"),
]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    length: int


def serve(country: str, pipe: Connection) -> None:
    """A Tocsin under alert everywhere; says where it is."""
    import asyncio

    from tocsin import limits
    from tocsin.access import LOCAL
    from tocsin.app import Tocsin
    from tocsin.atlas import shipped
    from tocsin.clock import SystemClock
    from tocsin.commands import Command, Raise
    from tocsin.model import SourceId
    from tocsin.store.memory import MemoryStore
    from tocsin.web.server import serving

    async def served() -> None:
        limits.DIALECT_RATE_FACTOR = 0
        atlas = shipped(country)
        tocsin = Tocsin(MemoryStore(atlas=atlas.country.id), atlas, SystemClock())
        order = Raise(zones=atlas.hierarchy.descendants(atlas.country.id))
        tocsin.service.submit([Command(key="all", actor="local", source=SourceId("desk"), order=order)], LOCAL)
        async with serving(tocsin, "127.0.0.1", 0) as url:
            pipe.send((url, len(tocsin.state.holds)))
            with suppress(EOFError):
                await asyncio.to_thread(pipe.recv)

    asyncio.run(served())


class Line:
    """One connection that is kept open, with the plainest reading of what comes on it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((str(parts.hostname), parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def send(self, request: bytes) -> None:
        self._socket.sendall(request)

    def answer(self) -> Answer:
        while b"\r\n\r\n" not in self._read:
            self._more()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        left = length = int(headers.get("content-length", "0"))
        left -= len(self._read)
        self._read = self._read[length:] if left <= 0 else b""
        while left > 0:
            left -= len(self._socket.recv(min(left, 1 << 20)))
        return Answer(int(first.split()[1]), headers, length)

    def _more(self) -> None:
        piece = self._socket.recv(1 << 16)
        assert piece, "the server is gone"
        self._read += piece

    def close(self) -> None:
        self._socket.close()


def request_of(row: Row, more: Mapping[str, str]) -> bytes:
    lines = [f"GET {row.path} HTTP/1.1", "Host: tocsin", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in {**row.headers, **more}.items()]
    return "\r\n".join([*lines, "", ""]).encode()


class Speed(NamedTuple):
    rate: float
    """Requests a second."""
    cost_us: float
    """Of the server's CPU time, each."""

    def __str__(self) -> str:
        return f"{self.rate:>8,.0f} {self.cost_us:>6,.0f}"

    @property
    def enough(self) -> bool:
        return self.rate >= WANTED or self.cost_us <= 1e6 / WANTED


def cpu_s(pid: int) -> float:
    """The seconds of CPU that a process has used."""
    user, kernel = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")


def measured(lines: Sequence[Line], request: bytes, pid: int) -> tuple[Speed, Answer]:
    """How fast, and the last answer."""
    for line in lines:
        line.send(request)
    begun, before_s, count = time.perf_counter(), cpu_s(pid), 0
    answer = Answer(0, {}, 0)
    while (spent := time.perf_counter() - begun) < SECONDS:
        for line in lines:
            answer = line.answer()
            line.send(request)
            count += 1
    for line in lines:
        line.answer()
    return Speed(count / spent, (cpu_s(pid) - before_s) / (count + len(lines)) * 1e6), answer


def rows(url: str, wanted: Sequence[Row], pid: int) -> Iterator[tuple[Row, Speed, Answer, Speed | None]]:
    lines = [Line(url) for _ in range(CONNECTIONS)]
    try:
        for row in wanted:
            first, answer = measured(lines, request_of(row, {}), pid)
            assert answer.status == 200, (row.path, answer)
            again = None
            if "last-modified" in answer.headers:
                known = request_of(row, {"If-Modified-Since": answer.headers["last-modified"]})
                again, unchanged = measured(lines, known, pid)
                assert unchanged.status == 304, (row.path, unchanged)
            yield row, first, answer, again
    finally:
        for line in lines:
            line.close()


def main(name: str = "") -> int:
    wanted = [row for row in ROWS if name in row.dialect or name in row.path]
    slow = 0
    for country in dict.fromkeys(row.country for row in wanted):
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(country, theirs))
        server.start()
        theirs.close()  # if it dies, we are told
        try:
            url, alerts = ours.recv()
            print(f"{country}: {alerts:,} alerts stand; {CONNECTIONS} connections, {SECONDS:g} s each")
            print(f"{'dialect':<14} {'request':<44} {'bytes':>9} {'200/s':>8} {'us':>6} {'304/s':>8} {'us':>6}")
            chosen = [row for row in wanted if row.country == country]
            for row, first, answer, again in rows(url, chosen, server.pid or 0):
                print(f"{row.dialect:<14} {row.path:<44} {answer.length:>9,} {first} {again or ''}", flush=True)
                slow += not (first.enough or (again is not None and again.enough))
        finally:
            ours.close()
            server.join()
    print(f"{slow} of them below {WANTED:,}/s" if slow else f"all of them at {WANTED:,}/s or more, of one core")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
