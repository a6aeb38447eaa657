"""`tocsin edge` as it is run: processes of its own, that share a port, die, come back and end in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import apsw
import pytest

from tests.cli.processes import Process, process, refused, tocsin
from tests.edge.history import give
from tests.web.people import BEGUN, begun
from tests.web.running import KHARKIV, KYIV, PATIENCE_S, Running, Server
from tocsin.atlas import Atlas
from tocsin.edge.mirror import Mirror
from tocsin.model import Realm
from tocsin.store.opening import connect

HERE = "Tocsin is at "
"""The address of its upstream is in what an edge says too."""

STREAMS = 60
"""So many that each of three workers is given some, but for one time in a thousand million."""


def children(pid: int) -> set[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return {int(child) for child in told}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true: object, said: str = "it never came to be so") -> None:
    deadline = time.monotonic() + PATIENCE_S
    assert callable(true)
    while not true():
        assert time.monotonic() < deadline, said
        time.sleep(0.01)


def known(server: Server) -> bool:
    try:
        answer = server.ask("/api/v1/state")
    except ConnectionResetError:
        return False  # it had come to the one who knew nothing, at its last moment
    if answer.status == 503:
        answer.refused(503, "nothing_known")
        return False
    return answer.headers["Tocsin-Cut-Off"] is None


def at(server: Server, seq: int) -> bool:
    return all(server.ask("/api/v1/state").json["seq"] == seq for _ in range(8))


@pytest.fixture
def edges(node: Running, mirror: Path) -> Iterator[tuple[Process, Server]]:
    """Three workers that know what the node knows."""
    arguments = ("--upstream", node.url, "--mirror", mirror, "--port", "0", "--workers", "3")
    with process("edge", *arguments) as run:
        server = run.server(HERE)
        until(lambda: len(list(mirror.parent.glob("mirror*.db"))) == 3)
        until(lambda: all(known(server) for _ in range(12)))
        yield run, server


def test_workers_share_a_port_and_each_tells_everything(node: Running, edges: tuple[Process, Server]) -> None:
    run, server = edges
    assert len(children(run.popen.pid)) == 3
    with ExitStack() as streams:
        listeners = [streams.enter_context(server.listening()) for _ in range(STREAMS)]
        for listener in listeners:
            assert listener.next().event == "snapshot"
        # What asked before may be closing yet: it goes, and the streams stay.
        until(lambda: sum(served(run, server.address[1])) == STREAMS)
        assert all(served(run, server.address[1])), "each has some of them"
        assert node.order("k1").status == 200
        assert [listener.next("entry").id for listener in listeners] == [BEGUN + 1] * STREAMS
        run.popen.send_signal(signal.SIGTERM)
        for listener in listeners:
            assert listener.next("goodbye").data == {"seq": BEGUN + 1}
            assert listener.ended()
    status, _ = run.end()
    assert status == 0
    assert "Traceback" not in run.said


def served(run: Process, port: int) -> list[int]:
    """How many connections to the port each worker has."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    established = {f"socket:[{row[9]}]" for row in rows if int(row[1].split(":")[1], 16) == port and row[3] == "01"}
    counts = []
    for pid in sorted(children(run.popen.pid)):
        found = 0
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found += str(entry.readlink()) in established
        counts.append(found)
    return counts


def test_a_worker_that_is_killed_comes_back_and_knows_what_it_missed(
    node: Running, edges: tuple[Process, Server]
) -> None:
    run, server = edges
    before = children(run.popen.pid)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    assert node.order("k1").status == 200
    until(lambda: len(children(run.popen.pid)) == 3 and victim not in children(run.popen.pid))
    assert before - {victim} < children(run.popen.pid), "the others were left alone"
    until(lambda: at(server, BEGUN + 1))
    assert server.get("/api/v1/state")["zones"][KYIV] == "red"


def test_workers_whose_first_process_is_killed_end_by_themselves(edges: tuple[Process, Server]) -> None:
    run, server = edges
    workers = children(run.popen.pid)
    with server.listening() as listener:
        assert listener.next().event == "snapshot"
        run.popen.kill()
        assert listener.next("goodbye")
    until(lambda: not any(alive(pid) for pid in workers))


def test_ctrl_c_ends_a_single_edge_in_order(node: Running, mirror: Path) -> None:
    with process("edge", "--upstream", node.url, "--mirror", mirror, "--port", "0") as run:
        server = run.server(HERE)
        until(lambda: known(server))
        with server.listening() as listener:
            assert listener.next().event == "snapshot"
            run.popen.send_signal(signal.SIGINT)
            assert listener.next("goodbye").data == {"seq": BEGUN}
        assert run.end()[0] == 0
        assert "Traceback" not in run.said


def test_an_edge_that_has_never_heard_anything_says_that_nothing_is_known(mirror: Path) -> None:
    with process("edge", "--upstream", "http://127.0.0.1:9", "--mirror", mirror, "--port", "0") as run:
        server = run.server(HERE)
        for path in ("/api/v1/state", "/api/v1/stream", "/", "/list", "/nothing"):
            answer = server.ask(path)
            answer.refused(503, "nothing_known")
            assert answer.headers["Tocsin-Realm"] == "live"
            assert answer.headers["Retry-After"]
        assert run.end(signal.SIGTERM)[0] == 0


