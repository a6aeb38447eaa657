"""Handshakes and certificates: whatever comes instead harms nobody, and a certificate is renewed while all goes on."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
import time
import warnings
from contextlib import ExitStack

import pytest
from cryptography import x509

from tests.door.certificates import Files
from tests.door.line import HANDSHAKE, STATE, STREAM, Line, door_of, forgotten, get, quietly
from tests.door.secured import handshakes_of, line, nothing_left, plain, post, tls_of
from tests.web.running import PATIENCE_S, Running, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.door import Bounds, Certificate
from tocsin.door.tls import Handshake
from tocsin.errors import BadSetting
from tocsin.store.memory import MemoryStore


@pytest.fixture
def server(secured: Running) -> Running:
    return secured


# --- handshakes ----------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEAD_S", 0.3)
    monkeypatch.setattr("tocsin.door.door.SHARES", 1_000)  # the door looks every hundredth of a second


HELLO = bytes.fromhex("1603010200010001fc0303") + bytes(400)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("said", [b"", HELLO[:3], HELLO[:100]], ids=["nothing", "little", "half a greeting"])
def test_whoever_does_not_finish_the_handshake_is_let_go(server: Running, said: bytes) -> None:
    with nothing_left(server), plain(server) as found:
        found.send(said)
        assert found.rest() == b""


@pytest.mark.usefixtures("hurried")
def test_whoever_says_nothing_after_the_handshake_is_let_go(server: Running) -> None:
    with nothing_left(server), line(server) as found:
        assert found.rest() == b""


@pytest.mark.parametrize(
    "said",
    [STREAM, b"GET / HTTP/1.1\r\n\r\n", b"\0" * 500, os.urandom(2_000), b"\x16\3\1\0\5hello", b"\x15\3\3\0\2\1\0"],
    ids=["a stream", "http", "zeros", "noise", "no greeting", "an alert"],
)
def test_what_is_no_handshake_is_closed(server: Running, said: bytes) -> None:
    with nothing_left(server), plain(server) as found:
        quietly(found, said)
        assert b"HTTP" not in found.rest()


def test_noise_after_the_handshake_ends_the_connection(server: Running) -> None:
    for request in (b"", STREAM, HANDSHAKE, get("/api/v1/clock")):
        with nothing_left(server), line(server) as found:
            if request:
                found.send(request)
                found.upto(b"\r\n\r\n")
            with socket.socket(fileno=os.dup(found.sock.fileno())) as raw:
                raw.settimeout(PATIENCE_S)
                raw.sendall(b"\x17\x03\x03\x00\x40" + os.urandom(64))
                while True:
                    try:
                        if not raw.recv(65_536):
                            break
                    except ConnectionError:
                        break


@pytest.mark.parametrize("request_", [b"", STATE, STREAM, HANDSHAKE, get("/api/v1/zones"), post(b"{")[:-1]])
def test_a_line_that_breaks_anywhere_leaves_nothing_behind(server: Running, request_: bytes) -> None:
    with nothing_left(server):
        for opened in (plain, line):
            with opened(server) as found:
                if request_ and opened is line:
                    found.send(request_)
                server.until(lambda: door_of(server).connections >= 2)
                with socket.socket(fileno=os.dup(found.sock.fileno())) as raw:
                    found.sock.close()
                    Line(raw).reset()


@pytest.mark.parametrize("request_", [STATE, get("/api/v1/clock")], ids=["state", "clock"])
def test_whoever_ends_its_half_of_tls_after_asking_is_let_go(server: Running, request_: bytes) -> None:
    with nothing_left(server), line(server) as found:
        found.send(request_)
        assert found.answer().status == 200
        tls_of(found).unwrap()


def test_handshakes_that_hang_make_room_for_who_comes(
    ukraine: Atlas, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bounds, "usual", classmethod(lambda cls: cls(streams=2, spare=3)))
    with running(MemoryStore(), ukraine, certificate=files.certificate()) as server, ExitStack() as lines:
        server.trusted = files.trusted()
        for _ in range(20):
            lines.enter_context(plain(server))
        server.until(lambda: door_of(server).connections == 5)
        with nothing_left(server):
            assert server.get("/api/v1/state")["holds"] == []


def test_two_hundred_come_at_once_and_all_are_told(server: Running) -> None:
    with nothing_left(server), ExitStack() as lines:
        found: list[Line] = []
        together = threading.Barrier(20)

        def come() -> None:
            together.wait(PATIENCE_S)
            for _ in range(10):
                each = lines.enter_context(line(server))
                each.send(STREAM)
                found.append(each)

        threads = [threading.Thread(target=come) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        for each in found:
            assert each.head().status == 200
            assert each.word()[0] == "snapshot"
        server.until(lambda: server.tocsin.hub.subscribers == 201)
        server.order("all", ref="all")
        assert {each.word()[0] for each in found} == {"entry"}
        assert len(found) == 200


@pytest.mark.parametrize("busy", [False, True])
def test_only_a_few_steps_of_handshakes_are_taken_at_once(
    server: Running, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    """And one, where somebody is being told something."""
    handshakes = handshakes_of(server)
    turn, step = handshakes._turn, handshakes._step
    turns: list[int] = []

    def counted_step(handshake: Handshake) -> None:
        turns[-1] += 1
        step(handshake)

    def counted_turn() -> None:
        turns.append(0)
        turn()

    async def hold() -> None:
        """All wait before the door looks."""
        time.sleep(0.2)  # noqa: ASYNC251  # the point is that nothing else goes on

    monkeypatch.setattr(handshakes, "_busy", lambda: busy)
    monkeypatch.setattr(handshakes, "_step", counted_step)
    monkeypatch.setattr(handshakes, "_turn", counted_turn)
    with ExitStack() as lines:
        holding = threading.Thread(target=server.call, args=(hold,))
        holding.start()
        for _ in range(50):
            lines.enter_context(plain(server)).send(HELLO)
        holding.join()
        server.until(lambda: sum(turns) >= 50)
    most = max(turns)
    assert most == 1 if busy else 1 < most <= limits.HANDSHAKES_PER_TURN


# --- what is agreed on ---------------------------------------------------------------------------


def test_only_http_1_1_is_spoken_and_nothing_older_than_tls_1_2(server: Running, files: Files) -> None:
    trusted = files.trusted()
    trusted.set_alpn_protocols(["h2", "http/1.1"])
    with line(server, trusted) as found:
        assert (tls_of(found).selected_alpn_protocol(), tls_of(found).version()) == ("http/1.1", "TLSv1.3")
    trusted = files.trusted()
    trusted.maximum_version = ssl.TLSVersion.TLSv1_2
    with line(server, trusted) as found:
        found.send(STATE + get("/api/v1/clock"))
        assert [found.answer().status for _ in range(2)] == [200, 200]
        cipher = tls_of(found).cipher()
        assert cipher is not None
        assert cipher[0].startswith("ECDHE-ECDSA-")
    with warnings.catch_warnings(action="ignore"):
        trusted.minimum_version = trusted.maximum_version = ssl.TLSVersion.TLSv1_1
    trusted.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"), line(server, trusted):
        pass
    forgotten(server)


# --- the certificate -----------------------------------------------------------------------------


def serial(server: Running) -> int:
    """Of the certificate that newcomers are shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with line(server, context) as found:
        der = tls_of(found).getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der).serial_number


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CERTIFICATE_LOOK_S", 0.0)
    monkeypatch.setattr("tocsin.door.door.SHARES", 1_000)


