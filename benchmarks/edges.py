"""What the public costs those who give orders: on the node itself, and on an edge of it.

``python benchmarks/edges.py [STREAMS]`` runs a node, an edge and a crowd on one machine. The node and whoever gives the
orders have the first processor; the edge and the crowd share the second, as if they stood elsewhere. The crowd keeps
streams open and asks for the state as fast as it is answered. In turns, over several rounds, there is no crowd, a crowd
at the node, and the same crowd at the edge; each time the time from order to receipt is taken. Beside it: what an edge
with a long log holds in memory, and how long it takes to fetch all.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tocsin.access import LOCAL, new_token, token_digest
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order, Raise, Release
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb
from tocsin.service import Service
from tocsin.store.sqlite import SQLiteStore

STREAMS = 1_000
ASKERS = 8
ROUNDS = 5
ORDERS = 60
PAST_ENTRIES = 150_000
ROOT = Path(__file__).parents[1]
WHERE = ("nowhere", "node", "edge")


def begun(log: Path, atlas: Atlas, entries: int) -> str:
    """A log with a past in which someone may order; gives their token."""
    token, clock, number = new_token(Realm.LIVE), SystemClock(), iter(range(10**9))
    with closing(SQLiteStore(log, Realm.LIVE, atlas.country.id)) as store:
        service = Service(store, atlas.hierarchy, clock)

        def give(orders: list[Order]) -> None:
            commands = [
                Command(key=f"past {next(number)}", actor=LOCAL.holder, source=SourceId("past"), order=order)
                for order in orders
            ]
            for outcome in service.submit(commands, LOCAL, together=True):
                if isinstance(outcome, Exception):
                    raise outcome

        terms = Terms(
            holder="duty",
            kind=HolderKind.SERVICE,
            sources=(SourceId("desk"),),
            zones=service.state.hierarchy.roots,
            hazards=tuple(Hazard),
            verbs=(Verb.RAISE, Verb.RELEASE),
        )
        expires = clock.now() + timedelta(days=1)
        give([IssueToken(holder="duty", digest=token_digest(token), expires=expires), GiveGrant(terms=terms)])
        zones = tuple(zone.id for zone in atlas.zones_of_level("hromada"))
        at = clock.now() - timedelta(days=1_000)
        while service.state.seq < entries:
            orders: list[Order] = []
            for _ in range(10):
                some = zones[next(number) * 37 % 900 :][:250]
                orders += [Raise(zones=some, at=at), Release(zones=some, at=at + timedelta(minutes=40))]
                at += timedelta(hours=1)
            give(orders)
        service.snapshot()
    return token


@contextmanager
def serving(processor: int, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A `tocsin` of its own on one processor, and where it says that it is."""
    command = ["taskset", "-c", str(processor), sys.executable, "-m", "tocsin", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            for line in run.stdout:
                if found := re.search(r"Tocsin is at (http://[\w.:]+)", line):
                    break
            else:
                raise SystemExit("it did not start")
            yield run, found[1]
        finally:
            run.terminate()
            run.wait()


class Crowd:
    """A process that keeps streams open and asks for the state; it says what it was answered when it is ended."""

    def __init__(self, url: str, streams: int, processor: int) -> None:
        command = ["taskset", "-c", str(processor), sys.executable, __file__, "--crowd", url, str(streams)]
        self._run = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._run.stdout is not None
        self._run.stdout.readline()

    def end(self) -> int:
        said, _ = self._run.communicate("\n")
        return int(said)


async def crowd(url: str, streams: int) -> None:
    parts = urlsplit(url)
    assert parts.hostname is not None
    answered = 0
    ask = f"GET /api/v1/state HTTP/1.1\r\nHost: {parts.hostname}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    listen = f"GET /api/v1/stream HTTP/1.1\r\nHost: {parts.hostname}\r\nAccept-Encoding: gzip\r\n\r\n".encode()

    async def hear() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(listen)
        await reader.read(65_536)
        opened.release()
        while await reader.read(65_536):
            pass

    async def poll() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while True:
            writer.write(ask)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            assert length is not None
            await reader.readexactly(int(length[1]))
            answered += 1

    opened = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(hear()) for _ in range(streams)]
    for _ in range(streams):
        await opened.acquire()
    tasks += [asyncio.create_task(poll()) for _ in range(ASKERS)]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    print(answered, flush=True)


