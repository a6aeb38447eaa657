from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from tests.store.batches import NOON, batch
from tests.store.contract import EVERYTHING, StoreContract
from tocsin.errors import (
    StoreCorrupt,
    StoreFailed,
    StoreForeign,
    StoreLocked,
    StoreUnsafe,
    TocsinError,
)
from tocsin.model import Realm
from tocsin.store import Snapshot, Store
from tocsin.store.safety import Sqlite, installed
from tocsin.store.sqlite import SQLiteStore

ATLAS = "ua-2026"


def opened(path: Path, *, read_only: bool = False, wait_s: float = 5.0) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, ATLAS, read_only=read_only, wait_s=wait_s)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    with closing(opened(path)) as store:
        yield store


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[Store]:
        with closing(opened(path)) as store:
            yield store


# --- what it keeps -----------------------------------------------------------------------------


def test_a_reopened_log_holds_all_it_held(path: Path) -> None:
    with closing(opened(path)) as store:
        receipts = store.append([batch("a", 3), batch("b", 0)], 0)
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"folded"))
        held, identity = store.read(0, EVERYTHING), store.identity
    with closing(opened(path)) as again:
        assert (again.head(), again.read(0, EVERYTHING), again.identity) == (3, held, identity)
        assert list(again.receipts(["a", "b"]).values()) == receipts
        assert again.snapshot("f") == Snapshot(seq=3, format="f", body=b"folded")
        again.append([batch("c", 1)], 3)


def test_moments_are_kept_in_utc(store: SQLiteStore) -> None:
    store.append([batch("k", recorded_at=NOON)], 0)
    assert store.read(0, 1)[0].recorded_at.utcoffset() == timedelta(0)


def test_a_log_may_have_any_name_a_file_may_have(tmp_path: Path) -> None:
    for name in ("журнал тривог.db", "50% off?.db", "file:x.db", "#1.db"):
        with closing(opened(tmp_path / name)) as store:
            store.append([batch("k", 1)], 0)
        assert (tmp_path / name).is_file()
        with closing(opened(tmp_path / name, read_only=True)) as store:
            assert store.head() == 1


