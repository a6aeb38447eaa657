from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.world import minute
from tocsin.clock import Clock, ReplayClock, SystemClock


class Seconds:
    """Stands in for the module that counts real seconds."""

    def __init__(self) -> None:
        self.passed = 1_000.0

    def monotonic(self) -> float:
        return self.passed


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    counted = Seconds()
    monkeypatch.setattr("tocsin.clock.time", counted)
    return counted


def test_the_present_is_told_in_utc_and_passes_at_its_own_rate() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert (now.tzinfo, clock.rate) == (UTC, 1)


def test_a_replay_starts_at_its_start_and_runs_at_its_rate(seconds: Seconds) -> None:
    clock: Clock = ReplayClock(minute(0), minute(60), 60)
    assert (clock.now(), clock.rate) == (minute(0), 60)
    seconds.passed += 2.5
    assert clock.now() == minute(2.5)


def test_a_change_of_rate_takes_effect_from_where_the_clock_stands(seconds: Seconds) -> None:
    clock = ReplayClock(minute(0), minute(60), 60)
    seconds.passed += 10
    clock.set_rate(0)
    seconds.passed += 1_000
    assert clock.now() == minute(10)
    clock.set_rate(1200)
    assert clock.now() == minute(10)
    seconds.passed += 1
    assert (clock.now(), clock.rate) == (minute(30), 1200)


def test_a_jump_goes_ahead_and_time_goes_on_from_there_at_the_same_rate(seconds: Seconds) -> None:
    clock = ReplayClock(minute(0), minute(60), 60)
    seconds.passed += 10
    clock.jump(minute(40))
    assert clock.now() == minute(40)
    seconds.passed += 5
    assert (clock.now(), clock.rate) == (minute(45), 60)


def test_it_never_runs_backwards(seconds: Seconds) -> None:
    clock = ReplayClock(minute(0), minute(60), 60)
    seconds.passed += 10
    clock.jump(minute(5))
    assert clock.now() == minute(10)
    told = []
    for step in range(40):
        seconds.passed += 0.1
        if step % 3 == 0:
            clock.set_rate((0, 1, 1200, 60)[step % 4])
        if step % 5 == 0:
            clock.jump(minute(step) - timedelta(minutes=20))
        told.append(clock.now())
    assert told == sorted(told)


def test_at_the_end_of_its_stretch_it_stands_still(seconds: Seconds) -> None:
    clock = ReplayClock(minute(0), minute(60), 60)
    seconds.passed += 61
    assert clock.now() == minute(60)
    clock.set_rate(1)
    seconds.passed += 1
    assert clock.now() == minute(60)
    clock.jump(minute(61))
    assert clock.now() == minute(60)


def test_elapsed_seconds_are_real_ones_whatever_time_the_clock_tells(seconds: Seconds) -> None:
    clock = ReplayClock(minute(0), minute(60), 1200)
    for every in (clock, SystemClock()):
        before = every.elapsed_s()
        seconds.passed += 2.5
        clock.jump(minute(50))
        assert every.elapsed_s() - before == 2.5
