"""A mirror and all that follows from it: what stands, what was, and the words of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.channels.stream import Clockface
from tocsin.edge.mirror import Mirror
from tocsin.engine import Draft, State, fold
from tocsin.events import Entry
from tocsin.record.archive import Archive
from tocsin.record.questions import Questions
from tocsin.record.statistics.computing import Statistics
from tocsin.texts import Message, Texts
from tocsin.told import Past, StateBody, Teller, newest, state_body

PAGE = 2_000
"""Entries read at once."""


class Differs(Exception):
    """What the upstream tells does not agree with what was made of it here. The message says in what."""


class Snapshot(StateBody, frozen=True, kw_only=True):
    """The first word of a stream."""

    log: str
    clock: Clockface


class Replica:
    """As new as its mirror."""

    def __init__(
        self, mirror: Mirror, texts: Texts, atlas: Atlas, questions: Questions, statistics: Statistics
    ) -> None:
        """Fold all that is mirrored, which takes a while. Errors: `Differs` where it does not fold."""
        self.mirror = mirror
        self.questions = questions
        self.statistics = statistics
        self._atlas = atlas
        self.state, self.archive = self._folded()
        self.reword(texts)

    def reword(self, texts: Texts) -> None:
        """From now on the words are these."""
        self.texts = texts
        self.past = Past(self.mirror, self._atlas.hierarchy, texts, self._atlas.time_zone)
        self._teller = Teller(texts, self.mirror.realm, self._atlas.time_zone, self.state)

    def words_of(self, order: Sequence[Entry]) -> Sequence[Message]:
        """The messages of an order, as the upstream makes them after it was started with these texts."""
        return self._teller.tell(order)

    def tail(self) -> tuple[int, list[Entry]]:
        """The newest entries, to be told to those who come back, and the seq they follow."""
        return newest(self.mirror, limits.STREAM_BACKLOG_EVENTS, limits.RETOLD_ORDERS)

    def take(self, entries: Sequence[Entry], told: Sequence[bytes]) -> None:
        """What comes next, and as it was told. Errors: `Differs` where it does not fold; then nothing was taken."""
        events = [entry.event for entry in entries]
        with _folding(self.state.seq):
            archive = self.archive.after(self.state.seq, events)
            self.state = fold(self.state, events)
        self.archive = archive
        self.mirror.add(told)

    def pass_over(self, entries: Sequence[Entry]) -> None:
        """The words of these were told by the upstream itself."""
        self._teller.pass_over(entries)

    def require_agreement(self, told: Snapshot) -> None:
        """Errors: `Differs`, naming in what."""
        here = state_body(self.state, self.mirror.realm)
        for name in ("seq", "realm", "holds", "sources", "zones", "stale", "heard"):
            if getattr(here, name) != getattr(told, name):
                raise Differs(f"after {told.seq} the {name} here are not those that the upstream tells")

    def _folded(self) -> tuple[State, Archive]:
        draft, archive = Draft(State(self._atlas.hierarchy)), Archive()
        while page := self.mirror.read(draft.state.seq, PAGE):
            events = [entry.event for entry in page]
            with _folding(draft.state.seq):
                archive = archive.after(draft.state.seq, events)
                draft.apply(events)
        return draft.state, archive


@contextmanager
def _folding(after: int) -> Iterator[None]:
    try:
        yield
    except (KeyError, StopIteration) as error:
        raise Differs(f"what comes after {after} speaks of something that is not there: {error}") from error
