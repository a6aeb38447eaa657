"""A real server for each test that follows one."""

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
