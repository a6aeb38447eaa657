"""Every refusal of the store, whole: the words that somebody reads, and beside them what a program reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.store import format_1
from tests.store.batches import NOON, batch, refusal
from tests.store.editor import without_guards
from tocsin.errors import (
    BadFile,
    BadKey,
    StaleSeq,
    StoreCorrupt,
    StoreFailed,
    StoreForeign,
    StoreLocked,
    StoreUnsafe,
    TocsinError,
    WrongRealm,
)
from tocsin.model import Realm
from tocsin.store import Link, doctor, safety
from tocsin.store.heads import Signer, heads_from, require_realm
from tocsin.store.key_file import key_path, load, load_or_make
from tocsin.store.memory import MemoryStore
from tocsin.store.opening import connect, identify, is_blank, make_writable, require_log, require_same
from tocsin.store.safety import SAFE_SQLITE, Sqlite, require_local_file_system, require_safe_sqlite
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.upgrade import upgrade

LAST = 10
"""The seq of the last entry of the log that is tried."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua")) as store:
        store.append([batch("a", 3), batch("none", 0), batch("b", 7)], 0, [refusal("r1"), refusal("r2")])
    return tmp_path / "live.db"


def edited(path: Path, *statements: str) -> Path:
    without_guards(path, *statements)
    return path


