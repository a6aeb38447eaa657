"""A running Tocsin to which orders are given from within, for the clients of other systems."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.web.running import Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import Command, Order
from tocsin.model import Realm, SourceId, ZoneId
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

TOKEN = "a-token"


class Served:
    """A running Tocsin to which orders are given from within."""

    def __init__(self, server: Running, clock: StandingClock) -> None:
        self.server = server
        self.clock = clock
        self.atlas = server.tocsin.atlas
        self._numbers = itertools.count()

    def give(self, *orders: Order, source: str = "desk") -> None:
        """All of them at once."""
        commands = [
            Command(key=f"order-{next(self._numbers)}", actor="officer", source=SourceId(source), order=order)
            for order in orders
        ]

        async def submit() -> None:
            outcomes = self.server.tocsin.service.submit(commands, LOCAL, together=True)
            assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes

        self.server.call(submit)

    def zone(self, uid: int) -> ZoneId:
        return self.atlas.by_code("alerts_in_ua", str(uid)).id

    def ask(self, path: str, token: str | None = TOKEN, **headers: str) -> Any:
        return self.server.ask(path, headers=headers, token=token)


@contextmanager
def starting(atlas: Atlas) -> Iterator[Callable[..., Served]]:
    """Start as many as wanted, in either realm; all end with the block."""
    with ExitStack() as opened:

        def start(realm: Realm = Realm.LIVE) -> Served:
            clock = StandingClock()
            return Served(opened.enter_context(running(MemoryStore(realm), atlas, clock, more=None)), clock)

        yield start
