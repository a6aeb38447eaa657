"""Someone with an editor for databases and the rights of the server: whatever they change, the walk or a head tells."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.store.batches import NOON, batch, of, raised, refusal
from tests.store.editor import rechain, without_guards
from tocsin.errors import RecordAltered, StoreCorrupt, TocsinError
from tocsin.model import Realm
from tocsin.store.chain import genesis, stamp
from tocsin.store.contract import Link
from tocsin.store.evidence import require_as_signed
from tocsin.store.heads import SignedHead, Signer
from tocsin.store.opening import connect, identify
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.walk import ChainReport, walk

SIGNER = Signer(Realm.LIVE, bytes(32))


def opened(path: Path, *, read_only: bool = True) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, "ua", read_only=read_only)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Ten entries: 1 to 3 of one command, 4, 5 (after one without events), 6 to 9, 10."""
    with closing(opened(tmp_path / "live.db", read_only=False)) as store:
        store.append([batch("three", 3)], 0)
        store.append([of("one", raised(4), reason="drones", decided_upon=3)], 3, [refusal("r")])
        store.append([batch("none", 0), of("other", raised(5), decided_upon=4)], 4)
        store.append([batch("four", 4)], 5)
        store.append([batch("last", 1)], 9)
    return tmp_path / "live.db"


def heads(path: Path, *seqs: int) -> list[SignedHead]:
    """As they were signed when the log had come so far."""
    log, hashes = identify(path, wait_s=1).identity, walked(path, *seqs).hashes
    return [SIGNER.sign(log, Link(seq=seq, hash=hashes[seq]), NOON) for seq in seqs]


def walked(path: Path, *seqs: int) -> ChainReport:
    """Past what a store looks at when it is opened: to name the entry is the walk's."""
    with closing(connect(path, wait_s=1, read_only=True)) as connection:
        return walk(connection, Link(seq=0, hash=genesis("live", "ua")), seqs)


def told(path: Path, against: list[SignedHead]) -> TocsinError:
    meta, report = identify(path, wait_s=1), walked(path, *(head.seq for head in against))
    with pytest.raises(TocsinError) as caught:
        require_as_signed(report, against, meta.identity, meta.copy_of)
    return caught.value


def test_a_log_that_nobody_touched_is_whole_and_as_it_was_signed(path: Path) -> None:
    signed = heads(path, 0, 3, 4, 10)
    report = walked(path, 0, 3, 4, 10)
    with closing(opened(path)) as store:
        assert (report.link, report.broken) == (store.link(), None)
        require_as_signed(report, signed, store.identity, store.copy_of)
        require_as_signed(store.walk(), [], store.identity, store.copy_of)
    assert report.hashes[10] == report.link.hash


def test_a_log_that_grew_since_is_as_it_was_signed(path: Path) -> None:
    signed = heads(path, 4, 10)
    with closing(opened(path, read_only=False)) as store:
        store.append([batch("newer", 5)], 10)
        require_as_signed(store.walk({4, 10}), signed, store.identity, store.copy_of)


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "new.db", read_only=False)) as store:
        assert store.walk({0, 1}) == ChainReport(link=store.link(), broken=None, hashes={0: store.link().hash})


SWAP = """
    UPDATE log SET seq = 99 WHERE seq = 4; UPDATE log SET seq = 4 WHERE seq = 5; UPDATE log SET seq = 5 WHERE seq = 99
"""
SWAP_EVENTS = """
    CREATE TEMP TABLE two AS SELECT seq, event FROM log WHERE seq IN (7, 8);
    UPDATE log SET event = (SELECT event FROM two WHERE two.seq = 15 - log.seq) WHERE seq IN (7, 8)
"""
TAKE_OUT = "UPDATE log SET seq = -seq WHERE seq > 4; UPDATE log SET seq = -seq - 1 WHERE seq < 0"
PUT_IN = """
    UPDATE log SET seq = -seq WHERE seq > 4; UPDATE log SET seq = 1 - seq WHERE seq < 0;
    INSERT INTO log SELECT 5, recorded_at, command, hash, event FROM log WHERE seq = 4
"""
CUT_WITH_COMMANDS = """
    DELETE FROM log WHERE seq > 5; DELETE FROM command WHERE seq > 5
"""
CUT = "DELETE FROM log WHERE seq > 7"

