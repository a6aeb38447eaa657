from __future__ import annotations

import pytest

from tests.failing_store import FailingStore
from tests.world import COUNTRY, StillClock
from tocsin.service import Service


@pytest.fixture
def store() -> FailingStore:
    return FailingStore()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def service(store: FailingStore, clock: StillClock) -> Service:
    return Service(store, COUNTRY, clock)
