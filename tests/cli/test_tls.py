"""`tocsin serve` and `tocsin edge` under TLS, as processes of their own."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.cli.processes import Process, process, refused, tocsin
from tests.door.certificates import Files
from tests.web.people import begun
from tests.web.running import KYIV, PATIENCE_S, Server
from tocsin.atlas import Atlas


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def options(files: Files) -> tuple[str, Path, str, Path]:
    return "--tls-cert", files.chain, "--tls-key", files.key


def secured(run: Process, files: Files, after: str = "") -> Server:
    server = run.server(after)
    assert server.url.startswith("https://")
    server.trusted = files.trusted()
    return server


def test_it_serves_under_tls_and_the_commands_of_the_same_machine_reach_it(
    log: Path, ukraine: Atlas, files: Files
) -> None:
    begun(log, ukraine)
    with process("serve", "--port", "0", "--database", log, *options(files)) as run:
        server = secured(run, files)
        with server.listening() as listener:
            assert listener.next().event == "snapshot"
            assert server.order().status == 200
            assert listener.next("entry").id == 5
            assert server.get("/api/v1/state")["zones"][KYIV] == "red"
            run.popen.send_signal(signal.SIGTERM)
            assert listener.next("goodbye").data == {"seq": 5}
            assert listener.ended()
        assert run.end()[0] == 0
        assert "Traceback" not in run.said


def test_an_edge_of_several_processes_serves_under_tls_and_follows_one_that_does(
    log: Path, ukraine: Atlas, files: Files, tmp_path: Path
) -> None:
    begun(log, ukraine)
    with process("serve", "--port", "0", "--database", log, *options(files)) as above:
        node = secured(above, files)
        arguments = ("--upstream", node.url, "--mirror", tmp_path / "mirror.db", "--port", "0", "--workers", "2")
        trusting = {"SSL_CERT_FILE": str(files.chain)}
        with process("edge", *arguments, *options(files), environment=trusting) as below:
            edge = secured(below, files, "is at ")
            assert node.order().status == 200
            until = time.monotonic() + PATIENCE_S
            while {edge.ask("/api/v1/state").status for _ in range(8)} != {200}:  # of whichever process
                assert time.monotonic() < until, below.said
                time.sleep(0.05)
            with edge.listening(after=4) as listener:
                while listener.next("snapshot", "entry").id != 5:
                    pass
            assert below.end(signal.SIGTERM)[0] == 0
            assert "Traceback" not in below.said


def test_a_certificate_that_is_of_no_use_is_told_of_before_anything_is_begun(log: Path, files: Files) -> None:
    for given, said in (
        (("--tls-cert", files.chain), "both the certificate and its key have to be named"),
        (("--tls-key", files.key), "both the certificate and its key have to be named"),
        (("--tls-cert", files.key, "--tls-key", files.chain), "are not a TLS certificate and its key in PEM"),
        (("--tls-cert", log, "--tls-key", files.key), "cannot be read"),
    ):
        assert said in refused(tocsin("serve", "--port", "0", "--database", log, *given), "bad_setting")
        assert said in refused(tocsin("edge", "--upstream", "http://127.0.0.1:1", *given), "bad_setting")
    assert not log.exists()


def test_the_certificate_can_stand_in_the_environment(log: Path, files: Files) -> None:
    environment = {"TOCSIN_TLS_CERT": str(files.key), "TOCSIN_TLS_KEY": str(files.key)}
    refused(tocsin("serve", "--port", "0", "--database", str(log), **environment), "bad_setting")
