"""The bell: whatever is rung is followed by a write, few are made in a burst, and to ring never waits or fails."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.running import PATIENCE_S
from tocsin.aside import bell as module
from tocsin.aside.bell import Bell, follow, writer

RINGS = 100_000
"""More than any pipe holds."""

LISTENING = """
import os, sys
with open(sys.argv[1], "a") as told:
    told.write("begun\\n")
    told.flush()
    while os.read(0, 65536):
        told.write("rung\\n")
        told.flush()
        {then}
    told.write("ended\\n")
"""


def listening(then: str = "pass") -> list[str]:
    return [sys.executable, "-c", LISTENING.format(then=then)]


class Follower:
    """Follows a bell in a thread; each write waits until it is let."""

    def __init__(self, bell: Bell) -> None:
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.writes = 0
        heard = bell.hang()
        self._thread = threading.Thread(target=self._follow, args=(heard,), daemon=True)
        self._thread.start()

    def _follow(self, heard: int) -> None:
        follow(heard, self._write, every_s=0)
        os.close(heard)

    def _write(self) -> None:
        self.writes += 1
        self.begun.release()
        assert self.let.acquire(timeout=PATIENCE_S)

    def wait_for_a_write(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE_S), "what was rung was never written"

    def join(self) -> None:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def test_what_is_rung_during_a_write_leads_to_exactly_one_more() -> None:
    bell = Bell()
    follower = Follower(bell)
    bell.ring()
    follower.wait_for_a_write()
    for _ in range(1_000):
        bell.ring()
    follower.let.release()
    follower.wait_for_a_write()
    assert follower.writes == 2
    bell.take_down()
    follower.let.release(2)
    follower.join()
    assert follower.writes == 3, "one that began after the last ring, and the last one"


def test_a_bell_that_is_taken_down_leads_to_a_last_write() -> None:
    bell = Bell()
    follower = Follower(bell)
    follower.let.release(10)
    bell.take_down()
    follower.join()
    assert follower.writes == 1


def test_the_first_ring_is_heard_at_once_and_the_next_only_after_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[object] = []
    now = 100.0

    class Waiting:
        def register(self, descriptor: int, events: int) -> None:
            assert events == 0, "a ring does not shorten the pause"

        def poll(self, milliseconds: float) -> None:
            happened.append(round(milliseconds))
            if happened.count("written") == 2:
                bell.take_down()

    def write() -> None:
        nonlocal now
        now += 0.2
        happened.append("written")
        assert len(happened) < 10, "it never pauses"
        bell.ring()

    bell = Bell()
    heard = bell.hang()
    monkeypatch.setattr(select, "poll", Waiting)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    bell.ring()
    follow(heard, write, every_s=0.5)
    os.close(heard)
    assert happened == ["written", 300, "written", 300, "written", 300, "written"]


def test_to_ring_never_waits_although_nobody_listens() -> None:
    bell = Bell()
    bell.ring()  # there is none yet
    heard = bell.hang()

    def ring() -> None:
        for _ in range(RINGS):
            bell.ring()

    ringing = threading.Thread(target=ring, daemon=True)
    ringing.start()
    ringing.join(PATIENCE_S)
    assert not ringing.is_alive()
    os.close(heard)
    bell.ring()  # whoever listened is dead
    bell.take_down()
    bell.ring()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


def test_a_writer_is_rung_at_its_start_and_now_and_then_and_ends_in_order(tmp_path: Path) -> None:
    told = tmp_path / "told"

    async def lived() -> None:
        async with writer([*listening(), str(told)], beat_s=0.01):
            await until(lambda: lines(told).count("rung") >= 3)

    asyncio.run(lived())
    assert lines(told)[0] == "begun"
    assert lines(told)[-1] == "ended", "it was waited for"


def test_a_writer_that_ends_by_itself_is_followed_by_another_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told = tmp_path / "told"
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)

    async def lived() -> None:
        async with writer([*listening("os._exit(3)"), str(told)], beat_s=60) as bell:
            await until(lambda: lines(told).count("begun") >= 2)
            bell.ring()

    with caplog.at_level(logging.ERROR):
        asyncio.run(lived())
    assert caplog.messages[0] == "the writer of the static copy ended (status 3); another is started in 0.01 s"


def test_a_writer_that_cannot_be_started_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)

    async def lived() -> None:
        async with writer([str(tmp_path / "nothing")], beat_s=60) as bell:
            await until(lambda: len(caplog.messages) >= 2)
            bell.ring()

    asyncio.run(lived())
    assert "No such file" in caplog.messages[0]


def test_a_service_waits_for_the_last_copy_before_it_is_killed() -> None:
    unit = (Path(__file__).parents[2] / "deploy" / "tocsin.service").read_text("utf-8")
    stop_s = next(float(line.split("=")[1]) for line in unit.splitlines() if line.startswith("TimeoutStopSec="))
    assert stop_s > module.LAST_WORDS_S


def test_a_writer_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    monkeypatch.setattr(module, "LAST_WORDS_S", 0.05)

    async def lived() -> None:
        async with writer([*listening("import time; time.sleep(600)"), str(told)], beat_s=60):
            await until(lambda: "rung" in lines(told))

    asyncio.run(lived())
    assert lines(told) == ["begun", "rung"]
