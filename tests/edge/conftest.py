"""The atlas once, and a Tocsin that takes orders over a log on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.web.running import Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "UA")) as store:
        yield store


@pytest.fixture
def node(store: SQLiteStore, ukraine: Atlas) -> Iterator[Running]:
    """One that takes orders."""
    with running(store, ukraine, SystemClock(), signed=True, heartbeat_s=BEAT_S) as server:
        yield server


@pytest.fixture
def wire(node: Running) -> Iterator[Line]:
    """Between the edge and the node."""
    with line(node.url) as wire:
        yield wire


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


@pytest.fixture
def edge(wire: Line, mirror: Path, ukraine: Atlas) -> Iterator[RunningEdge]:
    """One that knows all that the node knows."""
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        yield edge
