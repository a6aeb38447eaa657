"""`tocsin serve` as a process of its own: it keeps its log, ends when told to, and says plainly why it cannot begin."""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.cli.processes import Process, process, refused, tocsin
from tests.web.people import begun
from tests.web.running import KHARKIV, KYIV
from tocsin.atlas import Atlas
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore


def ended_well(server: Process, number: signal.Signals) -> None:
    status, took_s = server.end(number)
    print(f"it ended {took_s:.2f} s after {number.name}")
    assert (status, "Traceback" in server.said) == (0, False), server.said
    assert took_s < 10, "two seconds are promised; the rest is for a slow machine"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_server_keeps_its_log_and_its_subscribers_resume_after_a_restart(
    log: Path, ukraine: Atlas, number: signal.Signals
) -> None:
    begun(log, ukraine)
    with process("serve", "--port", "0", "--database", log) as first, ExitStack() as streams:
        server = first.server()
        listeners = [streams.enter_context(server.listening()) for _ in range(3)]
        for listener in listeners:
            assert listener.next().event == "snapshot"
        assert server.order("k1").status == 200
        assert [listener.next("entry").id for listener in listeners] == [5, 5, 5]
        first.popen.send_signal(number)
        for listener in listeners:
            assert listener.next("goodbye").data == {"seq": 5}
            assert listener.ended()
        ended_well(first, number)
    with process("serve", "--port", "0", "--database", log) as second:
        server = second.server()
        assert server.get("/api/v1/state")["zones"][KYIV] == "red"
        assert server.order("k1").json["seq"] == 5, "it remembers what it acknowledged"
        assert server.order("k2", zones=[KHARKIV]).json["seq"] == 6
        with server.listening(last_event_id=5) as listener:
            assert listener.next().id == 6
        with server.listening(last_event_id=0) as listener:
            assert [listener.next().id for _ in range(6)] == [1, 2, 3, 4, 5, 6], (
                "what was before the restart is there as well"
            )
        ended_well(second, number)
    verified = tocsin("verify", "--database", log).stdout
    assert verified.startswith("6 entries, without a gap")
    assert verified.endswith("2 holds open; the snapshot of 6 agrees\n")


def test_what_was_acknowledged_is_there_although_the_server_was_killed(log: Path, ukraine: Atlas) -> None:
    begun(log, ukraine)
    with process("serve", "--port", "0", "--database", log) as server:
        assert server.server().order("k1").status == 200
        server.end(signal.SIGKILL)
    with process("serve", "--port", "0", "--database", log) as server:
        assert server.server().get("/api/v1/state")["zones"][KYIV] == "red"


def test_a_second_server_on_one_log_is_refused_by_the_pid_of_the_first_which_goes_on(log: Path, ukraine: Atlas) -> None:
    begun(log, ukraine)
    with process("serve", "--port", "0", "--database", log) as first:
        server = first.server()
        with process("serve", "--port", "0", "--database", log) as second:
            status, _ = second.end()
        assert status == 1
        assert second.said.splitlines() == [
            f"tocsin: {log} is being written by process {first.popen.pid} [store_locked]"
        ]
        assert server.order().status == 200
        assert '"count":1' in tocsin("history", KYIV, "--json", "--database", log).stdout, "reading beside it is fine"


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no.such.host.invalid", "a..b"])
def test_an_address_that_cannot_be_had_is_told_and_nothing_is_left_behind(log: Path, host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = tocsin("serve", "--host", host, "--port", str(port), "--database", log)
    assert f"cannot listen on {host}:{port}" in refused(result, "address_taken")
    with closing(SQLiteStore(log, Realm.LIVE, "UA")) as store:
        assert store.head() == 0


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_a_server_listens_on_ipv6_where_there_is_any(log: Path) -> None:
    with process("serve", "--host", "::1", "--port", "0", "--database", log) as server:
        if not has_ipv6():
            assert server.end()[0] == 1
            assert "[address_taken]" in server.said
            return
        found = server.server()
        assert found.url.startswith("http://[::1]:")
        assert found.get("/api/v1/clock")["rate"] == 1


def test_a_server_whose_log_is_of_another_country_or_realm_ends_without_a_traceback(log: Path) -> None:
    SQLiteStore(log, Realm.DRILL, "UA").close()
    with process("serve", "--port", "0", "--database", log) as server:
        status, _ = server.end()
    assert status == 1
    assert "[store_foreign]" in server.said
    assert "Traceback" not in server.said
