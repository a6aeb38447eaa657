from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doses import dose
from tests.failing_store import FailingStore
from tests.service.people import called, granted, one, refused
from tests.world import (
    ARMY,
    COAST,
    COUNTRY,
    EAST,
    FOREST,
    HILLS,
    NOON,
    WEST,
    StillClock,
    command,
    minute,
    only,
    raising,
    releasing,
)
from tocsin.access import LOCAL, Caller
from tocsin.commands import Command, Heartbeat, Order, Raise, Release, RevokeGrant, content_digest
from tocsin.engine import State, statuses
from tocsin.errors import (
    Forbidden,
    KeyReused,
    NotGranted,
    NothingHeld,
    StaleSeq,
    StoreFull,
    TocsinError,
    UnknownZone,
)
from tocsin.events import Entry, HoldRaised
from tocsin.model import Status
from tocsin.service import Service
from tocsin.standing import restored
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

NOBODY = Caller(holder="nobody")


def everything(store: MemoryStore) -> tuple[object, ...]:
    return store.read(0, 10_000), dict(store._receipts)


def replaced(command: Command, **changes: object) -> Command:
    return msgspec.structs.replace(command, **changes)


# --- one order -------------------------------------------------------------------------------


def test_an_order_becomes_state_and_log_and_a_receipt(service: Service, store: FailingStore) -> None:
    receipt = one(service.submit([raising(EAST, WEST, key="k", at=minute(-1))], LOCAL))
    assert (receipt.key, receipt.seq, receipt.events) == ("k", 2, 2)
    assert statuses(service.state)[EAST] is Status.RED
    assert [(entry.seq, entry.order, entry.recorded_at) for entry in store.read(0, 9)] == [
        (1, "k", NOON),
        (2, "k", NOON),
    ]
    assert store.receipts(["k"]) == {"k": receipt}


@pytest.mark.parametrize(
    ("caller", "given", "error"),
    [
        (NOBODY, raising(EAST, key="k"), Forbidden),
        (NOBODY, replaced(raising(EAST, key="k"), actor="nobody"), NotGranted),
        (LOCAL, raising("atlantis", key="k"), UnknownZone),
        (LOCAL, releasing(EAST, key="k"), NothingHeld),
        (LOCAL, replaced(raising(EAST, key="k"), decided_upon=7), StaleSeq),
    ],
)
def test_a_refused_order_leaves_no_trace_and_its_key_stays_free(
    service: Service, store: FailingStore, caller: Caller, given: Command, error: type[TocsinError]
) -> None:
    [outcome] = service.submit([given], caller)
    assert isinstance(outcome, error)
    assert (everything(store), store.appends, service.state) == (([], {}), 0, State(COUNTRY))
    assert one(service.submit([raising(WEST, key="k")], LOCAL)).seq == 1


def test_in_anothers_name_nothing_is_learnt_of_a_key(service: Service) -> None:
    given = raising(EAST, key="k")
    service.submit([given], LOCAL)
    assert isinstance(refused(service.submit([given], NOBODY)), Forbidden)


def test_what_was_done_stays_acknowledged_to_who_did_it_and_to_nobody_else(service: Service) -> None:
    granted(service, "olena", FOREST)
    given = replaced(raising(FOREST, key="k"), actor="olena")
    olena = called(service, "olena")
    first = one(service.submit([given], olena))
    one(service.submit([command(RevokeGrant(grant=1))], LOCAL))
    assert one(service.submit([given], olena)) == first, "she can no longer do it, and it is done"
    told = refused(service.submit([replaced(given, actor="nobody")], NOBODY))
    assert (told.code, told.detail) == ("key_reused", {"key": "k"})


# --- keys ------------------------------------------------------------------------------------


def test_a_repeat_gets_the_receipt_of_the_first_and_has_no_effect(service: Service, store: FailingStore) -> None:
    given = raising(EAST, key="k")
    first = one(service.submit([given], LOCAL))
    service.submit([releasing(EAST)], LOCAL)
    assert one(service.submit([given], LOCAL)) == first
    assert one(Service(store, COUNTRY, StillClock(minute(5))).submit([given], LOCAL)) == first
    assert (service.state.seq, store.head(), store.appends) == (2, 2, 2)
    assert statuses(service.state)[EAST] is Status.CLEAR


def test_a_repeat_within_one_submit_gets_the_same_receipt(service: Service, store: FailingStore) -> None:
    given = raising(EAST, WEST, key="k")
    first, other, again = service.submit([given, raising(HILLS), given], LOCAL)
    assert first == again != other
    assert store.head() == 3


