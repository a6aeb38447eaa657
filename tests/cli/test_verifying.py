"""`tocsin verify --against` and `tocsin upgrade`: is the log what it was, and how an older one is brought over."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.cli.processes import refused, tocsin
from tests.cli.test_files import GOOD, file
from tests.store import format_1
from tests.store.editor import rechain, without_guards
from tests.web.running import KYIV
from tocsin.cli import main
from tocsin.model import Realm
from tocsin.store.heads import SignedHead, Signer
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.writer_lock import WriterLock

SIGNER = Signer(Realm.LIVE, bytes(32))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def imported(tmp_path: Path, log: Path) -> Path:
    """A log of four entries."""
    assert tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log).exit_code == 0
    return log


def heads(log: Path, *seqs: int, signer: Signer = SIGNER) -> list[SignedHead]:
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        hashes = store.walk(seqs).hashes
        link = store.link()
        return [
            signer.sign(
                store.identity, msgspec.structs.replace(link, seq=seq, hash=hashes[seq]), NOON + timedelta(hours=seq)
            )
            for seq in seqs
        ]


def kept(folder: Path, *signed: SignedHead) -> Path:
    path = folder / "heads.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(head) for head in signed) + b"\n")
    return path


def against(log: Path, heads: Path, *more: str) -> tuple[str, ...]:
    return ("verify", "--database", str(log), "--against", str(heads), *more)


def forge(log: Path, seq: int) -> None:
    """Another word in one entry, and every hash computed anew."""
    without_guards(log, f"UPDATE log SET event = replace(event, 'official', 'OFFICIAL') WHERE seq = {seq}")
    rechain(log, "live", "UA")


# --- what it was -------------------------------------------------------------------------------


def test_a_log_that_is_what_it_was_is_told_so_with_the_key(imported: Path, tmp_path: Path) -> None:
    result = tocsin(*against(imported, kept(tmp_path, *heads(imported, 4))))
    assert (result.exit_code, result.stdout.splitlines()[1:]) == (
        0,
        [
            "up to entry 4 it is what it was at 2026-03-01T16:00:00.000000+00:00: the signed head agrees, signed with "
            + SIGNER.key
        ],
    )


def test_entries_after_the_newest_head_are_not_vouched_for(imported: Path, tmp_path: Path) -> None:
    result = tocsin(*against(imported, kept(tmp_path, *heads(imported, 1, 3))))
    assert "up to entry 3 it is what it was at" in result.stdout
    assert "all 2 signed heads agree" in result.stdout
    assert result.stdout.endswith("; the 1 entries after it are not vouched for\n")


def test_heads_are_read_from_standard_input_too(imported: Path) -> None:
    from click.testing import CliRunner

    [head] = heads(imported, 4)
    command = ["verify", "--database", str(imported), "--against", "-"]
    result = CliRunner().invoke(main, command, input=msgspec.json.encode(head))
    assert result.exit_code == 0
    assert "the signed head agrees" in result.stdout


def test_the_key_of_the_heads_may_be_named(imported: Path, tmp_path: Path) -> None:
    path = kept(tmp_path, *heads(imported, 4))
    assert tocsin(*against(imported, path, "--key", SIGNER.key.upper())).exit_code == 0
    other = Signer(Realm.LIVE, bytes(31) + b"\x01").key
    assert "was signed by another key" in refused(tocsin(*against(imported, path, "--key", other)), "bad_signature")


@pytest.mark.parametrize("typed", [["--key", "ab" * 32], ["--against", "heads.jsonl", "--key", "ab" * 31]])
def test_a_key_without_heads_or_that_is_none_is_typed_wrongly(imported: Path, typed: list[str]) -> None:
    assert tocsin("verify", "--database", imported, *typed).exit_code == 2


# --- what it was not ---------------------------------------------------------------------------


def test_an_edit_is_named_by_its_entry(imported: Path, tmp_path: Path) -> None:
    path = kept(tmp_path, *heads(imported, 4))
    without_guards(imported, "UPDATE log SET event = replace(event, 'official', 'OFFICIAL') WHERE seq = 2")
    for command in (("verify", "--database", imported), against(imported, path)):
        assert "the record breaks at entry 2: its hash does not follow" in refused(tocsin(*command), "store_corrupt")


def test_an_edit_chained_anew_is_found_by_a_head_and_the_more_heads_the_nearer(imported: Path, tmp_path: Path) -> None:
    one, two, three, four = heads(imported, 1, 2, 3, 4)
    forge(imported, 3)
    assert tocsin("verify", "--database", imported).exit_code == 0, "from within it looks whole"
    said = refused(tocsin(*against(imported, kept(tmp_path, four))), "record_altered")
    assert "rewritten somewhere at or before entry 4" in said
    said = refused(tocsin(*against(imported, kept(tmp_path, four, one, three, two))), "record_altered")
    assert "rewritten somewhere at or before entry 3" in said
    assert "up to entry 2 another head agrees" in said
    assert tocsin(*against(imported, kept(tmp_path, one, two))).exit_code == 0


def test_a_cut_tail_is_found_by_a_head(imported: Path, tmp_path: Path) -> None:
    path = kept(tmp_path, *heads(imported, 4))
    without_guards(
        imported, "DELETE FROM snapshot", "DELETE FROM log WHERE seq > 3", "DELETE FROM command WHERE seq > 3"
    )
    assert tocsin("verify", "--database", imported).exit_code == 0, "from within it looks whole"
    assert "was cut: it ends at entry 3" in refused(tocsin(*against(imported, path)), "record_altered")


def test_a_forged_head_is_refused(imported: Path, tmp_path: Path) -> None:
    [head] = heads(imported, 4)
    forge(imported, 3)
    [now] = heads(imported, 4)
    forged = msgspec.structs.replace(head, hash=now.hash)
    assert "does not hold" in refused(tocsin(*against(imported, kept(tmp_path, forged))), "bad_signature")


def test_a_drills_head_is_refused_at_a_live_log(imported: Path, tmp_path: Path) -> None:
    drill = heads(imported, 4, signer=Signer(Realm.DRILL, bytes(32)))
    assert "drill" in refused(tocsin(*against(imported, kept(tmp_path, *drill))), "wrong_realm")


def test_a_backup_agrees_up_to_where_it_ends(imported: Path, tmp_path: Path) -> None:
    tocsin("backup", tmp_path / "backup.db", "--database", imported)
    path = kept(tmp_path, *heads(imported, 4))
    assert tocsin(*against(tmp_path / "backup.db", path)).exit_code == 0
    longer = tmp_path / "longer"
    longer.mkdir()
    row = "Odeska oblast,,,oblast,2024-11-13 05:36:38+00:00,2024-11-13 06:53:05+00:00,official\n"
    tocsin("import", "sirens", file(longer, GOOD + row), "--database", imported)
    path = kept(tmp_path, *heads(imported, 6))
    assert tocsin(*against(imported, path)).exit_code == 0
    said = refused(tocsin(*against(tmp_path / "backup.db", path)), "record_altered")
    assert "this copy ends at entry 4" in said


@pytest.mark.parametrize("content", [b"", b"no head\n", b'{"seq": 4}\n', b"\xff\xfe"])
def test_what_is_no_head_is_refused(imported: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "heads.jsonl").write_bytes(content)
    refused(tocsin(*against(imported, tmp_path / "heads.jsonl")), "bad_file")


def test_a_head_that_is_not_there_is_refused(imported: Path, tmp_path: Path) -> None:
    assert "cannot be read" in refused(tocsin(*against(imported, tmp_path / "gone")), "bad_file")


def test_the_doctor_looks_at_the_key_of_the_settings(imported: Path, tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("no key")
    result = tocsin("doctor", "--database", imported, TOCSIN_SIGNING_KEY=str(tmp_path / "signing.key"))
    assert (result.exit_code, "signing.key (mode" in result.stdout) == (1, True)


# --- from an older version ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [["serve", "--port", "0"], ["verify"], ["history", KYIV], ["backup", "copy.db"]], ids=" ".join
)
def test_a_log_of_an_older_version_is_refused_with_what_to_do(log: Path, command: list[str]) -> None:
    format_1.make(log)
    assert "tocsin upgrade" in refused(tocsin(*command, "--database", log), "store_foreign")


def test_the_doctor_says_what_to_do_with_a_log_of_an_older_version(log: Path) -> None:
    format_1.make(log)
    result = tocsin("doctor", "--database", log)
    assert (result.exit_code, "-> end every Tocsin that uses it, then run tocsin upgrade" in result.stdout) == (1, True)


def test_an_upgraded_log_is_whole_and_knows_what_it_knew(log: Path) -> None:
    format_1.make(log)
    result = tocsin("upgrade", "--database", log)
    assert (result.exit_code, result.stdout) == (
        0,
        f"{log} holds the 4 entries of 6 commands in the new format; the old log is kept as {log}.format-1\n",
    )
    assert tocsin("verify", "--database", log).stdout.startswith("4 entries, without a gap, each chained")
    assert "1 alerts, 0.5 h in all" in tocsin("history", KYIV, "--database", log).stdout
    again = tocsin("upgrade", "--database", log)
    assert (again.exit_code, again.stdout) == (0, f"{log} is in this version's format already\n")


def test_a_log_in_use_is_not_upgraded(log: Path) -> None:
    format_1.make(log)
    lock = WriterLock(log)
    refused(tocsin("upgrade", "--database", log), "store_locked")
    lock.release()
    assert tocsin("upgrade", "--database", log).exit_code == 0


def test_what_is_no_log_of_this_realm_is_not_upgraded(log: Path) -> None:
    refused(tocsin("upgrade", "--database", log), "store_failed")
    format_1.make(log, realm="drill")
    refused(tocsin("upgrade", "--database", log), "store_foreign")
    assert tocsin("upgrade", "--database", log, "--realm", "drill").exit_code == 0