@pytest.fixture
def long_log(tmp_path: Path, ukraine: Atlas) -> Path:
    """A log of more than ten pages."""
    log = begun(tmp_path / "live.db", ukraine)
    give(log, ukraine, 12_000)
    return log


def test_an_edge_killed_in_the_middle_of_mirroring_loses_nothing(
    long_log: Path, mirror: Path, ukraine: Atlas, tmp_path: Path
) -> None:
    with process("serve", "--port", "0", "--database", long_log) as serving:
        node = serving.server()
        head = node.get("/api/v1/state")["seq"]
        arguments = ("--upstream", node.url, "--mirror", mirror, "--port", "0")
        heads = [0]
        while heads[-1] < head:
            with process("edge", *arguments) as run:
                run.server(HERE)
                until(lambda: mirrored(mirror) > heads[-1])
                run.popen.kill()
            heads.append(mirrored(mirror))
            with closing(Mirror(mirror, Realm.LIVE, "UA")) as kept:
                assert kept.head() >= heads[-1], "what was there stays there"
                kept.read(0, kept.head())
            if len(heads) == 4:
                break
        with process("edge", *arguments) as run:
            server = run.server(HERE)
            until(lambda: known(server))
            assert server.ask("/api/v1/state").body == node.ask("/api/v1/state").body
            after = 0
            while page := node.get(f"/api/v1/events?after={after}&limit=1000")["events"]:
                assert server.get(f"/api/v1/events?after={after}&limit=1000")["events"] == page
                after = page[-1]["seq"]
            assert after == head


def mirrored(path: Path) -> int:
    """How many entries are in the file, seen from beside it."""
    if not path.exists() or not path.stat().st_size:
        return 0
    try:
        with closing(connect(path, wait_s=5, read_only=True)) as file:
            return int(file.execute("SELECT coalesce(max(seq), 0) FROM entry").get)
    except apsw.Error:
        return 0


def test_a_stopped_upstream_is_noticed_and_an_edge_goes_on_when_it_is_woken(
    tmp_path: Path, ukraine: Atlas, mirror: Path
) -> None:
    log = begun(tmp_path / "live.db", ukraine)
    with process("serve", "--port", "0", "--database", log) as serving:
        node = serving.server()
        with process("edge", "--upstream", node.url, "--mirror", mirror, "--port", "0") as run:
            edge = run.server(HERE)
            until(lambda: known(edge))
            with edge.listening() as listener:
                assert listener.next("snapshot")
                os.kill(serving.popen.pid, signal.SIGSTOP)
                assert listener.next("stale").data["cut_off_since"]
                os.kill(serving.popen.pid, signal.SIGCONT)
                assert listener.next("stale").data == {"cut_off_since": None}
                assert node.order("k1", zones=[KHARKIV]).status == 200
                assert listener.next("entry").id == BEGUN + 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "bad_setting"),
        (("--upstream", "nowhere"), "bad_setting"),
        (("--upstream", "http://127.0.0.1:9", "--workers", "0"), "bad_setting"),
        (("--upstream", "http://127.0.0.1:9", "--workers", "65"), "bad_setting"),
        (("--upstream", "http://127.0.0.1:9", "--host", "192.0.2.1"), "address_taken"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_sentence(mirror: Path, arguments: tuple[str, ...], code: str) -> None:
    refused(tocsin("edge", "--mirror", mirror, *arguments), code)
    assert not mirror.exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_edge_of_the_other_realm_ends_and_says_why(node: Running, tmp_path: Path, workers: str) -> None:
    arguments = ("--upstream", node.url, "--mirror", tmp_path / "drill.db", "--port", "0", "--realm", "drill")
    with process("edge", *arguments, "--workers", workers) as run:
        status, _ = run.end()
    assert status == 1
    assert "[wrong_realm]" in run.said
    assert "Traceback" not in run.said


def test_an_address_that_somebody_else_has_is_not_shared(node: Running, mirror: Path) -> None:
    port = node.url.rpartition(":")[2]
    result = tocsin("edge", "--upstream", node.url, "--mirror", mirror, "--port", port, "--workers", "2")
    refused(result, "address_taken")


TOLD_TO_END_AT_ITS_END = """
import asyncio.selector_events, os, signal, sys
from tocsin.cli import main
real, parent = asyncio.selector_events.BaseSelectorEventLoop.close, os.getpid()
def close(loop):
    real(loop)
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
asyncio.selector_events.BaseSelectorEventLoop.close = close
main()
"""


def test_a_worker_that_is_told_to_end_while_it_ends_prints_no_traceback(node: Running, tmp_path: Path) -> None:
    said = ("edge", "--upstream", node.url, "--mirror", str(tmp_path / "drill.db"), "--port", "0", "--realm", "drill")
    command = [sys.executable, "-c", TOLD_TO_END_AT_ITS_END, *said, "--workers", "2"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "[wrong_realm]" in ended.stderr
    assert "Traceback" not in ended.stderr