def test_a_renewed_certificate_is_shown_to_whoever_comes_then(looks_often: None, server: Running, files: Files) -> None:
    with line(server) as found:
        found.send(STREAM)
        assert (found.head().status, found.word()[0]) == (200, "snapshot")
        old = files.serial
        assert serial(server) == old
        files.renew()
        server.until(lambda: handshakes_of(server)._certificate._seen == handshakes_of(server)._certificate._stamps())
        assert serial(server) == files.serial != old
        server.trusted = files.trusted()
        server.order()
        assert found.word()[0] == "entry", "who was there before is told as before"
    forgotten(server)


@pytest.mark.parametrize("broken", ["nothing", "noise", "other key", "gone", "locked"])
def test_a_broken_certificate_leaves_the_old_one_in_use_and_is_said_once(
    files: Files, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    certificate = files.certificate()
    before = certificate.context
    if broken == "gone":
        files.key.unlink()
    elif broken == "other key":
        files.key.write_bytes(files.made()[1])
    elif broken == "locked":
        files.renew(b"secret")
    else:
        files.chain.write_bytes(b"" if broken == "nothing" else os.urandom(100))
    for _ in range(3):
        certificate.look()
    assert certificate.context is before
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    files.renew()
    certificate.look()
    assert certificate.context is not before


def test_a_certificate_that_is_not_touched_is_not_read_again(files: Files) -> None:
    certificate = files.certificate()
    before = certificate.context
    certificate.look()
    assert certificate.context is before


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("no chain", "the TLS certificate cannot be read: .*No such file"),
        ("no key", "the TLS key cannot be read: .*No such file"),
        ("a folder", "the TLS certificate cannot be read: .*Is a directory"),
        ("noise", "are not a TLS certificate and its key in PEM"),
        ("exchanged", "are not a TLS certificate and its key in PEM"),
        ("other key", "is not that of the certificate"),
        ("locked", "is locked with a password"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_refused_with_the_reason(files: Files, broken: str, said: str) -> None:
    chain, key = files.chain, files.key
    if broken == "no chain":
        chain.unlink()
    elif broken == "no key":
        key.unlink()
    elif broken == "a folder":
        chain = chain.parent
    elif broken == "noise":
        chain.write_bytes(b"noise")
    elif broken == "exchanged":
        chain, key = key, chain
    elif broken == "other key":
        key.write_bytes(files.made()[1])
    else:
        files.renew(b"secret")
    with pytest.raises(BadSetting, match=said):
        Certificate(chain, key)
