"""The Israeli atlas once, and servers over empty logs whose clock the test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.compat.oref.hearing import HOST, PAST_HOST, Served
from tests.door.certificates import Files
from tests.web.running import StandingClock, running
from tocsin.atlas import Atlas, shipped
from tocsin.compat.oref.places import Areas
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

Start = Callable[..., Served]


@pytest.fixture(scope="session")
def israel() -> Atlas:
    return shipped("il")


@pytest.fixture(scope="session")
def areas(israel: Atlas) -> Areas:
    return Areas(israel)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A certificate for the original's names."""
    return Files(tmp_path, HOST, PAST_HOST)


@pytest.fixture
def serve(israel: Atlas, files: Files) -> Iterator[Start]:
    """Starts one in either realm, under TLS or not."""
    opened = []

    def start(realm: Realm = Realm.LIVE, *, secured: bool = False) -> Served:
        clock = StandingClock()
        clock.at += timedelta(milliseconds=250)
        store = MemoryStore(realm)
        entered = running(store, israel, clock, more=None, certificate=files.certificate() if secured else None)
        opened.append(entered)
        server = entered.__enter__()
        if secured:
            server.trusted = files.trusted()
        return Served(server, clock)

    yield start
    for entered in opened:
        entered.__exit__(None, None, None)


@pytest.fixture
def served(serve: Start) -> Served:
    return serve()
