"""An edge's clock counts on from what its upstream said last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.running import NOON, StandingClock
from tocsin.channels.stream import Clockface, Replayed
from tocsin.edge.clock import FollowedClock

NIGHT = Replayed(since=NOON - timedelta(hours=8), until=NOON, title={"en": "A night"})


@pytest.fixture
def own() -> StandingClock:
    return StandingClock(NOON + timedelta(days=600))


def test_until_it_is_set_it_is_this_machines(own: StandingClock) -> None:
    assert FollowedClock(own).face() == Clockface(now=own.at, rate=1.0, replay=None)


@pytest.mark.parametrize("rate", [0.0, 1.0, 60.0])
def test_it_counts_on_at_the_upstreams_rate_whatever_this_machines_time_of_day_does(
    own: StandingClock, rate: float
) -> None:
    clock = FollowedClock(own)
    own.elapsed = 100.0
    clock.set(Clockface(now=NOON, rate=rate, replay=None))
    own.elapsed = 110.0
    own.at -= timedelta(days=3)
    assert clock.now() == NOON + timedelta(seconds=10 * rate)
    assert clock.rate == rate


def test_a_replay_stands_still_at_its_end(own: StandingClock) -> None:
    clock = FollowedClock(own)
    clock.set(Clockface(now=NOON - timedelta(minutes=5), rate=60.0, replay=NIGHT))
    own.elapsed = 4.0
    assert clock.now() == NOON - timedelta(minutes=1)
    own.elapsed = 900.0
    assert clock.face() == Clockface(now=NOON, rate=60.0, replay=NIGHT)
