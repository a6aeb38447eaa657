"""A virtual disk: what was committed outlives every process; nothing else does.

A process opens it and gets a store that keeps the contract (tocsin/store/contract.py) and is told of every fault that
the contract allows. What lies on it is a log in memory, or in some runs a real SQLite file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from tocsin.errors import StoreFailed, StoreFull, StoreLocked, TocsinError
from tocsin.events import Entry
from tocsin.limits import SNAPSHOTS_KEPT
from tocsin.model import Realm
from tocsin.sim.faults import Fault, Weather
from tocsin.sim.universe import Universe
from tocsin.store import Batch, Done, Link, Receipt, Refusal, Snapshot, Store
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

ATLAS = "simulated"

_SPELLS: tuple[tuple[Fault, type[TocsinError]], ...] = (
    (Fault.DISK_FULL, StoreFull),
    (Fault.DISK_FAILED, StoreFailed),
    (Fault.DISK_LOCKED, StoreLocked),
)


class Killed(BaseException):
    """The process is no more. It is no `Exception`, for nothing in the process may live to catch it."""


class Platter(Protocol):
    """Where the log lies while no process has it open."""

    keeps_snapshots: bool
    """Whether snapshots lie there too; if not, the disk keeps them, and loses and spoils them."""

    def opened(self) -> Store:
        """The log, as the next process finds it. Whoever had it open before is no more."""

    def close(self) -> None: ...


class Memory:
    """The log in memory, which no kill can harm."""

    keeps_snapshots = False

    def __init__(self, realm: Realm) -> None:
        self._store = MemoryStore(realm, ATLAS)

    def opened(self) -> Store:
        return self._store

    def close(self) -> None:
        """There is nothing to let go of."""


class Files:
    """A real SQLite log. Each process finds the files as they lay in the moment when the one before was killed."""

    keeps_snapshots = True

    def __init__(self, realm: Realm, folder: Path) -> None:
        self._realm = realm
        self._folder = folder
        self._open: SQLiteStore | None = None
        self._killed = 0

    def opened(self) -> Store:
        self._killed += 1
        here, before = self._folder / str(self._killed), self._folder / str(self._killed - 1)
        here.mkdir()
        for name in ("log.db", "log.db-wal"):  # the index of the WAL is made anew from it, as after a power cut
            if (before / name).exists():
                shutil.copyfile(before / name, here / name)
        self.close()
        self._open = SQLiteStore(here / "log.db", self._realm, ATLAS)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            shutil.rmtree(self._open.path.parent)
            self._open = None


class Disk:
    """One disk with one log on it, and what every process that used it has committed."""

    def __init__(self, universe: Universe, weather: Weather, realm: Realm, platter: Platter) -> None:
        self.realm = realm
        self.universe = universe
        self.weather = weather
        self.platter = platter
        self.log: Store = platter.opened()
        self.committed: list[Batch] = []
        """All batches whose append the log has taken in, in order."""
        self.refusals: list[Refusal] = []
        """All refusals that it has taken in, in order."""
        self.snapshots: list[Snapshot] = []
        self.refuses_until_s = 0.0
        self.refuses_with: type[TocsinError] = StoreFailed
        self.failures = 0
        """How many appends failed."""

    def attach(self) -> DiskStore:
        """The store of a new process."""
        self.log = self.platter.opened()
        if self.snapshots and self.weather.strikes(Fault.SNAPSHOT_LOST):
            self.snapshots.pop()
        if self.snapshots and self.weather.strikes(Fault.SNAPSHOT_CORRUPT):
            self.snapshots[-1] = msgspec.structs.replace(self.snapshots[-1], body=b"")
        return DiskStore(self)


class DiskStore:
    """The log as one process sees it."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._log = disk.log

    @property
    def realm(self) -> Realm:
        return self._log.realm

    @property
    def identity(self) -> str:
        return f"the {self.realm} log"

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        disk, weather = self._disk, self._disk.weather
        error = self._refusing(disk)
        if error is not None:
            disk.failures += 1
            raise error("the simulated disk refuses")
        if weather.strikes(Fault.DISK_SLOW):
            disk.universe.pass_time(disk.universe.random.choice((0.5, 3.0, 20.0)))
        if weather.strikes(Fault.KILLED_BEFORE_COMMIT):
            raise Killed
        receipts = self._log.append(batches, expected_seq, refusals)
        disk.committed.extend(batches)
        disk.refusals.extend(refusals)
        if weather.strikes(Fault.KILLED_AFTER_COMMIT):
            raise Killed
        return receipts

    def _refusing(self, disk: Disk) -> type[TocsinError] | None:
        universe = disk.universe
        if universe.now_s < disk.refuses_until_s:
            return None if disk.weather.healed else disk.refuses_with
        for fault, error in _SPELLS:
            if disk.weather.strikes(fault):
                disk.refuses_with = error
                disk.refuses_until_s = universe.now_s + universe.random.choice((0.0, 2.0, 30.0))
                return error
        return None

    def head(self) -> int:
        return self._log.head()

    def receipts(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        self._fail_to_read()
        return self._log.receipts(keys)

    def read(self, after: int, limit: int) -> list[Entry]:
        self._fail_to_read()
        return self._log.read(after, limit)

    def _fail_to_read(self) -> None:
        if self._disk.weather.strikes(Fault.DISK_UNREADABLE):
            raise StoreFailed("the simulated disk cannot be read")

    def link(self) -> Link:
        return self._log.link()

    def done(self, after: int, limit: int) -> list[Done]:
        return self._log.done(after, limit)

    def refused(self, after: int, limit: int) -> list[tuple[int, Refusal]]:
        return self._log.refused(after, limit)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        if self._disk.weather.strikes(Fault.SNAPSHOT_REFUSED):
            raise StoreFailed("the simulated disk keeps no snapshot")
        if self._disk.platter.keeps_snapshots:
            self._log.save_snapshot(snapshot)
            return
        self._disk.snapshots = [*self._disk.snapshots, snapshot][-SNAPSHOTS_KEPT:]

    def snapshot(self, format: str) -> Snapshot | None:
        if self._disk.platter.keeps_snapshots:
            return self._log.snapshot(format)
        sound = [snapshot for snapshot in self._disk.snapshots if snapshot.format == format and snapshot.body]
        return max(sound, key=lambda snapshot: snapshot.seq, default=None)

    def close(self) -> None:
        """The disk stays."""
