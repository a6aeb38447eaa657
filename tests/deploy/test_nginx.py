"""The configuration of deploy/nginx in a real nginx: what passes, and what is given out when no Tocsin runs."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.processes import Process, process
from tests.deploy.web_server import FOLDER, LISTEN, ROOT, TLS, UPSTREAM, free_port, serving, set_up, valid
from tests.web.people import BEGUN, begun
from tests.web.running import KHARKIV, KYIV, LVIV, NOON, PATIENCE_S, Answer, Server
from tocsin.aside.folder import PACKED, STATE, Folder
from tocsin.atlas import Atlas, shipped
from tocsin.limits import HEADER_BYTES
from tocsin.model import Realm

COPY = "Tocsin-Copy"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


class Site:
    """nginx before a Tocsin that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.copy = folder / "static"
        self.port, self.behind = free_port(), free_port()
        self.front = Server(f"http://127.0.0.1:{self.port}")
        self._log = folder / "live.db"

    @contextmanager
    def tocsin(self) -> Iterator[Process]:
        arguments = ("serve", "--port", str(self.behind), "--database", self._log, "--static-dir", self.copy)
        with process(*arguments) as running:
            running.server()
            yield running

    def copied(self, seq: int) -> None:
        """Wait until the copy is of this seq, with its pages."""
        lists = [self.copy / f"list{lang}.html{packed}" for lang in ("", ".uk", ".en") for packed in ("", PACKED)]
        state = self.copy / STATE
        deadline = time.monotonic() + PATIENCE_S
        while not (state.exists() and json.loads(state.read_bytes())["seq"] == seq and all(map(Path.exists, lists))):
            assert time.monotonic() < deadline, "the copy was never made"
            time.sleep(0.01)


@contextmanager
def sited(nginx: str, folder: Path, changes: Mapping[str, str] | None = None) -> Iterator[Site]:
    site = Site(folder)
    told = {
        UPSTREAM: f"server 127.0.0.1:{site.behind} max_fails=0;",
        LISTEN: f"listen 127.0.0.1:{site.port};",
        ROOT: f"root {site.copy};",
        **(changes or {}),
    }
    configuration = set_up(folder, told)
    valid(nginx, configuration)
    with serving(nginx, configuration, site.port):
        yield site


@pytest.fixture
def site(nginx: str, tmp_path: Path, ukraine: Atlas) -> Iterator[Site]:
    begun(tmp_path / "live.db", ukraine)
    with sited(nginx, tmp_path) as site:
        yield site


def from_the_copy(answer: Answer) -> Answer:
    assert answer.status == 200, answer.body
    assert answer.headers[COPY] == "static"
    assert answer.headers["Tocsin-Realm"] == "live"
    assert answer.headers["Cache-Control"] == "public, max-age=5"
    return answer


def test_the_configuration_is_valid_as_it_stands_but_for_its_certificate(nginx: str, tmp_path: Path) -> None:
    told = valid(nginx, set_up(tmp_path, {LISTEN: f"listen 127.0.0.1:{free_port()};"}))
    assert "warn" not in told


def test_orders_streams_and_the_state_pass_to_tocsin(site: Site) -> None:
    with site.tocsin(), site.front.listening() as listener:
        assert listener.realm == "live"
        assert listener.next().event == "snapshot"
        assert site.front.order("k").json["seq"] == BEGUN + 1
        entry = listener.next("entry")
        assert (entry.id, entry.data["event"]["zone"]) == (BEGUN + 1, KYIV)
        answer = site.front.ask("/api/v1/state")
        assert (answer.status, answer.headers[COPY]) == (200, None)
        assert answer.json["zones"][KYIV] == "red"
        assert site.front.ask("/api/v1/state", headers={"If-None-Match": answer.headers["ETag"]}).status == 304
        assert site.front.ask("/list?lang=en").headers[COPY] is None
        assert site.front.ask("/").headers[COPY] is None
        assert site.front.ask("/static/main.js").status == 200
        assert site.front.order("l", token="tocsin_live_nobody_knows_this_one").status == 401, "as Tocsin refuses"
        assert site.front.ask("/api/v1/zones/nowhere").json["error"]["code"] == "unknown_zone"


def test_a_websocket_passes_to_tocsin(site: Site) -> None:
    with site.tocsin(), socket.create_connection(site.front.address, timeout=PATIENCE_S) as line:
        fields = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
        line.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: tocsin\r\n{fields}\r\n".encode())
        told = b""
        while b'"event":"snapshot"' not in told:
            came = line.recv(65_536)
            assert came, told
            told += came
            assert told.startswith(b"HTTP/1.1 101 "), told
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in told, "the answer to this key (RFC 6455, section 1.3)"


