"""Opening a log file: connections that keep acknowledged events, and the certainty that the file is the right one.

The file is only ever opened through SQLite. To open and close it in any other way would drop the POSIX locks
that SQLite holds on it in this process ("How To Corrupt An SQLite Database File", section 2.2).
"""

from __future__ import annotations

import uuid
from pathlib import Path

import apsw
import msgspec

from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign, StoreUnsafe
from tocsin.store.checksums import VFS as CHECKSUMS
from tocsin.store.checksums import checksum_vfs, has_checksums, reserve
from tocsin.store.statements import APPLICATION_ID, FORMAT, SCHEMA, SQL

CACHE_KIB = 16 * 1024
"""Pages kept in memory per connection, so that a large import seldom spills."""

WAL_KEPT_BYTES = 64 * 1024 * 1024
"""What is left of the WAL file after a checkpoint; an import may have made it longer."""


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """Which log a file holds."""

    realm: str
    identity: str
    atlas: str
    created_at: str
    copy_of: str | None


def connect(
    path: Path, *, wait_s: float, read_only: bool = False, create: bool = False, vfs: str | None = None
) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    if create:
        flags |= apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, vfs=vfs or checksum_vfs())
    try:
        connection.set_busy_timeout(round(wait_s * 1000))
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.pragma("foreign_keys", 1)
        connection.pragma("recursive_triggers", 1)
        connection.pragma("cell_size_check", 1)
        connection.pragma("cache_size", -CACHE_KIB)
        # Durable means on the medium: FULL syncs the WAL at every commit, and fullfsync asks macOS to mean it.
        connection.pragma("synchronous", "FULL")
        connection.pragma("fullfsync", 1)
        connection.pragma("checkpoint_fullfsync", 1)
    except BaseException:
        connection.close()
        raise
    return connection


def make_writable(connection: apsw.Connection) -> None:
    """Let it write, in WAL mode so that readers never wait."""
    mode = connection.pragma("journal_mode", "WAL")
    if mode != "wal":
        raise StoreUnsafe(f"SQLite keeps the log in {mode} mode here, not in WAL mode", journal_mode=mode)
    synchronous = connection.pragma("synchronous")
    if synchronous != 2:
        raise StoreUnsafe(
            f"SQLite does not sync every commit here (synchronous={synchronous})", synchronous=synchronous
        )
    connection.pragma("journal_size_limit", WAL_KEPT_BYTES)


def finish_rollback(path: Path, *, wait_s: float, vfs: str | None = None) -> None:
    """Let SQLite undo what a crash left half made in its rollback journal; a connection for reading only cannot.

    Only the making of a log goes through such a journal, so what is left is a whole log or an empty file.
    """
    if path.with_name(path.name + "-journal").exists() and path.is_file():
        connection = connect(path, wait_s=wait_s, vfs=vfs)
        try:
            connection.pragma("schema_version")
        finally:
            connection.close()


def is_blank(path: Path) -> bool:
    """Whether there is no log yet. A log that vanished from beside its WAL is not a new one."""
    if path.exists() and not path.is_file():
        raise StoreForeign(f"{path} is not a file", path=str(path))
    if path.exists() and path.stat().st_size > 0:
        return False
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size > 0:
        # SQLite would take the database for a new one and delete the WAL, the last trace of the log.
        raise StoreCorrupt(
            f"{path} is empty or missing, but its {wal.name} is there: put the log back from a backup", path=str(path)
        )
    return True


def begin_making(connection: apsw.Connection) -> None:
    """Begin the transaction that makes a log: its schema, in pages with room for checksums."""
    if connection.open_vfs == CHECKSUMS:
        reserve(connection)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(SCHEMA)


def create(connection: apsw.Connection, realm: str, atlas: str) -> None:
    """Make the log in one transaction: after a crash there is a whole one or none."""
    begin_making(connection)
    connection.execute(SQL["add_meta"], (str(realm), str(uuid.uuid4()), atlas))
    connection.execute("COMMIT")


def require_log(connection: apsw.Connection, path: Path, wanted: int = FORMAT) -> Meta:
    """What the file says it is, or `StoreForeign` if it is not a log of the format that is wanted."""
    application = connection.pragma("application_id")
    if application != APPLICATION_ID:
        raise StoreForeign(
            f"{path} is another application's SQLite file (application_id {application:#x})",
            path=str(path),
            application_id=application,
        )
    format = connection.pragma("user_version")
    if format != wanted:
        raise StoreForeign(f"{path} {_of_format(format)}", path=str(path), format=format, reads=wanted)
    if connection.open_vfs != CHECKSUMS and has_checksums(connection):
        raise StoreUnsafe(
            f"the pages of {path} carry checksums, which this apsw cannot check: install apsw from its wheel",
            path=str(path),
        )
    row = connection.execute(SQL["meta"]).fetchone()
    if row is None:
        raise StoreCorrupt(f"{path} does not say which log it is; restore it from a backup", path=str(path))
    return msgspec.convert(dict(zip(Meta.__struct_fields__, row, strict=True)), Meta)


def _of_format(format: int) -> str:
    if format > FORMAT:
        return f"was written by a newer version of Tocsin (format {format}, this one reads {FORMAT})"
    if format == FORMAT - 1:
        return (
            f"was written by an older version of Tocsin (format {format}, this one reads {FORMAT}): end every Tocsin "
            "that uses it, then run tocsin upgrade, which keeps it as it is beside the new one"
        )
    return f"is in format {format}, which this version of Tocsin does not read (it reads {FORMAT})"


def require_same(meta: Meta, path: Path, realm: str, atlas: str) -> None:
    """A drill never reaches a live log, and events only mean something over the zones they were written for."""
    if meta.realm != realm:
        raise StoreForeign(
            f"{path} is a log of the {meta.realm} realm, not of {realm}",
            path=str(path),
            realm=meta.realm,
            wanted=str(realm),
        )
    if meta.atlas != atlas:
        raise StoreForeign(
            f"{path} is a log over the atlas {meta.atlas!r}, not {atlas!r}",
            path=str(path),
            atlas=meta.atlas,
            wanted=atlas,
        )


def identify(path: Path, *, wait_s: float, vfs: str | None = None) -> Meta:
    """What the file says it is, found without writing to it or beside it."""
    if is_blank(path):
        raise StoreFailed(f"there is no log at {path}", path=str(path))
    connection = connect(path, wait_s=wait_s, read_only=True, vfs=vfs)
    try:
        return require_log(connection, path)
    finally:
        connection.close()
