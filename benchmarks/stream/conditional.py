"""The state asked for again and again by those who have it already: how many 304 a second, by one process?"""

from __future__ import annotations

import socket
import statistics
import subprocess
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benchmarks.stream import systems
from benchmarks.stream.bench import Bench
from benchmarks.stream.build import compiled
from benchmarks.stream.report import Row, paired
from benchmarks.stream.wire import get, heard, request

CONNECTIONS = 64
SECONDS = 2.0
ROUNDS = 5
STATE = "/api/v1/state"


class Answered(msgspec.Struct, frozen=True):
    """What came back."""

    answers: int
    took_ns: int
    median_us: int
    p99_us: int


def conditional(bench: Bench) -> None:
    with ExitStack() as stack:
        tocsin = stack.enter_context(bench.tocsin())
        status, headers, body = get(tocsin.port, STATE)
        assert (status, "etag" in headers) == (200, True), "the state has an ETag"
        asked = {"Tocsin": request(STATE, If_None_Match=headers["etag"])}
        ports = {"Tocsin": tocsin.port}

        told = get_raw(tocsin.port, asked["Tocsin"])
        plain = stack.enter_context(systems.repeating(bench.work, told))
        asked["C"], ports["C"] = asked["Tocsin"], plain.port
        if systems.nginx_installed():
            nginx = stack.enter_context(systems.nchan(bench.work, bench.sse, serves=body))
            _, headers, _ = get(nginx.port, "/state.json")
            asked["nginx"], ports["nginx"] = request("/state.json", If_None_Match=headers["etag"]), nginx.port
        rates: dict[str, list[float]] = {name: [] for name in asked}
        slowest: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, words in asked.items():
                answered = ask(bench.work, ports[name], words)
                rates[name].append(answered.answers / answered.took_ns * 1e9)
                slowest[name].append(answered.p99_us)
    rate = {name: statistics.median(each) for name, each in rates.items()}
    bench.report.add(
        Row(
            figure=f"conditional GET of the state (304), one process, {CONNECTIONS} connections",
            target="ahead of nginx",
            tocsin=f"{rate['Tocsin']:,.0f}/s, p99 {statistics.median(slowest['Tocsin']) / 1e3:.1f} ms",
            c=f"{rate['C']:,.0f}/s",
            ratio=f"{paired(rates['Tocsin'], rates['C']):.2f}",
            others=f"nginx {rate['nginx']:,.0f}/s" if "nginx" in rate else "",
            reached=paired(rates["Tocsin"], rates["nginx"]) > 1 if "nginx" in rate else None,
        )
    )


def get_raw(port: int, words: bytes) -> bytes:
    """The whole answer, byte for byte."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(words)
        told = heard(connection)
    assert (told[:12], told[-4:]) == (b"HTTP/1.1 304", b"\r\n\r\n"), told[:200]
    return told


def ask(work: Path, port: int, words: bytes, seconds: float = SECONDS) -> Answered:
    path = work / f"asked-{port}"
    path.write_bytes(words)
    command: list[str | Path] = [compiled("get"), str(port), str(CONNECTIONS), str(seconds), path, "304"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Answered)