def test_killed_tocsin_is_stood_in_for_by_the_copy_until_it_is_back(site: Site) -> None:
    front = site.front
    with site.tocsin() as first:
        assert front.order("k").json["seq"] == BEGUN + 1
        live = front.ask("/api/v1/state")
        site.copied(BEGUN + 1)
        first.end(signal.SIGKILL)
    answer = from_the_copy(front.ask("/api/v1/state"))
    said = answer.json
    written_at = datetime.fromisoformat(said.pop("written_at"))
    assert said == live.json
    assert abs(datetime.now(UTC) - written_at) < timedelta(minutes=5)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] != live.headers["ETag"], "what Tocsin said may differ in more than its time"
    known = {"If-None-Match": answer.headers["ETag"]}
    again = front.ask("/api/v1/state", headers=known)
    assert (again.status, again.body, again.headers[COPY]) == (304, b"", "static")
    assert front.ask("/state.json", headers=known).status == 304, "the same by its own name"
    with site.tocsin():
        back = front.ask("/api/v1/state", headers=known)
        assert (back.status, back.headers[COPY]) == (200, None)
        assert front.order("l", zones=[LVIV]).json["seq"] == BEGUN + 2
        assert front.get("/api/v1/state")["zones"][LVIV] == "red"
        site.copied(BEGUN + 2)
        own = from_the_copy(front.ask("/state.json", headers=known))
        assert own.json["seq"] == BEGUN + 2, "by its own name it is the copy at any time, and a new one"


def test_the_list_of_the_copy_comes_in_the_language_asked_for_and_packed_if_wanted(site: Site) -> None:
    with site.tocsin() as running:
        assert site.front.order("k").status == 200
        site.copied(BEGUN + 1)
        running.end(signal.SIGTERM)

    def language(path: str, **headers: str) -> str:
        answer = from_the_copy(site.front.ask(path, headers=headers))
        packed = answer.headers["Content-Encoding"] == "gzip"
        assert packed == ("Accept-Encoding" in headers)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        page = (gzip.decompress(answer.body) if packed else answer.body).decode()
        assert f'data-zone="{KYIV}" data-status="red"' in page
        found = re.search(r'<html lang="(\w+)"', page)
        assert found
        return found[1]

    for path in ("/list", "/", f"/list/{KYIV}"):
        assert language(path) == "uk"
        assert language(path, **{"Accept-Language": "uk-UA,uk;q=0.9,en;q=0.8"}) == "uk"
        assert language(path, **{"Accept-Language": "en-GB,en;q=0.9", "Accept-Encoding": "gzip"}) == "en"
        assert language(f"{path}?lang=uk", **{"Accept-Language": "en"}) == "uk"
    assert [language(f"/list{lang}.html") for lang in ("", ".uk", ".en")] == ["uk", "uk", "en"]
    first = site.front.ask("/list?lang=en", headers={"Accept-Encoding": "gzip"})
    known = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert site.front.ask("/list?lang=en", headers=known).status == 304
    assert {"Accept-Encoding", "Accept-Language"} <= set(", ".join(first.headers.get_all("Vary", [])).split(", "))


def test_what_has_no_copy_is_refused_in_the_one_shape_when_tocsin_is_down(site: Site) -> None:
    for answer in (site.front.order("k"), site.front.ask("/api/v1/stream"), site.front.ask("/api/v1/zones")):
        answer.refused(503, "server_unreachable")
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Tocsin-Realm"] == "live"
    for path in ("/api/v1/state", "/state.json"):
        site.front.ask(path).refused(503, "server_unreachable")
    for path in ("/list", "/", "/list.en.html"):
        answer = site.front.ask(path)
        assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
        assert "Це не означає, що небезпеки немає" in answer.body.decode()


def test_nothing_else_of_the_folder_is_given_out(site: Site) -> None:
    site.copy.mkdir()
    for name in (".writer", "state.json", "state.json.part", "secret.html", "state.json.gz"):
        (site.copy / name).write_text("{}")
    assert from_the_copy(site.front.ask("/state.json")).body == b"{}"
    for path in ("/.writer", "/state.json.part", "/secret.html", "/list/../secret.html", "/static/state.json"):
        assert site.front.ask(path).status == 503


