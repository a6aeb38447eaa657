"""What heads that do not agree are told to prove, word for word."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.store.batches import NOON, batch
from tests.store.test_editing import heads, path, told
from tocsin.model import Realm
from tocsin.store.chain import stamp
from tocsin.store.opening import identify
from tocsin.store.sqlite import SQLiteStore

__all__ = ["path"]


def test_a_head_of_another_log_whose_entries_are_others_is_told_word_for_word(path: Path, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "other.db", Realm.LIVE, "ua")) as other:
        other.append([batch("x", 4)], 0)
        identity = other.identity
    foreign = heads(tmp_path / "other.db", 4)
    here = identify(path, wait_s=1).identity
    assert told(path, foreign).message == (
        f"the head signed for entry 4 at {stamp(NOON)} is of another log, {identity}, and this one, {here}, is not the "
        "same up to there"
    )
