"""Whoever gives orders: sends them, waits for the answer, and tries again with the same key until there is one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from tocsin.access import token_digest
from tocsin.commands import Command, Order
from tocsin.errors import StoreFailed, StoreFull, StoreLocked
from tocsin.model import Realm, SourceId
from tocsin.sim.book import Book
from tocsin.sim.land import Holder
from tocsin.sim.station import Answer, Letter
from tocsin.sim.universe import IDLE
from tocsin.sim.wires import Wires

TRIES_OF_THE_CARELESS = 3

_json = msgspec.json.Encoder()

Then = Callable[[Answer], None]


class Waiting(msgspec.Struct):
    """An order that has no answer yet."""

    command: Command
    header: str | None
    honest: bool
    then: Then | None
    tries: int = 0


class Giver:
    """A person or a service with its tokens."""

    def __init__(self, wires: Wires, realm: Realm, holder: Holder, book: Book) -> None:
        """``book`` is what the giver can see: the public state, as it stands."""
        self.wires = wires
        self.universe = wires.universe
        self.weather = wires.weather
        self.random = wires.universe.random
        self.realm = realm
        self.holder = holder
        self.name = holder.name
        self.source = holder.source
        self.book = book
        self.tokens = [f"tocsin_{realm}_{self.random.getrandbits(256):064x}" for _ in holder.tokens]
        self.waiting: dict[str, Waiting] = {}
        self.used_keys: deque[str] = deque(maxlen=20)
        self._keys = 0

    @property
    def area(self) -> tuple[str, ...]:
        """Where its orders are good, by what it was granted at the start."""
        return self.holder.terms[0].zones

    def digests(self) -> list[str]:
        return [token_digest(token) for token in self.tokens]

    def key(self, what: str) -> str:
        """A key of its own, that no other giver and no other realm has."""
        self._keys += 1
        return f"{self.realm} {self.name} {self._keys} {what}"

    def give(
        self,
        order: Order,
        *,
        key: str | None = None,
        source: SourceId | None = None,
        actor: str | None = None,
        token: str | None = None,
        decided_upon: int | None = None,
        reason: str = "",
        honest: bool = True,
        then: Then | None = None,
    ) -> str:
        """Send an order, and again until it is answered; somebody who is not ``honest`` soon gives up."""
        command = Command(
            key=key or self.key(type(order).__name__),
            actor=actor or self.name,
            source=source or self.source,
            reason=reason,
            order=order,
            decided_upon=decided_upon,
        )
        header = self.header(token or self.tokens[0])
        if command.key in self.waiting:  # another order under a key that still waits
            self._send(Waiting(command, header, honest=False, then=None))
            return command.key
        self.used_keys.append(command.key)
        waiting = Waiting(command, header, honest, then)
        self.waiting[command.key] = waiting
        self._try(waiting)
        return command.key

    def header(self, token: str) -> str | None:
        """How it shows who it is."""
        return f"Bearer {token}"

    def _try(self, waiting: Waiting) -> None:
        waiting.tries += 1
        self._send(waiting)
        patience_s = self.random.uniform(1.0, 4.0) * min(waiting.tries, 5)
        self.universe.after(patience_s, self._retry, waiting)

    def _send(self, waiting: Waiting) -> None:
        command = waiting.command
        letter = Letter(key=command.key, header=waiting.header, body=_json.encode(command), told=self.told)
        self.wires.send(self.realm, letter)

    def _retry(self, waiting: Waiting) -> object:
        if self.waiting.get(waiting.command.key) is not waiting:
            return IDLE
        if not waiting.honest and waiting.tries >= TRIES_OF_THE_CARELESS:
            del self.waiting[waiting.command.key]
            return IDLE
        self._try(waiting)
        return None

    def told(self, key: str, answer: Answer) -> None:
        """An answer has arrived."""
        waiting = self.waiting.get(key)
        if waiting is None or isinstance(answer, StoreFailed | StoreFull | StoreLocked):
            return  # answered before; or nothing was kept, and it tries again
        del self.waiting[key]
        if waiting.then is not None:
            waiting.then(answer)
