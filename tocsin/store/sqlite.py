"""The log in an SQLite file: WAL, every commit synced, one writer (docs/store.md).

Promises what `Store` does, through kill -9, power cuts, full disks and failing ones. Any number of processes
may read while one writes. It never repairs a file, and never opens one that it is not sure of.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import apsw

from tocsin.errors import StaleSeq, StoreCorrupt, StoreFailed
from tocsin.events import Entry
from tocsin.limits import SNAPSHOTS_KEPT, STORE_WAIT_S
from tocsin.model import Realm
from tocsin.store.asking import number, one_state, refuse_reused_keys, rows_of
from tocsin.store.chain import genesis
from tocsin.store.checksums import VFS as CHECKSUMS
from tocsin.store.checksums import reserve
from tocsin.store.contract import Batch, Done, Link, Receipt, Refusal, Snapshot
from tocsin.store.durable import new_part, put_in_place
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
from tocsin.store.reading import entries_after
from tocsin.store.rows import (
    EntryRow,
    Row,
    command_rows,
    done_from,
    entry_rows,
    receipt_from,
    receipts_of,
    refusal_from,
    refusal_row,
    snapshot_checksum,
)
from tocsin.store.safety import Sqlite, installed, require_local_file_system, require_safe_sqlite
from tocsin.store.statements import SQL
from tocsin.store.walk import ChainReport, walk
from tocsin.store.writer_lock import WriterLock, witness

Told = TypeVar("Told")


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
        self._keys: set[int] = set()
        """The hashes of all keys, where this one writes: if a bit flips in their index, a command is hidden, and its
        repeat would have a second effect."""
        self._acknowledged = 0
        """So many entries there are at least."""
        self._linked: Link | None = None
        """What this writer wrote last, where nothing has happened since that it does not know of."""
        self._lock: WriterLock | None = None
        require_safe_sqlite(sqlite or installed())
        with told_as_ours(self.path), ExitStack() as on_failure:
            on_failure.callback(self.close)
            if not read_only:
                self._begin_writing(realm, atlas)
            meta = identify(self.path, wait_s=wait_s, vfs=vfs)
            require_same(meta, self.path, realm, atlas)
            self._identity, self._copy_of = meta.identity, meta.copy_of
            self._genesis = genesis(meta.realm, meta.atlas)
            known = witness(self.path, self._identity)
            self._acknowledged = known.seq
            self.head()
            if not read_only:
                self._keys = self._every_key(known.commands)
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

    @property
    def copy_of(self) -> str | None:
        """The identity of the log that this is a backup of, if it is one."""
        return self._copy_of

    def head(self) -> int:
        at_least = self._acknowledged
        with self._reading() as connection, one_state(connection):
            return self._head(connection, at_least)

    def link(self) -> Link:
        at_least = self._acknowledged
        with self._reading() as connection, one_state(connection):
            return self._link(connection, at_least)

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        with self._writing() as connection:
            link = self._sure_link(connection)
            if link.seq != expected_seq:
                raise StaleSeq(f"the log is at {link.seq}, not at {expected_seq}", head=link.seq, expected=expected_seq)
            receipts = receipts_of(batches, link.seq)
            rows: list[EntryRow] = []
            if batches:
                refuse_reused_keys(connection, batches)
                last = number(connection, "last_command")
                connection.executemany(SQL["add_command"], command_rows(batches, receipts, last))
                rows.extend(entry_rows(batches, link, last))
                connection.executemany(SQL["add_entry"], rows)
            if refusals:
                connection.executemany(SQL["add_refusal"], map(refusal_row, refusals))
        self._linked = Link(seq=rows[-1][0], hash=rows[-1][3]) if rows else link
        self._keys.update(hash(batch.key) for batch in batches)
        self._acknowledged = max(self._acknowledged, self._linked.seq)
        if batches and self._lock is not None:
            with suppress(OSError):  # the order is durable; a witness that says less is no harm
                self._lock.note(self._identity, self._acknowledged, len(self._keys))
        return receipts

    def receipts(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        asked = list(keys)
        known = [key for key in asked if hash(key) in self._keys]  # before it is asked: others may come meanwhile
        with self._reading() as connection:
            rows = rows_of(connection.executemany(SQL["receipt"], ((key,) for key in asked)))
        found = {receipt.key: receipt for receipt in self._given(rows)}
        lost = [key for key in known if key not in found]
        if lost:
            raise StoreCorrupt(f"{self.path} knows the key {lost[0]!r} and cannot find it", key=lost[0])
        return found

    def read(self, after: int, limit: int) -> list[Entry]:
        assert after >= 0, after
        assert limit >= 0, limit
        at_least = self._acknowledged
        most = limit + (after > 0)  # the entry before the first is read for its hash
        with self._reading() as connection, one_state(connection):
            rows = rows_of(connection.execute(SQL["read"], (after, most)))
            # Where it seems to end, it must be the end.
            head = self._head(connection, at_least) if len(rows) < most else None
        if head is not None and head > max(after - 1, 0) and (not rows or rows[-1][0] != head):
            last = rows[-1][0] if rows else after
            raise StoreCorrupt(
                f"{self.path} has a gap after {last}: it ends at {head}; restore it from a backup", after=last
            )
        return self._believed(rows, after)

    def done(self, after: int, limit: int) -> list[Done]:
        return self._page("done", "a command", done_from, after, limit)

    def refused(self, after: int, limit: int) -> list[tuple[int, Refusal]]:
        return self._page("refused", "a refusal", refusal_from, after, limit)

    def walk(self, at: Collection[int] = ()) -> ChainReport:
        """Recompute the whole chain of hashes and compare; give the hashes at the seqs of ``at`` as well."""
        with self._reading() as connection, one_state(connection):
            return walk(connection, Link(seq=0, hash=self._genesis), at)

    def _page(self, statement: str, what: str, told: Callable[[Row], Told], after: int, limit: int) -> list[Told]:
        """Rows numbered from ``after`` + 1 on, each as ``told``. A gap is refused, never stepped over."""
        assert after >= 0, after
        assert limit >= 0, limit
        with self._reading() as connection:
            rows = rows_of(connection.execute(SQL[statement], (after, limit)))
        if rows and rows[-1][0] - after != len(rows):
            raise StoreCorrupt(f"{self.path} has a gap after {after}; restore it from a backup", after=after)
        try:
            return [told(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise StoreCorrupt(f"{self.path} holds what is not {what} after {after} ({error})", after=after) from error

    def save_snapshot(self, snapshot: Snapshot) -> None:
        with self._writing() as connection:
            assert 0 <= snapshot.seq <= self._head(connection, self._acknowledged), (
                f"a snapshot of what the log does not hold: {snapshot.seq}"
            )
            row = (snapshot.seq, snapshot.format, snapshot.body, snapshot_checksum(snapshot))
            connection.execute(SQL["add_snapshot"], row)
            connection.execute(SQL["drop_old_snapshots"], (SNAPSHOTS_KEPT,))

    def snapshot(self, format: str) -> Snapshot | None:
        with self._reading() as connection:
            rows = rows_of(connection.execute(SQL["snapshots"], (format,)))
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
        with self._reading() as connection, told_as_ours(target):
            part = new_part(target)
            if connection.open_vfs == CHECKSUMS:
                reserve(connection)  # the copy's pages carry them, whether the log's do or not
            connection.execute("VACUUM INTO ?", (str(part),))
            with closing(connect(part, wait_s=self._wait_s)) as copy:
                copy.execute(SQL["rename_copy"], (str(uuid.uuid4()),))
                head = number(copy, "head")
            put_in_place(part, target)
        return head

    def close(self) -> None:
        with self._write_lock, self._idle_lock, told_as_ours(self.path), ExitStack() as closing_all:
            self._closed = True
            # Each is let go of even where another cannot be closed: the readers, then the writer, which as the last
            # one brings the WAL home, then the lock.
            lock, self._lock = self._lock, None
            if lock is not None:
                closing_all.callback(lock.release)
            writer, self._writer = self._writer, None
            idle, self._idle = self._idle, []
            for connection in (*([writer] if writer is not None else []), *idle):
                closing_all.callback(connection.close)

    def _every_key(self, at_least: int) -> set[int]:
        with self._reading() as connection:
            rows = rows_of(connection.execute(SQL["every_command"]))
        commands = max(at_least, rows[-1][0] if rows else 0)
        if len(rows) != commands:
            raise StoreCorrupt(f"{self.path} has {len(rows)} of its {commands} commands; restore it from a backup")
        return {hash(given.key) for given in self._given(rows)}

    def _given(self, rows: Iterable[Row]) -> Iterator[Receipt]:
        try:
            yield from map(receipt_from, rows)
        except (ValueError, TypeError) as error:
            raise StoreCorrupt(f"{self.path} does not hold a command as it was written ({error})") from error

    def _head(self, connection: apsw.Connection, at_least: int) -> int:
        """By two witnesses: the last entry, and the last command, which knows how many entries there are by then; and
        ``at_least`` what had been acknowledged before the question was put."""
        head, promised = number(connection, "head"), number(connection, "last_receipt")
        if head != promised:
            raise StoreCorrupt(
                f"{self.path} ends at {head}, but its commands led to {promised} entries; restore it from a backup",
                after=head,
            )
        if head < at_least:
            raise StoreCorrupt(
                f"{self.path} ends at {head}, but {at_least} entries were acknowledged; restore it from a "
                f"backup, or, if the shorter log is the right one, take {self.path.name}.lock away",
                after=head,
            )
        return head

    def _link(self, connection: apsw.Connection, at_least: int) -> Link:
        seq = self._head(connection, at_least)
        row = connection.execute(SQL["link"]).fetchone()
        return Link(seq=0, hash=self._genesis) if row is None else Link(seq=seq, hash=row[1])

    def _sure_link(self, connection: apsw.Connection) -> Link:
        """What the next entry is chained to. A hash that was read wrong would break the chain for good: so it must be
        the one that this writer wrote last, or agree with the entry that it is of."""
        link = self._link(connection, self._acknowledged)
        if link.seq and link != self._linked:
            if self._linked is not None and self._linked.seq == link.seq:
                raise StoreCorrupt(f"{self.path} gives another hash for {link.seq} than was written", after=link.seq)
            before = link.seq - 1
            rows = rows_of(connection.execute(SQL["read"], (before, 1 + (before > 0))))
            self._believed(rows, before)
        return link

    def _believed(self, rows: Sequence[Row], after: int) -> list[Entry]:
        """The entries that the rows hold. Errors: `StoreCorrupt` where they are not what was written."""
        try:
            return entries_after(rows, after, self._genesis)
        except (ValueError, TypeError, AttributeError) as error:
            raise StoreCorrupt(
                f"{self.path} does not hold what was written after {after} ({error}); restore it from a backup",
                after=after,
            ) from error

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
