"""The messages of what is in the log already, for whoever was not there.

They are the very ones that were told then, in the words of today's texts: each order is told by what stood right after
it. What stood when is a fold over the log; some of it is kept, so that a question costs no more than a page.
"""

from __future__ import annotations

import dataclasses
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

import msgspec

from tocsin.engine import State
from tocsin.events import Entry
from tocsin.limits import MESSAGES_PER_PAGE
from tocsin.model import Hierarchy, HoldId
from tocsin.store import Log
from tocsin.texts import Message, Texts
from tocsin.told.teller import Teller

PAGE = MESSAGES_PER_PAGE
"""Entries read at once, put into words for one answer (a whole order more, at most), and between two that are kept."""

LOOK_BACK = 16
"""Entries read at first to find where an order begins; most are short."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[Message]
    upto: int
    """Every message up to this seq is here or lies before what was asked for."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Mark:
    """What stood after some entry."""

    state: State
    began: dict[HoldId, datetime]


class Past:
    """A log in words, asked from any thread. The first question folds the log."""

    def __init__(self, store: Log, hierarchy: Hierarchy, texts: Texts, local: tzinfo) -> None:
        self._store = store
        self._texts = texts
        self._local = local
        self._marks = [_Mark(State(hierarchy), {})]
        self._lock = threading.Lock()

    def messages(self, after: int, limit: int) -> Told:
        """Up to ``limit`` messages with a larger seq than ``after``, in order; fewer where nothing is said for long."""
        with self._lock:
            found: list[Message] = []
            begun = upto = min(whole_from(self._store, after), self._store.head())
            teller = self._standing_after(begun)
            for order in orders(self._store, begun):
                told = sorted(teller.tell(order), key=lambda message: message.seq)
                found += [message for message in told if message.seq > after]
                upto = order[-1].seq
                if len(found) >= limit or upto - begun >= PAGE:
                    break
            if len(found) > limit:
                found = found[:limit]
                upto = found[-1].seq
            return Told(messages=found, upto=upto)

    def _standing_after(self, seq: int) -> Teller:
        """A teller to whom all up to this seq is known."""
        mark = self._marks[bisect_right(self._marks, seq, key=lambda mark: mark.state.seq) - 1]
        teller = Teller(self._texts, self._store.realm, self._local, mark.state, mark.began)
        while teller.state.seq < seq:
            teller.pass_over(self._store.read(teller.state.seq, min(PAGE, seq - teller.state.seq)))
            if teller.state.seq - self._marks[-1].state.seq >= PAGE:
                self._marks.append(_Mark(_lean(teller.state), dict(teller.began)))
        return teller


def _lean(state: State) -> State:
    """A copy that stays as it is, without what only deciding needs: most of a state by far."""
    return State(
        state.hierarchy,
        state.seq,
        dict(state.holds),
        dict(state.by_zone),
        dict(state.below),
        sources=dict(state.sources),
    )


def orders(store: Log, after: int) -> Iterator[Sequence[Entry]]:
    """The log after a seq, an order at a time."""
    order: list[Entry] = []
    while page := store.read(after, PAGE):
        for entry in page:
            if order and entry.order != order[0].order:
                yield order
                order = []
            order.append(entry)
        after = page[-1].seq
    if order:
        yield order


def newest(store: Log, entries: int, most: int) -> tuple[int, list[Entry]]:
    """The log's last ``entries``, but no more than its last ``most`` orders: the seq they follow, and the entries from
    the beginning of the order that this seq cuts in two, if it cuts one."""
    after = max(store.head() - entries, 0)
    tail = list(orders(store, whole_from(store, after)))[-most:]
    if not tail:
        return after, []
    return max(after, tail[0][0].seq - 1), [entry for order in tail for entry in order]


def whole_from(store: Log, after: int) -> int:
    """The seq after which the order begins that ``after`` would cut in two; ``after`` itself where it cuts none."""
    cut = store.read(after, 1)
    if not cut:
        return after
    look_back = LOOK_BACK
    while after > 0:
        first = max(after - look_back, 0)
        for entry in reversed(store.read(first, after - first)):
            if entry.order != cut[0].order:
                return entry.seq
        after, look_back = first, 2 * look_back
    return 0
