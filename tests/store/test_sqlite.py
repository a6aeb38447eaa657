from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from tests.store.batches import NOON, batch, refusal
from tests.store.contract import EVERYTHING, StoreContract
from tests.store.editor import without_guards
from tocsin.errors import (
    StoreCorrupt,
    StoreFailed,
    StoreUnsafe,
)
from tocsin.model import Realm
from tocsin.store import Snapshot, Store, sqlite
from tocsin.store.asking import rows_of
from tocsin.store.rows import Row
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
        store.append([], 3, [refusal("r")])
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"folded"))
        held, identity, link = store.read(0, EVERYTHING), store.identity, store.link()
    with closing(opened(path)) as again:
        assert (again.head(), again.read(0, EVERYTHING), again.identity) == (3, held, identity)
        assert list(again.receipts(["a", "b"]).values()) == receipts
        assert (again.link(), again.refused(0, 9)) == (link, [(1, refusal("r"))])
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
        "UPDATE log SET hash = zeroblob(32)",
        "INSERT INTO log SELECT 5, recorded_at, command, hash, event FROM log WHERE seq = 1",
        "INSERT INTO log SELECT 0, recorded_at, command, hash, event FROM log WHERE seq = 1",
        "INSERT INTO log SELECT 4, recorded_at, command, x'00', event FROM log WHERE seq = 1",
        "INSERT OR REPLACE INTO log SELECT 1, recorded_at, command, hash, '{}' FROM log WHERE seq = 1",
        "UPDATE command SET digest = x'00'",
        "UPDATE command SET actor = 'somebody else'",
        "UPDATE OR REPLACE command SET key = 'k'",
        "DELETE FROM command",
        "INSERT OR REPLACE INTO command SELECT number, 'new', x'00', actor, grant_id, source, reason, decided_upon,"
        " recorded_at, seq, events, sum FROM command",
        "INSERT OR REPLACE INTO command SELECT 2, key, x'00', actor, grant_id, source, reason, decided_upon,"
        " recorded_at, seq, events, sum FROM command",
        "INSERT INTO command SELECT 3, 'new', x'00', actor, grant_id, source, reason, decided_upon,"
        " recorded_at, seq, events, sum FROM command",
        "UPDATE refusal SET message = ''",
        "DELETE FROM refusal",
        "INSERT OR REPLACE INTO refusal SELECT 1, '', key, source, reason, ordered, code, message, refused_at"
        " FROM refusal",
        "INSERT INTO refusal SELECT 3, '', key, source, reason, ordered, code, message, refused_at FROM refusal",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(store: SQLiteStore, path: Path, statement: str) -> None:
    store.append([batch("k", 3)], 0, [refusal("r")])

    def held() -> object:
        return store.read(0, EVERYTHING), store.receipts(["k"]), store.done(0, 9), store.refused(0, 9), store.link()

    before = held()
    # As any other tool would open it, with none of our settings.
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("recursive_triggers", 0)
        with pytest.raises(apsw.ConstraintError):
            other.execute(statement)
    assert held() == before


def test_a_gap_that_is_there_all_the_same_is_not_stepped_over(store: SQLiteStore, path: Path) -> None:
    store.append([batch("k", 5)], 0)
    without_guards(path, "DELETE FROM log WHERE seq = 3")
    assert len(store.read(0, 2)) == 2
    with pytest.raises(StoreCorrupt, match="gap"):
        store.read(0, EVERYTHING)
    with pytest.raises(StoreCorrupt, match="gap"):
        store.read(2, 1)


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        ("DELETE FROM refusal WHERE number = 1", lambda store: store.refused(0, 9)),
        ("UPDATE refusal SET refused_at = 'noon'", lambda store: store.refused(0, 9)),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE number = 1", lambda store: store.done(0, 9)),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE number = 1", lambda store: store.read(0, 9)),
        ("UPDATE command SET recorded_at = 'noon'", lambda store: store.done(0, 9)),
        ("UPDATE command SET reason = CAST(x'ff' AS TEXT)", lambda store: store.done(0, 9)),
    ],
)
def test_a_damaged_audit_trail_is_told_and_not_stepped_over(
    store: SQLiteStore, path: Path, damage: str, read: Callable[[SQLiteStore], object]
) -> None:
    store.append([batch("a", 2), batch("b", 1)], 0, [refusal("r1"), refusal("r2")])
    without_guards(path, damage)
    with pytest.raises(StoreCorrupt):
        read(store)