EDITS: dict[str, tuple[str, int]] = {
    "an event": ("UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 7", 7),
    "the first event": ("UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 1", 1),
    "the last event": ("UPDATE log SET event = replace(event, 'drones', 'mig31k') WHERE seq = 10", 10),
    "an event by one space": ("UPDATE log SET event = replace(event, ',', ', ') WHERE seq = 7", 7),
    "an event into no text at all": ("UPDATE log SET event = CAST(x'ff' AS TEXT) WHERE seq = 7", 7),
    "a moment": ("UPDATE log SET recorded_at = '2026-03-01T11:00:00.000000+00:00' WHERE seq = 8", 8),
    "a command's moment": ("UPDATE command SET recorded_at = '2026-03-01T11:00:00.000000+00:00' WHERE key='four'", 6),
    "a moment, with its command's": (
        "UPDATE command SET recorded_at = '2026-03-01T11:00:00.000000+00:00' WHERE key='four';"
        "UPDATE log SET recorded_at = '2026-03-01T11:00:00.000000+00:00' WHERE seq BETWEEN 6 AND 9",
        6,
    ),
    "a moment into no text at all": ("UPDATE log SET recorded_at = CAST(x'ff' AS TEXT) WHERE seq = 8", 8),
    "a hash": ("UPDATE log SET hash = zeroblob(32) WHERE seq = 5", 5),
    "a key": ("UPDATE command SET key = 'another' WHERE key = 'other'", 5),
    "a digest": ("UPDATE command SET digest = zeroblob(32) WHERE key = 'other'", 5),
    "an actor": ("UPDATE command SET actor = 'somebody else' WHERE key = 'one'", 4),
    "a grant": ("UPDATE command SET grant_id = '8' WHERE key = 'one'", 4),
    "a source": ("UPDATE command SET source = 'nobody' WHERE key = 'one'", 4),
    "a reason": ("UPDATE command SET reason = '' WHERE key = 'one'", 4),
    "what it was decided upon": ("UPDATE command SET decided_upon = 0 WHERE key = 'one'", 4),
    "where a command ends": ("UPDATE command SET seq = 8 WHERE key = 'four'", 6),
    "how many events it led to": ("UPDATE command SET events = 3 WHERE key = 'four'", 6),
    "whose the next event is": ("UPDATE command SET seq = 6, events = 2 WHERE key = 'other'", 6),
    "whose an entry is": ("UPDATE log SET command = 5 WHERE seq = 4", 4),
    "a middle entry's command": ("UPDATE log SET command = 1 WHERE seq = 7", 7),
    "a deleted entry": ("DELETE FROM log WHERE seq = 5", 5),
    "the first entry deleted": ("DELETE FROM log WHERE seq = 1", 1),
    "a deleted entry, the rest moved up": ("DELETE FROM log WHERE seq = 4;" + TAKE_OUT, 4),
    "a deleted command": ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'four'", 6),
    "two entries swapped": (SWAP, 4),
    "two events swapped": (SWAP_EVENTS, 7),
    "two commands swapped": (
        "UPDATE command SET number = 99 WHERE number = 2; UPDATE command SET number = 2 WHERE number = 4;"
        "UPDATE command SET number = 4 WHERE number = 99",
        4,
    ),
    "two commands' numbers exchanged, with their entries'": (
        "PRAGMA foreign_keys = 0; UPDATE command SET number = 99 WHERE number = 2;"
        "UPDATE command SET number = 2 WHERE number = 4; UPDATE command SET number = 4 WHERE number = 99;"
        "UPDATE log SET command = 6 - command WHERE seq IN (4, 5)",
        5,
    ),
    "an entry put in": (PUT_IN, 5),
    "an entry put in before the first": (
        "INSERT INTO log SELECT 0, recorded_at, command, hash, event FROM log WHERE seq = 1",
        1,
    ),
    "an entry put on top": (
        "INSERT INTO log SELECT 11, recorded_at, command, hash, event FROM log WHERE seq = 10",
        11,
    ),
    "a cut tail": (CUT, 8),
    "a tail cut between two commands": ("DELETE FROM log WHERE seq > 9", 10),
}


