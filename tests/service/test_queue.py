from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime

import pytest

from tests.failing_store import FailingStore
from tests.world import COUNTRY, EAST, HILLS, PORT, WEST, StillClock, only, raising, releasing
from tocsin.access import LOCAL, Caller
from tocsin.commands import Command
from tocsin.engine import State, decide
from tocsin.errors import (
    Forbidden,
    KeyReused,
    NothingHeld,
    StoreFailed,
    StoreFull,
    UnknownZone,
)
from tocsin.events import Event, HoldRaised
from tocsin.queue import Queue
from tocsin.service import Service
from tocsin.store import Batch, Receipt, Refusal

NOBODY = Caller(holder="nobody")


class HeldStore(FailingStore):
    """Its first append waits until it is let go, so that orders gather meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.let_go = threading.Event(), threading.Event()

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        self.entered.set()
        assert self.let_go.wait(30)
        return super().append(batches, expected_seq, refusals)


Answer = Receipt | BaseException


def gathered(store: HeldStore, commands: Sequence[tuple[Command, Caller]]) -> list[Answer]:
    """What each caller is told, where the first is being written while all the others come."""

    async def main() -> list[Answer]:
        queue = Queue(Service(store, COUNTRY, StillClock()))
        first = asyncio.create_task(queue.submit(*commands[0]))
        await asyncio.to_thread(store.entered.wait, 30)
        rest = [asyncio.create_task(queue.submit(*given)) for given in commands[1:]]
        await asyncio.sleep(0)
        store.let_go.set()
        answers = await asyncio.gather(first, *rest, return_exceptions=True)
        await queue.close()
        return answers

    return asyncio.run(main())


def test_orders_that_wait_together_are_appended_together_in_the_order_they_came() -> None:
    store = HeldStore()
    answers = gathered(store, [(raising(EAST, ref=str(number)), LOCAL) for number in range(300)])
    assert [answer.seq for answer in answers if isinstance(answer, Receipt)] == list(range(1, 301))
    assert [entry.event.ref for entry in store.read(0, 999)] == [  # type: ignore[union-attr]  # only raises
        str(number) for number in range(300)
    ]
    assert store.appends == 2


def test_of_orders_that_wait_together_each_gets_its_own_outcome() -> None:
    store = HeldStore()
    repeated = raising(HILLS, key="again")
    answers = gathered(
        store,
        [
            (raising(EAST), LOCAL),
            (raising("atlantis"), LOCAL),
            (repeated, LOCAL),
            (repeated, LOCAL),
            (releasing(WEST), LOCAL),
            (raising(WEST, key="again"), LOCAL),
            (releasing(EAST), LOCAL),
        ],
    )
    told = [answer.seq if isinstance(answer, Receipt) else type(answer) for answer in answers]
    assert told == [1, UnknownZone, 2, 2, NothingHeld, KeyReused, 3]
    assert store.appends == 2


def test_orders_of_different_callers_share_an_append_and_no_right() -> None:
    store = HeldStore()
    given = [(LOCAL, 0), (LOCAL, 1), (NOBODY, 2), (LOCAL, 3), (NOBODY, 4), (NOBODY, 5), (LOCAL, 6)]
    answers = gathered(store, [(raising(EAST, ref=str(number)), caller) for caller, number in given])
    told = [answer.seq if isinstance(answer, Receipt) else type(answer) for answer in answers]
    assert told == [1, 2, Forbidden, 3, Forbidden, Forbidden, 4]
    assert store.appends == 2
    assert [refusal.code for _, refusal in store.refused(0, 9)] == ["forbidden"] * 3


@pytest.mark.parametrize("failure", [StoreFull("the disk is full"), StoreFailed("gone"), ZeroDivisionError("a bug")])
def test_a_failure_of_the_store_reaches_every_caller_who_waits_and_the_next_order_works(failure: Exception) -> None:
    store = FailingStore()

    async def main() -> tuple[list[Answer], Receipt]:
        service = Service(store, COUNTRY, StillClock())
        queue = Queue(service)
        store.fails_append = failure
        orders = (queue.submit(raising(EAST, ref=str(number)), LOCAL) for number in range(20))
        async with asyncio.timeout(30):  # whoever is never told would wait for ever
            answers = await asyncio.gather(*orders, return_exceptions=True)
        assert service.state == State(COUNTRY)
        store.fails_append = None
        receipt = await queue.submit(raising(WEST), LOCAL)
        await queue.close()
        return list(answers), receipt

    answers, receipt = asyncio.run(main())
    assert answers == [failure] * 20
    assert (receipt.seq, store.head()) == (1, 1)


def test_an_order_that_trips_over_a_mistake_in_the_program_takes_no_other_along(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def tripping(state: State, given: Command, now: datetime) -> tuple[Event, ...]:
        if given.key == "trips":
            raise ZeroDivisionError("a bug")
        return decide(state, given, now)

    monkeypatch.setattr("tocsin.service.decide", tripping)
    store = HeldStore()
    given = [raising(EAST), raising(WEST), raising(HILLS, key="trips"), raising(PORT)]
    answers = gathered(store, [(order, LOCAL) for order in given])
    told = [answer.seq if isinstance(answer, Receipt) else type(answer) for answer in answers]
    assert told == [1, 2, ZeroDivisionError, 3]
    assert "the order trips failed" in caplog.text


def test_a_caller_who_went_away_holds_up_nobody_and_their_order_stands() -> None:
    store = HeldStore()

    async def main() -> Receipt:
        queue = Queue(Service(store, COUNTRY, StillClock()))
        first = asyncio.create_task(queue.submit(raising(EAST), LOCAL))
        await asyncio.to_thread(store.entered.wait, 30)
        leaver = asyncio.create_task(queue.submit(raising(WEST), LOCAL))
        stayer = asyncio.create_task(queue.submit(raising(HILLS), LOCAL))
        await asyncio.sleep(0)
        leaver.cancel()
        store.let_go.set()
        await first
        receipt = await stayer
        await queue.close()
        return receipt

    assert asyncio.run(main()).seq == 3
    assert [event.zone for event in only(HoldRaised, (entry.event for entry in store.read(0, 9)))] == [
        EAST,
        WEST,
        HILLS,
    ]


def test_to_close_the_queue_finishes_what_was_begun() -> None:
    store = HeldStore()

    async def main() -> Receipt:
        queue = Queue(Service(store, COUNTRY, StillClock()))
        order = asyncio.create_task(queue.submit(raising(EAST), LOCAL))
        await asyncio.to_thread(store.entered.wait, 30)
        closing = asyncio.create_task(queue.close())
        store.let_go.set()
        await closing
        return await order

    assert asyncio.run(main()).seq == store.head() == 1
