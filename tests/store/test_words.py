"""What the store says when something is wrong, word for word: somebody acts on it at three in the morning."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from tests.store import format_1
from tests.store.batches import batch, refusal
from tests.store.editor import without_guards
from tocsin.errors import BadKey, StaleSeq, StoreCorrupt, StoreFailed, StoreForeign, StoreLocked, TocsinError
from tocsin.model import Realm
from tocsin.store import Link, Snapshot, doctor, safety
from tocsin.store.chain import genesis, stamp
from tocsin.store.doctor import RESTORE, Finding, examine
from tocsin.store.failures import as_ours
from tocsin.store.key_file import key_path, load, load_or_make
from tocsin.store.opening import connect
from tocsin.store.safety import Sqlite
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.upgrade import upgrade
from tocsin.store.walk import walk

LOCAL_TIME = "Asia/Kathmandu"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua")) as store:
        store.append([batch("a", 3), batch("none", 0), batch("b", 7)], 0, [refusal("r1"), refusal("r2")])
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"folded"))
    return tmp_path / "live.db"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is not UTC."""
    monkeypatch.setenv("TZ", LOCAL_TIME)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def named(path: Path, name: str, sqlite: Sqlite | None = None) -> Finding:
    [finding] = [finding for finding in examine(path, sqlite=sqlite, wait_s=0.05) if finding.name == name]
    return finding


def said(finding: Finding) -> tuple[str, str, str]:
    return finding.level, finding.found, finding.advice


# --- the doctor --------------------------------------------------------------------------------


