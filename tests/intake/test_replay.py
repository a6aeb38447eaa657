"""Replays in time that leaps: the loop and the replay's clock count the same seconds, and none is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from tests.world import EAST, minute, raising, run_leaping
from tocsin.clock import ReplayClock
from tocsin.commands import Command, Raise
from tocsin.errors import BadRequest, StoreFull
from tocsin.intake.replay import RATES, Replay, Stretch

SINCE, UNTIL = minute(0), minute(60)
STRETCH = Stretch(since=SINCE, until=UNTIL, title={"en": "an hour"})


class LoopsSeconds:
    """Counts the seconds of the loop that runs, and stands still after it."""

    last = 0.0

    def monotonic(self) -> float:
        with suppress(RuntimeError):
            self.last = asyncio.get_running_loop().time()
        return self.last


@pytest.fixture(autouse=True)
def clocks_count_the_loops_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.clock.time", LoopsSeconds())


class Lived:
    """A replay that runs, and what came of it: each order with the loop's second and the clock's moment."""

    def __init__(self, minutes: Sequence[float], rate: float) -> None:
        self.clock = ReplayClock(SINCE, UNTIL, rate)
        orders = [(minute(at), raising(EAST, at=minute(at), ref=str(number))) for number, at in enumerate(minutes)]
        self.replay = Replay(STRETCH, orders, self.clock)
        self.given: list[tuple[str | None, float, datetime]] = []
        self.groups: list[int] = []
        self.stopped: list[float] = []
        self.loop = asyncio.get_running_loop()
        self.running = asyncio.create_task(self.replay.run(self.give, lambda: self.stopped.append(self.loop.time())))

    async def give(self, commands: Sequence[Command]) -> None:
        self.groups.append(len(commands))
        for given in commands:
            assert isinstance(given.order, Raise)
            self.given.append((given.order.ref, round(self.loop.time(), 3), self.clock.now()))

    @property
    def refs(self) -> list[str | None]:
        return [ref for ref, _, _ in self.given]


def lived(scene: Callable[[], Coroutine[object, object, Lived]]) -> Lived:
    """Play the scene and then stop the replay, which must still be running."""

    async def main() -> Lived:
        seen = await scene()
        assert not seen.running.done()
        seen.clock.now()  # the last second that it counts
        seen.running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await seen.running
        return seen

    return run_leaping(main)


def test_each_order_is_given_when_the_clock_comes_to_its_moment_and_not_before() -> None:
    async def scene() -> Lived:
        seen = Lived([10, 20, 20, 45], rate=60)
        await asyncio.sleep(50)
        return seen

    seen = lived(scene)
    assert [(ref, second) for ref, second, _ in seen.given] == [("0", 10), ("1", 20), ("2", 20), ("3", 45)]
    assert all(now >= minute(at) for (_, _, now), at in zip(seen.given, [10, 20, 20, 45], strict=True))
    assert seen.groups == [1, 2, 1]
    assert (seen.replay.given, seen.replay.total) == (4, 4)
    assert not seen.replay.finished, "there are ten minutes yet"


def test_orders_of_the_very_start_are_given_at_once_even_where_the_clock_is_paused() -> None:
    async def scene() -> Lived:
        seen = Lived([-5, 0, 1], rate=0)
        await asyncio.sleep(10_000)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.groups, seen.clock.now()) == (["0", "1"], [2], SINCE)


def test_while_paused_nothing_comes_and_afterwards_it_goes_on_from_there() -> None:
    async def scene() -> Lived:
        seen = Lived([10, 20], rate=60)
        await asyncio.sleep(15)
        seen.replay.control(0, None)
        await asyncio.sleep(3_600)
        assert (seen.refs, seen.clock.now()) == (["0"], minute(15))
        seen.replay.control(60, None)
        await asyncio.sleep(10)
        return seen

    assert [(ref, second) for ref, second, _ in lived(scene).given] == [("0", 10), ("1", 3_620)]


def test_a_change_of_rate_reaches_an_order_that_is_waited_for() -> None:
    async def scene() -> Lived:
        seen = Lived([30], rate=1)
        await asyncio.sleep(60)
        seen.replay.control(300, None)
        await asyncio.sleep(10)
        return seen

    assert lived(scene).given[0][1] == 60 + 29 * 60 / 300


def test_a_jump_ahead_gives_all_that_lies_between_in_order_and_none_that_lies_beyond() -> None:
    async def scene() -> Lived:
        seen = Lived([5, 10, 10, 30, 31, 50], rate=0)
        seen.replay.control(None, minute(30))
        await asyncio.sleep(1)
        assert seen.clock.now() == minute(30)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.groups) == (["0", "1", "2", "3"], [4])


def test_a_jump_and_a_rate_can_be_ordered_at_once() -> None:
    async def scene() -> Lived:
        seen = Lived([40], rate=0)
        seen.replay.control(60, minute(39))
        await asyncio.sleep(2)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.clock.now()) == (["0"], minute(41))


def test_what_comes_due_while_orders_are_being_given_is_given_next_and_nothing_twice() -> None:
    async def scene() -> Lived:
        seen = Lived([1, 2, 3, 4, 20], rate=60)
        quick = seen.give

        async def slow(commands: Sequence[Command]) -> None:
            await quick(commands)
            await asyncio.sleep(2.5)

        seen.running.cancel()
        seen.running = asyncio.create_task(seen.replay.run(slow, lambda: None))
        await asyncio.sleep(3)
        seen.replay.control(None, minute(25))
        await asyncio.sleep(10)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.groups) == (["0", "1", "2", "3", "4"], [1, 4])


def test_at_the_end_of_its_stretch_the_clock_stands_still_and_says_so_once() -> None:
    async def scene() -> Lived:
        seen = Lived([10, 60], rate=60)
        await asyncio.sleep(500)
        return seen

    seen = lived(scene)
    assert seen.refs == ["0", "1"]
    assert (seen.clock.now(), seen.clock.rate, seen.replay.finished) == (UNTIL, 0, True)
    assert [round(second, 3) for second in seen.stopped] == [60]


def test_orders_beyond_the_stretch_are_never_given_and_do_not_keep_it_from_ending() -> None:
    async def scene() -> Lived:
        seen = Lived([10, 90], rate=60)
        await asyncio.sleep(500)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.clock.rate) == (["0"], 0)
    assert [round(second, 3) for second in seen.stopped] == [60]


def test_started_again_at_the_end_it_stops_again() -> None:
    async def scene() -> Lived:
        seen = Lived([10], rate=0)
        seen.replay.control(1200, UNTIL)
        await asyncio.sleep(1)
        seen.replay.control(60, None)
        await asyncio.sleep(1)
        return seen

    seen = lived(scene)
    assert (seen.refs, seen.clock.rate, len(seen.stopped)) == (["0"], 0, 2)


@pytest.mark.parametrize("rate", RATES[1:])
def test_at_every_rate_a_stretch_lasts_as_long_as_it_should(rate: float) -> None:
    async def scene() -> Lived:
        seen = Lived([30], rate=rate)
        await asyncio.sleep(3_601)
        return seen

    seen = lived(scene)
    assert seen.given[0][1] == pytest.approx(1_800 / rate, abs=0.01)
    assert seen.stopped == [pytest.approx(3_600 / rate, abs=0.01)]


def test_it_can_be_stopped_in_the_very_moment_it_is_controlled() -> None:
    async def scene() -> Lived:
        seen = Lived([30], rate=1)
        await asyncio.sleep(60)
        seen.replay.control(300, None)
        return seen

    assert lived(scene).given == []


@pytest.mark.parametrize("rate", [-1.0, 0.5, 2, 1e9, float("nan"), float("inf")])
def test_another_rate_is_refused_and_changes_nothing(rate: float) -> None:
    async def scene() -> Lived:
        seen = Lived([30], rate=60)
        with pytest.raises(BadRequest, match="0, 1, 10, 60, 300, 1200") as caught:
            seen.replay.control(rate, minute(30))
        assert caught.value.detail == {"rates": list(RATES)}
        return seen

    seen = lived(scene)
    assert (seen.clock.rate, seen.given) == (60, [])


@pytest.mark.parametrize("at", [SINCE - timedelta(days=1), minute(9.99), minute(60.01), UNTIL + timedelta(days=1)])
def test_a_moment_behind_or_beyond_the_stretch_is_refused_and_changes_nothing(at: datetime) -> None:
    async def scene() -> Lived:
        seen = Lived([30], rate=60)
        await asyncio.sleep(10)
        with pytest.raises(BadRequest, match="only moves ahead"):
            seen.replay.control(1200, at)
        assert (seen.clock.now(), seen.clock.rate) == (minute(10), 60)
        return seen

    assert lived(scene).given == []


def test_an_order_that_cannot_be_given_breaks_the_replay_loudly_and_is_not_counted_as_given() -> None:
    async def main() -> None:
        seen = Lived([], rate=60)
        seen.running.cancel()
        replay = Replay(STRETCH, [(minute(5), raising(EAST)), (minute(9), raising(EAST))], seen.clock)

        async def fail(commands: Sequence[Command]) -> None:
            raise StoreFull("the disk is full")

        with pytest.raises(StoreFull):
            await replay.run(fail, lambda: None)
        assert (replay.given, replay.finished) == (0, False)

    run_leaping(main)
