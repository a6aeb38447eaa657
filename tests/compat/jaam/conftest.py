"""A running Tocsin for the lamps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.compat.serving import Served, starting
from tocsin.atlas import Atlas, shipped


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def serve(ukraine: Atlas) -> Iterator[Callable[..., Served]]:
    """Starts one in either realm."""
    with starting(ukraine) as start:
        yield start


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()