def test_of_a_sound_log_the_doctor_says_what_it_saw(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua", read_only=True)) as store:
        identity, head = store.identity, store.link().hash.hex()
    found = {finding.name: finding.found for finding in examine(path) if finding.ok}
    made = found.pop("file").removeprefix(f"realm live, atlas ua, identity {identity}, made ")
    assert datetime.fromisoformat(made).tzinfo is not None
    wanted = {
        "compile options": "THREADSAFE=1, WAL built in",
        "key": f"none yet at {path}.key",
        "journal mode": "wal",
        "synchronous": "full: every commit is synced before it is acknowledged",
        "integrity": "ok",
        "schema": "as Tocsin made it, its guards against gaps and changes included",
        "sequence": "10 events, no gap",
        "commands": "each has exactly its events",
        "chain": f"whole; the hash of entry 10 is {head}",
        "events": "all can be read",
        "refusals": "2, no gap",
        "snapshots": "1, checksums hold",
    }
    assert {name: text for name, text in found.items() if name in wanted} == wanted


def test_of_a_copy_the_doctor_says_of_which_log(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store:
        store.backup(path.with_name("copy.db"))
        origin = store.identity
    assert f", a copy of {origin}, made " in named(path.with_name("copy.db"), "file").found


@pytest.mark.parametrize(
    ("statement", "name", "level", "found", "advice"),
    [
        ("DELETE FROM log WHERE seq = 2", "sequence", "refuse", "9 events from seq 1 to 10: there are gaps", RESTORE),
        (
            "DELETE FROM refusal WHERE number = 1",
            "refusals",
            "refuse",
            "1 refusals from 2 to 2: there are gaps",
            RESTORE,
        ),
        (
            "UPDATE snapshot SET body = x'00'",
            "snapshots",
            "warning",
            "damaged: f at seq 3",
            "none at once: it is passed over and soon replaced; but look after the disk",
        ),
        (
            "PRAGMA journal_mode = DELETE",
            "journal mode",
            "warning",
            "delete, as in a backup",
            "none: the server turns it to wal when it starts",
        ),
        (
            "PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'none'; DELETE FROM command WHERE key = 'a'",
            "integrity",
            "refuse",
            "log row 1 refers to no command; log row 2 refers to no command; log row 3 refers to no command",
            RESTORE,
        ),
        (
            "CREATE INDEX extra ON log (command)",
            "schema",
            "refuse",
            "not as Tocsin made it: extra",
            f"find out who changed it; then {RESTORE}",
        ),
        (
            "UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 7",
            "chain",
            "refuse",
            "it breaks at entry 7: its hash does not follow from the one before, from what it says and from who "
            "ordered it",
            RESTORE,
        ),
    ],
)
def test_of_an_ill_the_doctor_says_what_and_what_to_do(
    path: Path, statement: str, name: str, level: str, found: str, advice: str
) -> None:
    without_guards(path, statement)
    assert said(named(path, name)) == (level, found, advice)


def test_a_refusal_that_cannot_be_read_is_named_the_first_too(path: Path) -> None:
    without_guards(path, "UPDATE refusal SET refused_at = 'noon' WHERE number = 1")
    finding = named(path, "refusals")
    assert (finding.found.partition(":")[0], finding.advice) == ("refusal 1 cannot be read", RESTORE)


def test_where_there_is_no_log_the_doctor_says_so(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    assert said(named(path, "file")) == (
        "refuse",
        f"there is no log at {path}",
        "start the server, or put a backup there",
    )


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        (lambda path: path.write_text("no log at all " * 500), "point Tocsin at the right file, or set the realm"),
        (lambda path: path.write_bytes(path.read_bytes()[:4096]), RESTORE),
    ],
    ids=["another file", "cut short"],
)
def test_of_a_file_that_is_no_sound_log_the_doctor_says_what_to_do(path: Path, damage: object, advice: str) -> None:
    assert callable(damage)
    damage(path)
    ills = [finding for finding in examine(path) if finding.level == "refuse" and finding.advice.startswith(advice)]
    assert ills, [said(finding) for finding in examine(path)]


def test_of_a_locked_log_and_of_an_old_one_the_doctor_says_what_to_do(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    format_1.make(old, atlas="ua")
    assert named(old, "file").advice == "end every Tocsin that uses it, then run tocsin upgrade"
    with closing(apsw.Connection(str(path))) as holder:
        holder.pragma("journal_mode", "DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        assert named(path, "file").advice == "end the program that holds it, then look again"


def test_of_an_unfit_library_the_doctor_says_which_is_wanted(path: Path) -> None:
    wanted = ".".join(map(str, safety.SAFE_SQLITE))
    old = Sqlite(version="3.40.1", amalgamation=False, options=("THREADSAFE=2",))
    assert said(named(path, "sqlite", old)) == (
        "refuse",
        f"3.40.1, {old.source}: it can corrupt a WAL database",
        f"install apsw {wanted}.0 or newer as a wheel",
    )
    assert named(path, "compile options", old).found == "THREADSAFE=2, WAL built in"
    without = Sqlite(version="3.54.1", amalgamation=True, options=("OMIT_WAL",))
    advice = "install apsw as a wheel, which is built with threads and WAL"
    assert said(named(path, "compile options", without)) == ("refuse", "OMIT_WAL", advice)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ext4", ("info", "ext4", "")),
        ("nfs4", ("refuse", "nfs4, over a network", "keep the log on a local disk")),
        ("tmpfs", ("warning", "tmpfs may not outlive a restart", "keep the log on a disk or a volume")),
        ("ramfs", ("warning", "ramfs may not outlive a restart", "keep the log on a disk or a volume")),
        ("overlay", ("warning", "overlay may not outlive a restart", "keep the log on a disk or a volume")),
        (None, ("warning", "could not be found out", "make sure that it is a local disk")),
    ],
)
def test_of_the_file_system_the_doctor_says_what_it_is(
    path: Path, kind: str | None, expected: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = path.parent / "mountinfo"
    if kind is not None:
        mounts.write_text(f"21 1 254:0 / / rw - {kind} device rw\n")
    monkeypatch.setattr(safety, "MOUNTS", mounts)
    assert said(named(path, "file system")) == expected


def test_of_the_room_on_the_disk_the_doctor_says_how_much(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda path: 500 * 1024**2)
    assert said(named(path, "free space")) == ("warning", "500 MiB free", "make room")

    def gone(path: Path) -> int:
        raise OSError(errno.ENOENT, "No such directory")

    monkeypatch.setattr(doctor, "free_bytes", gone)
    assert said(named(path, "free space")) == ("refuse", "[Errno 2] No such directory", "make the directory")


def test_of_a_commit_that_is_not_synced_the_doctor_says_what_to_do(path: Path) -> None:
    with closing(connect(path, wait_s=0.05, read_only=True)) as connection:
        connection.pragma("synchronous", 1)
        finding = doctor._synchronous(connection, None)  # type: ignore[arg-type]  # it looks at the connection alone
    assert said(finding) == ("refuse", "1 where 2 (full) was set", "install apsw as a wheel")
    assert finding.name == "synchronous"


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "family", "text", "result"),
    [
        (OSError(errno.ENOSPC, "no room"), "store_full", "there is no space left; nothing was kept", errno.ENOSPC),
        (OSError(errno.EROFS, "read-only"), "store_failed", "the operating system refused", errno.EROFS),
        (apsw.BusyError("busy"), "store_locked", "another connection holds the log", None),
        (apsw.NotADBError("no"), "store_foreign", "this is not an SQLite file", None),
        (apsw.CorruptError("bad"), "store_corrupt", "the log is damaged; restore it from a backup", None),
        (
            apsw.SQLError("no table"),
            "store_corrupt",
            "the log lacks a part of its schema; restore it from a backup",
            None,
        ),
        (apsw.CantOpenError("no"), "store_failed", "the file or its directory cannot be opened or written", None),
        (apsw.ConstraintError("no"), "store_failed", "the log refused what breaks its rules; nothing was kept", None),
        (apsw.NoMemError("no"), "store_failed", "the disk or the database refused; nothing was kept", None),
    ],
)
def test_an_error_tells_the_file_the_matter_and_the_original_words(
    error: apsw.Error | OSError, family: str, text: str, result: int | None
) -> None:
    told = as_ours(error, Path("live.db"))
    assert (told.code, told.message) == (family, f"live.db: {text} ({error})")
    assert told.detail == {"path": "live.db", "cause": type(error).__name__, "result": result}


