"""How fast the log keeps events, beside bare SQLite keeping the same bytes with the same settings in the same run.

``python benchmarks/store.py [DIRECTORY]`` writes to a new directory below DIRECTORY (the temporary one, if not
said): name the disk that matters, for what is measured is mostly its sync. The bare side inserts rows made
beforehand into a table without guards, which is the least that any log in SQLite must do.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tocsin.events import Event, HoldRaised
from tocsin.model import Extent, Hazard, Level, Realm, SourceId, Stage, Threat, ZoneId
from tocsin.store import Batch, Link
from tocsin.store.heads import Signer, check
from tocsin.store.opening import connect, make_writable
from tocsin.store.safety import file_system, installed
from tocsin.store.sqlite import SQLiteStore

EVENTS = 150_000
"""As many as the history of a country's alerts to import."""
ROUNDS = 5
NOW = datetime.now(UTC)

Rows = list[tuple[str, str, str]]


def event(number: int) -> Event:
    return HoldRaised(
        zone=ZoneId(f"UA-{number % 1_600}"),
        hazard=Hazard.AIR_RAID,
        threat=Threat.DRONES,
        stage=Stage.ALERT,
        level=Level.RED,
        extent=Extent.WHOLE,
        source=SourceId("official history"),
        at=NOW,
        cause=f"row {number}",
    )


def batches(prefix: str, count: int, events: int) -> list[Batch]:
    return [
        Batch(
            key=f"{prefix}-{number}",
            digest=bytes(32),
            actor="benchmark",
            grant="local",
            source="official history",
            reason="",
            decided_upon=0,
            recorded_at=NOW,
            events=tuple(event(at) for at in range(events)),
        )
        for number in range(count)
    ]


def written(batches: Sequence[Batch]) -> Rows:
    """The bytes of these batches, ready to insert."""
    return [
        (NOW.isoformat(), batch.key, msgspec.json.encode(event).decode()) for batch in batches for event in batch.events
    ]


class Bare:
    """The baseline: the store's own connection, and one INSERT per row."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path, wait_s=1, create=True)
        make_writable(self.connection)
        self.connection.execute(
            "CREATE TABLE log (seq INTEGER PRIMARY KEY, recorded_at TEXT, order_key TEXT, event TEXT)"
        )

    def append(self, rows: Rows) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO log (recorded_at, order_key, event) VALUES (?, ?, ?)", rows)
        self.connection.execute("COMMIT")


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(below: Path, appends: int, per_append: int, per_batch: int) -> Iterator[tuple[float, float]]:
    """Events per second of the store and of the baseline, once per round, in turn so that both meet the same disk."""
    for number in range(ROUNDS):
        path = below / f"{appends}-{per_append}-{per_batch}-{number}"
        groups = [batches(f"{number}-{group}", per_append // per_batch, per_batch) for group in range(appends)]
        rows = [written(group) for group in groups]
        with closing(SQLiteStore(path.with_suffix(".store"), Realm.LIVE, "benchmark")) as store:

            def keep(store: SQLiteStore = store, groups: list[list[Batch]] = groups) -> None:
                head = 0
                for group in groups:
                    head = store.append(group, head)[-1].seq

            bare = Bare(path.with_suffix(".bare"))

            def insert(bare: Bare = bare, rows: list[Rows] = rows) -> None:
                for chunk in rows:
                    bare.append(chunk)

            first, second = (keep, insert) if number % 2 else (insert, keep)
            spent = {first: seconds(first), second: seconds(second)}
            bare.connection.close()
        total = appends * per_append
        yield total / spent[keep], total / spent[insert]


def main(directory: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=directory) as name:
        below = Path(name)
        print(f"SQLite {installed().version}, {file_system(below)}, median of {ROUNDS} rounds")
        print(f"{'one append holds':<34} {'store':>12} {'bare SQLite':>12}   time, store : bare")
        cases = [
            ("1 event", 500, 1, 1),
            ("16 commands of 1 event", 200, 16, 1),
            ("500 commands of 1 event", 40, 500, 1),
            (f"1 command of {EVENTS:,} events", 1, EVENTS, EVENTS),
            (f"{EVENTS:,} commands of 1 event", 1, EVENTS, 1),
        ]
        for label, appends, per_append, per_batch in cases:
            pairs = list(compare(below, appends, per_append, per_batch))
            store, bare = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
            ratio = statistics.median(bare / store for store, bare in pairs)
            print(f"{label:<34} {store:>10,.0f}/s {bare:>10,.0f}/s   {ratio:.2f} : 1")
        reading(below)


def reading(below: Path) -> None:
    with closing(SQLiteStore(below / "read.store", Realm.LIVE, "benchmark")) as store:
        store.append(batches("read", EVENTS // 3, 3), 0)
        whole = statistics.median(seconds(lambda: store.read(0, EVENTS)) for _ in range(ROUNDS))
        pages = statistics.median(
            seconds(lambda: [store.read(after, 1_000) for after in range(0, EVENTS, 1_000)]) for _ in range(ROUNDS)
        )
        walks = statistics.median(seconds(store.walk) for _ in range(ROUNDS))
        assert store.walk().link == store.link()
        signing(store.link())
    print(f"reading {EVENTS:,} events: {EVENTS / whole:,.0f}/s at once, {EVENTS / pages:,.0f}/s by pages of 1,000")
    print(f"walking the chain of {EVENTS:,} entries: {EVENTS / walks:,.0f}/s")


def signing(link: Link) -> None:
    signer = Signer(Realm.LIVE, bytes(32))
    head = signer.sign("benchmark", link, NOW)
    signed = statistics.median(seconds(lambda: signer.sign("benchmark", link, NOW)) for _ in range(1_000))
    checked = statistics.median(seconds(lambda: check(head)) for _ in range(1_000))
    print(f"signing a head: {signed * 1e6:.0f} µs; checking one: {checked * 1e6:.0f} µs")


if __name__ == "__main__":
    assert len(sys.argv) <= 2, __doc__
    main(sys.argv[1] if len(sys.argv) == 2 else None)
