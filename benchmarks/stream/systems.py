"""What is compared: each system, how it is started, how it is listened to and how it is had to say something."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from benchmarks.stream import build
from benchmarks.stream.build import ROOT, compiled, found
from benchmarks.stream.certificate import Certificate
from benchmarks.stream.load import Talk, Voice
from benchmarks.stream.processes import PATIENCE_S, Server
from benchmarks.stream.wire import Captured, listening, request

STREAM = "/api/v1/stream"
END_OF_EVENT = b"\n\n"


class Running(msgspec.Struct, frozen=True):
    """A system that has been started, and how to use it."""

    name: str
    server: Server
    port: int
    talk: Talk
    voice: Voice
    tls: bool = False


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def require_answer(server: Server, port: int) -> None:
    """Wait until something listens. Errors: `RuntimeError`."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        server.require_running()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("a server does not listen")


# --- Tocsin, and C with the same bytes -----------------------------------------------------------


@contextmanager
def tocsin(work: Path, heard: Captured | None, tls: Certificate | None = None) -> Iterator[Running]:
    """The real one, listened to as ``heard`` was."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-", dir=work))
    reading, writing = os.pipe()
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.stream.tocsin_server", folder]
    if tls:
        command += [tls.certificate, tls.key]
    server = Server(command, stdin=reading, log=folder / "said", cwd=Path.cwd())
    os.close(reading)
    try:
        port = int(server.line())
        talk = heard.talk if heard else Talk(listening(STREAM), END_OF_EVENT, 1)
        yield Running("Tocsin", server, port, talk, Voice(pipe=writing), tls is not None)
    finally:
        os.close(writing)
        server.stop()


@contextmanager
def baseline(
    work: Path, heard: Captured, tls: Certificate | None = None, *, gathering: bool = False
) -> Iterator[Running]:
    """The plain loop in C, saying what Tocsin was heard to say; ``gathering``: what waits together leaves together."""
    first, event = work / f"first-{id(heard)}", work / f"event-{id(heard)}"
    first.write_bytes(heard.first)
    event.write_bytes(heard.event)
    reading, writing = os.pipe()
    command: list[str | Path] = [compiled("baseline_tls" if tls else "baseline"), first, event]
    command += ["gather"] if gathering else []
    command += [tls.certificate, tls.key] if tls else []
    server = Server(command, stdin=reading, log=work / "baseline.log")
    os.close(reading)
    name = "C with OpenSSL" if tls else "C gathering" if gathering else "C"
    try:
        yield Running(name, server, int(server.line()), heard.talk, Voice(pipe=writing), tls is not None)
    finally:
        os.close(writing)
        server.stop()


@contextmanager
def repeating(work: Path, answer: bytes) -> Iterator[Running]:
    """The same answer in C to every request of a connection that stays."""
    path = work / f"answer-{id(answer)}"
    path.write_bytes(answer)
    server = Server([compiled("baseline"), path, "-"], stdin=subprocess.PIPE, log=work / "baseline.log")
    try:
        yield Running("C", server, int(server.line()), Talk(b"", b"", 0), Voice())
    finally:
        server.stop()


# --- nginx with nchan ----------------------------------------------------------------------------

NGINX = """
load_module {module};
user root;
worker_processes {workers};
worker_rlimit_nofile {files};
daemon off;
pid {work}/nginx.pid;
error_log stderr error;
events {{ worker_connections 65536; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    keepalive_timeout 3600;
    client_body_buffer_size 1m;
    nchan_shared_memory_size 1024M;
    open_file_cache max=100;
    default_type application/json;
    server {{
        listen 127.0.0.1:{port} {tls} backlog=4096;
        {certificate}
        location = /listen {{
            nchan_subscriber eventsource;
            nchan_channel_id all;
            nchan_subscriber_first_message {first};
            nchan_subscriber_timeout 0;
        }}
        location = /poll {{
            nchan_subscriber longpoll;
            nchan_channel_id all;
            nchan_subscriber_first_message oldest;
        }}
        location = /state.json {{ root {work}/files; add_header Cache-Control "public, max-age=1"; }}
    }}
    server {{
        listen 127.0.0.1:{publish};
        location = /say {{
            nchan_publisher;
            nchan_channel_id all;
            nchan_message_buffer_length {buffered};
            nchan_message_timeout 600s;
        }}
    }}
}}
"""


def nginx_installed() -> bool:
    return found("nginx") is not None and build.NCHAN_MODULE.exists()


@contextmanager
def nchan(
    work: Path,
    heard: Captured,
    *,
    tls: Certificate | None = None,
    workers: int = 1,
    files: int = 20_000,
    snapshot: bytes | None = None,
    polled: bool = False,
    serves: bytes | None = None,
) -> Iterator[Running]:
    """``snapshot`` is what newcomers hear first, ``polled`` as one answer that ends; ``serves`` is /state.json."""
    below = work / f"nginx-{free_port()}"
    (below / "files").mkdir(parents=True)
    if serves is not None:
        (below / "files" / "state.json").write_bytes(serves)
    port, publish = free_port(), free_port()
    certificate = f"ssl_certificate {tls.certificate}; ssl_certificate_key {tls.key};" if tls else ""
    (below / "nginx.conf").write_text(
        NGINX.format(
            module=build.NCHAN_MODULE,
            work=below,
            port=port,
            publish=publish,
            tls="ssl" if tls else "",
            certificate=certificate,
            workers=workers,
            files=files,
            first="newest" if snapshot is None else "oldest",
            # A listener who is behind loses nothing that is still here.
            buffered=10_000 if snapshot is None else 1,
        )
    )
    binary = found("nginx")
    assert binary is not None, "nginx is installed"
    server = Server([binary, "-p", below, "-c", below / "nginx.conf"], log=work / "nginx.log")
    try:
        require_answer(server, publish)
        if snapshot is not None:
            with socket.create_connection(("127.0.0.1", publish)) as saying:
                saying.sendall(posted("/say", snapshot, "application/json"))
                assert saying.recv(4096).startswith(b"HTTP/1.1 20"), "nchan takes the snapshot"
        voice = Voice(port=publish, template=posted("/say", heard.json, "application/json"))
        talk = Talk(listening("/listen"), END_OF_EVENT, 1 if snapshot is None else 2)
        if polled and snapshot is not None:
            talk = Talk(request("/poll"), snapshot[-1:], 1)
        yield Running("nchan", server, port, talk, voice, tls is not None)
    finally:
        server.stop()


def posted(path: str, body: bytes, media: str) -> bytes:
    """A request that says it, over a connection that stays."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# --- mosquitto -----------------------------------------------------------------------------------

MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence false
log_type error
max_queued_messages 0
set_tcp_nodelay true
"""
CONNECT = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"
"""MQTT 3.1.1, section 3.1: a clean session, no keep alive, no name."""
SUBSCRIBE = b"\x82\x06\x00\x01\x00\x01e\x00"
SUBSCRIBED = b"\x90\x03\x00\x01\x00"


def mqtt_published(message: bytes) -> bytes:
    """MQTT 3.1.1, section 3.3: once at most."""
    rest = b"\x00\x01e" + message
    length, size = b"", len(rest)
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (128 if size else 0)])
        if not size:
            return b"\x30" + length + rest


@contextmanager
def mosquitto(work: Path, heard: Captured) -> Iterator[Running]:
    port = free_port()
    configuration = work / f"mosquitto-{port}.conf"
    configuration.write_text(MOSQUITTO.format(port=port))
    binary = found("mosquitto")
    assert binary is not None, "mosquitto is installed"
    server = Server([binary, "-c", configuration], log=work / "mosquitto.log")
    try:
        require_answer(server, port)
        voice = Voice(port=port, template=mqtt_published(heard.json), hello=CONNECT)
        yield Running("mosquitto", server, port, Talk(CONNECT + SUBSCRIBE, SUBSCRIBED, 1), voice)
    finally:
        server.stop()


# --- starlette, sse-starlette, uvicorn -----------------------------------------------------------


@contextmanager
def plain_way(work: Path, heard: Captured) -> Iterator[Running]:
    python = build.python_of_the_plain_way()
    assert python is not None, "starlette is installed"
    port = free_port()
    program = ROOT / "benchmarks" / "stream" / "plain_app.py"
    server = Server([python, program, str(port)], log=work / "plain.log")
    try:
        require_answer(server, port)
        voice = Voice(port=port, template=posted("/publish", heard.json, "application/json"))
        # It ends lines with CR LF.
        yield Running("sse-starlette", server, port, Talk(listening("/stream"), b"data: {}\r\n\r\n", 1), voice)
    finally:
        server.stop()