def test_a_file_system_that_finds_other_bits_and_text_that_is_none_are_damage() -> None:
    error = apsw.IOError("disk I/O error")
    vars(error)["extendedresult"] = apsw.SQLITE_IOERR_DATA
    damaged = "live.db: the log is damaged; restore it from a backup "
    assert as_ours(error, Path("live.db")).message == f"{damaged}(disk I/O error)"
    no_text = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    assert as_ours(no_text, Path("live.db")).message == f"{damaged}({no_text})"


def test_sqlites_own_number_of_an_error_is_told() -> None:
    error = apsw.IOError("disk I/O error")
    vars(error)["extendedresult"] = apsw.SQLITE_IOERR_FSYNC
    assert as_ours(error, Path("live.db")).detail["result"] == apsw.SQLITE_IOERR_FSYNC


def refused(error: type[TocsinError], caught: pytest.ExceptionInfo[TocsinError]) -> tuple[str, dict[str, object]]:
    assert type(caught.value) is error
    return caught.value.message, caught.value.detail


def test_an_append_upon_what_is_past_says_where_the_log_is(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store, pytest.raises(StaleSeq) as caught:
        store.append([batch("c", 1)], 9)
    assert refused(StaleSeq, caught) == ("the log is at 10, not at 9", {"head": 10, "expected": 9})


def test_a_backup_never_overwrites_and_says_what_is_there(path: Path) -> None:
    target = path.with_name("there.db")
    target.write_text("something")
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store, pytest.raises(StoreFailed) as caught:
        store.backup(target)
    message = f"{target} exists already; a backup never overwrites"
    assert refused(StoreFailed, caught) == (message, {"path": str(target)})


def test_a_gap_and_a_refusal_that_cannot_be_read_are_told_with_their_place(path: Path) -> None:
    without_guards(path, "UPDATE refusal SET refused_at = 'noon' WHERE number = 2")
    with closing(SQLiteStore(path, Realm.LIVE, "ua", read_only=True)) as store, pytest.raises(StoreCorrupt) as caught:
        store.refused(0, 99)
    message, detail = refused(StoreCorrupt, caught)
    assert message.startswith(f"{path} holds what is not a refusal after ")
    assert detail == {"after": 0}


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM log WHERE seq = 2", "it is missing: after 1 comes 3"),
        ("UPDATE log SET command = 3 WHERE seq = 2", "it does not stand where its command has its events"),
        (
            "UPDATE log SET recorded_at = '2026-03-01T12:00:00+00:00' WHERE seq = 2",
            "its command was recorded at another time, or has fewer events",
        ),
    ],
)
def test_where_the_chain_breaks_is_told_with_the_reason(path: Path, statement: str, why: str) -> None:
    without_guards(path, statement)
    with closing(connect(path, wait_s=0.05, read_only=True)) as connection:
        report = walk(connection, Link(seq=0, hash=genesis(Realm.LIVE, "ua")))
    assert report.broken is not None
    assert report.broken.why == why


def test_a_key_that_cannot_be_read_or_kept_is_told_with_its_place(tmp_path: Path) -> None:
    key = key_path(tmp_path / "live.db")
    with pytest.raises(BadKey) as caught:
        load(key, Realm.LIVE)
    message, detail = refused(BadKey, caught)
    assert message.startswith(f"{key} cannot be read: ")
    assert detail == {"path": str(key)}
    nowhere = tmp_path / "no folder" / "live.db.key"
    with pytest.raises(BadKey) as caught:
        load_or_make(nowhere, Realm.LIVE)
    message, detail = refused(BadKey, caught)
    assert message.startswith(f"a key cannot be kept at {nowhere}: ")
    assert detail == {"path": str(nowhere)}


def test_a_key_says_of_which_realm_it_is(tmp_path: Path) -> None:
    key = key_path(tmp_path / "live.db")
    made = load_or_make(key, Realm.DRILL)
    assert load(key, Realm.DRILL).sign("log", Link(seq=1, hash=bytes(32)), datetime.now(UTC)).realm == made.realm
    assert made.realm == Realm.DRILL


def test_an_upgrade_that_would_overwrite_says_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    format_1.make(path)
    kept = path.with_name("live.db.format-1")
    kept.write_text("something")
    with pytest.raises(StoreFailed) as caught:
        upgrade(path, Realm.LIVE, "UA", wait_s=0.05)
    message = f"{kept} exists already, and nothing is overwritten: move it away"
    assert refused(StoreFailed, caught) == (message, {"path": str(kept)})


def test_a_log_of_another_realm_is_not_upgraded_and_says_which_file_it_is(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    format_1.make(path)
    with pytest.raises(StoreForeign) as caught:
        upgrade(path, Realm.DRILL, "UA", wait_s=0.05)
    assert str(path) in caught.value.message


def test_a_locked_log_says_which_file_it_is(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")), pytest.raises(StoreLocked) as caught:
        SQLiteStore(path, Realm.LIVE, "ua")
    assert str(path) in caught.value.message


@pytest.mark.usefixtures("elsewhere")
def test_a_moment_is_kept_in_utc_wherever_the_machine_is() -> None:
    assert time.tzname[0] != "UTC"
    assert stamp(datetime(2026, 3, 1, 12, tzinfo=UTC)) == "2026-03-01T12:00:00.000000+00:00"
