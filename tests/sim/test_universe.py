"""Virtual time: what is due first happens first, nothing waits, and what is killed never happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tocsin.sim.rules import Rule, Violation
from tocsin.sim.universe import IDLE, ProcessLoop, Universe


def process(universe: Universe) -> ProcessLoop:
    def in_thread(future: asyncio.Future[Any], call: Callable[[], Any]) -> None:
        universe.after(0.5, lambda: future.set_result(call()))

    return ProcessLoop(universe, in_thread)  # type: ignore[abstract]  # without what no process here uses


def all_of(universe: Universe, most: int = 100) -> None:
    for _ in range(most):
        try:
            universe.advance()
        except IndexError:  # nothing is left to happen
            return


def test_what_is_due_first_happens_first_and_what_is_due_together_in_the_order_given() -> None:
    universe, seen = Universe(1), list[str]()
    for when_s, what in ((2.0, "late"), (1.0, "one"), (1.0, "two"), (0.5, "early")):
        universe.at(when_s, seen.append, what)
    all_of(universe)
    assert seen == ["early", "one", "two", "late"]
    assert universe.now_s == 2.0


def test_time_that_passes_inside_an_occurrence_delays_the_next_and_never_runs_back() -> None:
    universe, seen = Universe(1), list[float]()
    universe.at(1.0, universe.pass_time, 5.0)
    universe.at(2.0, lambda: seen.append(universe.now_s))
    all_of(universe)
    assert seen == [6.0]


def test_what_did_nothing_is_no_step() -> None:
    universe = Universe(1)
    universe.at(1.0, lambda: IDLE)
    universe.at(2.0, lambda: None)
    all_of(universe)
    assert universe.steps == 1


def test_a_coroutine_sleeps_and_asks_threads_in_virtual_time() -> None:
    universe, seen = Universe(1), list[tuple[float, str]]()
    loop = process(universe)

    async def live() -> None:
        await asyncio.sleep(100.0)
        told = await asyncio.to_thread(lambda: "done")
        seen.append((universe.now_s, told))

    universe.at(0.0, lambda: loop.create_task(live()))
    all_of(universe)
    assert seen == [(100.5, "done")]


def test_what_waits_in_a_killed_process_never_happens() -> None:
    universe, seen = Universe(1), list[str]()
    loop = process(universe)

    async def live() -> None:
        await asyncio.sleep(1.0)
        seen.append("lived on")

    universe.at(0.0, lambda: loop.create_task(live()))
    universe.at(0.5, loop.kill)
    all_of(universe)
    assert seen == []
    assert loop.is_closed()


def test_a_callback_that_fails_is_told_and_not_swallowed() -> None:
    universe = Universe(1)
    loop = process(universe)
    universe.at(0.0, lambda: loop.call_soon(lambda: 1 // 0))
    with pytest.raises(Violation) as broken:
        all_of(universe)
    assert broken.value.rule is Rule.SOUND


def test_the_trace_has_a_checksum_that_tells_two_traces_apart() -> None:
    def told(*lines: str) -> int:
        universe = Universe(1)
        for line in lines:
            universe.tell(line)
        return universe.digest

    assert told("one", "two") == told("one", "two")
    assert told("one", "two") != told("two", "one")
