"""The atlas once, and a server over an empty log for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.running import Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        yield server


@pytest.fixture
def drill(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(Realm.DRILL), ukraine) as server:
        yield server
