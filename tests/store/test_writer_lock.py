"""The lock beside the log, and what it says of how far the log had come."""

from __future__ import annotations

import fcntl
import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.batches import batch
from tocsin.errors import StoreLocked
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore
from tocsin.store.writer_lock import Witness, WriterLock, witness


def test_what_was_noted_is_said_of_that_log_and_of_no_other(tmp_path: Path) -> None:
    log = tmp_path / "live.db"
    assert witness(log, "one") == Witness()
    lock = WriterLock(log)
    lock.note("one", 7, 3)
    assert witness(log, "one") == Witness(pid=os.getpid(), log="one", seq=7, commands=3)
    assert witness(log, "another") == Witness()
    lock.release()
    assert witness(log, "one") == Witness(pid=None, log="one", seq=7, commands=3), "it outlives whoever noted it"
    later = WriterLock(log)
    assert witness(log, "one") == Witness(pid=os.getpid(), log="one", seq=7, commands=3), "and the next writer"
    later.release()


def test_each_append_is_noted_once_it_is_on_the_medium(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with closing(SQLiteStore(path, Realm.LIVE, "ua")) as log:
        log.append([batch("a", 3), batch("b", 0)], 0)
        assert witness(path, log.identity) == Witness(pid=os.getpid(), log=log.identity, seq=3, commands=2)
        log.append([batch("c", 1)], 3)
        identity = log.identity
    assert witness(path, identity) == Witness(pid=None, log=identity, seq=4, commands=3)


def test_a_holder_that_did_not_say_who_it_is_holds_it_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "live.db"
    with log.with_name("live.db.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreLocked) as caught:
            WriterLock(log)
    assert caught.value.message == f"{log} is being written by another process"
    assert caught.value.detail == {"path": str(log), "pid": None}