def test_a_tocsin_that_hangs_is_stood_in_for_too(site: Site) -> None:
    with site.tocsin() as running:
        site.copied(BEGUN)
        os.kill(running.popen.pid, signal.SIGSTOP)
        try:
            assert from_the_copy(site.front.ask("/api/v1/state")).json["seq"] == BEGUN
        finally:
            os.kill(running.popen.pid, signal.SIGCONT)


def of_one_size() -> tuple[bytes, bytes]:
    """Two states that differ, and that are as long as each other, packed as well."""
    sizes: dict[int, bytes] = {}
    for seq in range(1_000, 2_000):
        body = json.dumps({"seq": seq, "realm": "live", "holds": []}).encode()
        size = len(gzip.compress(body, 6, mtime=0))
        if size in sizes:
            return sizes[size], body
        sizes[size] = body
    raise AssertionError("there are not so many sizes")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_two_states_of_one_second_and_one_size_are_never_taken_for_one(site: Site, encoding: str) -> None:
    first, second = of_one_size()

    def asked(**known: str) -> tuple[int, Any, Any]:
        answer = site.front.ask("/api/v1/state", headers={"Accept-Encoding": encoding, **known})
        packed = answer.headers["Content-Encoding"] == "gzip"
        assert packed == (encoding == "gzip" and answer.status == 200)
        return answer.status, gzip.decompress(answer.body) if packed else answer.body, answer.headers

    with closing(Folder(site.copy, Realm.LIVE)) as folder:
        folder.put({STATE: first}, NOON)
        status, body, headers = asked()
        assert (status, body) == (200, first)
        by_tag, by_time = {"If-None-Match": headers["ETag"]}, {"If-Modified-Since": headers["Last-Modified"]}
        assert asked(**by_tag)[0] == asked(**by_time)[0] == 304
        before = (site.copy / (STATE + PACKED)).stat().st_size
        folder.put({STATE: second}, NOON)
        assert (site.copy / (STATE + PACKED)).stat().st_size == before
        assert asked(**by_tag)[:2] == (200, second)
        assert asked(**by_time)[:2] == (200, second)


def test_however_many_streams_there_are_orders_and_the_state_find_room(
    nginx: str, tmp_path: Path, ukraine: Atlas
) -> None:
    begun(tmp_path / "live.db", ukraine)
    bound = "limit_conn tocsin_streams 16000;"
    with sited(nginx, tmp_path, {bound: bound.replace("16000", "2")}) as site, site.tocsin(), ExitStack() as streams:
        for _ in range(2):
            assert streams.enter_context(site.front.listening()).next().event == "snapshot"
        answer = site.front.ask("/api/v1/stream")
        answer.refused(503, "too_many_connections")
        assert answer.headers["Retry-After"] == "5"
        assert site.front.order("k", zones=[KHARKIV]).status == 200
        assert site.front.get("/api/v1/state")["zones"][KHARKIV] == "red"


def test_headers_beyond_the_limit_are_refused_before_they_come_to_tocsin(site: Site) -> None:
    with site.tocsin():
        long = "x" * (HEADER_BYTES + 1)
        assert site.front.ask("/api/v1/state", headers={"X-Long": long}).status in (400, 431, 494)
        told = site.front.raw(f"GET /?{long} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert told.startswith(b"HTTP/1.1 414 ")
        assert site.front.get("/api/v1/state")["seq"] == BEGUN


def certificate(folder: Path) -> tuple[Path, Path]:
    """One of our own, for localhost: the chain and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


def test_with_tls_everything_is_said_through_it(nginx: str, tmp_path: Path, ukraine: Atlas) -> None:
    begun(tmp_path / "live.db", ukraine)
    chain, private = certificate(tmp_path)
    tls = (FOLDER / "nginx" / "tocsin-tls.conf").read_text("utf-8")
    port = free_port()
    changes = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "/etc/ssl/tocsin/fullchain.pem": str(chain),
        "/etc/ssl/tocsin/privkey.pem": str(private),
    }
    for before, after in changes.items():
        assert tls.count(before) == 1
        tls = tls.replace(before, after)
    (tmp_path / "tocsin-tls.conf").write_text(tls)
    trusting = ssl.create_default_context(cafile=str(chain))
    with sited(nginx, tmp_path, {TLS: f"include {tmp_path}/tocsin-tls.conf;"}) as site, site.tocsin():
        with (
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as line,
        ):
            line.sendall(b"GET /api/v1/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            told = b"".join(iter(lambda: line.recv(65_536), b""))
        assert told.startswith(b"HTTP/1.1 200 ")
        assert f'"seq":{BEGUN}'.encode() in told
