"""What the tests of the command line share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.running import Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture(scope="session", autouse=True)
def one_atlas(ukraine: Atlas) -> Iterator[None]:
    """An atlas never changes once it is loaded, so the commands that run in this process may share one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tocsin.app.shipped", lambda name: ukraine if name == "ua" else shipped(name))
        yield


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a log may be made."""
    return tmp_path / "live.db"


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    """A server to give orders to."""
    with running(MemoryStore(), ukraine, SystemClock(), signed=True) as server:
        yield server


@pytest.fixture
def drill(ukraine: Atlas) -> Iterator[Running]:
    """One that drills."""
    with running(MemoryStore(Realm.DRILL), ukraine, SystemClock()) as server:
        yield server
