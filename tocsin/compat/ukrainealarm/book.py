"""What webhooks are registered, what they are to be told, and how far each has come: one small SQLite file.

It is no part of the log, and what is in it can be lost without harm to anything else. A registration that was answered
is on the disk; that something was delivered may be forgotten in a power cut, and is then delivered once more.
Every call may wait for the disk, and may come from any thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from tocsin.compat.ukrainealarm.ringing import Key, Rung
from tocsin.compat.ukrainealarm.shapes import Status
from tocsin.model import Hazard

log = logging.getLogger("tocsin.compat")

SCHEMA = """
CREATE TABLE IF NOT EXISTS hooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL, url TEXT NOT NULL, cursor INTEGER NOT NULL,
    UNIQUE (token, url)
) STRICT;
CREATE TABLE IF NOT EXISTS notices (
    n INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, region TEXT NOT NULL, hazard TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS done (
    hook INTEGER NOT NULL REFERENCES hooks (id) ON DELETE CASCADE, n INTEGER NOT NULL, PRIMARY KEY (hook, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (region TEXT NOT NULL, hazard TEXT NOT NULL, PRIMARY KEY (region, hazard))
STRICT, WITHOUT ROWID;
"""

PENDING = "n > (SELECT cursor FROM hooks WHERE id = :hook) AND n NOT IN (SELECT n FROM done WHERE hook = :hook)"


class Hook(NamedTuple):
    id: int
    token: str
    """A digest: the token itself is not kept."""
    url: str


class Waiting(NamedTuple):
    """One notice that a webhook has not taken yet."""

    n: int
    region: str
    body: bytes


def book_path(log_path: Path) -> Path:
    """Where the book of a log lies: beside it."""
    return log_path.with_name(log_path.name + ".webhooks")


class Book:
    def __init__(self, path: Path | None) -> None:
        """In memory where there is no path. A file that cannot be read is put aside, and a new one begun."""
        self._lock = threading.Lock()
        try:
            self._connection = _opened(path)
        except (apsw.NotADBError, apsw.CorruptError) as error:
            assert path is not None
            aside = path.with_name(path.name + ".broken")
            log.error("the webhooks in %s cannot be read (%s): all are forgotten; it is kept as %s", path, error, aside)
            path.replace(aside)
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._connection = _opened(path)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # --- who is registered --------------------------------------------------------------------

    def hooks(self) -> list[Hook]:
        with self._using() as connection:
            return [Hook(*row) for row in connection.execute("SELECT id, token, url FROM hooks ORDER BY id")]

    def register(self, token: str, url: str, told: Iterable[Key] | None) -> Hook:
        """From now on it is told of what happens. ``told`` is what stands, where nobody was registered before."""
        with self._durable() as connection:
            if told is not None:
                connection.execute("DELETE FROM told")
                for key in told:
                    _keep_told(connection, key, True)
            connection.execute(
                "INSERT INTO hooks (token, url, cursor) VALUES (?, ?, (SELECT coalesce(max(n), 0) FROM notices))"
                " ON CONFLICT DO NOTHING",
                (token, url),
            )
            (row,) = connection.execute("SELECT id, token, url FROM hooks WHERE token = ? AND url = ?", (token, url))
            return Hook(*row)

    def change(self, token: str, url: str) -> Hook | None:
        """From now on this is the only one of the token, and is told what the last of them was not; None for none."""
        with self._durable() as connection:
            ids = [id for (id,) in connection.execute("SELECT id FROM hooks WHERE token = ? ORDER BY id", (token,))]
            if not ids:
                return None
            connection.executemany("DELETE FROM hooks WHERE id = ?", ((id,) for id in ids[:-1]))
            connection.execute("UPDATE hooks SET url = ? WHERE id = ?", (url, ids[-1]))
            return Hook(ids[-1], token, url)

    def forget(self, token: str, url: str) -> None:
        with self._durable() as connection:
            connection.execute("DELETE FROM hooks WHERE token = ? AND url = ?", (token, url))

    # --- what they are to be told -------------------------------------------------------------

    def told(self) -> set[Key]:
        """The alarms that stand, by what was told last."""
        with self._using() as connection:
            return {
                Key(region, Hazard(hazard)) for region, hazard in connection.execute("SELECT region, hazard FROM told")
            }

    def add(self, rung: Sequence[Rung]) -> None:
        """The next step: told to everyone who is registered now, before anything that comes later."""
        with self._using() as connection, connection:
            (step,) = next(connection.execute("SELECT coalesce(max(step), 0) + 1 FROM notices"))
            connection.executemany(
                "INSERT INTO notices (step, region, hazard, body) VALUES (?, ?, ?, ?)",
                ((step, one.key.region, one.key.hazard.value, one.body) for one in rung),
            )
            for one in rung:
                _keep_told(connection, one.key, one.status is Status.ACTIVATE)

    def next(self, hook: int) -> list[Waiting]:
        """What is left of the first step that the webhook has not taken, in order."""
        with self._using() as connection:
            return [
                Waiting(*row)
                for row in connection.execute(
                    f"SELECT n, region, body FROM notices WHERE {PENDING} AND step ="
                    f" (SELECT step FROM notices WHERE {PENDING} ORDER BY n LIMIT 1) ORDER BY n",
                    {"hook": hook},
                )
            ]

    def took(self, hook: int, n: int) -> None:
        """The webhook took this one."""
        with self._using() as connection:
            connection.execute("INSERT OR IGNORE INTO done SELECT id, ? FROM hooks WHERE id = ?", (n, hook))

    def took_all(self, hook: int, upto: int) -> None:
        """The webhook took everything up to this one."""
        with self._using() as connection, connection:
            connection.execute("UPDATE hooks SET cursor = max(cursor, ?) WHERE id = ?", (upto, hook))
            connection.execute("DELETE FROM done WHERE hook = ? AND n <= ?", (hook, upto))

    def pending(self, hook: int) -> int:
        with self._using() as connection:
            (count,) = next(connection.execute(f"SELECT count(*) FROM notices WHERE {PENDING}", {"hook": hook}))
            return int(count)

    def only_latest(self, hook: int) -> None:
        """Of each region and type the webhook is told the last word alone: it has fallen too far behind for more."""
        with self._using() as connection, connection:
            connection.execute(
                f"INSERT OR IGNORE INTO done SELECT :hook, n FROM notices WHERE {PENDING} AND n NOT IN"
                f" (SELECT max(n) FROM notices WHERE {PENDING} GROUP BY region, hazard)",
                {"hook": hook},
            )

    def prune(self) -> None:
        """Drop what everyone has taken. The last notice stays: numbers go on from it."""
        with self._using() as connection, connection:
            connection.execute(
                "DELETE FROM notices WHERE n < (SELECT max(n) FROM notices) AND NOT EXISTS (SELECT 1 FROM hooks WHERE"
                " cursor < n AND NOT EXISTS (SELECT 1 FROM done WHERE hook = hooks.id AND done.n = notices.n))"
            )
            connection.execute("DELETE FROM done WHERE n NOT IN (SELECT n FROM notices)")

    @contextmanager
    def _using(self) -> Iterator[apsw.Connection]:
        with self._lock:
            yield self._connection

    @contextmanager
    def _durable(self) -> Iterator[apsw.Connection]:
        with self._using() as connection:
            connection.pragma("synchronous", "FULL")
            try:
                with connection:
                    yield connection
            finally:
                connection.pragma("synchronous", "NORMAL")


def _opened(path: Path | None) -> apsw.Connection:
    connection = apsw.Connection(":memory:" if path is None else str(path))
    try:
        connection.set_busy_timeout(5_000)
        connection.pragma("foreign_keys", 1)
        connection.pragma("journal_mode", "WAL")
        connection.pragma("synchronous", "NORMAL")
        connection.execute(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_told(connection: apsw.Connection, key: Key, stands: bool) -> None:
    statement = (
        "INSERT OR IGNORE INTO told VALUES (?, ?)" if stands else "DELETE FROM told WHERE region = ? AND hazard = ?"
    )
    connection.execute(statement, (key.region, key.hazard.value))
