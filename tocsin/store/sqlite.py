"""The log in an SQLite file: WAL, every commit synced, one writer (docs/store.md).

Promises what `Store` does, through kill -9, power cuts, full disks and failing ones. Any number of processes
may read while one writes. It never repairs a file, and never opens one that it is not sure of.
"""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec

from tocsin.errors import KeyReused, StaleSeq, StoreCorrupt, StoreFailed
from tocsin.events import Entry, Event
from tocsin.limits import SNAPSHOTS_KEPT, STORE_WAIT_S
from tocsin.model import Realm
from tocsin.store.contract import Batch, Receipt, Snapshot
from tocsin.store.failures import told_as_ours
from tocsin.store.opening import (
    connect,
    create,
    finish_rollback,
    identify,
    is_blank,
    make_writable,
    require_log,
    require_same,
)
from tocsin.store.safety import Sqlite, installed, require_local_file_system, require_safe_sqlite
from tocsin.store.statements import SQL
from tocsin.store.writer_lock import WriterLock

_event_json = msgspec.json.Encoder()
_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class SQLiteStore:
    def __init__(
        self,
        path: Path,
        realm: Realm,
        atlas: str,
        *,
        read_only: bool = False,
        wait_s: float = STORE_WAIT_S,
        sqlite: Sqlite | None = None,
        vfs: str | None = None,
    ) -> None:
        """Open the log, or make it where there is none and this is not ``read_only``.

        Errors: `StoreUnsafe`, `StoreForeign`, `StoreLocked` (``detail["pid"]`` holds the writer), `StoreCorrupt`,
        `StoreFull`, `StoreFailed`. ``sqlite`` and ``vfs`` are what SQLite is and writes through: tests set them.
        """
        self.path = path.resolve()
        self._realm = realm
        self._wait_s = wait_s
        self._vfs = vfs
        self._write_lock = threading.Lock()
        self._idle: list[apsw.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False
        self._writer: apsw.Connection | None = None
        self._lock: WriterLock | None = None
        require_safe_sqlite(sqlite or installed())
        with told_as_ours(self.path), ExitStack() as on_failure:
            on_failure.callback(self.close)
            if not read_only:
                self._begin_writing(realm, atlas)
            meta = identify(self.path, wait_s=wait_s, vfs=vfs)
            require_same(meta, self.path, realm, atlas)
            self._identity = meta.identity
            self.head()
            on_failure.pop_all()

    def _begin_writing(self, realm: Realm, atlas: str) -> None:
        if not self.path.parent.is_dir():
            raise StoreFailed(f"there is no directory {self.path.parent}", path=str(self.path))
        require_local_file_system(self.path)
        finish_rollback(self.path, wait_s=self._wait_s, vfs=self._vfs)
        if not is_blank(self.path):
            # Before anything is written beside a file that may be another's.
            require_same(identify(self.path, wait_s=self._wait_s, vfs=self._vfs), self.path, realm, atlas)
        self._lock = WriterLock(self.path)
        if is_blank(self.path):  # asked again: another process may have made it since
            with closing(connect(self.path, wait_s=self._wait_s, create=True, vfs=self._vfs)) as connection:
                create(connection, realm, atlas)
        self._writer = self._connect_writer()

    def _connect_writer(self) -> apsw.Connection:
        connection = connect(self.path, wait_s=self._wait_s, vfs=self._vfs)
        try:
            require_log(connection, self.path)
            make_writable(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def realm(self) -> Realm:
        return self._realm

    @property
    def identity(self) -> str:
        return self._identity

    def head(self) -> int:
        with self._reading() as connection:
            return _head(connection)

    def append(self, batches: Sequence[Batch], expected_seq: int) -> list[Receipt]:
        with self._writing() as connection:
            head = _head(connection)
            if head != expected_seq:
                raise StaleSeq(f"the log is at {head}, not at {expected_seq}", head=head, expected=expected_seq)
            _refuse_reused_keys(connection, batches)
            receipts = _receipts(batches, head)
            connection.executemany(SQL["add_command"], _command_rows(batches, receipts))
            connection.executemany(SQL["add_entry"], _entry_rows(batches, head))
        return receipts

    def receipts(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        with self._reading() as connection:
            rows = _rows(connection.executemany(SQL["receipt"], ((key,) for key in keys)))
        return {key: Receipt(key=key, digest=digest, seq=seq, events=events) for key, digest, seq, events in rows}

    def read(self, after: int, limit: int) -> list[Entry]:
        assert after >= 0, after
        assert limit >= 0, limit
        with self._reading() as connection:
            rows = _rows(connection.execute(SQL["read"], (after, limit)))
        if rows and rows[-1][0] - after != len(rows):
            raise StoreCorrupt(f"{self.path} has a gap after seq {after}; restore it from a backup", after=after)
        try:
            return [
                Entry(seq=seq, recorded_at=datetime.fromisoformat(at), order=key, event=_event.decode(event))
                for seq, at, key, event in rows
            ]
        except (msgspec.MsgspecError, ValueError) as error:
            raise StoreCorrupt(
                f"{self.path} holds what is not an event after seq {after} ({error})", after=after
            ) from error

    def save_snapshot(self, snapshot: Snapshot) -> None:
        with self._writing() as connection:
            assert 0 <= snapshot.seq <= _head(connection), f"a snapshot of what the log does not hold: {snapshot.seq}"
            row = (snapshot.seq, snapshot.format, snapshot.body, snapshot_checksum(snapshot))
            connection.execute(SQL["add_snapshot"], row)
            connection.execute(SQL["drop_old_snapshots"], (SNAPSHOTS_KEPT,))

    def snapshot(self, format: str) -> Snapshot | None:
        with self._reading() as connection:
            rows = _rows(connection.execute(SQL["snapshots"], (format,)))
        for seq, body, checksum in rows:
            snapshot = Snapshot(seq=seq, format=format, body=body)
            if snapshot_checksum(snapshot) == checksum:
                return snapshot
        return None

    def backup(self, target: Path) -> int:
        """Write a whole copy to ``target``, which must not exist, while the log is in use; return its head.

        The copy is another log (`identity`) over the same events: put in the original's place it may lack the
        newest, and readers that knew those must notice. It appears under its name only once it is on the disk.
        """
        if target.exists():
            raise StoreFailed(f"{target} exists already; a backup never overwrites", path=str(target))
        part = target.with_name(target.name + ".part")
        with self._reading() as connection, told_as_ours(target):
            part.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(part),))
            with closing(connect(part, wait_s=self._wait_s)) as copy:
                copy.execute(SQL["rename_copy"], (str(uuid.uuid4()),))
                head = _head(copy)
            for path in (part, target.parent):
                _sync(path)
            part.rename(target)
            _sync(target.parent)
        return head

    def close(self) -> None:
        with self._write_lock, self._idle_lock, told_as_ours(self.path):
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        """A connection of one's own, so that readers wait for nobody."""
        with told_as_ours(self.path):
            with self._idle_lock:
                self._must_be_open()
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                connection = connect(self.path, wait_s=self._wait_s, read_only=True, vfs=self._vfs)
            try:
                yield connection
            finally:
                with self._idle_lock:
                    if self._closed:
                        connection.close()
                    else:
                        self._idle.append(connection)

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        """One transaction: whole and on the medium when this ends well, nothing of it when it does not."""
        with self._write_lock, told_as_ours(self.path):
            self._must_be_open()
            if self._lock is None:
                raise StoreFailed(f"{self.path} is open for reading only", path=str(self.path))
            if self._writer is None:
                self._writer = self._connect_writer()
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            committing = False
            try:
                yield connection
                committing = True
                connection.execute("COMMIT")
            except BaseException:
                self._take_back(connection, committing)
                raise

    def _take_back(self, connection: apsw.Connection, committing: bool) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if committing:
                # The commit may have reached the WAL before its sync failed, and would come back to life after a
                # crash. The next commit overwrites it there, so make one.
                connection.execute("BEGIN IMMEDIATE; " + SQL["settle"] + " COMMIT")
        except apsw.Error:
            # The disk still fails. The next append starts on a fresh connection, or is refused in turn.
            connection.close(True)
            self._writer = None

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreFailed(f"{self.path} is closed", path=str(self.path))


def snapshot_checksum(snapshot: Snapshot) -> bytes:
    return hashlib.sha256(f"{snapshot.seq}\n{snapshot.format}\n".encode() + snapshot.body).digest()


def _rows(cursor: apsw.Cursor) -> list[tuple[Any, ...]]:
    """All at once: a cursor left open would hold back the checkpoints."""
    return list(cursor)


def _head(connection: apsw.Connection) -> int:
    head = connection.execute(SQL["head"]).get
    assert isinstance(head, int)
    return head


def _refuse_reused_keys(connection: apsw.Connection, batches: Sequence[Batch]) -> None:
    seen: set[str] = set()
    for batch in batches:
        if batch.key in seen:
            raise KeyReused(f"the key {batch.key!r} is there twice", key=batch.key)
        seen.add(batch.key)
    known = connection.executemany(SQL["receipt"], ((key,) for key in seen)).fetchone()
    if known is not None:
        raise KeyReused(f"the key {known[0]!r} is in the log already", key=known[0])


def _receipts(batches: Sequence[Batch], head: int) -> list[Receipt]:
    receipts = []
    for batch in batches:
        head += len(batch.events)
        receipts.append(Receipt(key=batch.key, digest=batch.digest, seq=head, events=len(batch.events)))
    return receipts


def _command_rows(
    batches: Sequence[Batch], receipts: Sequence[Receipt]
) -> Iterator[tuple[str, bytes, str, str, str, int, int]]:
    for batch, receipt in zip(batches, receipts, strict=True):
        at = _utc(batch.recorded_at)
        yield batch.key, batch.digest, batch.actor, batch.reason, at, receipt.seq, receipt.events


def _entry_rows(batches: Sequence[Batch], head: int) -> Iterator[tuple[int, str, str, str]]:
    for batch in batches:
        at = _utc(batch.recorded_at)
        for event in batch.events:
            head += 1
            yield head, at, batch.key, _event_json.encode(event).decode()


def _utc(moment: datetime) -> str:
    assert moment.tzinfo is not None, "a moment without its time zone"
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
