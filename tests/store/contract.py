"""What every store promises (`tocsin.store.contract`), as a suite. A store's tests subclass it and give a store."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from tests.store.audit import AuditContract
from tests.store.batches import NOON, batch, of, raised, released
from tocsin.errors import KeyReused, StaleSeq, StoreFailed
from tocsin.events import Entry, HoldRaised
from tocsin.limits import SNAPSHOTS_KEPT
from tocsin.store import Batch, Receipt, Snapshot, Store

EVERYTHING = 1_000_000


class StoreContract(AuditContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        raise NotImplementedError("the subclass gives a new, empty store")

    # --- append and read ---------------------------------------------------------------------

    def test_a_new_log_is_empty(self, store: Store) -> None:
        assert store.head() == 0
        assert store.read(0, EVERYTHING) == []
        assert store.identity

    def test_what_is_appended_is_read_back_equal(self, store: Store) -> None:
        given = of("k", raised(7, cause="дрони"), released(1), raised(8))
        store.append([given], 0)
        assert store.read(0, EVERYTHING) == [
            Entry(seq=seq, recorded_at=NOON, order="k", event=event) for seq, event in enumerate(given.events, 1)
        ]

    def test_seq_has_no_gap_over_many_appends(self, store: Store) -> None:
        for number in range(30):
            store.append([batch(f"a{number}", number % 4), batch(f"b{number}", 1)], store.head())
        assert [entry.seq for entry in store.read(0, EVERYTHING)] == list(range(1, store.head() + 1))

    def test_a_receipt_says_where_the_events_of_a_command_are(self, store: Store) -> None:
        given = [batch("one", 3), batch("none", 0), batch("two", 2)]
        assert store.append(given, 0) == [
            Receipt(key="one", digest=given[0].digest, seq=3, events=3),
            Receipt(key="none", digest=given[1].digest, seq=3, events=0),
            Receipt(key="two", digest=given[2].digest, seq=5, events=2),
        ]
        assert [entry.order for entry in store.read(0, EVERYTHING)] == ["one"] * 3 + ["two"] * 2

    def test_an_append_of_nothing_changes_nothing(self, store: Store) -> None:
        assert store.append([], 0) == []
        assert store.head() == 0

    def test_a_page_starts_after_the_seq_asked_for_and_holds_no_more_than_its_limit(self, store: Store) -> None:
        store.append([batch("k", 10)], 0)

        def seqs(after: int, limit: int) -> list[int]:
            return [entry.seq for entry in store.read(after, limit)]

        assert seqs(0, 4) == [1, 2, 3, 4]
        assert seqs(4, 4) == [5, 6, 7, 8]
        assert seqs(8, 4) == [9, 10]
        assert seqs(10, 4) == []
        assert seqs(99, 4) == []
        assert seqs(3, 0) == []

    @pytest.mark.parametrize(
        "text", ["Повітряна тривога", "צבע אדום", "🚨", "a\0b", "\u202ertl", "'; DROP TABLE log; --", ""]
    )
    def test_any_text_comes_back_as_it_was(self, store: Store, text: str) -> None:
        store.append([of(f"key {text}", raised(cause=text))], 0)
        [entry] = store.read(0, 1)
        assert isinstance(entry.event, HoldRaised)
        assert (entry.order, entry.event.cause) == (f"key {text}", text)
        assert store.receipts([f"key {text}"]).keys() == {f"key {text}"}

    def test_keys_that_only_look_alike_are_different(self, store: Store) -> None:
        keys = ["k", "K", "k ", "k\0", "k\0a", "\u0435", "e", "\u00e9", "e\u0301"]
        store.append([batch(key) for key in keys], 0)
        assert store.receipts(keys).keys() == set(keys)

    @pytest.mark.parametrize(
        "moment",
        [
            NOON,
            datetime(2022, 2, 24, 3, 40, 0, 1, tzinfo=UTC),
            datetime(2026, 3, 29, 3, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=3))),
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        ],
    )
    def test_a_moment_keeps_its_microseconds_and_its_instant(self, store: Store, moment: datetime) -> None:
        store.append([batch("k", recorded_at=moment)], 0)
        [entry] = store.read(0, 1)
        assert entry.recorded_at == moment
        assert entry.recorded_at.tzinfo is not None

    # --- all or nothing ----------------------------------------------------------------------

    def test_a_bad_batch_in_the_middle_takes_all_with_it(self, store: Store) -> None:
        store.append([batch("first", 2)], 0)
        with pytest.raises(KeyReused):
            store.append([batch("good", 3), batch("first", 1), batch("better", 1)], 2)
        assert store.head() == 2
        assert store.receipts(["good", "better"]) == {}
        store.append([batch("good", 1)], 2)
        assert [entry.order for entry in store.read(0, EVERYTHING)] == ["first", "first", "good"]

    def test_a_batch_that_cannot_be_written_down_takes_all_with_it(self, store: Store) -> None:
        naive = batch("naive", recorded_at=NOON.replace(tzinfo=None))
        with pytest.raises(AssertionError):
            store.append([batch("good", 3), naive], 0)
        assert (store.head(), store.receipts(["good"])) == (0, {})
        store.append([batch("good", 1)], 0)

    @pytest.mark.parametrize("expected", [0, 1, 3, 99])
    def test_who_decided_upon_another_head_is_told_so_and_nothing_is_kept(self, store: Store, expected: int) -> None:
        store.append([batch("k", 2)], 0)
        with pytest.raises(StaleSeq) as told:
            store.append([batch("late", 1)], expected)
        assert told.value.detail == {"head": 2, "expected": expected}
        assert (store.head(), store.receipts(["late"])) == (2, {})

    # --- one key, one effect -----------------------------------------------------------------

    def test_a_key_that_is_there_is_refused_whatever_it_asks_for(self, store: Store) -> None:
        store.append([batch("k", 1), batch("empty", 0)], 0)
        for again in (batch("k", 1), batch("k", 5), batch("empty", 0)):
            with pytest.raises(KeyReused) as told:
                store.append([again], 1)
            assert told.value.detail == {"key": again.key}
            assert told.value.message == f"the key {again.key!r} is in the log already"
        assert store.head() == 1

    def test_a_key_twice_in_one_append_is_refused(self, store: Store) -> None:
        with pytest.raises(KeyReused, match=r"^the key 'k' is (there twice|in the log already)$") as told:
            store.append([batch("k", 1), batch("other", 1), batch("k", 1)], 0)
        assert told.value.detail == {"key": "k"}
        assert (store.head(), store.receipts(["k", "other"])) == (0, {})

    def test_a_repeat_finds_the_receipt_of_the_first(self, store: Store) -> None:
        [first] = store.append([batch("k", 2)], 0)
        store.append([batch("later", 5)], 2)
        assert store.receipts(["k", "unknown"]) == {"k": first}
        assert store.receipts([]) == {}

    def test_a_command_without_events_is_remembered(self, store: Store) -> None:
        [receipt] = store.append([batch("k", 0)], 0)
        assert (receipt.seq, receipt.events) == (0, 0)
        assert store.receipts(["k"]) == {"k": receipt}

    # --- many at once ------------------------------------------------------------------------

    def test_racing_writers_are_all_served_once_and_in_one_order(self, store: Store) -> None:
        writers, each = 4, 12
        committed: list[Receipt] = []

        def write(writer: int) -> None:
            for number in range(each):
                committed.extend(_append_until_in(store, batch(f"{writer}-{number}", 1 + number % 3)))

        _at_once(*(lambda writer=writer: write(writer) for writer in range(writers)))
        entries = store.read(0, EVERYTHING)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        orders = [entry.order for entry in entries]
        first_come = list(dict.fromkeys(orders))
        assert sorted(first_come) == sorted(f"{writer}-{number}" for writer in range(writers) for number in range(each))
        assert all(orders.count(key) == 1 + int(key.split("-")[1]) % 3 for key in first_come)
        for writer in range(writers):
            own = [receipt.seq for receipt in committed if receipt.key.startswith(f"{writer}-")]
            assert own == sorted(own), "what was acknowledged later has the higher seq"
        assert [receipt.key for receipt in sorted(committed, key=lambda receipt: receipt.seq)] == first_come

    def test_an_append_waits_for_the_one_that_is_under_way(self, store: Store) -> None:
        second: Future[list[Receipt]] = Future()

        def append_second() -> None:
            try:
                second.set_result(store.append([batch("second", 1)], 2))
            except Exception as error:
                second.set_exception(error)

        thread = threading.Thread(target=append_second)
        store.append(_Interrupted([batch("first", 2)], by=thread, until=second), 0)
        thread.join()
        assert second.result()[0].seq == 3

    @pytest.mark.parametrize("events", [0, 3])
    def test_racing_with_one_key_has_one_effect(self, store: Store, events: int) -> None:
        won: list[Receipt] = []
        seen: list[Receipt] = []

        def order() -> None:
            while not (known := store.receipts(["k"])):
                try:
                    won.extend(store.append([batch("k", events)], store.head()))
                except (StaleSeq, KeyReused):
                    continue
            seen.append(known["k"])

        _at_once(*[order] * 6)
        assert len(won) == 1
        assert seen == won * 6
        assert store.head() == events

    def test_a_reader_sees_whole_appends_and_never_waits_for_the_end(self, store: Store) -> None:
        size, appends = 7, 40
        done = threading.Event()
        heads: list[list[int]] = []

        def write() -> None:
            try:
                for number in range(appends):
                    store.append([batch(f"a{number}", size - 2), batch(f"b{number}", 2)], number * size)
            finally:
                done.set()

        def read() -> None:
            mine: list[int] = []
            while not done.is_set():
                entries = store.read(0, EVERYTHING)
                assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
                mine += [len(entries), store.head()]
            heads.append(mine)

        _at_once(write, read, read)
        assert store.head() == size * appends
        for mine in heads:
            assert all(head % size == 0 for head in mine), "half an append was seen"
            assert all(earlier <= later for earlier, later in pairwise(mine)), "the log went backwards"

    # --- snapshots ---------------------------------------------------------------------------

    def test_a_snapshot_comes_back_as_it_was(self, store: Store) -> None:
        store.append([batch("k", 3)], 0)
        snapshot = Snapshot(seq=3, format="fold-1", body=bytes(range(256)) * 100)
        assert store.snapshot("fold-1") is None
        store.save_snapshot(snapshot)
        assert store.snapshot("fold-1") == snapshot

    def test_the_newest_snapshot_of_the_format_is_given(self, store: Store) -> None:
        store.append([batch("k", 9)], 0)
        for seq, format in ((4, "new"), (8, "old")):
            store.save_snapshot(Snapshot(seq=seq, format=format, body=b"%d" % seq))
        assert store.snapshot("new") == Snapshot(seq=4, format="new", body=b"4")
        assert store.snapshot("unheard of") is None
        store.save_snapshot(Snapshot(seq=9, format="new", body=b"9"))
        assert store.snapshot("new") == Snapshot(seq=9, format="new", body=b"9")

    def test_of_two_snapshots_of_one_format_the_newer_is_given(self, store: Store) -> None:
        store.append([batch("k", 9)], 0)
        for seq in (4, 9):
            store.save_snapshot(Snapshot(seq=seq, format="f", body=b"%d" % seq))
        assert store.snapshot("f") == Snapshot(seq=9, format="f", body=b"9")

    def test_a_snapshot_taken_again_at_the_same_seq_is_the_newer(self, store: Store) -> None:
        store.save_snapshot(Snapshot(seq=0, format="f", body=b"first"))
        store.save_snapshot(Snapshot(seq=0, format="f", body=b"second"))
        assert store.snapshot("f") == Snapshot(seq=0, format="f", body=b"second")

    def test_the_oldest_snapshots_go(self, store: Store) -> None:
        store.append([batch("k", SNAPSHOTS_KEPT)], 0)
        store.save_snapshot(Snapshot(seq=0, format="old", body=b""))
        for seq in range(1, SNAPSHOTS_KEPT + 1):
            store.save_snapshot(Snapshot(seq=seq, format="new", body=b""))
        assert store.snapshot("old") is None

    def test_a_snapshot_of_what_the_log_does_not_hold_is_a_bug(self, store: Store) -> None:
        with pytest.raises(AssertionError):
            store.save_snapshot(Snapshot(seq=1, format="f", body=b""))
        assert store.snapshot("f") is None

    # --- the end -----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "use",
        [
            lambda store: store.head(),
            lambda store: store.append([batch("k")], 0),
            lambda store: store.receipts(["k"]),
            lambda store: store.read(0, 1),
            lambda store: store.link(),
            lambda store: store.done(0, 1),
            lambda store: store.refused(0, 1),
            lambda store: store.save_snapshot(Snapshot(seq=0, format="f", body=b"")),
            lambda store: store.snapshot("f"),
        ],
        ids=["head", "append", "receipts", "read", "link", "done", "refused", "save_snapshot", "snapshot"],
    )
    def test_a_closed_store_says_that_it_is_closed(self, store: Store, use: Callable[[Store], object]) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreFailed, match="is closed"):
            use(store)


class _Interrupted(list[Batch]):
    """Batches that, when the store first looks at them, let another thread try its luck."""

    def __init__(self, batches: list[Batch], *, by: threading.Thread, until: Future[list[Receipt]]) -> None:
        super().__init__(batches)
        self.by = by
        self.until = until

    def __iter__(self) -> Iterator[Batch]:
        if self.by.ident is None:
            self.by.start()
            # It cannot end before we do, unless the store lets it in: all that this wait does is to give it the time.
            wait([self.until], timeout=0.1)
        return super().__iter__()


def _append_until_in(store: Store, wanted: Batch) -> list[Receipt]:
    while True:
        try:
            return store.append([wanted], store.head())
        except StaleSeq:
            continue


def _at_once(*works: Callable[[], None]) -> None:
    """Start all together, each in its own thread, and change between them often; raise what any of them raised."""
    usual = sys.getswitchinterval()
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        work()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(works)) as threads:
            for future in [threads.submit(run, work) for work in works]:
                future.result()
    finally:
        sys.setswitchinterval(usual)
