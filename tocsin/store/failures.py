"""What SQLite and the operating system report, told as Tocsin's own errors. The one place that translates."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign, StoreFull, StoreLocked, TocsinError

_DAMAGE = {apsw.SQLITE_IOERR_CORRUPTFS, apsw.SQLITE_IOERR_DATA}
"""I/O errors by which the file system says that what it holds is not what was written."""


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Raise what goes wrong inside as one of the store's errors, with the file and the original words."""
    try:
        yield
    except (apsw.Error, OSError, UnicodeDecodeError) as error:
        raise as_ours(error, path) from error


def as_ours(error: apsw.Error | OSError | UnicodeDecodeError, path: Path) -> TocsinError:
    family, what = _kind(error)
    code = error.errno if isinstance(error, OSError) else getattr(error, "extendedresult", None)
    return family(f"{path}: {what} ({error})", path=str(path), cause=type(error).__name__, result=code)


def _kind(error: apsw.Error | OSError | UnicodeDecodeError) -> tuple[type[TocsinError], str]:
    match error:
        case OSError(errno=errno.ENOSPC | errno.EDQUOT) | apsw.FullError():
            return StoreFull, "there is no space left; nothing was kept"
        case OSError():
            return StoreFailed, "the operating system refused"
        case apsw.BusyError() | apsw.LockedError() | apsw.ProtocolError():
            return StoreLocked, "another connection holds the log"
        case apsw.NotADBError():
            return StoreForeign, "this is not an SQLite file"
        case apsw.CorruptError() | apsw.FormatError() | apsw.SchemaChangeError():
            return StoreCorrupt, "the log is damaged; restore it from a backup"
        case apsw.IOError() if getattr(error, "extendedresult", None) in _DAMAGE:
            return StoreCorrupt, "the log is damaged; restore it from a backup"
        case UnicodeDecodeError():
            return StoreCorrupt, "the log is damaged; restore it from a backup"
        case apsw.SQLError():
            # Our statements are fixed, so what they name is missing from the file.
            return StoreCorrupt, "the log lacks a part of its schema; restore it from a backup"
        case apsw.ReadOnlyError() | apsw.PermissionsError() | apsw.CantOpenError():
            return StoreFailed, "the file or its directory cannot be opened or written"
        case apsw.ConstraintError():
            return StoreFailed, "the log refused what breaks its rules; nothing was kept"
        case _:
            return StoreFailed, "the disk or the database refused; nothing was kept"
