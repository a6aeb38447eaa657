"""From what the log adds to the messages that people are told.

An order is one thing to people, however many entries it led to, and is told by what it leaves as a whole: an all-clear
where nothing at all is held any more that covers the zone or may mean it, and where it is not so, less. For that a
teller keeps what stands after the orders that it has told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

import msgspec

from tocsin.engine import Draft, Outlook, State, around
from tocsin.events import Entry, Event, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.model import HoldId, Realm, Status, ZoneId
from tocsin.texts import Message, Texts, messages


class Teller:
    """Puts a log into words, order after order."""

    def __init__(
        self,
        texts: Texts,
        realm: Realm,
        local: tzinfo,
        state: State,
        began: Mapping[HoldId, datetime] | None = None,
    ) -> None:
        """``state`` is what stands before the first order; ``began`` is when each of its holds came to say what it
        says, by default when it was placed."""
        self._texts = texts
        self._realm = realm
        self._local = local
        self._draft = Draft(state)
        self._began = {hold.id: hold.since for hold in state.holds.values()} if began is None else dict(began)

    @property
    def state(self) -> State:
        """What stands after the orders told. It changes with the next one."""
        return self._draft.state

    @property
    def began(self) -> Mapping[HoldId, datetime]:
        """When each open hold came to say what it says."""
        return self._began

    def tell(self, order: Sequence[Entry]) -> list[Message]:
        """The messages of the next order.

        One from before the beginning is told by what stood there: whoever hears of it so late hears no all-clear that
        has been overtaken.
        """
        self._draft.apply([entry.event for entry in order if entry.seq > self.state.seq])
        told = messages(
            [
                msgspec.structs.replace(entry, event=event)
                for entry, event in zip(order, left_by_all((entry.event for entry in order), self.state), strict=True)
            ],
            self._realm,
            self._texts,
            now=None,
            began=self._began.get,
            local=self._local,
        )
        self._remember(order)
        return told

    def pass_over(self, entries: Sequence[Entry]) -> None:
        """Take in what follows without a word."""
        self._draft.apply([entry.event for entry in entries])
        self._remember(entries)

    def _remember(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            match entry.event:
                case HoldRaised() as event:
                    self._began[HoldId(entry.seq)] = event.at
                case HoldEscalated() as event:
                    self._began[event.hold] = event.at
                case HoldReleased() | HoldWithdrawn() as event:
                    self._began.pop(event.hold, None)
                case _:
                    pass


def left_by_all(events: Iterable[Event], state: State) -> Iterator[Event]:
    """The events of one order, each ending with what ``state``, in which the order is carried out, leaves its zone
    under. In the log an ending says what its own event leaves, which may be more than the rest of its order does."""
    outlook = Outlook(state)
    for event in events:
        if isinstance(event, HoldReleased | HoldWithdrawn) and event.leaves is not None:
            yield msgspec.structs.replace(event, leaves=_left(outlook, state, event.zone))
        else:
            yield event


def _left(outlook: Outlook, state: State, zone: ZoneId) -> Status:
    said = outlook.said(zone)
    return Status.PARTIAL if said is Status.CLEAR and around(state, zone) else said
