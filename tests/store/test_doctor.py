from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.store.batches import batch
from tocsin.model import Realm
from tocsin.store import Snapshot, doctor, safety
from tocsin.store.doctor import Finding, examine
from tocsin.store.safety import Sqlite, installed
from tocsin.store.sqlite import SQLiteStore

HERE = {"file system", "free space", "permissions"}
"""What the machine decides on which the tests run, not the log."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua")) as store:
        store.append([batch("a", 3), batch("none", 0), batch("b", 300)], 0)
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"folded"))
    return tmp_path / "live.db"


def ills(path: Path) -> list[Finding]:
    return [finding for finding in examine(path, wait_s=0.05) if not finding.ok and finding.name not in HERE]


def tamper(path: Path, *statements: str) -> None:
    """As someone would who knows how to switch the guards off."""
    with closing(apsw.Connection(str(path))) as connection:
        guards = list(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(str(sql))


def test_a_healthy_log_has_every_finding_and_all_are_well(path: Path) -> None:
    findings = examine(path, realm=Realm.LIVE, atlas="ua")
    assert [finding.name for finding in findings] == [
        *("sqlite", "compile options", "file system", "free space", "permissions", "file", "journal mode"),
        *("synchronous", "integrity", "schema", "sequence", "commands", "events", "snapshots"),
    ]
    assert ills(path) == []
    assert all(finding.level == "info" and not finding.advice for finding in findings if finding.ok)
    assert "303 events, no gap" in [finding.found for finding in findings]


def test_a_healthy_log_is_healthy_while_it_is_open(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store:
        store.append([batch("c", 5)], 303)
        assert ills(path) == []


def test_looking_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    examine(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "name", "found"),
    [
        ("DELETE FROM log WHERE seq = 2", "sequence", "302 events from seq 1 to 303"),
        ("DELETE FROM log WHERE seq = 1", "sequence", "302 events from seq 2 to 303"),
        ("UPDATE log SET seq = 0 WHERE seq = 2", "sequence", "303 events from seq 0 to 303"),
        ("DELETE FROM log WHERE seq = 303", "commands", "command 'b'"),
        ("UPDATE log SET order_key = 'b' WHERE seq = 2", "commands", "command 'a'"),
        ("UPDATE command SET events = 2 WHERE key = 'a'", "commands", "command 'a'"),
        ("UPDATE command SET seq = 302 WHERE key = 'b'", "commands", "command 'b'"),
        ("UPDATE command SET events = 1 WHERE key = 'none'", "commands", "command 'none'"),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'a'", "commands", "seq 1 belongs to no command"),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'a'", "integrity", "refers to no command"),
        ("UPDATE log SET event = 'no event' WHERE seq = 7", "events", "seq 7"),
        ("UPDATE snapshot SET body = x'00'", "snapshots", "f at seq 3"),
        ("CREATE INDEX extra ON log (order_key)", "schema", "extra"),
        ("DELETE FROM meta", "file", "does not say which log"),
        ("PRAGMA user_version = 2", "file", "newer version"),
        ("PRAGMA application_id = 7", "file", "another application's"),
        ("DROP TABLE snapshot", "snapshots", "lacks a part of its schema"),
        ("PRAGMA journal_mode = DELETE", "journal mode", "delete"),
    ],
)
def test_an_ill_is_found_and_named(path: Path, statement: str, name: str, found: str) -> None:
    tamper(path, statement)
    [ill] = [ill for ill in ills(path) if ill.name == name]
    assert found in ill.found
    assert ill.advice


def test_a_missing_guard_is_found(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("DROP TRIGGER log_has_no_gap")
    [ill] = ills(path)
    assert (ill.name, ill.level) == ("schema", "refuse")
    assert "log_has_no_gap" in ill.found


def test_a_damaged_snapshot_is_no_reason_to_refuse_the_log(path: Path) -> None:
    tamper(path, "UPDATE snapshot SET body = x'00'")
    assert [ill.level for ill in ills(path)] == ["warning"]


def _garble_a_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def _replace_by_text(path: Path) -> None:
    path.write_text("no log at all " * 500)


def _remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_garble_a_page, _truncate, _replace_by_text, _remove])
def test_a_damaged_file_is_refused_in_words_and_never_by_an_exception(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    found = ills(path)
    assert "refuse" in [ill.level for ill in found]
    assert all(ill.advice for ill in found)


def test_a_locked_file_is_told_as_such(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as other:
        other.pragma("locking_mode", "EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        [ill] = ills(path)
    assert (ill.name, ill.level) == ("file", "refuse")
    assert "another connection holds the log" in ill.found


@pytest.mark.parametrize(("realm", "atlas", "said"), [(Realm.DRILL, "ua", "realm"), (Realm.LIVE, "il", "atlas")])
def test_a_log_of_another_realm_or_atlas_is_refused(path: Path, realm: Realm, atlas: str, said: str) -> None:
    [ill] = [finding for finding in examine(path, realm=realm, atlas=atlas) if finding.name == "file"]
    assert ill.level == "refuse"
    assert said in ill.found


# --- where it lies -----------------------------------------------------------------------------


def named(path: Path, name: str, sqlite: Sqlite | None = None) -> Finding:
    [finding] = [finding for finding in examine(path, sqlite=sqlite) if finding.name == name]
    return finding


def test_an_unsafe_sqlite_is_refused_with_its_source(path: Path) -> None:
    unsafe = named(path, "sqlite", Sqlite(version="3.40.1", amalgamation=False, options=()))
    assert unsafe.level == "refuse"
    assert "3.40.1, the system's library" in unsafe.found
    assert installed().version in named(path, "sqlite").found


@pytest.mark.parametrize("option", ["THREADSAFE=0", "OMIT_WAL"])
def test_an_sqlite_without_threads_or_wal_is_refused(path: Path, option: str) -> None:
    lacking = named(path, "compile options", Sqlite(version="3.54.1", amalgamation=True, options=(option,)))
    assert (lacking.level, lacking.found) == ("refuse", option)


@pytest.mark.parametrize(
    ("kind", "level"),
    [("ext4", "info"), ("nfs4", "refuse"), ("9p", "refuse"), ("fuse.sshfs", "refuse"), ("tmpfs", "warning")],
)
def test_the_file_system_is_judged(path: Path, kind: str, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (path.parent / "mountinfo").write_text(f"21 1 254:0 / / rw - {kind} device rw\n")
    monkeypatch.setattr(safety, "MOUNTS", path.parent / "mountinfo")
    assert named(path, "file system").level == level


def test_an_unknown_file_system_is_a_warning(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "MOUNTS", path.parent / "gone")
    assert named(path, "file system").level == "warning"


@pytest.mark.parametrize(("free_mib", "level"), [(5_000, "info"), (500, "warning"), (10, "refuse")])
def test_free_space_is_judged(path: Path, free_mib: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda path: free_mib * 1024**2)
    finding = named(path, "free space")
    assert (finding.level, finding.found) == (level, f"{free_mib:,} MiB free")


def test_a_log_that_anyone_may_write_is_a_warning(path: Path) -> None:
    path.chmod(0o666)
    finding = named(path, "permissions")
    assert finding.level == "warning"
    assert str(path) in finding.found


def test_a_log_that_this_user_may_not_write_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "may_use", lambda file: file != path)
    finding = named(path, "permissions")
    assert finding.level == "refuse"
    assert str(path) in finding.found


def test_every_finding_is_documented_and_every_documented_one_is_looked_at(path: Path) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "store.md").read_text("utf-8")
    section = page.split("## What the doctor looks at")[1].split("\n## ")[0]
    documented = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert documented == [finding.name for finding in examine(path)]
