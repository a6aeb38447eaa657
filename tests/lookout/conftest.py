"""The atlas, once."""

from __future__ import annotations

import pytest

from tocsin.atlas import Atlas, shipped


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")