def test_an_order_that_changed_nothing_keeps_its_key_as_well(service: Service) -> None:
    service.submit([raising(EAST)], LOCAL)
    idle = one(service.submit([raising(EAST, key="k")], LOCAL))
    assert (idle.seq, idle.events) == (1, 0)
    [outcome] = service.submit([raising(WEST, key="k")], LOCAL)
    assert isinstance(outcome, KeyReused)


OTHERS: list[Callable[[Command], Command]] = [
    lambda command: replaced(command, order=raising(WEST).order),
    lambda command: replaced(command, order=raising(EAST, cause="other").order),
    lambda command: replaced(command, order=raising(EAST, at=NOON).order),
    lambda command: replaced(command, order=releasing(EAST).order),
    lambda command: replaced(command, source=ARMY),
    lambda command: replaced(command, reason="other"),
    lambda command: replaced(command, actor="other"),
    lambda command: replaced(command, decided_upon=1),
]


@pytest.mark.parametrize("change", OTHERS)
def test_a_key_with_other_content_is_refused(
    service: Service, store: FailingStore, change: Callable[[Command], Command]
) -> None:
    given = raising(EAST, key="k")
    service.submit([given], LOCAL)
    [outcome] = service.submit([change(given)], LOCAL)
    assert isinstance(outcome, KeyReused)
    assert outcome.detail == {"key": "k"}
    assert store.head() == 1
    assert content_digest(change(given)) != content_digest(given)


def test_a_key_with_other_content_within_one_submit_is_refused(service: Service, store: FailingStore) -> None:
    first, second = service.submit([raising(EAST, key="k"), raising(WEST, key="k")], LOCAL)
    assert isinstance(first, Receipt)
    assert isinstance(second, KeyReused)
    assert store.head() == 1


# --- many orders at once ---------------------------------------------------------------------


def test_each_order_is_decided_upon_what_the_ones_before_it_left(service: Service, store: FailingStore) -> None:
    outcomes = service.submit([raising(EAST), raising(EAST), releasing(EAST), releasing(EAST)], LOCAL)
    assert [outcome.seq if isinstance(outcome, Receipt) else outcome.code for outcome in outcomes] == [
        1,
        1,
        2,
        "nothing_held",
    ]
    assert store.appends == 1


def test_one_refused_among_many_leaves_the_others(service: Service, store: FailingStore) -> None:
    outcomes = service.submit([raising(EAST), raising("atlantis"), raising(WEST)], LOCAL)
    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [True, False, True]
    assert [event.zone for event in only(HoldRaised, (entry.event for entry in store.read(0, 9)))] == [EAST, WEST]
    assert store.appends == 1


def test_together_means_all_or_nothing(service: Service, store: FailingStore) -> None:
    with pytest.raises(UnknownZone):
        service.submit([raising(EAST, key="a"), raising("atlantis"), raising(WEST)], LOCAL, together=True)
    assert (everything(store), service.state) == (([], {}), State(COUNTRY))
    assert one(service.submit([raising(WEST, key="a")], LOCAL)).seq == 1, "the key is still free"
    assert len(service.submit([raising(EAST), raising(HILLS)], LOCAL, together=True)) == 2


def test_together_a_reused_key_refuses_everything(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST, key="k")], LOCAL)
    with pytest.raises(KeyReused):
        service.submit([raising(HILLS), raising(WEST, key="k")], LOCAL, together=True)
    assert store.head() == 1


def test_what_has_been_decided_is_told_now_and_then(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.service.PROGRESS_EVERY", 2)
    told: list[int] = []
    service.submit([raising(EAST, ref=str(n)) for n in range(5)], LOCAL, decided=told.append)
    assert told == [0, 2, 4]


# --- the store -------------------------------------------------------------------------------


def test_where_the_store_fails_nothing_is_kept_and_the_next_order_works(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST)], LOCAL)
    before, told = service.state, list[Entry]()
    service.wake(told.extend)
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        service.submit([raising(WEST, key="k"), releasing(EAST)], LOCAL)
    assert (service.state, store.head(), told) == (before, 1, [])
    store.fails_append = None
    assert one(service.submit([raising(WEST, key="k")], LOCAL)).seq == 2
    assert [entry.seq for entry in told] == [2]


