from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.world import COUNTRY, EAST, NOON, WEST, StillClock, minute, raising, releasing
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.commands import Command
from tocsin.events import Entry
from tocsin.model import Status
from tocsin.record.questions import Questions
from tocsin.service import Service
from tocsin.store.memory import MemoryStore


class World:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = StillClock()
        self.service = Service(self.store, COUNTRY, self.clock)
        self.questions = Questions(self.store, COUNTRY, lambda zone: "part" if COUNTRY.children(zone) else None)

    def order(self, *commands: Command) -> None:
        self.service.submit(commands, LOCAL, together=True)


@pytest.fixture
def world() -> World:
    return World()


def test_an_answer_stands_upon_all_that_the_log_holds(world: World) -> None:
    assert world.questions.history(EAST, NOON).count == 0
    assert world.questions.transitions(EAST, NOON) == []
    world.order(raising(EAST, at=minute(-9)))
    assert world.questions.history(EAST, NOON).under_alert
    assert [change.after for change in world.questions.transitions(EAST, NOON)] == [Status.RED]
    world.order(releasing(EAST, at=minute(-4)))
    assert world.questions.history(EAST, NOON).total_s == 300
    assert [change.after for change in world.questions.transitions(EAST, NOON)] == [Status.CLEAR, Status.RED]
    assert [hold.ended for hold in world.questions.holds(minute(-5), NOON)] == [minute(-4)]


def test_the_peak_names_the_level_of_the_parts(world: World) -> None:
    world.order(raising(EAST, WEST, at=minute(-9)))
    peak = world.questions.history(COUNTRY.ancestors(EAST)[-1], NOON).peak
    assert peak is not None
    assert (peak.level, peak.count) == ("part", 2)


def test_the_same_question_of_the_same_log_is_answered_once(world: World) -> None:
    world.order(raising(EAST, at=minute(-9)))
    first = world.questions.history(EAST, NOON)
    assert world.questions.history(EAST, NOON + timedelta(seconds=59)) is first
    world.order(raising(WEST))
    assert world.questions.history(EAST, NOON) is not first


def test_different_questions_get_different_answers(world: World) -> None:
    world.order(raising(EAST, at=minute(-9)))
    ask = world.questions.history
    answers = [
        ask(EAST, NOON).total_s,
        ask(WEST, NOON).total_s,
        ask(EAST, minute(1)).total_s,
        ask(EAST, NOON, since=minute(-5)).total_s,
        ask(EAST, NOON, until=minute(-5)).total_s,
        ask(COUNTRY.ancestors(EAST)[0], NOON).total_s,
        ask(COUNTRY.ancestors(EAST)[0], NOON, covering="whole").total_s,
    ]
    assert answers == [540, 0, 600, 300, 240, 540, 0]
    assert len(world.questions.holds(minute(-10), minute(-9.5))) == 0
    assert len(world.questions.holds(minute(-10), minute(-8))) == 1


def test_a_change_that_was_still_to_come_is_told_once_it_has_come(world: World) -> None:
    world.order(raising(EAST, at=NOON + timedelta(seconds=30)))
    assert world.questions.transitions(EAST, NOON) == []
    assert [change.after for change in world.questions.transitions(EAST, minute(1))] == [Status.RED]


def test_no_more_answers_are_remembered_than_the_limit_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.record.questions.REMEMBERED_ANSWERS", 3)
    for number in range(10):
        world.questions.history(EAST, minute(number))
        assert len(world.questions._answers) <= 3
    assert limits.REMEMBERED_ANSWERS >= 1_000


def test_the_log_is_read_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.record.questions.LEDGER_PAGE_EVENTS", 2)
    pages: list[int] = []
    read = world.store.read

    def counted(after: int, limit: int) -> list[Entry]:
        page: Sequence[Entry] = read(after, limit)
        pages.append(len(page))
        return list(page)

    monkeypatch.setattr(world.store, "read", counted)
    world.order(*(raising(EAST, ref=str(number)) for number in range(5)))
    assert len(world.questions.holds(minute(-1), minute(1))) == 5
    assert pages == [2, 2, 1, 0]


def test_many_threads_may_ask_while_the_log_grows(world: World) -> None:
    def ask(number: int) -> int:
        if number % 5 == 0:
            world.order(raising(EAST, ref=str(number), at=minute(-1)))
        return len(world.questions.holds(minute(-2), NOON))

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(ask, range(100)))
    assert max(counts) == 20
    assert all(0 <= count <= 20 for count in counts)
