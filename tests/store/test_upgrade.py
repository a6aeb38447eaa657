"""A log of the format before becomes one of this format, whole or not at all, and the old one stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.store import format_1
from tests.store.batches import batch
from tests.store.contract import EVERYTHING
from tests.store.test_processes import next_seq, writing
from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign, StoreFull, StoreLocked, TocsinError
from tocsin.model import Realm
from tocsin.store import Link, durable
from tocsin.store.checksums import checksum_vfs, has_checksums
from tocsin.store.doctor import examine
from tocsin.store.opening import connect
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.upgrade import Upgraded, upgrade
from tocsin.store.walk import ChainReport, walk
from tocsin.store.writer_lock import WriterLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live.db"


def upgraded(path: Path) -> Upgraded | None:
    return upgrade(path, Realm.LIVE, "UA", wait_s=0.05)


def opened(path: Path, *, read_only: bool = False) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, "UA", read_only=read_only)


def old_rows(path: Path) -> list[object]:
    """All that a log of format 1 holds."""
    with closing(apsw.Connection(str(path))) as old:
        tables = ("meta", "command", "log", "snapshot")
        return [list(old.execute(f"SELECT * FROM {table} ORDER BY 1")) for table in tables]


def must_be_whole(path: Path) -> None:
    with closing(opened(path)) as store:
        assert store.identity == format_1.IDENTITY, "a subscriber resumes where it was"
        assert [entry.order for entry in store.read(0, EVERYTHING)] == ["m", "m", "a", "k"]
        assert [(done.key, done.seq, done.events) for done in store.done(0, 99)] == [
            ("z-empty", 0, 0),
            ("m", 2, 2),
            ("b-empty", 2, 0),
            ("a-empty", 2, 0),
            ("a", 3, 1),
            ("k", 4, 1),
        ]
    elsewhere = ("file system", "free space", "journal mode")
    assert [finding for finding in examine(path) if not finding.ok and finding.name not in elsewhere] == []


@pytest.mark.parametrize("wal", [True, False])
def test_every_command_and_event_of_the_old_log_is_in_the_new_one(path: Path, wal: bool) -> None:
    format_1.make(path, wal=wal)
    held = old_rows(path)
    done = upgraded(path)
    assert done == Upgraded(entries=4, commands=6, kept=path.with_name("live.db.format-1"))
    assert sorted(file.name for file in path.parent.iterdir()) == ["live.db", "live.db.format-1", "live.db.lock"]
    assert old_rows(done.kept) == held
    must_be_whole(path)


def test_what_format_1_did_not_keep_is_said_as_documented(path: Path) -> None:
    format_1.make(path)
    upgraded(path)
    with closing(opened(path)) as store:
        done = {done.key: done for done in store.done(0, 99)}
        assert {command.grant for command in done.values()} == {"before grants"}
        assert {key: command.source for key, command in done.items()} == {
            **dict.fromkeys(("z-empty", "b-empty", "a-empty"), ""),
            **{"m": "operator", "a": "Officer Ольга", "k": "operator"},
        }
        assert {key: command.decided_upon for key, command in done.items()} == {
            **{"z-empty": 0, "m": 0, "b-empty": 2},
            **{"a-empty": 2, "a": 2, "k": 3},
        }
        assert (done["a"].actor, done["a"].reason) == ("Ольга", "відбій")
        assert done["a"].recorded_at == datetime.fromisoformat(format_1.LATER)
        assert store.refused(0, 9) == []


def test_events_are_carried_over_letter_by_letter_and_keys_keep_their_effect(path: Path) -> None:
    format_1.make(path)
    upgraded(path)
    with closing(apsw.Connection(str(path))) as new:
        assert [event for (event,) in new.execute("SELECT event FROM log ORDER BY seq")] == format_1.EVENTS
        assert list(new.execute("SELECT created_at, copy_of FROM meta")) == [(format_1.MADE, None)]
    with closing(opened(path)) as store:
        known = store.receipts(["m", "a-empty"])
        assert {key: (known[key].digest, known[key].seq, known[key].events) for key in known} == {
            "m": (format_1.digest("m"), 2, 2),
            "a-empty": (format_1.digest("a-empty"), 2, 0),
        }


def test_the_new_log_is_chained_and_can_be_gone_on_with(path: Path) -> None:
    format_1.make(path)
    upgraded(path)
    with closing(opened(path)) as store:
        report = store.walk()
        assert (report.link, report.broken) == (store.link(), None)
        store.append([batch("new", 2)], 4)
        assert store.walk().broken is None


def test_the_pages_of_the_new_log_carry_checksums_as_those_of_any_other(path: Path) -> None:
    if checksum_vfs() is None:
        pytest.skip("this apsw came without checksums")
    format_1.make(path)
    upgraded(path)
    with closing(connect(path, wait_s=1, read_only=True)) as connection:
        assert has_checksums(connection)


def test_what_only_the_wal_holds_is_carried_over(path: Path) -> None:
    format_1.make(path)
    with closing(apsw.Connection(str(path))) as old:
        old.pragma("wal_autocheckpoint", 0)
        old.execute("BEGIN")
        old.execute("INSERT INTO command VALUES ('wal', x'00', 'a', '', ?, 5, 1)", (format_1.LATER,))
        old.execute("INSERT INTO log VALUES (5, ?, 'wal', ?)", (format_1.LATER, format_1.raised("UA-07")))
        old.execute("COMMIT")
        left = {name: path.with_name(name).read_bytes() for name in ("live.db", "live.db-wal")}
    for name, content in left.items():  # as after a crash
        path.with_name(name).write_bytes(content)
    done = upgraded(path)
    assert done is not None
    assert (done.entries, done.commands) == (5, 7)
    with closing(opened(path)) as store:
        assert store.read(4, 9)[0].order == "wal"


def test_an_empty_log_is_upgraded_too(path: Path) -> None:
    format_1.make(path)
    with closing(apsw.Connection(str(path))) as old:
        old.execute("DROP TRIGGER log_never_shrinks; DROP TRIGGER command_never_goes")
        old.execute("DELETE FROM log; DELETE FROM command")
    done = upgraded(path)
    assert done is not None
    assert (done.entries, done.commands) == (0, 0)
    with closing(opened(path)) as store:
        assert (store.head(), store.identity) == (0, format_1.IDENTITY)


def test_a_log_of_this_format_is_left_as_it_is(path: Path) -> None:
    format_1.make(path)
    upgraded(path)
    before = path.read_bytes()
    assert upgraded(path) is None
    assert path.read_bytes() == before


# --- refused, with nothing changed -------------------------------------------------------------


def unchanged(path: Path, error: type[TocsinError], said: str) -> TocsinError:
    """The upgrade is refused, and what was there is there, and nothing else."""
    held = old_rows(path)
    with pytest.raises(error, match=said) as caught:
        upgraded(path)
    assert old_rows(path) == held
    assert not path.with_name("live.db.format-1").exists()
    assert not path.with_name("live.db.part").exists()
    return caught.value


def test_a_log_that_a_server_holds_is_not_upgraded(path: Path) -> None:
    format_1.make(path)
    lock = WriterLock(path)
    unchanged(path, StoreLocked, "being written by process")
    lock.release()
    upgraded(path)
    with writing(path.with_name("other.db")) as process:
        next_seq(process)
        with pytest.raises(StoreLocked, match=f"process {process.pid}"):
            WriterLock(path.with_name("other.db"))


def test_a_log_that_somebody_reads_is_not_upgraded_under_them(path: Path) -> None:
    format_1.make(path)
    with closing(apsw.Connection(str(path))) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM log").get == 4
        unchanged(path, StoreLocked, "another connection holds the log")
        assert reader.execute("SELECT count(*) FROM log").get == 4
    upgraded(path)
    must_be_whole(path)


@pytest.mark.parametrize(
    ("damage", "said", "after"),
    [
        ("DELETE FROM log WHERE seq = 3", "'a' and its events disagree after seq 2", 2),
        ("DELETE FROM log WHERE seq = 4", "'k' and its events disagree after seq 3", 3),
        ("UPDATE log SET order_key = 'k' WHERE seq = 2", "'m' and its events disagree", 0),
        ("UPDATE log SET recorded_at = 'noon' WHERE seq = 3", "'a' and its events disagree", 2),
        ("UPDATE command SET seq = 9 WHERE key = 'b-empty'", "'b-empty' says that it ended at seq 9, not 4", 4),
        ("DELETE FROM command WHERE key = 'k'", "seq 4 belongs to no command", 3),
        ("UPDATE log SET event = '{}' WHERE seq = 2", "seq 2 is not an event", None),
        ("UPDATE log SET event = CAST(x'ff' AS TEXT) WHERE seq = 4", "seq 4 is not an event", None),
        ("UPDATE command SET actor = CAST(x'ff' AS TEXT) WHERE key = 'm'", "damaged", None),
        ("DELETE FROM meta", "does not say which log", None),
    ],
)
def test_a_damaged_log_is_not_upgraded(path: Path, damage: str, said: str, after: int | None) -> None:
    format_1.make(path)
    with closing(apsw.Connection(str(path))) as old:
        for (name,) in list(old.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
            old.execute(f"DROP TRIGGER {name}")
        old.execute(damage)
    with pytest.raises(StoreCorrupt, match=said) as caught:
        upgraded(path)
    if after is not None:
        assert caught.value.message.startswith(f"{path}: ")
        assert caught.value.detail["after"] == after
    left = {file.name for file in path.parent.iterdir()}
    assert left - {"live.db-wal", "live.db-shm", "live.db.lock"} == {"live.db"}
    with pytest.raises(StoreForeign, match=r"format 1.*tocsin upgrade"):
        opened(path)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda path: None, StoreFailed, "no log"),
        (lambda path: path.write_text("dear diary " * 99), StoreForeign, "not an SQLite file"),
        (lambda path: format_1.make(path, realm="drill"), StoreForeign, "drill realm"),
        (lambda path: format_1.make(path, atlas="IL"), StoreForeign, "atlas 'IL'"),
        (lambda path: set_format(path, 3), StoreForeign, "newer version"),
        (lambda path: set_format(path, 0), StoreForeign, "format 0"),
    ],
)
def test_what_is_not_this_log_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], object], error: type[TocsinError], said: str
) -> None:
    make(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(error, match=said):
        upgraded(path)
    assert (path.read_bytes() if path.exists() else None) == before
    assert not path.with_name("live.db.lock").exists()


def set_format(path: Path, number: int) -> None:
    format_1.make(path, wal=False)
    with closing(apsw.Connection(str(path))) as old:
        old.pragma("user_version", number)


def test_nothing_of_an_earlier_upgrade_is_overwritten(path: Path) -> None:
    format_1.make(path)
    kept = path.with_name("live.db.format-1")
    kept.write_text("precious")
    with pytest.raises(StoreFailed, match="exists already"):
        upgraded(path)
    assert kept.read_text() == "precious"
    assert len(old_rows(path)) == 4


# --- cut off half-way --------------------------------------------------------------------------


class PowerCut(Exception):
    """Here the machine went down: nothing after it happened, nothing is tidied up."""


STEPS = 5


@pytest.mark.parametrize("step", range(STEPS))
def test_an_upgrade_cut_off_at_any_step_leaves_one_whole_log_and_can_be_begun_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The steps are those upon names and syncs; what SQLite does is a transaction of its own."""
    format_1.make(path)
    held, taken = old_rows(path), 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def go(*given: object) -> object:
            nonlocal taken
            if taken == step:
                raise PowerCut
            taken += 1
            return real(*given)

        return go

    with monkeypatch.context() as patch:
        sync = counted(durable.sync)
        patch.setattr(durable, "sync", sync)
        patch.setattr("tocsin.store.upgrade.sync", sync)
        patch.setattr(Path, "rename", counted(Path.rename))
        patch.setattr(Path, "hardlink_to", counted(Path.hardlink_to))
        patch.setattr("tocsin.store.upgrade.discard", lambda part: None)
        with pytest.raises(PowerCut):
            upgraded(path)
    assert old_rows(path) == held, "the name stands for a whole log, and not yet for the new one"
    assert upgraded(path) is not None
    must_be_whole(path)
    assert old_rows(path.with_name("live.db.format-1")) == held