def test_every_connection_syncs_its_commits(store: SQLiteStore) -> None:
    with store._writing() as writer:
        assert (writer.pragma("journal_mode"), writer.pragma("synchronous")) == ("wal", 2)
        assert (writer.pragma("foreign_keys"), writer.pragma("fullfsync")) == (1, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET event = '{}' WHERE seq = 1",
        "DELETE FROM log WHERE seq = 3",
        "DELETE FROM log",
        "INSERT INTO log SELECT 5, recorded_at, order_key, event FROM log WHERE seq = 1",
        "INSERT INTO log SELECT 0, recorded_at, order_key, event FROM log WHERE seq = 1",
        "INSERT OR REPLACE INTO log SELECT 1, recorded_at, order_key, '{}' FROM log WHERE seq = 1",
        "UPDATE command SET digest = x'00'",
        "UPDATE OR REPLACE command SET key = 'k'",
        "DELETE FROM command",
        "INSERT OR REPLACE INTO command SELECT key, x'00', actor, reason, recorded_at, seq, events FROM command",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(store: SQLiteStore, path: Path, statement: str) -> None:
    store.append([batch("k", 3)], 0)
    before = store.read(0, EVERYTHING), store.receipts(["k"])
    # As any other tool would open it, with none of our settings.
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("recursive_triggers", 0)
        with pytest.raises(apsw.ConstraintError):
            other.execute(statement)
    assert (store.read(0, EVERYTHING), store.receipts(["k"])) == before


def test_a_gap_that_is_there_all_the_same_is_not_stepped_over(store: SQLiteStore, path: Path) -> None:
    store.append([batch("k", 5)], 0)
    with closing(apsw.Connection(str(path))) as other:
        other.execute("DROP TRIGGER log_never_shrinks; DELETE FROM log WHERE seq = 3")
    assert len(store.read(0, 2)) == 2
    with pytest.raises(StoreCorrupt, match="gap"):
        store.read(0, EVERYTHING)
    with pytest.raises(StoreCorrupt, match="gap"):
        store.read(2, 1)


def test_what_is_not_an_event_is_not_passed_over(store: SQLiteStore, path: Path) -> None:
    store.append([batch("k", 2)], 0)
    with closing(apsw.Connection(str(path))) as other:
        other.execute('DROP TRIGGER log_never_changes; UPDATE log SET event = \'{"type":"?"}\' WHERE seq = 2')
    with pytest.raises(StoreCorrupt, match="not an event"):
        store.read(0, EVERYTHING)


@pytest.mark.parametrize("damage", ["body = x'00'", "sha256 = x'00'", "seq = 2", "seq = 99"])
def test_a_damaged_snapshot_is_passed_over(store: SQLiteStore, path: Path, damage: str) -> None:
    store.append([batch("k", 4)], 0)
    older = Snapshot(seq=1, format="f", body=b"older")
    store.save_snapshot(older)
    store.save_snapshot(Snapshot(seq=4, format="f", body=b"newer"))
    with closing(apsw.Connection(str(path))) as other:
        other.execute(f"UPDATE snapshot SET {damage} WHERE seq = 4")
    assert store.snapshot("f") == older


# --- backups -----------------------------------------------------------------------------------


def test_a_backup_taken_in_use_is_whole_and_another_log(store: SQLiteStore, tmp_path: Path) -> None:
    store.append([batch("a", 3), batch("b", 0)], 0)
    assert store.backup(tmp_path / "backup.db") == 3
    store.append([batch("later", 1)], 3)
    with closing(opened(tmp_path / "backup.db")) as copy:
        assert copy.read(0, EVERYTHING) == store.read(0, 3)
        assert copy.receipts(["a", "b", "later"]) == store.receipts(["a", "b"])
        assert copy.identity != store.identity
        copy.append([batch("c", 1)], 3)


def test_a_backup_never_overwrites(store: SQLiteStore, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_text("precious")
    with pytest.raises(StoreFailed, match="exists"):
        store.backup(tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_text() == "precious"


def test_a_backup_may_be_taken_by_a_reader(store: SQLiteStore, path: Path, tmp_path: Path) -> None:
    store.append([batch("a", 3)], 0)
    with closing(opened(path, read_only=True)) as reader:
        assert reader.backup(tmp_path / "backup.db") == 3


# --- who may open it ---------------------------------------------------------------------------


def test_a_reader_sees_what_the_writer_appends_and_cannot_write(store: SQLiteStore, path: Path) -> None:
    with closing(opened(path, read_only=True)) as reader:
        store.append([batch("k", 2)], 0)
        assert (reader.head(), reader.identity) == (2, store.identity)
        with pytest.raises(StoreFailed, match="reading only"):
            reader.append([batch("no")], 2)
        with pytest.raises(StoreFailed, match="reading only"):
            reader.save_snapshot(Snapshot(seq=0, format="f", body=b""))


def test_a_second_writer_is_refused_even_in_the_same_process_and_by_another_name(
    store: SQLiteStore, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "alias.db").symlink_to(path)
    for name in (path, tmp_path / "alias.db"):
        with pytest.raises(StoreLocked):
            opened(name)
    store.append([batch("k", 1)], 0)


def test_a_closed_log_can_be_opened_again_and_one_that_failed_to_open_holds_no_lock(path: Path) -> None:
    opened(path).close()
    path.write_bytes(path.read_bytes()[:4096])
    for _ in range(2):
        with pytest.raises(StoreCorrupt):
            opened(path)


def test_a_log_locked_by_another_connection_is_waited_for_and_then_given_up(path: Path) -> None:
    with closing(opened(path, wait_s=0.05)) as store, closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            store.append([batch("k", 1)], 0)
        assert store.head() == 0, "reading goes on"
        other.execute("ROLLBACK")
        store.append([batch("k", 1)], 0)


def test_a_log_locked_whole_cannot_be_opened(path: Path) -> None:
    opened(path).close()
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("locking_mode", "EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        for read_only in (True, False):
            with pytest.raises(StoreLocked):
                opened(path, read_only=read_only, wait_s=0.05)


def test_a_reader_of_nothing_is_told_so_and_makes_nothing(path: Path) -> None:
    with pytest.raises(StoreFailed, match="no log"):
        opened(path, read_only=True)
    assert list(path.parent.iterdir()) == []


def test_a_directory_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="no directory"):
        opened(tmp_path / "gone" / "live.db")


# --- files that are not this log -----------------------------------------------------------------


def _text(path: Path) -> None:
    path.write_text("Air raid alerts, 2022\n" * 500)


def _directory(path: Path) -> None:
    path.mkdir()


def _others(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.executescript("PRAGMA application_id = 7; CREATE TABLE bookmark (url);")


def _nobodys(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmark (url)")


def _drill(path: Path) -> None:
    SQLiteStore(path, Realm.DRILL, ATLAS).close()


def _elsewhere(path: Path) -> None:
    SQLiteStore(path, Realm.LIVE, "il-2026").close()


def _newer(path: Path) -> None:
    opened(path).close()
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("user_version", 2)


FOREIGN: dict[Callable[[Path], None], str] = {
    _text: "not an SQLite file",
    _directory: "not a file",
    _others: "another application's.*0x7",
    _nobodys: "another application's.*0x0",
    _drill: "drill realm, not of live",
    _elsewhere: "atlas 'il-2026', not 'ua-2026'",
    _newer: "newer version.*format 2.*reads 1",
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(("make", "said"), FOREIGN.items(), ids=[make.__name__ for make in FOREIGN])
def test_a_file_that_is_not_this_log_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], None], said: str, read_only: bool
) -> None:
    make(path)
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreForeign, match=said):
        opened(path, read_only=read_only)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not path.with_name(path.name + ".lock").exists()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


def _garble(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


def _unname(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as other:
        other.execute("DELETE FROM meta")


def _unmake(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as other:
        other.execute("DROP TABLE meta")


def _lose(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"the last trace of the log")
    path.unlink()


@pytest.mark.parametrize("damage", [_truncate, _garble, _unname, _unmake, _lose])
def test_a_damaged_log_is_refused(path: Path, damage: Callable[[Path], None]) -> None:
    with closing(opened(path)) as store:
        store.append([batch("k", 500)], 0)
    damage(path)
    with pytest.raises(StoreCorrupt):
        opened(path)
    with pytest.raises(StoreCorrupt):
        opened(path, read_only=True)


def test_an_empty_file_is_a_log_not_yet_made(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreFailed, match="no log"):
        opened(path, read_only=True)
    with closing(opened(path)) as store:
        assert store.head() == 0


# --- what may carry it -------------------------------------------------------------------------


@pytest.mark.parametrize("amalgamation", [True, False])
@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.51.2"])
def test_an_sqlite_that_can_corrupt_the_log_is_refused(path: Path, version: str, amalgamation: bool) -> None:
    unsafe = Sqlite(version=version, amalgamation=amalgamation, options=())
    with pytest.raises(StoreUnsafe, match=version):
        SQLiteStore(path, Realm.LIVE, ATLAS, sqlite=unsafe)
    assert not path.exists()


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "3.100.1", "4.0.0"])
def test_an_sqlite_that_is_new_enough_will_do(path: Path, version: str) -> None:
    SQLiteStore(path, Realm.LIVE, ATLAS, sqlite=Sqlite(version=version, amalgamation=False, options=())).close()


def test_the_sqlite_installed_here_will_do() -> None:
    assert installed().safe


def test_every_refusal_is_one_of_the_family(path: Path) -> None:
    path.write_text("x" * 100)
    with pytest.raises(TocsinError) as told:
        opened(path)
    assert told.value.detail["path"] == str(path)