def test_what_is_not_an_event_is_not_passed_over(store: SQLiteStore, path: Path) -> None:
    store.append([batch("k", 2)], 0)
    without_guards(path, 'UPDATE log SET event = \'{"type":"?"}\' WHERE seq = 2')
    with pytest.raises(StoreCorrupt, match="hash of entry 2"):
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
    link = store.link()
    assert store.backup(tmp_path / "backup.db") == 3
    store.append([batch("later", 1)], 3)
    with closing(opened(tmp_path / "backup.db")) as copy:
        assert copy.read(0, EVERYTHING) == store.read(0, 3)
        assert (copy.link(), copy.copy_of, store.copy_of) == (link, store.identity, None)
        assert copy.receipts(["a", "b", "later"]) == store.receipts(["a", "b"])
        assert copy.identity != store.identity
        copy.append([batch("c", 1)], 3)


def test_every_backup_is_a_log_of_its_own(store: SQLiteStore, tmp_path: Path) -> None:
    identities = {store.identity}
    for number in range(3):
        store.backup(tmp_path / f"{number}.db")
        with closing(opened(tmp_path / f"{number}.db", read_only=True)) as copy:
            identities.add(str(uuid.UUID(copy.identity)))
    assert len(identities) == 4


def test_a_backup_that_cannot_be_written_names_where_it_was_to_be(store: SQLiteStore, tmp_path: Path) -> None:
    with pytest.raises(StoreFailed) as caught:
        store.backup(tmp_path / "no such folder" / "backup.db")
    assert caught.value.message.startswith(str(tmp_path / "no such folder" / "backup.db"))


def test_a_backup_never_overwrites(store: SQLiteStore, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_text("precious")
    with pytest.raises(StoreFailed, match="exists"):
        store.backup(tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_text() == "precious"


def test_a_backup_may_be_taken_by_a_reader(store: SQLiteStore, path: Path, tmp_path: Path) -> None:
    store.append([batch("a", 3)], 0)
    with closing(opened(path, read_only=True)) as reader:
        assert reader.backup(tmp_path / "backup.db") == 3


# --- what a disk gives back --------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log SET event = replace(event, 'red', 'yellow') WHERE seq = 2",
        "UPDATE log SET recorded_at = '2026-03-01T12:00:01.000000+00:00' WHERE seq = 2",
        "UPDATE log SET hash = zeroblob(32) WHERE seq = 1",
        "UPDATE command SET actor = 'somebody else' WHERE number = 2",
        "UPDATE command SET digest = x'00' WHERE number = 2",
        "DELETE FROM log WHERE seq = 4",
    ],
)
def test_a_page_of_the_log_that_is_not_what_was_written_is_refused(store: SQLiteStore, path: Path, damage: str) -> None:
    store.append([batch("a", 1), batch("b", 3)], 0)
    assert [entry.seq for entry in store.read(1, 2)] == [2, 3]
    without_guards(path, damage)
    with pytest.raises(StoreCorrupt):
        store.read(1, 9)


def test_each_command_has_a_sum_of_eight_bytes(store: SQLiteStore, path: Path) -> None:
    store.append([batch("a", 1), batch("b", 0)], 0)
    with closing(apsw.Connection(str(path))) as other:
        assert list(other.execute("SELECT length(sum) FROM command")) == [(8,), (8,)]


