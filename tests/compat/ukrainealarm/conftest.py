"""The atlas once, and a server over an empty log and a receiver of webhooks for each test."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from tests.compat.ukrainealarm.hooks import register
from tests.compat.ukrainealarm.receiver import Receiver
from tests.web.running import Running, running
from tocsin import limits
from tocsin.app import Tocsin
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


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is allowed in the settings, and failures are tried again soon."""
    made = Tocsin.__init__

    def allowing(self: Tocsin, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        self.webhook_networks = (ip_network("127.0.0.0/8"),)

    monkeypatch.setattr(Tocsin, "__init__", allowing)
    monkeypatch.setattr(limits, "WEBHOOK_RETRY_S", 0.01)
    monkeypatch.setattr(limits, "WEBHOOK_RETRY_MOST_S", 0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def told(server: Running, receiver: Receiver) -> Receiver:
    """A receiver that is registered."""
    assert register(server, receiver.url).status == 200
    return receiver
