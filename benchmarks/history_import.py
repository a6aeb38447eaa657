"""How fast history is imported, beside bare SQLite keeping the same events in the same run.

``python benchmarks/history_import.py [CONSOLIDATED [OFFICIAL]]`` reads both files of siren alerts, has a service
decide each of their orders upon what the ones before it left, and keeps all in one SQLite log with the sync of every
commit on. The bare side is given the events' JSON made beforehand and inserts it into one table in one transaction:
no reading, no deciding, no keys, no receipts. Both write below the temporary folder (TMPDIR).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from tocsin.access import LOCAL
from tocsin.atlas import shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command
from tocsin.intake import sirens
from tocsin.model import Realm
from tocsin.service import Service
from tocsin.standing import entries
from tocsin.store.opening import connect, make_writable
from tocsin.store.safety import file_system, installed
from tocsin.store.sqlite import SQLiteStore

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
CONSOLIDATED = ROOT / "tocsin/data/sirens/oblast_consolidated_2022-03_2026-06.csv.gz"
OFFICIAL = ROOT / "tests/data/official_data_en.2024-04-23.csv.gz"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and the seconds it took."""
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


def bare_insert(path: Path, events: list[str]) -> float:
    """Seconds to insert the events and nothing else, with the store's own settings of SQLite."""
    with closing(connect(path, wait_s=1, create=True)) as connection:
        make_writable(connection)
        connection.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, event TEXT)")

        def insert() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO log (event) VALUES (?)", ((event,) for event in events))
            connection.execute("COMMIT")

        return timed(insert)[1]


def one_file(file: Path, service: Service, bare: Path) -> None:
    """Import one file into the service's log, and print how it went beside the baseline."""
    read, reading_s = timed(lambda: sirens.read(file))
    assert not read.bad, f"{file.name} has malformed rows"
    orders, ordering_s = timed(lambda: [given for _, given in sirens.commands(read)])
    before = service.state.seq
    _, keeping_s = timed(lambda: submit(service, orders))
    events = [msgspec.json.encode(entry.event).decode() for page in entries(service.store, before) for entry in page]
    assert len(events) == service.state.seq - before == len(orders)
    bare_s = bare_insert(bare, events)
    total_s = reading_s + ordering_s + keeping_s
    print(
        f"{file.name:<46} {len(events):>9,} {len(events) / total_s:>10,.0f}/s {len(events) / bare_s:>12,.0f}/s"
        f"   {total_s / bare_s:>5.1f} : 1   ({reading_s:.2f} s read, {ordering_s:.2f} s order, {keeping_s:.2f} s keep)"
    )


def submit(service: Service, orders: list[Command]) -> None:
    service.submit(orders, LOCAL, together=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("consolidated", type=Path, nargs="?", default=CONSOLIDATED)
    arguments.add_argument("official", type=Path, nargs="?", default=OFFICIAL)
    given = arguments.parse_args()
    atlas = shipped("ua")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"SQLite {installed().version}, {file_system(folder)}, {datetime.now(UTC):%Y-%m-%d}")
        print(f"{'file':<46} {'events':>9} {'import':>12} {'bare SQLite':>14}   time, import : bare")
        with closing(SQLiteStore(folder / "log.db", Realm.LIVE, atlas.country.id)) as store:
            service = Service(store, atlas.hierarchy, SystemClock())
            for number, file in enumerate((given.consolidated, given.official)):
                one_file(file, service, folder / f"bare-{number}.db")


if __name__ == "__main__":
    main()
