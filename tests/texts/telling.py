"""A small country's log as it grows, and what its people are told of each order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache, partial

from tests.world import COUNTRY, DUTY, NOON, command
from tocsin.commands import Command, Order
from tocsin.engine import State, decide, evolve, fold, status_of
from tocsin.events import Entry, Event
from tocsin.model import Hold, HoldId, Realm, SourceId, ZoneId
from tocsin.texts import Message, Texts, load_texts, messages

LANGUAGES = ("en", "uk")


@cache
def shipped() -> Texts:
    return load_texts()


def zones(*names: str) -> tuple[ZoneId, ...]:
    return tuple(ZoneId(name) for name in names)


class Log:
    """Orders carried out one after another, and the messages each leads to with the state after it at hand."""

    def __init__(self, realm: Realm = Realm.LIVE, texts: Texts | None = None) -> None:
        self.realm = realm
        self.texts = texts or shipped()
        self.state = State(COUNTRY)

    def give(self, given: Command, now: datetime = NOON) -> list[Entry]:
        """Carry it out: what is new in the log."""
        return self.add(decide(self.state, given, now), given.key, now)

    def add(self, events: Iterable[Event], order: str, now: datetime = NOON) -> list[Entry]:
        entries = []
        for event in events:
            self.state = evolve(self.state, event)
            entries.append(Entry(seq=self.state.seq, recorded_at=now, order=order, event=event))
        return entries

    def told(self, given: Command, now: datetime = NOON, local: tzinfo = UTC) -> list[Message]:
        """Carry it out: what people are told."""
        before = self.state.holds
        entries = self.give(given, now)
        said, since = partial(status_of, self.state), partial(began, before)
        return messages(entries, self.realm, self.texts, now=said, began=since, local=local)


def began(holds: Mapping[HoldId, Hold], hold: HoldId) -> datetime | None:
    return holds[hold].since if hold in holds else None


def told(order: Order, *before: Command, source: SourceId = DUTY, realm: Realm = Realm.LIVE) -> list[Message]:
    """What people are told of this order after those."""
    log = Log(realm)
    for given in before:
        log.give(given)
    return log.told(command(order, source))


def events_of(given: Command, *before: Command, now: datetime = NOON) -> tuple[Event, ...]:
    """What the order would lead to after those."""
    state = State(COUNTRY)
    for earlier in before:
        state = fold(state, decide(state, earlier, now))
    return decide(state, given, now)
