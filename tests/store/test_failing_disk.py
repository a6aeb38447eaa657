"""Full disks, failing disks and power cuts: acknowledged is kept, refused is gone, and the store goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.store.batches import batch, refusal
from tests.store.contract import EVERYTHING
from tests.store.faulty_disk import FaultyDisk
from tocsin.errors import StoreCorrupt, StoreFailed, StoreFull, TocsinError
from tocsin.model import Realm
from tocsin.store import Snapshot
from tocsin.store.doctor import examine
from tocsin.store.sqlite import SQLiteStore


def opened(path: Path, disk: FaultyDisk | None = None) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, "ua", vfs=disk.name if disk else None)


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
def store(disk: FaultyDisk, tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(opened(tmp_path / "live.db", disk)) as store:
        store.append([batch("before", 3)], 0)
        yield store
        disk.room, disk.fails = None, lambda what, path: False


def must_go_on(store: SQLiteStore, acknowledged: int) -> None:
    """Nothing of what was refused is there, and the next append is taken and sound."""
    assert store.head() == acknowledged
    assert store.receipts(["refused"]) == {}
    assert store.refused(0, 1) == []
    store.append([batch("refused", 2)], acknowledged, [refusal("r")])
    assert [entry.seq for entry in store.read(0, EVERYTHING)] == list(range(1, acknowledged + 3))
    assert store.walk().link == store.link(), "the chain goes on from what was acknowledged"


OF_THE_DISK = {"free space", "file system", "checksums"}
"""What the machine decides, and this disk, whose logs carry no checksums."""


def sound(path: Path) -> bool:
    return all(finding.ok for finding in examine(path) if finding.name not in OF_THE_DISK)


# --- no space ----------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 23, 24, 4_096, 8_300, 20_000, 40_000])
def test_a_full_disk_refuses_the_whole_append_and_the_store_goes_on(
    store: SQLiteStore, disk: FaultyDisk, tmp_path: Path, room: int
) -> None:
    disk.room = room
    with pytest.raises(StoreFull):
        store.append([batch("good", 1), batch("refused", 200)], 3, [refusal("r")])
    assert store.head() == 3, "reading goes on while it is full"
    disk.room = None
    must_go_on(store, 3)
    assert store.receipts(["good"]) == {}
    assert sound(tmp_path / "live.db")


def test_a_disk_that_stays_full_keeps_refusing_and_never_keeps_a_part(store: SQLiteStore, disk: FaultyDisk) -> None:
    disk.room = 10_000
    for _ in range(5):
        with pytest.raises(StoreFull):
            store.append([batch("refused", 200)], 3)
    with pytest.raises(StoreFull):
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"x" * 20_000))
    disk.room = None
    assert store.snapshot("f") is None
    must_go_on(store, 3)


def test_a_refusal_that_finds_no_room_is_refused_and_the_store_goes_on(store: SQLiteStore, disk: FaultyDisk) -> None:
    disk.room = 0
    with pytest.raises(StoreFull):
        store.append([], 3, [refusal("r")])
    disk.room = None
    must_go_on(store, 3)


def test_a_log_cannot_be_made_on_a_full_disk_and_leaves_nothing_half_made(disk: FaultyDisk, tmp_path: Path) -> None:
    for room in range(0, 40_000, 3_000):
        disk.room = room
        try:
            with closing(opened(tmp_path / "live.db", disk)) as store:
                assert store.head() == 0
            break
        except StoreFull:
            continue
    else:
        pytest.fail("it never fitted")
    assert room > 4_096, "the disk was never full"
    disk.room = None
    with closing(opened(tmp_path / "live.db", disk)) as store:
        store.append([batch("k", 1)], 0)
    assert sound(tmp_path / "live.db")


# --- a disk that fails ---------------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(0, 14, 2))
@pytest.mark.parametrize(
    ("what", "lasting"),
    [("write", False), ("write", True), ("sync", False), ("sync", True)],
    ids=["a write", "all writes", "a sync", "all syncs"],
)
def test_a_failing_disk_refuses_the_whole_append_and_the_store_goes_on(
    store: SQLiteStore, disk: FaultyDisk, what: str, lasting: bool, nth: int
) -> None:
    count = 0

    def fails(did: str, path: Path) -> bool:
        nonlocal count
        count += did == what
        return did == what and (count > nth if lasting else count == nth + 1)

    disk.fails = fails
    acknowledged = 3
    for number in range(20):
        try:
            [receipt] = store.append([batch(f"k{number}", 20)], acknowledged)
            acknowledged = receipt.seq
        except StoreFailed:
            break
    else:
        pytest.fail("the disk never failed")
    disk.fails = lambda what, path: False
    must_go_on(store, acknowledged)
    assert sound(store.path)


def test_a_disk_that_is_gone_from_one_moment_on_and_comes_back(store: SQLiteStore, disk: FaultyDisk) -> None:
    gone = False

    def fails(what: str, path: Path) -> bool:
        nonlocal gone
        gone = gone or what == "sync"
        return gone

    disk.fails = fails
    for _ in range(3):
        with pytest.raises(StoreFailed):
            store.append([batch("refused", 20)], 3)
    disk.fails = lambda what, path: False
    must_go_on(store, 3)
    assert sound(store.path)


def test_a_read_that_fails_is_told_and_the_next_one_works(store: SQLiteStore, disk: FaultyDisk, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua", read_only=True, vfs=disk.name)) as reader:
        store.append([batch("k", 2_000)], 3)
        disk.fails = lambda what, path: what == "read"
        with pytest.raises(StoreFailed):
            reader.read(0, EVERYTHING)
        disk.fails = lambda what, path: False
        assert len(reader.read(0, EVERYTHING)) == 2_003


# --- power -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.9, 1.0])
def test_what_was_acknowledged_is_there_after_a_power_cut(
    store: SQLiteStore, disk: FaultyDisk, tmp_path: Path, kept: float
) -> None:
    for number, size in enumerate([1, 30, 2, 200, 1, 1]):
        head = store.append([batch(f"k{number}", size)], store.head(), [refusal(f"r{number}")])[-1].seq
        remains = tmp_path / f"after-{number}"
        disk.cut_power(remains, kept, seed=number)
        with closing(opened(remains / "live.db")) as restarted:
            assert restarted.head() == head
            assert restarted.read(0, EVERYTHING) == store.read(0, EVERYTHING)
            assert restarted.walk().link == restarted.link() == store.link()
            assert restarted.refused(0, 99) == store.refused(0, 99)
            assert restarted.receipts(["before", f"k{number}"]) == store.receipts(["before", f"k{number}"])
        assert sound(remains / "live.db")


@pytest.mark.parametrize("kept", [0.0, 0.5, 1.0])
def test_a_log_being_made_when_the_power_is_cut_is_whole_or_made_anew(
    disk: FaultyDisk, tmp_path: Path, kept: float
) -> None:
    cuts = 0

    def cut(what: str, path: Path) -> bool:
        nonlocal cuts
        if what in ("write", "sync"):
            disk.cut_power(tmp_path / f"cut-{cuts}", kept, seed=cuts)
            cuts += 1
        return False

    disk.fails = cut
    opened(tmp_path / "live.db", disk).close()
    assert cuts > 10
    for number in range(cuts):
        with closing(opened(tmp_path / f"cut-{number}" / "live.db")) as store:
            store.append([batch("k", 1)], 0)


@pytest.mark.parametrize("syncs", [1, 2, 3])
def test_a_refused_commit_does_not_come_back_to_life_after_a_power_cut(
    store: SQLiteStore, disk: FaultyDisk, tmp_path: Path, syncs: int
) -> None:
    """Its frames are in the WAL, whole and valid; only their sync failed."""
    failed = 0

    def fails(what: str, path: Path) -> bool:
        nonlocal failed
        failed += what == "sync"
        return what == "sync" and failed <= syncs

    disk.fails = fails
    while failed < syncs:
        with pytest.raises(StoreFailed):
            store.append([batch("refused", 1)], 3)
    disk.fails = lambda what, path: False
    if syncs % 2 == 0:
        store.append([batch("next", 0)], 3)  # the burial failed too: the next commit makes up for it
    disk.cut_power(tmp_path / "after", kept=1.0)
    with closing(opened(tmp_path / "after" / "live.db")) as restarted:
        assert restarted.head() == 3
        assert restarted.receipts(["refused"]) == {}


def test_every_error_of_a_disk_is_one_of_the_family(store: SQLiteStore, disk: FaultyDisk) -> None:
    disk.room = 0
    with pytest.raises(TocsinError) as told:
        store.append([batch("refused", 1)], 3)
    assert told.value.body()["error"]["code"] == "store_full"
    assert told.value.detail["path"] == str(store.path)


def test_a_log_that_cannot_be_closed_in_order_is_let_go_of_all_the_same(disk: FaultyDisk, tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    store = opened(path, disk)
    store.append([batch("a", 3)], 0)
    store.read(0, 3)
    disk.fails = lambda what, file: True
    with suppress(StoreFailed, StoreCorrupt):
        store.close()
    disk.fails = lambda what, file: False
    with closing(opened(path, disk)) as again:
        assert again.head() == 3