@pytest.mark.parametrize(("statements", "first"), EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_found_from_within_and_the_first_bad_entry_is_named(path: Path, statements: str, first: int) -> None:
    before = walked(path, first - 1)
    without_guards(path, *statements.split(";"))
    report = walked(path, first - 1)
    assert report.broken is not None
    assert (report.broken.seq, report.link) == (first, Link(seq=first - 1, hash=before.hashes[first - 1]))
    assert report.broken.why


@pytest.mark.parametrize(("statements", "first"), EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_refused_beside_heads_too_and_named(path: Path, statements: str, first: int) -> None:
    signed = heads(path, first - 1, 10)
    without_guards(path, *statements.split(";"))
    error = told(path, signed)
    assert isinstance(error, StoreCorrupt)
    assert (error.detail["seq"], f"breaks at entry {first}:" in error.message) == (first, True)


@pytest.mark.parametrize(
    ("statements", "first", "why"),
    [
        ("DELETE FROM log WHERE seq = 5", 5, "it is missing: after 4 comes 6"),
        (CUT, 8, "it is missing: the log ends at 7, but its commands led to 10 entries"),
        ("PRAGMA foreign_keys = 0; DELETE FROM command WHERE key = 'four'", 6, "it belongs to no command"),
        ("UPDATE log SET event = '{}' WHERE seq = 7", 7, "its hash does not follow"),
        ("UPDATE log SET event = CAST(x'ff' AS TEXT) WHERE seq = 7", 7, "its hash does not follow"),
    ],
)
def test_it_is_said_why_the_record_breaks(path: Path, statements: str, first: int, why: str) -> None:
    without_guards(path, *statements.split(";"))
    assert f"breaks at entry {first}: {why}" in told(path, []).message


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        EDITS["an entry put on top"],
        EDITS["a command's moment"],
        EDITS["where a command ends"],
        EDITS["how many events it led to"],
        EDITS["two entries swapped"],
        EDITS["a middle entry's command"],
        ("UPDATE log SET recorded_at = '2026-03-01T11:00:00.000000+00:00' WHERE seq = 8", 8),
        ("DELETE FROM log WHERE seq = 4;" + TAKE_OUT, 4),
        (
            "DELETE FROM log WHERE seq = 8; UPDATE log SET seq = -seq WHERE seq > 8; UPDATE log SET seq = -seq - 1"
            " WHERE seq < 0",
            9,
        ),
        (PUT_IN, 5),
        (CUT, 8),
    ],
)
def test_hashes_computed_anew_do_not_hide_what_the_commands_tell(path: Path, statements: str, first: int) -> None:
    """Someone who forgot that a command says where its events are."""
    without_guards(path, *statements.split(";"))
    rechain(path, "live", "ua")
    report = walked(path)
    assert report.broken is not None
    assert report.broken.seq == first


