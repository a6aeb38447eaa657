"""The real Tocsin, made to say events on demand: log, state, hub and door as they are, only the orders left out.

``python -m benchmarks.stream.tocsin_server FOLDER [CERTIFICATE KEY]`` serves on a free loopback port, prints it, and
tells its listeners of one more entry for each byte that arrives on standard input; it ends with that input. The log in
FOLDER holds a night, so that the snapshot is one of every day. The entries said on demand are real ones, numbered on
from it, about 600 bytes each with all that goes around them, but are put into the hub and not into the log. They took
effect long ago, so that no message in words goes with them and each is one event, as with all the others compared.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tocsin import limits
from tocsin.access import LOCAL
from tocsin.app import Tocsin
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, Raise
from tocsin.door import Certificate
from tocsin.events import Entry, HoldRaised, public
from tocsin.model import Extent, Hazard, Level, Realm, SourceId, Stage, Threat, ZoneId
from tocsin.store import Receipt
from tocsin.store.sqlite import SQLiteStore
from tocsin.web.server import serving

EVENT_BYTES = 600
"""An entry as a server-sent event."""
MARK = "~00000000~"
"""As in marks.h: the number that listeners look for."""
SOURCE = SourceId("duty desk")


def night(atlas: Atlas) -> list[Command]:
    """Orders that leave what a bad night does: some oblasts whole, and districts and communities elsewhere."""
    oblasts = [zone.id for zone in atlas.zones_of_level("oblast")]
    raions = [zone.id for zone in atlas.zones_of_level("raion")]
    hromadas = [zone.id for zone in atlas.zones_of_level("hromada")]
    orders = [
        Raise(zones=(zone,), threat=Threat.DRONES, cause="drones from the north, several groups")
        for zone in (*oblasts[:8], *raions[::3], *hromadas[::20])
    ]
    return [
        Command(key=f"night {number}", actor=LOCAL.holder, source=SOURCE, order=order)
        for number, order in enumerate(orders)
    ]


def entries(after: int, zones: list[ZoneId]) -> Iterator[Entry]:
    """What is said on demand, without end."""

    long_ago = datetime.now(UTC) - timedelta(seconds=2 * limits.NEWS_S)

    def one(number: int, cause: str) -> Entry:
        return Entry(
            seq=after + number,
            recorded_at=datetime.now(UTC),
            order=f"order {number:08}",
            event=HoldRaised(
                zone=zones[number % len(zones)],
                hazard=Hazard.AIR_RAID,
                threat=Threat.DRONES,
                stage=Stage.ALERT,
                level=Level.RED,
                extent=Extent.WHOLE,
                source=SOURCE,
                at=long_ago,
                cause=cause,
            ),
        )

    bare = len(frame(one(1, MARK)))
    padding = "drones from the north " * EVENT_BYTES
    for number in itertools.count(1):
        yield one(number, f"~{number:08}~" + padding[: max(0, EVENT_BYTES - bare)])


def frame(entry: Entry) -> bytes:
    """How the entry looks as a server-sent event, to see how long it is."""
    return f"id: {entry.seq}\nevent: entry\ndata: ".encode() + msgspec.json.encode(public(entry)) + b"\n\n"


async def serve(folder: Path, certificate: Certificate | None) -> None:
    atlas = shipped("ua")
    with closing(SQLiteStore(folder / "log.db", Realm.LIVE, atlas.country.id)) as store:
        tocsin = Tocsin(store, atlas, SystemClock())
        if store.head() == 0:
            outcomes = tocsin.service.submit(night(atlas), LOCAL, together=True)
            assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes
            await asyncio.sleep(0)
        said = entries(store.head(), [zone.id for zone in atlas.zones_of_level("hromada")])
        ended = asyncio.Event()

        def trigger() -> None:
            wanted = len(os.read(sys.stdin.fileno(), 4096))
            if not wanted:
                ended.set()
            for entry in itertools.islice(said, wanted):
                tocsin.hub.publish([entry])

        async with serving(tocsin, "127.0.0.1", 0, certificate=certificate) as url:
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), trigger)
            print(url.rpartition(":")[2], flush=True)
            await ended.wait()
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())


def main(arguments: list[str]) -> None:
    folder, *certificate = (Path(argument) for argument in arguments)
    asyncio.run(serve(folder, Certificate(*certificate) if certificate else None))


if __name__ == "__main__":
    main(sys.argv[1:])
