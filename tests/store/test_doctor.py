from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.store.batches import batch, of, raised, refusal
from tests.store.editor import rechain, without_guards
from tocsin.model import Realm
from tocsin.store import Snapshot, doctor, safety
from tocsin.store.doctor import Finding, examine
from tocsin.store.key_file import key_path, load_or_make
from tocsin.store.opening import connect
from tocsin.store.safety import Sqlite, installed
from tocsin.store.sqlite import SQLiteStore

HERE = {"file system", "free space", "permissions"}
"""What the machine decides on which the tests run, not the log."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua")) as store:
        store.append([batch("a", 3), batch("none", 0), batch("b", 300)], 0, [refusal("r1"), refusal("r2")])
        store.save_snapshot(Snapshot(seq=3, format="f", body=b"folded"))
    return tmp_path / "live.db"


def ills(path: Path) -> list[Finding]:
    return [finding for finding in examine(path, wait_s=0.05) if not finding.ok and finding.name not in HERE]


def test_a_healthy_log_has_every_finding_and_all_are_well(path: Path) -> None:
    findings = examine(path, realm=Realm.LIVE, atlas="ua")
    assert [finding.name for finding in findings] == [
        *("sqlite", "compile options", "file system", "free space", "permissions", "file", "key", "journal mode"),
        *(
            "checksums",
            "synchronous",
            "integrity",
            "schema",
            "sequence",
            "commands",
            "chain",
            "events",
            "refusals",
            "snapshots",
        ),
    ]
    assert ills(path) == []
    assert all(finding.level == "info" and not finding.advice for finding in findings if finding.ok)
    found = {finding.name: finding.found for finding in findings}
    with closing(SQLiteStore(path, Realm.LIVE, "ua", read_only=True)) as store:
        assert found["chain"] == f"whole; the hash of entry 303 is {store.link().hash.hex()}"
    assert (found["sequence"], found["refusals"]) == ("303 events, no gap", "2, no gap")


def test_a_log_whose_pages_carry_no_checksums_is_told_and_its_backup_has_them(tmp_path: Path) -> None:
    bare, copy = tmp_path / "bare.db", tmp_path / "copy.db"
    with closing(SQLiteStore(bare, Realm.LIVE, "ua", vfs="unix")) as store:
        store.append([batch("a", 3)], 0)
    [ill] = ills(bare)
    assert (ill.name, ill.level, ill.found) == (
        "checksums",
        "warning",
        "none in its pages: of what a disk changes, less is found",
    )
    with closing(SQLiteStore(bare, Realm.LIVE, "ua")) as store:
        store.backup(copy)
    assert ill.advice == (
        "with apsw from its wheel make a backup, which has them, and put it in the log's place (docs/store.md)"
    )
    assert [finding.name for finding in ills(copy)] == ["journal mode"], "as in any backup"
    [well] = [finding for finding in examine(copy) if finding.name == "checksums"]
    assert (well.ok, well.found) == (True, "in every page, and compared whenever one is read")


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
        ("UPDATE log SET command = 3 WHERE seq = 2", "commands", "command 'a'"),
        ("UPDATE log SET recorded_at = '2026-03-01T12:00:00+00:00' WHERE seq = 2", "commands", "command 'a'"),
        ("UPDATE command SET recorded_at = '2026-03-01T12:00:00+00:00' WHERE key = 'b'", "commands", "command 'b'"),
        ("UPDATE command SET decided_upon = 1 WHERE key = 'a'", "commands", "command 'a'"),
        ("UPDATE command SET decided_upon = 4 WHERE key = 'none'", "commands", "command 'none'"),
        ("UPDATE command SET decided_upon = -1 WHERE key = 'b'", "commands", "command 'b'"),
        ("DELETE FROM command WHERE key = 'none'", "commands", "command 'b' does not follow"),
        ("UPDATE command SET seq = 2, decided_upon = 0 WHERE key = 'none'", "commands", "command 'none' does not"),
        ("UPDATE command SET events = 2 WHERE key = 'a'", "commands", "command 'a'"),
        ("UPDATE command SET seq = 302 WHERE key = 'b'", "commands", "command 'b'"),
        ("UPDATE command SET events = 1 WHERE key = 'none'", "commands", "command 'none'"),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'a'", "commands", "seq 1 belongs to no command"),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'a'", "integrity", "refers to no command"),
        ("UPDATE log SET event = 'no event' WHERE seq = 7", "events", "seq 7"),
        ("UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 7", "chain", "at entry 7"),
        ("UPDATE command SET actor = 'somebody else' WHERE key = 'b'", "chain", "at entry 4"),
        ("UPDATE meta SET atlas = 'il'", "chain", "at entry 1"),
        ("DELETE FROM refusal WHERE number = 1", "refusals", "1 refusals from 2 to 2"),
        ("UPDATE refusal SET number = 3 WHERE number = 2", "refusals", "2 refusals from 1 to 3"),
        ("UPDATE refusal SET refused_at = 'noon' WHERE number = 2", "refusals", "refusal 2"),
        ("UPDATE snapshot SET body = x'00'", "snapshots", "f at seq 3"),
        ("CREATE INDEX extra ON log (command)", "schema", "extra"),
        ("DELETE FROM meta", "file", "does not say which log"),
        ("PRAGMA user_version = 3", "file", "newer version"),
        ("PRAGMA application_id = 7", "file", "another application's"),
        ("DROP TABLE snapshot", "snapshots", "lacks a part of its schema"),
        ("PRAGMA journal_mode = DELETE", "journal mode", "delete"),
    ],
)
def test_an_ill_is_found_and_named(path: Path, statement: str, name: str, found: str) -> None:
    without_guards(path, statement)
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
    without_guards(path, "UPDATE snapshot SET body = x'00'")
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


def test_a_log_of_the_format_before_is_to_be_upgraded(path: Path) -> None:
    without_guards(path, "PRAGMA user_version = 1")
    [ill] = ills(path)
    assert (ill.name, ill.level) == ("file", "refuse")
    assert "tocsin upgrade" in ill.advice


def test_what_was_edited_and_chained_anew_looks_whole_from_within(path: Path) -> None:
    """Which is why heads are signed and kept elsewhere."""
    without_guards(path, "UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 7")
    rechain(path, "live", "ua")
    assert ills(path) == []


def test_a_log_that_grew_by_many_appends_is_well(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store:
        for number in range(5):
            store.append([batch(f"n{number}", 0)], store.head(), [refusal(f"n{number}")])
            store.append([of(f"k{number}", raised(number), decided_upon=store.head())], store.head())
    assert ills(path) == []


# --- the key -----------------------------------------------------------------------------------


def test_the_key_beside_the_log_is_looked_at(path: Path) -> None:
    assert named(path, "key").found == f"none yet at {path}.key"
    signer = load_or_make(key_path(path), Realm.LIVE)
    assert named(path, "key").found == f"for this user alone; the public key is {signer.key}"


def test_a_key_that_lies_elsewhere_is_looked_at_there(path: Path) -> None:
    key_path(path).write_text("not the one")
    signer = load_or_make(path.parent / "keys.json", Realm.LIVE)
    [finding] = [one for one in examine(path, key=path.parent / "keys.json") if one.name == "key"]
    assert (finding.ok, finding.found) == (True, f"for this user alone; the public key is {signer.key}")


def test_a_key_that_others_may_read_is_refused(path: Path) -> None:
    load_or_make(key_path(path), Realm.LIVE)
    key_path(path).chmod(0o640)
    assert (named(path, "key").level, "mode 640" in named(path, "key").found) == ("refuse", True)


def test_a_drills_key_beside_a_live_log_is_refused(path: Path) -> None:
    load_or_make(key_path(path), Realm.DRILL)
    assert (named(path, "key").level, "drill" in named(path, "key").found) == ("refuse", True)


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
    assert (finding.level, finding.found, finding.advice) == ("warning", f"anyone may write: {path}", "chmod o-w")


def test_a_log_that_this_user_may_not_write_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "may_use", lambda file: file != path)
    finding = named(path, "permissions")
    said = f"not readable and writable here: {path}"
    assert (finding.level, finding.found, finding.advice) == ("refuse", said, "give them to the server's user")


def test_a_log_beside_which_all_is_well_is_told_to_be_usable(path: Path) -> None:
    path.parent.chmod(0o755)
    found = "readable and writable for this user, not writable for everyone"
    assert named(path, "permissions") == Finding(name="permissions", ok=True, level="info", found=found)


def test_every_finding_is_documented_and_every_documented_one_is_looked_at(path: Path) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "store.md").read_text("utf-8")
    section = page.split("## What the doctor looks at")[1].split("\n## ")[0]
    documented = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert documented == [finding.name for finding in examine(path)]


# --- several at once, and the edges ------------------------------------------------------------


def test_every_file_of_the_log_is_looked_at_and_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", ".lock")]
    for file in files[1:]:
        file.touch()
    all_of_them = ", ".join(map(str, files))
    monkeypatch.setattr(doctor, "may_use", lambda file: file not in files)
    assert doctor._permissions(path).found == f"not readable and writable here: {all_of_them}"
    monkeypatch.undo()
    path.parent.chmod(0o755)
    for file in files:
        file.chmod(0o666)
    assert doctor._permissions(path).found == f"anyone may write: {all_of_them}"


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (doctor.FREE_BYTES_WANTED, "info"),
        (doctor.FREE_BYTES_WANTED - 1, "warning"),
        (doctor.FREE_BYTES_NEEDED, "warning"),
        (doctor.FREE_BYTES_NEEDED - 1, "refuse"),
    ],
)
def test_free_space_is_judged_to_the_byte(path: Path, free: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda path: free)
    assert named(path, "free space").level == level


def test_all_that_an_sqlite_lacks_is_named(path: Path) -> None:
    options = ("THREADSAFE=0", "OMIT_WAL")
    lacking = named(path, "compile options", Sqlite(version="3.54.1", amalgamation=True, options=options))
    assert lacking.found == "THREADSAFE=0, OMIT_WAL"


@pytest.mark.parametrize(("options", "found"), [(("THREADSAFE=2",), "THREADSAFE=2"), ((), "THREADSAFE=1")])
def test_how_far_threads_may_go_is_told(path: Path, options: tuple[str, ...], found: str) -> None:
    """Where SQLite does not say, it is built for threads without bound, its own default."""
    well = named(path, "compile options", Sqlite(version="3.54.1", amalgamation=True, options=options))
    assert (well.ok, well.found) == (True, f"{found}, WAL built in")


def test_all_ills_of_one_kind_are_told(path: Path) -> None:
    without_guards(
        path,
        "PRAGMA foreign_keys = 0; CREATE INDEX extra ON log (command); CREATE INDEX other ON log (command); "
        "UPDATE command SET events = 1 WHERE key = 'none'; UPDATE command SET events = 2 WHERE key = 'a'; "
        "INSERT INTO snapshot (seq, format, body, sha256) SELECT 4, format, body, sha256 FROM snapshot; "
        "UPDATE snapshot SET body = x'00'",
    )
    found = {ill.name: ill.found for ill in ills(path)}
    assert found["schema"] == "not as Tocsin made it: extra, other"
    assert "; ".join(f"command {key!r} and its events disagree" for key in ("a", "none")) in found["commands"]
    assert found["snapshots"] == "damaged: f at seq 3, f at seq 4"


def test_sound_snapshots_are_counted(path: Path) -> None:
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as store:
        store.save_snapshot(Snapshot(seq=4, format="g", body=b"another"))
    assert named(path, "snapshots").found == "2, checksums hold"


def test_it_opens_the_log_for_reading_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path, bool]] = []

    def watched(path: Path, *, wait_s: float, read_only: bool = False) -> apsw.Connection:
        opened.append((path, read_only))
        return connect(path, wait_s=wait_s, read_only=read_only)

    monkeypatch.setattr(doctor, "connect", watched)
    assert ills(path) == []
    assert opened == [(path, True), (Path(":memory:"), False)]


def test_what_cannot_be_looked_at_is_named_with_the_file(path: Path) -> None:
    without_guards(path, "DROP TABLE snapshot")
    [ill] = [ill for ill in ills(path) if ill.name == "snapshots"]
    assert ill.found.startswith(f"{path}: ")
    path.write_text("no log at all " * 500)
    [ill] = [ill for ill in ills(path) if ill.name == "file"]
    assert ill.found.startswith(f"{path}: ")


def test_a_log_that_is_not_the_one_wanted_is_named(path: Path) -> None:
    without_guards(path, "PRAGMA application_id = 7")
    [ill] = [ill for ill in ills(path) if ill.name == "file"]
    assert ill.found.startswith(f"{path} is another application's")