REWRITTEN: dict[str, tuple[str, int]] = {
    name: edit
    for name, edit in EDITS.items()
    if name
    in (
        *("an event", "the first event", "the last event", "an event by one space", "a key", "a digest", "an actor"),
        *("a grant", "a source", "a reason", "what it was decided upon", "two events swapped"),
        *("a moment, with its command's",),
    )
} | {
    "a command taken out whole": (
        "DELETE FROM log WHERE seq = 4; DELETE FROM command WHERE key = 'one'; "
        + TAKE_OUT
        + "; UPDATE command SET seq = seq - 1, number = number - 1 WHERE number > 2;"
        "UPDATE log SET command = command - 1 WHERE seq > 3",
        4,
    ),
    "a command put in whole": (
        "UPDATE command SET seq = seq + 1, number = -number WHERE number > 2;"
        "UPDATE command SET number = 1 - number WHERE number < 0;"
        "UPDATE log SET command = command + 1 WHERE seq > 4; UPDATE log SET seq = -seq WHERE seq > 4;"
        "UPDATE log SET seq = 1 - seq WHERE seq < 0;"
        "INSERT INTO command SELECT 3, 'forged', digest, actor, grant_id, source, reason, 4, recorded_at, 5, 1, sum"
        " FROM command WHERE key = 'one';"
        "INSERT INTO log SELECT 5, recorded_at, 3, hash, event FROM log WHERE seq = 4",
        5,
    ),
    "two commands exchanged whole": (
        "CREATE TEMP TABLE old AS SELECT * FROM command;"
        "UPDATE command SET key = key || '?' WHERE number IN (2, 4);"
        "UPDATE command SET (key, digest, reason) = (SELECT key, digest, reason FROM old"
        " WHERE old.number = 6 - command.number) WHERE number IN (2, 4);"
        "CREATE TEMP TABLE two AS SELECT seq, event FROM log WHERE seq IN (4, 5);"
        "UPDATE log SET event = (SELECT event FROM two WHERE two.seq = 9 - log.seq) WHERE seq IN (4, 5)",
        4,
    ),
}