def test_an_upgrade_cut_off_after_its_last_step_is_done(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    format_1.make(path)
    rename = Path.rename

    def then_gone(self: Path, target: Path) -> None:
        rename(self, target)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", then_gone)
        with pytest.raises(PowerCut):
            upgraded(path)
    assert upgraded(path) is None
    must_be_whole(path)


def test_a_full_disk_refuses_the_upgrade_and_leaves_the_old_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    format_1.make(path)

    def full(*given: object) -> None:
        raise apsw.FullError("no room")

    monkeypatch.setattr("tocsin.store.upgrade._carry", full)
    error = unchanged(path, StoreFull, "no space left")
    assert error.detail["path"] == f"{path}.part", "it says of which file"


def test_a_new_log_that_does_not_read_back_takes_nobodys_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    format_1.make(path)
    monkeypatch.setattr("tocsin.store.upgrade.following", lambda *given: bytes(32))
    error = unchanged(path, StoreFailed, "does not read back")
    assert error.message == f"{path}.part does not read back as it was written"
    assert error.detail["path"] == f"{path}.part"


def test_a_new_log_that_ends_elsewhere_takes_nobodys_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    format_1.make(path)

    def shorter(new: apsw.Connection, start: Link) -> ChainReport:
        report = walk(new, start)
        return msgspec.structs.replace(report, link=Link(seq=report.link.seq - 1, hash=report.link.hash))

    monkeypatch.setattr("tocsin.store.upgrade.walk", shorter)
    unchanged(path, StoreFailed, "does not read back")
