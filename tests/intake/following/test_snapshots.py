"""What a stream's snapshots come to: each is a reading, and they are believed later than an end that was told."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from soak.follow.leader import Leader, Time
from soak.follow.round import Checked
from soak.follow.stream import House
from tocsin.client.sse import Word
from tocsin.commands import Raise, Release
from tocsin.intake.following.another_tocsin import CAREFUL
from tocsin.intake.following.feeds import FEEDS
from tocsin.intake.following.listening import Listener
from tocsin.intake.following.memory import READS
from tocsin.model import Realm


class Line:
    """From a leader to a listener: what it is told is the test's to say."""

    def __init__(self) -> None:
        time = Time()
        self.leader = Leader("tocsin", time, random.Random(1))
        self.here = Checked(self.leader, time, time, "tocsin", Counter())
        house = House(self.here, time)
        self.listener = Listener(FEEDS["tocsin"], house, self.here.service.store.identity, Realm.LIVE, lambda: 0.0)
        self.zones = self.leader.zones[:4]

    def hear(self, *words: Word) -> int:
        """How much is held after it."""
        for word in words:
            reading = self.listener.read(word)
            assert reading is not None
            self.here.carry_out(self.listener.weigh(reading).commands)
        return len(self.here.held())

    def snapshot(self) -> Word:
        return Word("snapshot", None, json.dumps(self.leader.snapshot()).encode())

    def entries(self, after: int) -> list[Word]:
        return [Word("entry", None, entry) for entry in self.leader.entries(after)]


@pytest.fixture
def line() -> Line:
    line = Line()
    line.leader.order(Raise(zones=tuple(line.zones)))
    assert line.hear(line.snapshot()) == 4
    assert line.hear(line.snapshot()) == 4
    assert not line.listener.unsure
    return line


def test_an_end_that_is_told_is_believed_at_once(line: Line) -> None:
    told = line.leader.service.state.seq
    line.leader.order(Release(zones=(line.zones[0],)))
    assert line.hear(*line.entries(told)) == 3


def test_what_a_snapshot_lacks_is_believed_after_more_of_them_than_of_another_feed(line: Line) -> None:
    line.leader.order(Release(zones=(line.zones[0],)))
    held: list[int] = []
    while not held or line.listener.unsure:
        held.append(line.hear(line.snapshot()))
    assert held == [4] * (READS + CAREFUL - 1) + [3]


def test_one_snapshot_that_has_it_begins_the_count_anew(line: Line) -> None:
    whole = line.leader.snapshot()
    line.leader.order(Release(zones=(line.zones[0],)))
    for _ in range(READS + CAREFUL - 1):
        assert line.hear(line.snapshot()) == 4
    again = {**whole, "seq": line.leader.service.state.seq}
    assert line.hear(Word("snapshot", None, json.dumps(again).encode())) == 4
    assert line.hear(line.snapshot()) == 4, "one of the two is wrong, as nothing has happened between them"
    line.leader.order(Raise(zones=(line.leader.zones[4],)))
    held = [line.hear(line.snapshot()) for _ in range(READS + CAREFUL + 2)]  # both count as odd: one more each
    assert held == [5] * (READS + CAREFUL + 1) + [4]
