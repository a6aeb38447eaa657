"""A country's shelters out of one file: 100,000 rows read, placed in their zones, looked at for twins, and appended.

Beside it stands what the file and the disk alone take: the same rows read by Python's own `csv` and written as JSON.
"""

from __future__ import annotations

import csv
import json
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tocsin.access import LOCAL
from tocsin.app import open_store
from tocsin.atlas import shipped
from tocsin.clock import SystemClock
from tocsin.model import SourceId
from tocsin.service import Service
from tocsin.settings import Settings
from tocsin.shelters.importing import orders, placed, twice
from tocsin.shelters.mapping import Mapping
from tocsin.shelters.reading import read_shelters

ROWS = 100_000
MAPPING = Mapping(
    title="", dataset="land", attribution="", id=("no",), name=("name",), lon="lon", lat="lat", capacity="places",
    bounds=(22.0, 44.0, 41.0, 53.0),
)  # fmt: skip


def written(path: Path) -> None:
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("no,name,lon,lat,places\n")
        for n in range(ROWS):
            place = f"{chance.uniform(23, 40):.6f},{chance.uniform(45, 52):.6f}"
            file.write(f"{n},Cellar of house {n},{place},{chance.choice(['', '60', '1 200'])}\n")


def plainly(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(len(json.dumps(row)) for row in csv.DictReader(file))


def imported(say: Callable[[str, str, str], None]) -> None:
    atlas = shipped("ua")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shelters.csv"
        written(path)
        baseline, _ = timed(lambda: plainly(path))
        reading, read = timed(lambda: read_shelters(path, MAPPING))
        placing, good = timed(lambda: placed(read.shelters, atlas.ids_at))
        with closing(open_store(Settings(database=Path(folder) / "log.db"), atlas)) as store:
            service = Service(store, atlas.hierarchy, SystemClock())
            comparing, _ = timed(lambda: twice(good, service.register.shelters.values()))

            def append() -> None:
                given = orders("land", "", good, service.register, LOCAL.holder, SourceId("land"))
                service.submit(list(given), LOCAL, together=True)

            appending, _ = timed(append)
            restarting, again = timed(lambda: Service(store, atlas.hierarchy, SystemClock()))
            assert len(again.register.shelters) == ROWS
    whole = reading + placing + comparing + appending
    say(f"{ROWS:,} rows imported", f"{whole:.2f} s", f"{whole / baseline:.1f} times csv and json alone; wanted 10 s")
    parts = f"{reading:.2f} + {placing:.2f} + {comparing:.2f} + {appending:.2f} s"
    say("  read, placed in zones, looked at for twins, appended", parts, "")
    say("  a start afterwards", f"{restarting:.2f} s", "")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process, and what came of it."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found
