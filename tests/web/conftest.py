"""The atlas once, one server over a small log that nobody writes to, and new ones for whoever does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.running import KHARKIV, KYIV, LVIV_HROMADA, NOON, SUMY, Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Command, Order, Raise, Release
from tocsin.model import Extent, Level, Realm, SourceId, Stage, Threat, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


def small_log() -> list[Order]:
    """A morning: Kyiv three times, the last still open; a hromada, part of an oblast, and an early warning."""

    kyiv = (ZoneId(KYIV),)
    return [
        Raise(zones=kyiv, threat=Threat.DRONES, at=NOON - timedelta(minutes=240)),
        Release(zones=kyiv, at=NOON - timedelta(minutes=180)),
        Raise(zones=kyiv, at=NOON - timedelta(minutes=120)),
        Release(zones=kyiv, at=NOON - timedelta(minutes=90)),
        Raise(zones=kyiv, threat=Threat.BALLISTIC_MISSILES, at=NOON - timedelta(minutes=60)),
        Raise(zones=(ZoneId(LVIV_HROMADA),), level=Level.YELLOW, at=NOON - timedelta(minutes=30)),
        Raise(zones=(ZoneId(KHARKIV),), extent=Extent.PART, at=NOON - timedelta(minutes=20)),
        Raise(zones=(ZoneId(SUMY),), stage=Stage.EARLY_WARNING, at=NOON - timedelta(minutes=10)),
    ]


@pytest.fixture(scope="session")
def morning(ukraine: Atlas) -> Iterator[Running]:
    """A server over the small log, for reading only."""
    clock, store = StandingClock(), MemoryStore(Realm.LIVE)
    commands = [
        Command(key=f"morning-{n}", actor="watch", source=SourceId("watch"), order=order)
        for n, order in enumerate(small_log())
    ]
    Service(store, ukraine.hierarchy, clock).submit(commands, LOCAL, together=True)
    with running(store, ukraine, clock) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "UA")) as store:
        yield store


@pytest.fixture
def server(store: SQLiteStore, ukraine: Atlas) -> Iterator[Running]:
    """A server over an empty log on the disk, for this test alone."""
    with running(store, ukraine) as server:
        yield server