def test_every_page_of_the_file_carries_a_checksum_and_one_that_disagrees_is_refused(path: Path) -> None:
    with closing(opened(path)) as store:
        for number in range(40):
            store.append([batch(f"k{number}", 5)], number * 5)
    pages = path.stat().st_size // 4096
    content = path.read_bytes()
    assert content[20] == 8, "the header says that each page keeps eight bytes"
    found = 0
    for page in range(1, pages):
        at = page * 4096 + 2048
        path.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
        try:
            with closing(opened(path, read_only=True)) as store:
                store.read(0, EVERYTHING)
                store.done(0, EVERYTHING)
                store.receipts([f"k{number}" for number in range(40)])
        except StoreCorrupt:
            found += 1
    assert found > pages * 0.6, "all but those that nothing was asked of"
    path.write_bytes(content)
    with closing(opened(path)) as store:
        assert len(store.read(0, EVERYTHING)) == 200


@pytest.mark.parametrize("realm", Realm)
def test_it_belongs_to_the_realm_it_was_made_for(path: Path, realm: Realm) -> None:
    for _ in range(2):
        with closing(SQLiteStore(path, realm, ATLAS)) as log:
            assert log.realm is realm


def test_a_key_that_was_acknowledged_and_cannot_be_found_is_told_and_never_taken_for_a_new_one(path: Path) -> None:
    """Or the same order, sent again, would be carried out a second time."""
    with closing(opened(path)) as log:
        log.append([batch("a", 1), batch("b", 0), batch("c", 0)], 0)
        without_guards(path, "DELETE FROM command WHERE key <> 'a'")
        with pytest.raises(StoreCorrupt, match=r"live.db knows the key 'b' and cannot find it$") as caught:
            log.receipts(["a", "new", "b", "c"])
        assert caught.value.detail == {"key": "b"}
        assert list(log.receipts(["a", "new"])) == ["a"]


def test_a_key_that_comes_into_the_log_while_it_is_asked_for_is_not_taken_for_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(cursor: apsw.Cursor) -> list[Row]:
        rows = rows_of(cursor)
        monkeypatch.undo()
        log.append([batch("k", 1)], 0)
        return rows

    with closing(opened(path)) as log:
        monkeypatch.setattr(sqlite, "rows_of", slowly)
        assert log.receipts(["k"]) == {}
        assert log.receipts(["k"])["k"].seq == 1


def test_a_log_with_checksums_is_not_opened_where_they_cannot_be_checked(path: Path) -> None:
    with closing(opened(path)) as store:
        store.append([batch("k", 1)], 0)
    with pytest.raises(StoreUnsafe, match="checksums"):
        SQLiteStore(path, Realm.LIVE, ATLAS, vfs="unix")


def test_a_log_that_is_shorter_than_what_was_acknowledged_is_refused(path: Path) -> None:
    with closing(opened(path)) as store:
        store.append([batch("a", 3)], 0)
    older = path.read_bytes()
    with closing(opened(path)) as store:
        store.append([batch("b", 2)], 3)
    path.write_bytes(older)
    with pytest.raises(StoreCorrupt, match="ends at 3, but 5 entries were acknowledged"):
        opened(path)
    with pytest.raises(StoreCorrupt):
        opened(path, read_only=True)
    path.with_name(path.name + ".lock").unlink()
    with closing(opened(path)) as store:
        assert store.head() == 3


def test_a_wal_that_was_damaged_at_rest_is_not_taken_for_the_end_of_the_log(path: Path, tmp_path: Path) -> None:
    with closing(opened(path)) as store:
        for number in range(6):
            store.append([batch(f"k{number}", 2)], 2 * number)
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in tmp_path.glob("live.db*"):
            if not file.name.endswith("-shm"):
                (killed / file.name).write_bytes(file.read_bytes())
    with closing(opened(killed / "live.db")) as store:
        assert store.head() == 12
    wal = tmp_path / "killed" / "live.db-wal"
    for file in killed.glob("live.db*"):
        file.unlink()
    with closing(opened(path)) as store:
        store.append([batch("later", 1)], 12)
        for file in tmp_path.glob("live.db*"):
            if not file.name.endswith("-shm"):
                (killed / file.name).write_bytes(file.read_bytes())
    content = wal.read_bytes()
    wal.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    with pytest.raises(StoreCorrupt, match="were acknowledged"):
        opened(killed / "live.db")
