"""A server that has been stopped is let go, and all that it held: hundreds of them are started in a run of tests."""

from __future__ import annotations

import gc
import weakref

from tests.conftest import forget_servers
from tests.web.running import running
from tocsin.atlas import Atlas
from tocsin.store.memory import MemoryStore


def test_a_server_that_has_been_stopped_is_let_go(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine) as server:
        assert server.ask("/api/v1/clock").status == 200
        tocsin = weakref.ref(server.tocsin)
    del server
    forget_servers()
    gc.collect()
    assert tocsin() is None
