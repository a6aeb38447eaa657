from __future__ import annotations

import gc

import msgspec
import pytest

from tests.failing_store import FailingStore
from tests.service.people import Staff, give, one
from tests.world import (
    CAPITAL,
    COAST,
    COUNTRY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    WEST,
    StillClock,
    command,
    raising,
    releasing,
)
from tocsin import limits
from tocsin.access import LOCAL, Access
from tocsin.commands import Approve, Raise, RevokeToken
from tocsin.engine import State, fold
from tocsin.errors import (
    StoreCorrupt,
    StoreFull,
    TokenTakenBack,
)
from tocsin.events import Entry
from tocsin.service import Service
from tocsin.standing import FORMAT, Standing, folded, nothing, restored, snapshot_of, verified
from tocsin.store import Receipt, Snapshot
from tocsin.store.memory import MemoryStore


def test_a_restart_stands_where_the_log_ends(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST), raising(WEST)], LOCAL)
    service.snapshot()
    service.submit([releasing(EAST), raising(CAPITAL)], LOCAL)
    again = restored(store, COUNTRY)
    whole = fold(State(COUNTRY), [entry.event for entry in store.read(0, 99)])
    assert again == service.standing == Service(store, COUNTRY, StillClock()).standing
    assert (again.state, again.seq) == (whole, 4)
    assert verified(store, COUNTRY) == (again, 2)


def test_a_restart_leaves_the_garbage_collector_as_it_was_also_where_it_fails(
    service: Service, store: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.submit([raising(EAST)], LOCAL)
    ran: list[bool] = []
    for switch, runs in ((gc.disable, False), (gc.enable, True)):
        switch()
        restored(store, COUNTRY)
        ran.append(gc.isenabled() is runs)
    monkeypatch.setattr(store, "read", lambda *args: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        restored(store, COUNTRY)
    assert [*ran, gc.isenabled()] == [True, True, True]


def test_a_restart_knows_who_may_what_and_what_waits(service: Service, store: FailingStore) -> None:
    staff = Staff(service)
    service.snapshot()
    proposed = give(service, staff.olena, Raise(zones=(LAND,)))
    one(service.submit([command(RevokeToken(token=staff.maria.token or 0))], LOCAL))
    again = Service(store, COUNTRY, StillClock())
    assert again.standing == service.standing == folded(store, nothing(COUNTRY))
    assert isinstance(proposed, Receipt)
    answer = Approve(proposal=proposed.seq, shown=again.access.proposals[proposed.seq].shown)
    assert isinstance(give(again, staff.ivan, answer), Receipt)
    assert isinstance(give(again, staff.maria, Raise(zones=(FOREST,))), TokenTakenBack)
    assert verified(store, COUNTRY)[0] == again.standing


def test_a_restart_reads_only_the_tail_after_the_snapshot(
    service: Service, store: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.submit([raising(EAST), raising(WEST)], LOCAL)
    service.snapshot()
    service.submit([releasing(EAST)], LOCAL)
    asked: list[int] = []
    read = store.read

    def told(after: int, limit: int) -> list[Entry]:
        asked.append(after)
        return read(after, limit)

    monkeypatch.setattr(store, "read", told)
    assert restored(store, COUNTRY) == service.standing
    assert asked == [2, 3]


def test_a_snapshot_is_kept_every_so_many_events(
    service: Service, store: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_EVERY_EVENTS", 3)
    seen = []
    for number in range(7):
        service.submit([raising(EAST, ref=str(number))], LOCAL)
        kept = store.snapshot(FORMAT)
        seen.append(kept and kept.seq)
    assert seen == [None, None, 3, 3, 3, 6, 6]
    service.snapshot()
    service.snapshot()
    assert [kept.seq for kept in store._snapshots] == [6, 7], "what is kept already is not kept again"


def test_an_order_that_is_durable_is_acknowledged_although_no_snapshot_can_be_kept(
    service: Service, store: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_EVERY_EVENTS", 1)
    store.fails_snapshot = StoreFull("the disk is full")
    assert one(service.submit([raising(EAST)], LOCAL)).seq == 1
    store.fails_snapshot = None
    assert one(service.submit([raising(WEST)], LOCAL)).seq == 2
    kept = store.snapshot(FORMAT)
    assert kept is not None
    assert kept.seq == 2


def test_to_keep_a_snapshot_by_order_says_when_it_cannot(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST)], LOCAL)
    store.fails_snapshot = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        service.snapshot()


def test_a_snapshot_of_another_format_is_passed_over(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST)], LOCAL)
    store.save_snapshot(Snapshot(seq=1, format="holds-0", body=b"of long ago"))
    assert restored(store, COUNTRY) == service.standing
    assert verified(store, COUNTRY) == (service.standing, None)


class Tampered(MemoryStore):
    """A log that tells other than what it was given."""

    def __init__(self, honest: MemoryStore) -> None:
        super().__init__()
        self._entries, self._snapshots = list(honest._entries), list(honest._snapshots)


@pytest.fixture
def kept(service: Service, store: FailingStore) -> MemoryStore:
    service.submit([raising(EAST), raising(WEST), releasing(EAST), raising(COAST)], LOCAL)
    service.snapshot()
    service.submit([raising(HILLS)], LOCAL)
    return store


def test_a_snapshot_that_says_other_than_the_log_is_found(kept: MemoryStore) -> None:
    store = Tampered(kept)
    [snapshot] = store._snapshots
    store._snapshots = [
        msgspec.structs.replace(snapshot, body=snapshot_of(Standing(State(COUNTRY, snapshot.seq), Access())).body)
    ]
    with pytest.raises(StoreCorrupt, match="not what the snapshot of it says") as caught:
        verified(store, COUNTRY)
    assert caught.value.detail == {"snapshot": snapshot.seq}


def test_a_snapshot_past_the_logs_end_is_found_and_never_stood_upon(kept: MemoryStore) -> None:
    store = Tampered(kept)
    del store._entries[2:]
    with pytest.raises(StoreCorrupt, match="past the log's end") as caught:
        verified(store, COUNTRY)
    assert caught.value.detail == {"snapshot": 4}
    assert restored(store, COUNTRY).state == fold(State(COUNTRY), [entry.event for entry in store._entries])


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_gap_in_the_log_is_found(kept: MemoryStore, gone: int) -> None:
    store = Tampered(kept)
    del store._entries[gone]
    store._snapshots = []
    with pytest.raises(StoreCorrupt, match="gap"):
        verified(store, COUNTRY)
    with pytest.raises(StoreCorrupt, match="gap") as caught:
        restored(store, COUNTRY)
    assert caught.value.detail == {"after": 0}


def test_a_release_of_nothing_in_the_log_is_found(kept: MemoryStore) -> None:
    store = Tampered(kept)
    store._entries[4] = msgspec.structs.replace(store._entries[2], seq=5)
    with pytest.raises(StoreCorrupt, match="not there") as caught:
        verified(store, COUNTRY)
    assert caught.value.detail == {"after": 4}


def test_a_head_that_the_log_does_not_reach_is_found(kept: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "head", lambda: 9)
    with pytest.raises(StoreCorrupt, match="its head is 9") as caught:
        verified(kept, COUNTRY)
    assert caught.value.detail == {"head": 9}
