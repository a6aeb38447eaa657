"""The public log of another Tocsin, as far as it is known here: a file of its own.

It holds what everyone is told, entry by entry as it was told, and nothing else, so it can be thrown away and fetched
again. What was written survives the end of the process in whatever way; entries have no gap. One process has one file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

import apsw
import msgspec

from tocsin.errors import StoreCorrupt, StoreFailed, StoreForeign
from tocsin.events import Entry, Event, PublicEntry
from tocsin.limits import STORE_WAIT_S
from tocsin.model import Realm
from tocsin.store.checksums import VFS, reserve
from tocsin.store.failures import told_as_ours
from tocsin.store.opening import connect

APPLICATION_ID = 0x546F634D
"""``TocM``, so that it is never taken for a log."""

FORMAT = 1

SCHEMA = """
CREATE TABLE entry (seq INTEGER PRIMARY KEY, told TEXT NOT NULL) STRICT;
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""

NOTE = "INSERT INTO note VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

_entry = msgspec.json.Decoder(PublicEntry)


def entry_of(told: bytes | str) -> Entry:
    """The entry as a log holds it. Errors: `msgspec.DecodeError` where it is none that this version knows."""
    public = _entry.decode(told)
    # What is internal stays so: whoever reads a log for everyone looks no further than that it is not public.
    return Entry(seq=public.seq, recorded_at=public.recorded_at, order=public.order, event=cast("Event", public.event))


