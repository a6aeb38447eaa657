"""A log with a past: many alerts that began and ended, and some that stand."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.commands import Command, Raise, Release
from tocsin.model import Realm, SourceId
from tocsin.service import Service
from tocsin.store.sqlite import SQLiteStore


def give(log: Path, atlas: Atlas, entries: int) -> None:
    """Bring the log to about so many entries."""
    hromadas = tuple(zone.id for zone in atlas.zones_of_level("hromada"))
    clock = SystemClock()
    with closing(SQLiteStore(log, Realm.LIVE, atlas.country.id)) as store:
        service = Service(store, atlas.hierarchy, clock)
        at = clock.now() - timedelta(days=300)
        number = 0
        while service.state.seq < entries:
            commands: list[Command] = []
            for _ in range(4):
                number += 1
                zones = hromadas[(number * 37) % 900 :][:250]
                for order in (Raise(zones=zones, at=at), Release(zones=zones, at=at + timedelta(minutes=40))):
                    key = f"past-{number}-{type(order).__name__}"
                    commands.append(Command(key=key, actor="past", source=SourceId("past"), order=order))
                at += timedelta(hours=1)
            service.submit(commands, LOCAL, together=True)
