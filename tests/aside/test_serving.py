"""`tocsin serve --static-dir`: the copy follows the log, says that Tocsin lives, and is no burden to it."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import process, refused, tocsin
from tests.web.people import begun
from tests.web.running import KHARKIV, KYIV, LVIV, PATIENCE_S, SUMY
from tocsin.access import LOCAL
from tocsin.app import Tocsin
from tocsin.atlas import Atlas, shipped
from tocsin.cli.running import copied
from tocsin.clock import SystemClock
from tocsin.commands import Command, Raise
from tocsin.model import SourceId, ZoneId
from tocsin.settings import Settings
from tocsin.store.memory import MemoryStore

ZONES = (KYIV, KHARKIV, LVIV, SUMY)


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def log(tmp_path: Path, ukraine: Atlas) -> Path:
    """A log in which Alice and Bob may give orders."""
    begun(tmp_path / "live.db", ukraine)
    return tmp_path / "live.db"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "static"


def state(copy: Path) -> Any:
    path = copy / "state.json"
    return json.loads(path.read_bytes()) if path.exists() else {"seq": -1}


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(0.01)


def pages(copy: Path) -> str:
    return "".join((copy / name).read_text("utf-8") for name in ("list.html", "list.uk.html", "list.en.html"))


def test_the_copy_follows_each_order_and_ends_a_burst_with_the_newest(log: Path, copy: Path) -> None:
    with process("serve", "--port", "0", "--database", log, "--static-dir", copy) as running:
        server = running.server()
        until(lambda: state(copy)["seq"] == 4)
        assert server.order("k0").json["seq"] == 5
        until(lambda: state(copy)["zones"].get(KYIV) == "red")
        until(lambda: pages(copy).count(f'data-zone="{KYIV}" data-status="red"') == 3)
        last = 0
        for number in range(1, 41):
            zone = ZONES[number % len(ZONES)]
            kind = "raise" if number // len(ZONES) % 2 else "release"
            answer = server.order(f"k{number}", type=kind, zones=[zone])
            last = answer.json["seq"] if answer.status == 200 else last
        assert last > 20
        until(lambda: state(copy)["seq"] == last)
        said = state(copy)
        said.pop("written_at")
        assert said == server.get("/api/v1/state")
        assert running.end(signal.SIGTERM)[0] == 0
        assert "Traceback" not in running.said


class Counted:
    """A bell that counts."""

    rings = 0

    def ring(self) -> None:
        self.rings += 1


def test_each_order_rings_the_bell_and_nothing_has_to_wait_for_the_next_beat(
    ukraine: Atlas, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell = Counted()

    @asynccontextmanager
    async def counting(command: Sequence[str]) -> AsyncIterator[Counted]:
        yield bell

    async def ordered() -> None:
        tocsin = Tocsin(MemoryStore(), ukraine, SystemClock())
        async with copied(tocsin, Settings(static_dir=copy)):
            for number, zone in enumerate(ZONES):
                order = Raise(zones=(ZoneId(zone),))
                given = Command(key=f"k{number}", actor="watch", source=SourceId("watch"), order=order)
                tocsin.service.submit([given], LOCAL, together=True)
                assert bell.rings == number + 1

    monkeypatch.setattr("tocsin.cli.running.writer", counting)
    asyncio.run(ordered())


def test_what_was_acknowledged_before_a_kill_is_in_the_copy(log: Path, copy: Path) -> None:
    with process("serve", "--port", "0", "--database", log, "--static-dir", copy) as running:
        server = running.server()
        until(lambda: state(copy)["seq"] == 4)
        for number, zone in enumerate(ZONES):
            seq = server.order(f"k{number}", zones=[zone]).json["seq"]
        running.end(signal.SIGKILL)
    until(lambda: state(copy)["seq"] == seq)


def test_the_last_copy_is_made_when_tocsin_ends(log: Path, copy: Path) -> None:
    with process("serve", "--port", "0", "--database", log, "--static-dir", copy) as running:
        seq = running.server().order("k").json["seq"]
        assert running.end(signal.SIGINT)[0] == 0
        assert state(copy)["seq"] == seq
        assert f'data-zone="{KYIV}" data-status="red"' in pages(copy)


def test_a_folder_that_cannot_be_written_harms_no_order_and_is_told_once(log: Path, copy: Path) -> None:
    copy.write_text("a file in its place")
    environment = {"TOCSIN_STATIC_DIR": str(copy)}
    with process("serve", "--port", "0", "--database", log, environment=environment) as running:
        server = running.server()
        with server.listening() as listener:
            assert listener.next().event == "snapshot"
            for number, zone in enumerate(ZONES):
                assert server.order(f"k{number}", zones=[zone]).status == 200
                assert listener.next("entry").id == 5 + number
        assert running.end(signal.SIGTERM)[0] == 0
    assert running.said.count("the static copy cannot be written") == 1
    assert copy.read_text() == "a file in its place"


def test_the_copy_of_a_drill_is_not_overwritten_by_reality(log: Path, copy: Path) -> None:
    copy.mkdir()
    (copy / "state.json").write_text('{"seq":1,"realm":"drill"}')
    result = tocsin("serve", "--port", "0", "--database", log, "--static-dir", copy)
    assert "holds a static copy of the drill realm" in refused(result, "bad_setting")