class Mirror:
    """A `store.Log` that is told, not written. Safe to ask from any thread."""

    def __init__(self, path: Path, realm: Realm, atlas: str) -> None:
        """Open it, or make it where there is none.

        Errors: `StoreForeign` where the file is something else, of another realm or over other zones; those of a disk.
        """
        self.path = path
        self.realm = realm
        self._atlas = atlas
        self._lock = threading.Lock()
        self._told: list[bytes] = []
        """What is not in the file yet."""
        self._to_note: dict[str, str] = {}
        """Of the notes."""
        self._kept = self._head = 0
        self._connection: apsw.Connection | None = None
        self._open()

    def _open(self) -> None:
        with told_as_ours(self.path):
            connection = connect(self.path, wait_s=STORE_WAIT_S, create=True)
            try:
                if not connection.pragma("application_id") and not connection.pragma("schema_version"):
                    _make(connection, self.realm, self._atlas)
                self._notes = _notes(connection, self.path)
                self._require_same()
                connection.pragma("journal_mode", "WAL")
                # A copy need not outlive a power cut to the last entry; it is whole after one all the same.
                connection.pragma("synchronous", "NORMAL")
                [(self._kept, count)] = connection.execute("SELECT coalesce(max(seq), 0), count(*) FROM entry")
                if self._kept != count:
                    raise StoreCorrupt(f"{self.path} lacks entries: {count} of {self._kept}", path=str(self.path))
                self._head = self._kept + len(self._told)
            except BaseException:
                connection.close()
                raise
        self._connection = connection

    def _require_same(self) -> None:
        for name, wanted in (("realm", self.realm.value), ("atlas", self._atlas)):
            found = self._notes.get(name, "")
            if found != wanted:
                raise StoreForeign(
                    f"{self.path} mirrors a log of the {name} {found!r}, not {wanted!r}",
                    path=str(self.path),
                    **{name: found, "wanted": wanted},
                )

    @property
    def identity(self) -> str:
        """Which log it mirrors; empty until that is known."""
        return self._notes.get("log", "")

    @property
    def fresh_at(self) -> datetime | None:
        """When it last held all that there was, by the upstream's clock; None if it never did."""
        said = self._notes.get("fresh_at")
        return datetime.fromisoformat(said) if said else None

    def note(self, name: str) -> str | None:
        """What was kept beside the log under this name."""
        return self._notes.get(name)

    def keep(self, name: str, value: str) -> None:
        """Keep something beside the log; it is in the file after `flush`."""
        if self._notes.get(name) != value:
            self._notes[name] = self._to_note[name] = value

    def keep_fresh_at(self, moment: datetime) -> None:
        self.keep("fresh_at", moment.isoformat())

    def head(self) -> int:
        return self._head

    def read(self, after: int, limit: int) -> list[Entry]:
        with self._using() as connection:
            rows: list[str | bytes] = []
            if after < self._kept:
                query = "SELECT told FROM entry WHERE seq > ? ORDER BY seq LIMIT ?"
                rows += (told for (told,) in connection.execute(query, (after, limit)))
            skipped = max(after - self._kept, 0)
            rows += self._told[skipped : skipped + limit - len(rows)]
        try:
            entries = [entry_of(told) for told in rows]
        except msgspec.DecodeError as error:
            raise StoreCorrupt(f"{self.path} holds what is no entry: {error}", path=str(self.path)) from error
        if entries and (entries[0].seq != after + 1 or entries[-1].seq != after + len(entries)):
            raise StoreCorrupt(f"{self.path} has a gap after {after}", path=str(self.path), after=after)
        return entries

    def add(self, told: Sequence[bytes]) -> None:
        """Take in the next entries, as they are told. They can be read at once, and are in the file after `flush`.

        Neither this nor `keep` waits for a disk; one thread only may call them.
        """
        self._told += told
        self._head += len(told)

    @property
    def waiting(self) -> int:
        """How many entries and notes are not in the file yet."""
        return len(self._told) + len(self._to_note)

    def flush(self) -> None:
        """Write what was added, all of it or nothing. Errors: those of a disk; what was added stays readable."""
        with self._using() as connection:
            rows = [(seq, told.decode()) for seq, told in enumerate(tuple(self._told), self._kept + 1)]
            notes = dict(self._to_note)
            if not rows and not notes:
                return
            with connection:
                connection.executemany("INSERT INTO entry VALUES (?, ?)", rows)
                connection.executemany(NOTE, notes.items())
            self._kept += len(rows)
            # More may have come meanwhile.
            del self._told[: len(rows)]
            for name, value in notes.items():
                if self._to_note[name] == value:
                    del self._to_note[name]

    def begin(self, log: str) -> None:
        """Say which log it is to mirror. It holds nothing yet."""
        assert not self.head(), "a mirror is begun once"
        self.keep("log", log)

    def anew(self, log: str) -> Mirror:
        """Another one beside it, empty, that may take its place."""
        path = self.path.with_name(self.path.name + ".anew")
        discard(path)
        mirror = Mirror(path, self.realm, self._atlas)
        mirror.begin(log)
        return mirror

    def take_the_place_of(self, other: Mirror) -> None:
        """Become the other one's file, which is gone then."""
        self.flush()
        other.close()
        with self._lock, told_as_ours(self.path):
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self.path = self.path.replace(other.path)
            self._open()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _using(self) -> Iterator[apsw.Connection]:
        with self._lock, told_as_ours(self.path):
            if self._connection is None:
                raise StoreFailed("the mirror is closed")
            yield self._connection


def discard(path: Path) -> None:
    """Remove a mirror's files; none of them may be open."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _make(connection: apsw.Connection, realm: Realm, atlas: str) -> None:
    if connection.open_vfs == VFS:
        reserve(connection)
    with connection:
        connection.execute(SCHEMA)
        connection.executemany(NOTE, [("realm", realm.value), ("atlas", atlas)])
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", FORMAT)


def _notes(connection: apsw.Connection, path: Path) -> dict[str, str]:
    application, format = connection.pragma("application_id"), connection.pragma("user_version")
    if (application, format) != (APPLICATION_ID, FORMAT):
        raise StoreForeign(f"{path} is no mirror that this version of Tocsin reads", path=str(path), format=format)
    return dict(connection.execute("SELECT name, value FROM note"))
