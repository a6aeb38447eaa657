"""What the API and the pages ask for where they only read: of a Tocsin that takes orders, and of an edge alike."""

from __future__ import annotations

from typing import Protocol

from tocsin.atlas import Atlas
from tocsin.channels.stream import Clockface, Hub
from tocsin.clock import Clock
from tocsin.engine import State
from tocsin.record.archive import Archive
from tocsin.record.questions import Questions
from tocsin.record.statistics.computing import Statistics
from tocsin.store import Log
from tocsin.store.heads import SignedHead
from tocsin.texts import Texts
from tocsin.told import Encoded, Past


class LatestHead(Protocol):
    @property
    def latest(self) -> SignedHead: ...


class Reading(Protocol):
    """All of it may be another object the next time that it is asked for."""

    @property
    def store(self) -> Log: ...

    @property
    def atlas(self) -> Atlas: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def texts(self) -> Texts: ...

    @property
    def heads(self) -> LatestHead | None:
        """None where no head is signed."""

    @property
    def areas(self) -> object | None:
        """What there is of streets and shelters, to be asked for by who knows its kind. None where there is nothing."""

    @property
    def questions(self) -> Questions: ...

    @property
    def archive(self) -> Archive:
        """The record of attacks; of an edge, what is public of it."""

    @property
    def statistics(self) -> Statistics: ...

    @property
    def past(self) -> Past: ...

    @property
    def hub(self) -> Hub: ...

    @property
    def state(self) -> State: ...

    def encoded_state(self) -> Encoded:
        """The state as told to everyone."""

    def clockface(self) -> Clockface:
        """What the clock says, for clients to count on from."""

    async def stop(self) -> None:
        """Finish what was begun."""