def told(error: type[TocsinError], asked: Callable[[], object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(error) as caught:
        asked()
    assert type(caught.value) is error
    return caught.value.message, caught.value.detail


def opened(path: Path, *, read_only: bool = False) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, "ua", read_only=read_only, wait_s=0.05)


# --- a file that is not the right one ----------------------------------------------------------


def test_of_a_place_where_no_log_can_be(tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "live.db"
    said = (f"there is no directory {nowhere.parent}", {"path": str(nowhere)})
    assert told(StoreFailed, lambda: opened(nowhere)) == said
    nothing = tmp_path / "nothing.db"
    for asked in (lambda: identify(nothing, wait_s=0), lambda: upgrade(nothing, Realm.LIVE, "ua")):
        assert told(StoreFailed, asked) == (f"there is no log at {nothing}", {"path": str(nothing)})
    assert told(StoreForeign, lambda: is_blank(tmp_path)) == (f"{tmp_path} is not a file", {"path": str(tmp_path)})
    nothing.with_name("nothing.db-wal").write_bytes(b"what was in it")
    assert told(StoreCorrupt, lambda: is_blank(nothing)) == (
        f"{nothing} is empty or missing, but its nothing.db-wal is there: put the log back from a backup",
        {"path": str(nothing)},
    )


def test_of_another_programs_file(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(apsw.Connection(str(other))) as connection:
        connection.execute("CREATE TABLE t (x); PRAGMA application_id = 171")
    assert told(StoreForeign, lambda: opened(other)) == (
        f"{other} is another application's SQLite file (application_id 0xab)",
        {"path": str(other), "application_id": 171},
    )


@pytest.mark.parametrize(
    ("format", "said"),
    [
        (3, "was written by a newer version of Tocsin (format 3, this one reads 2)"),
        (
            1,
            "was written by an older version of Tocsin (format 1, this one reads 2): end every Tocsin "
            "that uses it, then run tocsin upgrade, which keeps it as it is beside the new one",
        ),
        (0, "is in format 0, which this version of Tocsin does not read (it reads 2)"),
    ],
)
def test_of_a_log_in_another_format(path: Path, format: int, said: str) -> None:
    edited(path, f"PRAGMA user_version = {format}")
    detail = {"path": str(path), "format": format, "reads": 2}
    assert told(StoreForeign, lambda: opened(path)) == (f"{path} {said}", detail)


def test_of_a_log_of_another_realm_or_atlas_or_of_none(path: Path) -> None:
    meta = identify(path, wait_s=0)
    assert told(StoreForeign, lambda: require_same(meta, path, Realm.DRILL, "ua")) == (
        f"{path} is a log of the live realm, not of drill",
        {"path": str(path), "realm": "live", "wanted": "drill"},
    )
    assert told(StoreForeign, lambda: require_same(meta, path, Realm.LIVE, "il")) == (
        f"{path} is a log over the atlas 'ua', not 'il'",
        {"path": str(path), "atlas": "ua", "wanted": "il"},
    )
    edited(path, "DELETE FROM meta")
    said = (f"{path} does not say which log it is; restore it from a backup", {"path": str(path)})
    assert told(StoreCorrupt, lambda: identify(path, wait_s=0)) == said


def test_of_what_this_machine_cannot_do_for_a_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(connect(path, wait_s=0, vfs="unix")) as connection:
        assert told(StoreUnsafe, lambda: require_log(connection, path)) == (
            f"the pages of {path} carry checksums, which this apsw cannot check: install apsw from its wheel",
            {"path": str(path)},
        )
    with closing(connect(Path(":memory:"), wait_s=0)) as connection:
        said = ("SQLite keeps the log in memory mode here, not in WAL mode", {"journal_mode": "memory"})
        assert told(StoreUnsafe, lambda: make_writable(connection)) == said
    with closing(connect(path, wait_s=0)) as connection:
        connection.pragma("synchronous", 1)
        said_of = ("SQLite does not sync every commit here (synchronous=1)", {"synchronous": 1})
        assert told(StoreUnsafe, lambda: make_writable(connection)) == said_of
    old = Sqlite(version="3.40.1", amalgamation=False, options=())
    wanted = ".".join(map(str, SAFE_SQLITE))
    assert told(StoreUnsafe, lambda: require_safe_sqlite(old)) == (
        f"SQLite 3.40.1 ({old.source}) can corrupt a log; {wanted} or newer is needed: "
        "install apsw from its wheel, which brings its own",
        {"version": "3.40.1", "source": old.source, "wanted": wanted},
    )
    mounts = path.with_name("mountinfo")
    mounts.write_text("21 1 254:0 / / rw - nfs4 device rw\n")
    monkeypatch.setattr(safety, "MOUNTS", mounts)
    assert told(StoreUnsafe, lambda: require_local_file_system(path)) == (
        f"{path} lies on a network file system (nfs4), which can lose acknowledged events: use a local disk",
        {"path": str(path), "file_system": "nfs4"},
    )


# --- a log that is not what it was -------------------------------------------------------------


def test_of_entries_that_are_missing(path: Path) -> None:
    said = (f"{path} ends at 9, but its commands led to 10 entries; restore it from a backup", {"after": 9})
    with closing(opened(path, read_only=True)) as log:
        edited(path, "DELETE FROM log WHERE seq = 10")
        assert told(StoreCorrupt, log.head) == said
        assert told(StoreCorrupt, lambda: log.read(0, 99)) == said
    assert told(StoreCorrupt, lambda: opened(path, read_only=True)) == said


def test_of_a_log_that_is_shorter_than_what_was_acknowledged(path: Path) -> None:
    with closing(opened(path)) as log:
        edited(path, "DELETE FROM log WHERE seq > 3", "DELETE FROM command WHERE key = 'b'")
        assert told(StoreCorrupt, log.head) == (
            f"{path} ends at 3, but 10 entries were acknowledged; restore it from a backup, or, if the shorter log is "
            "the right one, take live.db.lock away",
            {"after": 3},
        )


def test_of_a_page_that_is_not_whole(path: Path) -> None:
    edited(path, "DELETE FROM log WHERE seq = 5", "DELETE FROM refusal WHERE number = 1")
    with closing(opened(path, read_only=True)) as log:
        message, detail = told(StoreCorrupt, lambda: log.read(2, 99))
        assert message == (
            f"{path} does not hold what was written after 2 (there is a gap: after 4 comes 6); restore it from a backup"
        )
        assert detail == {"after": 2}
        message, detail = told(StoreCorrupt, lambda: log.read(5, 2))
        assert "there is a gap: 5 is missing" in message
        said = (f"{path} has a gap after 0; restore it from a backup", {"after": 0})
        assert told(StoreCorrupt, lambda: log.refused(0, 9)) == said


def test_of_entries_and_commands_that_were_edited(path: Path) -> None:
    edited(path, "UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 7")
    with closing(opened(path, read_only=True)) as log:
        message, detail = told(StoreCorrupt, lambda: log.read(3, 99))
        assert "(the hash of entry 7 does not follow from what it says)" in message
        assert detail == {"after": 3}
    edited(path, "UPDATE command SET actor = 'ivan' WHERE key = 'a'")
    said = f"{path} does not hold a command as it was written (the sum of command 1 is not that of what it says)"
    assert told(StoreCorrupt, lambda: opened(path)) == (said, {})


def test_of_a_command_of_the_audit_trail_that_cannot_be_read(path: Path) -> None:
    with closing(opened(path, read_only=True)) as log:
        edited(path, "UPDATE command SET recorded_at = 'noon' WHERE key = 'none'")
        message, detail = told(StoreCorrupt, lambda: log.done(1, 9))
        assert message.startswith(f"{path} holds what is not a command after 1 (")
        assert detail == {"after": 1}


def test_of_what_the_doctor_cannot_judge_it_says_whom_to_ask(path: Path) -> None:
    said = "see what the operating system says of the disk and of the file's owner and mode"
    assert doctor._advice(StoreFailed("no")) == said
    key_path(path).write_text("no key")
    key_path(path).chmod(0o600)
    [finding] = [finding for finding in doctor.examine(path) if finding.name == "key"]
    assert (finding.level, finding.advice) == ("refuse", "see docs/store.md on signed heads")


def test_of_commands_that_are_missing(path: Path) -> None:
    edited(path, "DELETE FROM command WHERE key = 'none'")
    assert told(StoreCorrupt, lambda: opened(path)) == (
        f"{path} has 2 of its 3 commands; restore it from a backup",
        {},
    )


def test_of_a_last_hash_that_is_another_than_was_written(path: Path) -> None:
    with closing(opened(path)) as log:
        log.append([batch("c", 1)], LAST)
        edited(path, "UPDATE log SET hash = zeroblob(32) WHERE seq = 11")
        said = (f"{path} gives another hash for 11 than was written", {"after": 11})
        assert told(StoreCorrupt, lambda: log.append([batch("d", 1)], 11)) == said


# --- what is not done --------------------------------------------------------------------------


def test_of_a_log_that_is_closed_or_only_read_or_written_by_another(path: Path) -> None:
    with closing(opened(path, read_only=True)) as reader:
        said = (f"{path} is open for reading only", {"path": str(path)})
        assert told(StoreFailed, lambda: reader.append([batch("c", 1)], LAST)) == said
    assert told(StoreFailed, reader.head) == (f"{path} is closed", {"path": str(path)})
    with closing(opened(path)):
        said_of = (
            f"{path} is being written by process {os.getpid()}",
            {"path": str(path), "pid": os.getpid()},
        )
        assert told(StoreLocked, lambda: opened(path)) == said_of
    memory = MemoryStore()
    assert told(StaleSeq, lambda: memory.append([batch("c", 1)], 4)) == (
        "the log is at 0, not at 4",
        {"head": 0, "expected": 4},
    )
    memory.close()
    assert told(StoreFailed, memory.head) == ("the log is closed", {})


def test_of_a_file_that_is_no_key_for_this_realm_and_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_path(tmp_path / "live.db")
    key.mkdir()
    assert told(BadKey, lambda: load(key, Realm.LIVE)) == (f"{key} is not a file", {"path": str(key)})
    key.rmdir()
    load_or_make(key, Realm.DRILL)
    said = f"{key} holds the key of the drill realm, not of live: each has its own"
    assert told(BadKey, lambda: load(key, Realm.LIVE)) == (said, {"path": str(key)})
    key.chmod(0o604)
    assert told(BadKey, lambda: load(key, Realm.DRILL)) == (
        f"others than its owner may use {key} (mode 604): if nobody has, chmod 600 {key}; if somebody may have, move "
        "it away to begin with a new key",
        {"path": str(key)},
    )
    key.chmod(0o600)
    with monkeypatch.context() as elsewhere:
        there = key.stat()
        elsewhere.setattr(os, "fstat", lambda descriptor: os.stat_result([*there[:4], 4_712, *there[5:10]]))
        said = f"{key} belongs to another user (id 4712)"
        assert told(BadKey, lambda: load(key, Realm.DRILL)) == (said, {"path": str(key)})
        elsewhere.setattr(os, "geteuid", lambda: 4_712)
        assert load(key, Realm.DRILL).realm == "drill"
    key.write_text('{"realm": "live", "private_key": "a secret"}')
    said = f"{key} does not hold a key; restore it, or move it away to begin with a new one"
    assert told(BadKey, lambda: load(key, Realm.LIVE)) == (said, {})


def test_of_heads_that_are_none_or_of_the_other_realm() -> None:
    head = Signer(Realm.DRILL, bytes(range(32))).sign("log", Link(seq=4, hash=bytes(32)), NOON)
    assert told(WrongRealm, lambda: require_realm(head, Realm.LIVE)) == (
        "the head for entry 4 is of the drill realm, not of live",
        {"realm": Realm.DRILL, "wanted": Realm.LIVE},
    )
    assert told(BadFile, lambda: heads_from(b" \n")) == ("there is no signed head in it", {})
    message, detail = told(BadFile, lambda: heads_from(msgspec.json.encode(head) + b"\n\n{}\n"))
    assert message.startswith("line 3 is not a signed head: ")
    assert detail == {"line": 3}


@pytest.mark.parametrize(
    ("statement", "said", "detail"),
    [
        ("DELETE FROM log WHERE seq = 2", "the command 'm' and its events disagree after seq 0", {"after": 0}),
        ("UPDATE log SET event = 'x' WHERE seq = 2", None, {"seq": 2}),
    ],
)
def test_of_an_old_log_that_is_not_whole(
    tmp_path: Path, statement: str, said: str | None, detail: dict[str, object]
) -> None:
    old = tmp_path / "old.db"
    format_1.make(old)
    edited(old, statement)
    message, beside = told(StoreCorrupt, lambda: upgrade(old, Realm.LIVE, "UA", wait_s=0.05))
    if said is None:
        assert message.startswith("seq 2 is not an event: ")
    else:
        assert message == f"{old}: {said}"
    assert beside == detail


# --- looking -----------------------------------------------------------------------------------


def test_a_connection_does_no_more_than_it_was_opened_for(path: Path) -> None:
    missing = path.with_name("missing.db")
    with pytest.raises(apsw.CantOpenError):
        connect(missing, wait_s=0).execute("SELECT 1 FROM log")
    assert not missing.exists(), "a log is made where that is meant, and nowhere else"
    with closing(connect(path, wait_s=0, read_only=True)) as connection, pytest.raises(apsw.ReadOnlyError):
        connection.execute("UPDATE snapshot SET seq = 1")


def test_to_look_which_log_it_is_leaves_all_as_it_was_what_is_in_the_wal_as_well(path: Path) -> None:
    """Whoever opens a log for writing and closes it as the last moves what is in the WAL, and removes it."""
    copy = path.with_name("copy.db")
    wal = copy.with_name("copy.db-wal")
    with closing(opened(path)) as log:
        log.append([batch("c", 1)], LAST)
        copy.write_bytes(path.read_bytes())
        wal.write_bytes(path.with_name("live.db-wal").read_bytes())
    before = copy.read_bytes(), wal.read_bytes()
    assert before[1]
    assert identify(copy, wait_s=0.05).realm == "live"
    assert (copy.read_bytes(), wal.read_bytes()) == before
    assert upgrade(copy, Realm.LIVE, "ua", wait_s=0.05) is None
    assert (copy.read_bytes(), wal.read_bytes()) == before