def ordered(url: str, token: str, zone: str, turn: int) -> list[float]:
    """Seconds from each order to its receipt, one after the other."""
    parts = urlsplit(url)
    taken: list[float] = []
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for number in range(ORDERS):
        kind = "release" if number % 2 else "raise"
        body = json.dumps({"key": f"{turn}-{number}", "order": {"type": kind, "zones": [zone]}})
        begun_s = time.perf_counter()
        connection.request("POST", "/api/v1/commands", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        taken.append(time.perf_counter() - begun_s)
        if answer.status != 200:
            raise SystemExit(said.decode())
        time.sleep(0.02)
    connection.close()
    return taken


def until_fresh(edge: str, node: str) -> None:
    while get(edge, "/api/v1/state") != get(node, "/api/v1/state"):
        time.sleep(0.05)


def get(url: str, path: str) -> tuple[int, str | None, bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Tocsin-Cut-Off"], answer.read()


def memory_mib(run: subprocess.Popen[str]) -> float:
    status = Path(f"/proc/{run.pid}/status").read_text("ascii")
    [kib] = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(kib) / 1024


def main(streams: int) -> None:
    atlas = shipped("ua")
    zone = atlas.zones_of_level("raion")[0].id
    os.sched_setaffinity(0, {0})
    with tempfile.TemporaryDirectory(prefix="tocsin-edges-") as folder:
        log, mirror = Path(folder) / "live.db", Path(folder) / "mirror.db"
        token = begun(log, atlas, PAST_ENTRIES)
        with serving(0, "serve", "--port", "0", "--database", log) as (_, node):
            started_s = time.perf_counter()
            with serving(1, "edge", "--port", "0", "--upstream", node, "--mirror", mirror) as (run, edge):
                until_fresh(edge, node)
                fetched_s = time.perf_counter() - started_s
                size_mib = sum(path.stat().st_size for path in mirror.parent.glob("mirror*")) / 2**20
                before_mib = memory_mib(run)
                for path in (f"/api/v1/history?zone={zone}", "/api/v1/messages", "/list"):
                    get(edge, path)
                print(
                    f"{PAST_ENTRIES:,} entries: fetched and folded in {fetched_s:.1f} s, {size_mib:.0f} MiB of mirror; "
                    f"{before_mib:.0f} MiB of memory, {memory_mib(run):.0f} once the record was asked"
                )
                taken: dict[str, list[float]] = {where: [] for where in WHERE}
                answered = dict.fromkeys(WHERE, 0)
                for turn in range(ROUNDS * len(WHERE)):
                    where = WHERE[turn % len(WHERE)]
                    here = {"node": node, "edge": edge}.get(where)
                    people = Crowd(here, streams, 1) if here else None
                    taken[where] += ordered(node, token, zone, turn)
                    answered[where] += people.end() if people else 0
                    until_fresh(edge, node)
    quiet = statistics.median(taken["nowhere"])
    print(f"{streams:,} streams and {ASKERS} who ask for the state without a pause; {ORDERS * ROUNDS} orders each:")
    for where in WHERE:
        times = sorted(taken[where])
        median, late = statistics.median(times), times[len(times) * 99 // 100]
        print(
            f"  crowd {where:<8} median {median * 1000:6.2f} ms ({median / quiet:5.2f} x), p99 {late * 1000:7.2f} ms, "
            f"{answered[where]:,} states answered"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--crowd"]:
        asyncio.run(crowd(sys.argv[2], int(sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else STREAMS)
