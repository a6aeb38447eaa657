from __future__ import annotations

import errno
from pathlib import Path

import apsw
import pytest

from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign, StoreFull, StoreLocked, TocsinError
from tocsin.store.failures import told_as_ours


def io_error(extended: int) -> apsw.IOError:
    error = apsw.IOError("disk I/O error")
    vars(error)["extendedresult"] = extended
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (apsw.FullError(), StoreFull),
        (OSError(errno.ENOSPC, "no space"), StoreFull),
        (OSError(errno.EDQUOT, "quota"), StoreFull),
        (apsw.BusyError(), StoreLocked),
        (apsw.LockedError(), StoreLocked),
        (apsw.ProtocolError(), StoreLocked),
        (apsw.NotADBError(), StoreForeign),
        (apsw.CorruptError(), StoreCorrupt),
        (apsw.SQLError("no such table: log"), StoreCorrupt),
        (io_error(apsw.SQLITE_IOERR_CORRUPTFS), StoreCorrupt),
        (io_error(apsw.SQLITE_IOERR_DATA), StoreCorrupt),
        (io_error(apsw.SQLITE_IOERR_FSYNC), StoreFailed),
        (apsw.ReadOnlyError(), StoreFailed),
        (apsw.CantOpenError(), StoreFailed),
        (apsw.ConstraintError(), StoreFailed),
        (apsw.NoMemError(), StoreFailed),
        (apsw.Error(), StoreFailed),
        (PermissionError(errno.EACCES, "denied"), StoreFailed),
        (OSError(errno.EROFS, "read-only"), StoreFailed),
    ],
)
def test_every_error_of_sqlite_and_the_system_is_told_as_one_of_ours(error: Exception, told: type[TocsinError]) -> None:
    with pytest.raises(TocsinError) as caught, told_as_ours(Path("live.db")):
        raise error
    assert type(caught.value) is told
    assert caught.value.detail["path"] == "live.db"
    assert caught.value.detail["cause"] == type(error).__name__
    assert caught.value.__cause__ is error


def test_what_is_neither_is_a_bug_and_passes() -> None:
    with pytest.raises(KeyError), told_as_ours(Path("live.db")):
        raise KeyError("a bug")
