"""10,000 clients connect at once: when does the last of them hold the whole snapshot?"""

from __future__ import annotations

import json
import math
import re
import statistics
import time
import zlib
from contextlib import ExitStack
from functools import partial

import msgspec

from benchmarks.stream import systems
from benchmarks.stream.bench import SETTLE_S, Bench, Start
from benchmarks.stream.build import BUILD
from benchmarks.stream.certificate import Certificate
from benchmarks.stream.load import Load
from benchmarks.stream.report import Row, ms, paired
from benchmarks.stream.systems import Running
from benchmarks.stream.wire import Captured

CLIENTS = 10_000
ROUNDS = 3
AT_ONCE = 4_000
"""So many may wait at once: as many as the kernel queues (net.core.somaxconn). Past that, it is the kernel that drops
them and has them come again after a second, whoever serves."""


class Came(msgspec.Struct):
    """What became of one system's herds."""

    last_ns: list[float] = []
    cpu_us: list[float] = []
    """Of the server, per client."""


def herd(bench: Bench) -> None:
    for form, heard in (("gzip", bench.packed), ("plain", bench.sse)):
        size = _require_whole(heard)
        starts: dict[str, Start] = {
            "C": partial(systems.baseline, bench.work, heard),
            "Tocsin": partial(systems.tocsin, bench.work, heard),
        }
        if systems.nginx_installed():
            starts |= _nchan(bench, size)
        _tell(bench, f"snapshot in {form} ({size:,} bytes)", _herds(bench, starts, heard))
    if not (BUILD / "load_tls").exists():
        return
    size = _require_whole(bench.packed)
    starts = {
        "C with OpenSSL": partial(systems.baseline, bench.work, bench.packed, bench.certificate),
        "Tocsin": partial(systems.tocsin, bench.work, bench.packed, bench.certificate),
    }
    if systems.nginx_installed():
        starts |= _nchan(bench, size, bench.certificate)
    came = _herds(bench, starts, bench.packed)
    ours, openssl = came["Tocsin"], came["C with OpenSSL"]
    cpu = statistics.median(ours.cpu_us)
    bench.report.add(
        Row(
            figure=f"{_clients(bench):,} clients reconnect over TLS: server CPU each, C with OpenSSL",
            target="<= 260 us",
            tocsin=f"{cpu:.0f} us ({ms(statistics.median(ours.last_ns))} in all)",
            c=f"{statistics.median(openssl.cpu_us):.0f} us ({ms(statistics.median(openssl.last_ns))} in all)",
            ratio=f"{paired(ours.cpu_us, openssl.cpu_us):.2f}",
            others=_others(came),
            reached=cpu <= 260,
        )
    )


def _nchan(bench: Bench, size: int, tls: Certificate | None = None) -> dict[str, Start]:
    """With as many bytes as Tocsin's. Its streams need ever longer the more there are; its long polls do not."""
    snapshot = b"x" * (size - 1) + b"~"
    return {
        "nchan": partial(systems.nchan, bench.work, bench.sse, tls=tls, snapshot=snapshot),
        "nchan by long poll": partial(systems.nchan, bench.work, bench.sse, tls=tls, snapshot=snapshot, polled=True),
    }


def _others(came: dict[str, Came]) -> str:
    return ", ".join(
        f"{name} {ms(statistics.median(each.last_ns))}, {statistics.median(each.cpu_us):.0f} us each"
        for name, each in came.items()
        if name.startswith("nchan")
    )


def _clients(bench: Bench) -> int:
    return min(CLIENTS, bench.most)


def _require_whole(heard: Captured) -> int:
    """That the first words hold the whole snapshot, as a client reads it; gives their bytes without the head."""
    _, _, body = heard.first.partition(b"\r\n\r\n")
    text = zlib.decompressobj(wbits=31).decompress(body) if body.startswith(b"\x1f\x8b") else body
    found = re.search(rb"^event: snapshot\ndata: (.*)$", text, re.MULTILINE)
    assert found is not None, "the first words hold a snapshot"
    assert len(json.loads(found[1])["zones"]) > 1_000, "it is of a whole country"
    return len(body)


def _herds(bench: Bench, starts: dict[str, Start], heard: Captured) -> dict[str, Came]:
    count = _clients(bench)
    came = {name: Came() for name in starts}
    with ExitStack() as stack:
        running = {name: stack.enter_context(start()) for name, start in starts.items()}
        for _ in range(ROUNDS):
            for name, one in running.items():
                _herd(bench, one, count, came[name])
    return came


def _herd(bench: Bench, running: Running, count: int, came: Came) -> None:
    load = Load(
        bench.work,
        running.port,
        count,
        running.talk,
        running.voice,
        tls=running.tls,
        inflight=AT_ONCE,
    )
    try:
        before = running.server.cpu_s()
        opened = load.open()
        came.last_ns.append(opened.last_ns)
        came.cpu_us.append((running.server.cpu_s() - before) / count * 1e6)
    finally:
        load.close()
        time.sleep(2 * SETTLE_S)  # until the server has seen them all leave


def _tell(bench: Bench, what: str, came: dict[str, Came]) -> None:
    last = {name: statistics.median(each.last_ns) for name, each in came.items()}
    cpu = {name: statistics.median(each.cpu_us) for name, each in came.items()}
    times = paired(came["Tocsin"].last_ns, came["C"].last_ns)
    bench.report.add(
        Row(
            figure=f"{_clients(bench):,} clients connect and hold the {what}",
            target="ahead of nchan's streams, <= 2 x C",
            tocsin=f"{ms(last['Tocsin'])}, {cpu['Tocsin']:.0f} us each",
            c=f"{ms(last['C'])}, {cpu['C']:.0f} us each",
            ratio=f"{times:.2f}",
            others=_others(came),
            reached=times <= 2 and last["Tocsin"] < last.get("nchan", math.inf),
        )
    )
