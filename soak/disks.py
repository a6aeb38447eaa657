"""A disk that fails, fills up, writes half and gives back other bits: the store refuses loudly or recovers, and never
answers wrongly.

``python -m soak.disks [--runs 2000] [--seed 1]``. Each run lives some minutes of a log on such a disk, drawn by
chance from its seed: appends, reads, repeats, snapshots, restarts. Every answer is held against what was
acknowledged; every error must be one of the store's own. At the end the disk is sound again, and the log must hold
exactly what was acknowledged, or, where bits flipped for good, say that it is damaged. Ends with 1 at the first fault.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import apsw

from tests.store.batches import batch
from tests.store.faulty_disk import FaultyDisk, flipped
from tocsin.errors import StoreCorrupt, StoreFailed, StoreFull, StoreLocked, TocsinError
from tocsin.events import Entry
from tocsin.model import Realm
from tocsin.store import Receipt, Snapshot
from tocsin.store.checksums import checksum_vfs
from tocsin.store.sqlite import SQLiteStore

STEPS = 30
ALLOWED = (StoreFailed, StoreFull, StoreLocked, StoreCorrupt)
TROUBLES = ("read error", "write error", "sync error", "disk full", "short write", "bit flip on read", "none")


class Fault(Exception):
    """A promise was broken."""


class Run:
    def __init__(self, disk: FaultyDisk, folder: Path, seed: int, count: Counter[str]) -> None:
        self.disk = disk
        self.path = folder / "log.db"
        self.chance = random.Random(seed)
        self.count = count
        self.entries: list[Entry] = []
        self.receipts: dict[str, Receipt] = {}
        self.snapshots: list[Snapshot] = []
        self.store: SQLiteStore | None = None
        self.flipped = False
        self.number = 0
        self.last = ""

    def live(self) -> None:
        self.calm()
        self.open()
        for _ in range(STEPS):
            if self.chance.random() < 0.25:
                self.trouble(self.chance.choice(TROUBLES))
            self.step()
        self.calm()
        self.close()
        if self.chance.random() < 0.3:
            self.flip_at_rest()
        self.open()
        self.whole()
        self.close()

    # --- the disk --------------------------------------------------------------------------

    def calm(self) -> None:
        self.disk.fails = lambda what, path: False
        self.disk.tears = lambda path: False
        self.disk.flips = lambda path, amount: None
        self.disk.room = None

    def trouble(self, kind: str) -> None:
        self.calm()
        chance, often = self.chance, self.chance.choice((0.02, 0.2, 1.0))
        self.count[kind] += 1
        match kind:
            case "read error" | "write error" | "sync error":
                failing = kind.split(maxsplit=1)[0]
                self.disk.fails = lambda what, path: what == failing and chance.random() < often
            case "disk full":
                self.disk.room = chance.randrange(0, 60_000)
            case "short write":
                self.disk.tears = lambda path: chance.random() < often
            case "bit flip on read":
                # A page that is read wrong, changed and written back is wrong for good.
                self.flipped = True
                self.disk.flips = lambda path, amount: (
                    chance.randrange(8 * amount) if chance.random() < often * 0.3 else None
                )

    def flip_at_rest(self) -> None:
        """One bit of the closed log is another for good."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return
        content = self.path.read_bytes()
        self.path.write_bytes(flipped(content, self.chance.randrange(8 * len(content))))
        self.flipped = True
        self.count["bit flip at rest"] += 1

    # --- what is done ----------------------------------------------------------------------

    def step(self) -> None:
        if self.store is None:
            self.open()
            return
        what = self.chance.choice((self.append, self.append, self.append, self.read, self.repeat, self.ends, self.keep))
        if self.chance.random() < 0.05:
            what = self.reopen
        try:
            what(self.store)
        except TocsinError as error:
            self.refused(error)

    def open(self) -> None:
        try:
            self.store = SQLiteStore(self.path, Realm.LIVE, "soak", wait_s=0.05)
        except TocsinError as error:
            self.refused(error)

    def close(self) -> None:
        if self.store is not None:
            store, self.store = self.store, None
            try:
                store.close()
            except TocsinError as error:
                self.refused(error)

    def reopen(self, store: SQLiteStore) -> None:
        self.close()
        self.open()

    def append(self, store: SQLiteStore) -> None:
        self.number += 1
        batches = [
            batch(f"{self.number}-{part}", self.chance.choice((0, 1, 1, 3, 40)))
            for part in range(self.chance.choice((1, 1, 3)))
        ]
        receipts = store.append(batches, len(self.entries))
        for given, receipt in zip(batches, receipts, strict=True):
            for event in given.events:
                entry = Entry(seq=len(self.entries) + 1, recorded_at=given.recorded_at, order=given.key, event=event)
                self.entries.append(entry)
            wanted = Receipt(key=given.key, digest=given.digest, seq=len(self.entries), events=len(given.events))
            if receipt != wanted:
                raise Fault(f"acknowledged as {receipt}, not as {wanted}")
            self.receipts[given.key] = wanted
        self.count["appends acknowledged"] += 1

    def read(self, store: SQLiteStore) -> None:
        after, limit = self.chance.randrange(len(self.entries) + 2), self.chance.choice((1, 10, 1_000))
        found, wanted = store.read(after, limit), self.entries[after : after + limit]
        if found != wanted:
            differing = [(one, other) for one, other in zip(found, wanted, strict=False) if one != other][:1]
            raise Fault(
                f"after {after} of {len(self.entries)} it read {len(found)} entries, not {len(wanted)}: {differing}"
            )
        self.count["reads right"] += 1

    def repeat(self, store: SQLiteStore) -> None:
        asked = [*self.chance.sample(sorted(self.receipts), min(3, len(self.receipts))), "never given"]
        found = store.receipts(asked)
        if found != {key: self.receipts[key] for key in asked if key in self.receipts}:
            raise Fault(f"of {asked} it knew {found}")
        self.count["repeats right"] += 1

    def ends(self, store: SQLiteStore) -> None:
        if (head := store.head()) != len(self.entries):
            raise Fault(f"the head is {head}, not {len(self.entries)}")

    def keep(self, store: SQLiteStore) -> None:
        snapshot = Snapshot(seq=len(self.entries), format="soak", body=self.chance.randbytes(2_000))
        store.save_snapshot(snapshot)
        self.snapshots.append(snapshot)
        found = store.snapshot("soak")
        if found is not None and found not in self.snapshots:
            raise Fault("a snapshot came back that nobody kept")

    # --- what must hold --------------------------------------------------------------------

    def refused(self, error: TocsinError) -> None:
        """Where bits flip, a log may even look like another program's: that is loud enough."""
        if not isinstance(error, ALLOWED) and not self.flipped:
            raise Fault(f"refused as {error.code}: {error.message}") from error
        self.count[f"refused: {error.code}"] += 1
        self.last = f"{error.code}: {error.message}"

    def whole(self) -> None:
        """On a sound disk everything acknowledged is there, or the damage is told."""
        if self.store is None:
            if not self.flipped:
                raise Fault(f"the log cannot be opened on a sound disk: {self.last}")
            self.count["damage at rest told"] += 1
            return
        try:
            self.ends(self.store)
            if self.store.read(0, len(self.entries) + 10) != self.entries:
                raise Fault("the log is not what was acknowledged")
            if self.store.receipts(self.receipts) != self.receipts:
                raise Fault("the receipts are not those that were given")
            self.append(self.store)
        except TocsinError as error:
            if not self.flipped:
                raise Fault(f"on a sound disk: {error.message}") from error
            self.count["damage at rest told"] += 1


def run(runs: int, seed: int) -> str:
    """Do it all; a line about how it went. Errors: `Fault`."""
    begun = time.monotonic()
    disk = FaultyDisk()
    apsw.set_default_vfs(disk.name)
    assert checksum_vfs() is not None, "this apsw came without page checksums"
    count: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="tocsin-soak-", dir=_memory()) as name:
        for number in range(runs):
            folder = Path(name) / str(number)
            folder.mkdir()
            one = Run(disk, folder, seed * 1_000_000 + number, count)
            try:
                one.live()
            except Fault as fault:
                raise Fault(f"run {number} of seed {seed}: {fault}") from fault
            finally:
                one.calm()
                one.close()
            shutil.rmtree(folder)
            disk.synced.clear()
            disk.unsynced.clear()
    told = ", ".join(f"{what} {times:,}" for what, times in sorted(count.items()))
    spent = time.monotonic() - begun
    return f"{runs:,} lives of a log on a faulty disk, seed {seed}: no wrong answer; {spent:.0f} s\n{told}"


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    try:
        print(run(asked.runs, asked.seed))
    except Fault as fault:
        print(f"a promise was broken: {fault}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
