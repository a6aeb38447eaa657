"""The atlas once, and a server over an empty log for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.certificates import Files
from tests.web.running import Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.store.memory import MemoryStore


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(), ukraine) as server:
        yield server


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A certificate and its key."""
    return Files(tmp_path)


@pytest.fixture
def secured(ukraine: Atlas, files: Files) -> Iterator[Running]:
    """The same under TLS."""
    with running(MemoryStore(), ukraine, certificate=files.certificate()) as server:
        server.trusted = files.trusted()
        yield server
