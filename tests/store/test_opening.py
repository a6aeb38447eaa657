"""Which files are opened, by whom, and what every other one is told."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.store.batches import batch
from tests.store.test_sqlite import ATLAS, opened
from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign, StoreLocked, StoreUnsafe, TocsinError
from tocsin.model import Realm
from tocsin.store import Snapshot
from tocsin.store.opening import CACHE_KIB, WAL_KEPT_BYTES, connect, is_blank, make_writable
from tocsin.store.safety import Sqlite, installed
from tocsin.store.sqlite import SQLiteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    with closing(opened(path)) as store:
        yield store


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


def test_whoever_waits_for_a_lock_gets_it_when_it_is_free(path: Path) -> None:
    with closing(opened(path, wait_s=20)) as store, closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        free = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
        free.start()
        store.append([batch("k", 1)], 0)
        free.join()
        assert store.head() == 1


def test_every_connection_is_as_careful_as_it_is_said_to_be(path: Path) -> None:
    opened(path).close()
    with closing(connect(path, wait_s=0)) as connection:
        careful = ["foreign_keys", "recursive_triggers", "cell_size_check", "fullfsync", "checkpoint_fullfsync"]
        assert {name: connection.pragma(name) for name in careful} == dict.fromkeys(careful, 1)
        assert connection.pragma("synchronous") == 2
        assert connection.pragma("cache_size") == -CACHE_KIB
        assert connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, -1) == 1
        assert connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1) == 0
        make_writable(connection)
        assert connection.pragma("journal_size_limit") == WAL_KEPT_BYTES


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
        other.pragma("user_version", 3)


def _older(path: Path) -> None:
    opened(path).close()
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("user_version", 1)


def _oldest(path: Path) -> None:
    opened(path).close()
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("user_version", 0)


FOREIGN: dict[Callable[[Path], None], str] = {
    _text: "not an SQLite file",
    _directory: "not a file",
    _others: "another application's.*0x7",
    _nobodys: "another application's.*0x0",
    _drill: "drill realm, not of live",
    _elsewhere: "atlas 'il-2026', not 'ua-2026'",
    _newer: "newer version.*format 3.*reads 2",
    _older: "older version.*format 1.*reads 2.*tocsin upgrade",
    _oldest: "format 0, which this version of Tocsin does not read",
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


def test_one_byte_is_enough_to_be_no_new_log(path: Path) -> None:
    wal = path.with_name(path.name + "-wal")
    wal.touch()
    assert is_blank(path), "an empty WAL holds nothing"
    wal.write_bytes(b"x")
    with pytest.raises(StoreCorrupt, match="put the log back from a backup"):
        is_blank(path)
    path.write_bytes(b"x")
    assert not is_blank(path)


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