@pytest.mark.parametrize(("statements", "first"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_a_log_chained_anew_after_an_edit_looks_whole_but_is_not_what_was_signed(
    path: Path, statements: str, first: int
) -> None:
    signed = heads(path, *range(11))
    without_guards(path, *statements.split(";"))
    rechain(path, "live", "ua")
    assert walked(path).broken is None, "or the edit was not thorough"
    for head in signed[first:10]:
        error = told(path, [head])
        assert isinstance(error, RecordAltered)
        assert error.detail == {"at_or_before": head.seq, "after": 0, "log": head.log}
        assert error.message == (
            f"the log was rewritten somewhere at or before entry {head.seq}: the head signed for entry {head.seq} at "
            f"{stamp(NOON)} has another hash"
        )
    error = told(path, signed)
    assert (error.detail["at_or_before"], error.detail["after"]) == (first, first - 1)
    require_as_signed(walked(path, *range(first)), signed[:first], signed[0].log, None)


def test_a_log_cut_with_its_commands_looks_whole_but_is_shorter_than_what_was_signed(path: Path) -> None:
    signed = heads(path, 4, 8, 10)
    without_guards(path, *CUT_WITH_COMMANDS.split(";"))
    assert walked(path).broken is None
    error = told(path, signed)
    assert isinstance(error, RecordAltered)
    assert (error.detail["seq"], "was cut: it ends at entry 5, but a head was signed for entry 8" in error.message) == (
        6,
        True,
    )


def test_a_log_cut_and_continued_is_not_what_was_signed(path: Path) -> None:
    signed = heads(path, 4, 8, 10)
    without_guards(path, *CUT_WITH_COMMANDS.split(";"))
    with closing(opened(path, read_only=False)) as store:
        store.append([batch("forged", 5)], 5)
    assert told(path, signed).detail == {"at_or_before": 8, "after": 4, "log": signed[0].log}


def test_where_a_log_was_rewritten_before_the_entry_at_which_it_breaks_the_earlier_is_told(path: Path) -> None:
    signed = heads(path, 4, 8)
    without_guards(path, "UPDATE command SET actor = 'somebody else' WHERE key = 'one'")
    rechain(path, "live", "ua")
    without_guards(path, "UPDATE log SET event = '{}' WHERE seq = 9")
    assert told(path, signed).detail["at_or_before"] == 4
    assert told(path, signed[:0]).detail == {"seq": 9}


def test_a_head_beyond_the_break_is_no_proof_of_a_cut(path: Path) -> None:
    signed = heads(path, 10)
    without_guards(path, "UPDATE log SET event = '{}' WHERE seq = 3")
    assert told(path, signed).detail == {"seq": 3}


def test_a_log_of_another_atlas_or_realm_does_not_pass_for_this_one(path: Path) -> None:
    without_guards(path, "UPDATE meta SET realm = 'drill', atlas = 'il'")
    with closing(connect(path, wait_s=1, read_only=True)) as connection:
        report = walk(connection, Link(seq=0, hash=genesis("drill", "il")))
    assert report.broken is not None
    assert report.broken.seq == 1


def test_a_schema_without_its_types_does_not_stop_the_walk(path: Path) -> None:
    """Moments that are numbers, hashes that are nothing: what the guards would never let in."""
    with closing(apsw.Connection(str(path))) as connection:
        for (name,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
            connection.execute(f"DROP TRIGGER {name}")
        connection.pragma("writable_schema", 1)
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name IN ('log', 'command')")
        connection.pragma("writable_schema", "RESET")
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("UPDATE command SET recorded_at = 5.5, digest = 'text' WHERE key = 'other'")
    report = walked(path)
    assert report.broken is not None
    assert (report.broken.seq, "cannot be read" in report.broken.why) == (5, True)


# --- backups and other logs --------------------------------------------------------------------


def test_a_backup_is_what_its_log_was_when_the_head_was_signed(path: Path, tmp_path: Path) -> None:
    signed = heads(path, 4, 10)
    with closing(opened(path)) as store:
        store.backup(tmp_path / "backup.db")
    with closing(opened(tmp_path / "backup.db")) as copy:
        require_as_signed(copy.walk({4, 10}), signed, copy.identity, copy.copy_of)


def test_a_backup_of_a_backup_is_still_the_same_record(path: Path, tmp_path: Path) -> None:
    signed = heads(path, 10)
    for name, backup in ((path, "1.db"), (tmp_path / "1.db", "2.db")):
        with closing(opened(name)) as store:
            store.backup(tmp_path / backup)
    with closing(opened(tmp_path / "2.db")) as copy:
        assert copy.copy_of != signed[0].log
        require_as_signed(copy.walk({10}), signed, copy.identity, copy.copy_of)


def test_a_backup_says_nothing_of_what_came_after_it(path: Path, tmp_path: Path) -> None:
    with closing(opened(path, read_only=False)) as store:
        store.backup(tmp_path / "backup.db")
        store.append([batch("newer", 2)], 10)
    error = told(tmp_path / "backup.db", heads(path, 4, 12))
    assert error.detail["seq"] == 11
    assert error.message.startswith("this copy ends at entry 10, but a head was signed for entry 12 at ")
    assert ": of what came after the copy nothing can be said; compare it with a head that is no newer" in error.message
    assert error.detail["log"] == heads(path, 12)[0].log


def test_a_backup_that_went_on_by_itself_is_not_called_forged(path: Path, tmp_path: Path) -> None:
    with closing(opened(path, read_only=False)) as store:
        store.backup(tmp_path / "backup.db")
        store.append([batch("newer", 2)], 10)
    with closing(opened(tmp_path / "backup.db", read_only=False)) as copy:
        copy.append([batch("its own", 2)], 10)
    error = told(tmp_path / "backup.db", heads(path, 10, 12))
    assert (error.detail["at_or_before"], error.detail["after"]) == (12, 10)
    assert "has gone on by itself, or was rewritten" in error.message


@pytest.mark.parametrize("seq", [10, 11])
def test_a_head_of_another_log_is_told_as_such(path: Path, tmp_path: Path, seq: int) -> None:
    with closing(opened(tmp_path / "other.db", read_only=False)) as other:
        other.append([batch("k", 11)], 0)
    error = told(path, heads(tmp_path / "other.db", seq))
    assert isinstance(error, RecordAltered)
    assert "another log" in error.message


def test_two_heads_that_contradict_each_other_are_told_as_such(path: Path) -> None:
    [head] = heads(path, 10)
    forged = SIGNER.sign(head.log, Link(seq=10, hash=bytes(32)), NOON)
    for signed in ([head, forged], [forged, head]):
        assert "two histories" in told(path, signed).message
    earlier = SIGNER.sign(head.log, Link(seq=4, hash=bytes(32)), NOON)
    error = told(path, [*heads(path, 3), earlier, head])
    assert ("two histories" in error.message, error.detail["at_or_before"], error.detail["after"]) == (True, 4, 3)
