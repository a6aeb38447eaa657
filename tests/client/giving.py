"""Orders from the machine itself."""

from __future__ import annotations

from tests.web.running import Running
from tocsin.access import LOCAL
from tocsin.commands import Command, Order
from tocsin.model import SourceId


def give(server: Running, order: Order, source: str = "desk") -> int:
    """An order from the machine itself; gives the seq of the last that came of it."""
    command = Command(key=f"{source} {server.tocsin.state.seq}", actor="local", source=SourceId(source), order=order)
    server.tocsin.service.submit([command], LOCAL, together=True)
    return server.tocsin.state.seq
