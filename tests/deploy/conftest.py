"""nginx, and a place for its configuration."""

from __future__ import annotations

import pytest

from tests.deploy import web_server


@pytest.fixture(scope="session")
def nginx() -> str:
    """An nginx that runs."""
    path = web_server.find()
    if path is None:
        pytest.skip(web_server.NO_NGINX)
    return path