def test_two_writers_never_decide_upon_the_same_head(service: Service, store: FailingStore) -> None:
    other = Service(store, COUNTRY, StillClock())
    service.submit([raising(EAST)], LOCAL)
    with pytest.raises(StaleSeq):
        other.submit([raising(WEST)], LOCAL)
    assert (other.state, store.head()) == (State(COUNTRY), 1)


def test_readers_are_woken_in_log_order_with_exactly_what_was_appended(service: Service, store: FailingStore) -> None:
    first: list[Sequence[Entry]] = []
    second: list[tuple[int, int]] = []
    service.wake(first.append)
    service.wake(lambda entries: second.append((len(entries), service.state.seq)))
    service.submit([raising(EAST, WEST), raising("atlantis"), raising(HILLS)], LOCAL)
    service.submit([raising(EAST)], LOCAL)
    service.submit([releasing(EAST)], LOCAL)
    assert [list(entries) for entries in first if entries] == [store.read(0, 3), store.read(3, 9)]
    assert [pair for pair in second if pair[0]] == [(3, 3), (1, 4)], "the state is there before the readers"


def test_a_reader_that_fails_keeps_neither_the_order_nor_the_other_readers_from_what_is_theirs(
    service: Service, store: FailingStore, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(entries: Sequence[Entry]) -> None:
        raise RuntimeError("the loop is closed")

    told: list[Entry] = []
    service.wake(failing)
    service.wake(told.extend)
    [receipt] = service.submit([raising(EAST)], LOCAL)
    assert isinstance(receipt, Receipt)
    assert told == store.read(0, 9)
    assert "a reader of the log failed" in caplog.text


def test_many_threads_may_order_at_once(service: Service, store: FailingStore) -> None:
    told: list[Entry] = []
    service.wake(told.extend)
    start = threading.Barrier(4)

    def order(name: int) -> None:
        start.wait()
        for number in range(50):
            service.submit([raising(EAST, ref=f"{name} {number}")], LOCAL)

    threads = [threading.Thread(target=order, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == store.read(0, 1_000)
    assert service.standing == restored(store, COUNTRY)
    assert store.head() == len(service.state.holds) == 200


# --- order and duplication, with keys ---------------------------------------------------------


@dose(60)
@given(st.data())
def test_the_same_set_of_keyed_orders_gives_the_same_open_holds_in_any_order_and_however_often(
    data: st.DataObject,
) -> None:
    alerts = [(zone, str(number)) for number, zone in enumerate([EAST, EAST, COAST, WEST, HILLS])]
    ended = data.draw(st.sets(st.sampled_from(alerts)))

    def lived() -> set[tuple[str, str | None]]:
        """Every raise before its own release; after that both come again at any time."""
        steps = [alert for alert in alerts for _ in range(2 if alert in ended else 1)]
        sent: list[Command] = []
        raised: set[tuple[str, str]] = set()
        service = Service(MemoryStore(), COUNTRY, StillClock())
        for zone, ref in data.draw(st.permutations(steps)):
            make = releasing if (zone, ref) in raised else raising
            raised.add((zone, ref))
            sent.append(make(zone, ref=ref, key=f"{make.__name__} {ref}", at=NOON - timedelta(minutes=1)))
            again = data.draw(st.lists(st.sampled_from(sent), max_size=2))
            assert all(isinstance(outcome, Receipt) for outcome in service.submit([sent[-1], *again], LOCAL))
        return {(hold.zone, hold.ref) for hold in service.state.holds.values()}

    assert lived() == lived() == {(zone, ref) for zone, ref in alerts if (zone, ref) not in ended}


def test_a_release_from_before_orders_could_name_anothers_holds_is_the_same_order_still() -> None:
    release = releasing(EAST, key="row 2")
    content = (
        '["local","duty","",{"type":"release","zones":["east"],"hazard":"air_raid","threat":null,"ref":null,'
        '"at":null,"cause":null},null]'
    )
    assert content_digest(release) == hashlib.sha256(content.encode()).digest()
    other = command(Release(zones=(EAST,), of=ARMY), key="row 2")
    assert content_digest(other) != content_digest(release)


def test_no_order_of_any_kind_was_decided_upon_what_is_yet_to_come() -> None:
    service = Service(MemoryStore(), COUNTRY, StillClock())
    orders: list[Order] = [Raise(zones=(EAST,)), Heartbeat(), RevokeGrant(grant=1)]
    for order in orders:
        [error] = service.submit([command(order, decided_upon=2**50)], LOCAL)
        assert isinstance(error, StaleSeq), order
