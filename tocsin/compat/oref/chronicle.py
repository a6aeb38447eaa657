"""What was told in the last month, kept up with a log."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.compat.oref.calls import Call, Caller
from tocsin.compat.oref.places import Areas
from tocsin.compat.oref.words import Kind
from tocsin.engine import State
from tocsin.limits import MESSAGES_PER_PAGE
from tocsin.model import Hierarchy
from tocsin.store import Log
from tocsin.told.past import orders, whole_from

KEPT = timedelta(days=31)

CALLS_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Told:
    """All that is to be known of a log up to a seq."""

    seq: int
    calls: tuple[Call, ...]
    """In log order."""
    standing: tuple[Call, ...]
    """What was told, whenever that was, and is not over: with those areas alone for which it is not."""
    fresh: tuple[Call, ...]
    """Those of ``calls`` that the last answer did not have."""


class Chronicle:
    """Asked from any thread. The first question folds the log."""

    def __init__(self, store: Log, hierarchy: Hierarchy, areas: Areas) -> None:
        self.store = store
        self._areas = areas
        self._caller = Caller(areas, State(hierarchy))
        self._begun = False
        self._calls: list[Call] = []
        self._standing: dict[tuple[int, Kind], Call] = {}
        self._lock = threading.Lock()

    def told(self, now: datetime) -> Told:
        """What there is by now."""
        with self._lock:
            if not self._begun:
                self._begin(now)
            known = len(self._calls)
            for order in orders(self.store, self._caller.seq):
                for call in self._caller.take(order):
                    self._calls.append(call)
                    self._stand(call)
            fresh = tuple(self._calls[known:])
            earliest = now - KEPT
            if self._calls and (self._calls[0].recorded_at < earliest or len(self._calls) > CALLS_KEPT):
                self._calls = [call for call in self._calls if call.recorded_at >= earliest][-CALLS_KEPT:]
            return Told(self._caller.seq, tuple(self._calls), self._still_standing(), fresh)

    def _begin(self, now: datetime) -> None:
        """Fold all that lies too far back to be told of."""
        first, after = 0, self.store.head()
        while first < after:
            middle = (first + after) // 2
            entries = self.store.read(middle, 1)
            if entries and entries[0].recorded_at < now - KEPT:
                first = middle + 1
            else:
                after = middle
        upto = whole_from(self.store, first)
        while self._caller.seq < upto:
            self._caller.pass_over(self.store.read(self._caller.seq, min(MESSAGES_PER_PAGE, upto - self._caller.seq)))
        for call in self._caller.standing():
            self._stand(call)
        self._begun = True

    def _stand(self, call: Call) -> None:
        standing = self._standing
        for number in call.areas:
            if not call.kind.is_alarm:
                for kind in Kind:
                    standing.pop((number, kind), None)
            else:
                standing.pop((number, Kind.EARLY), None)
                standing.pop((number, Kind.NEAR), None)
            if call.kind not in (Kind.ENDED, Kind.WITHDRAWN):
                standing[number, call.kind] = call

    def _still_standing(self) -> tuple[Call, ...]:
        found: dict[tuple[int, Kind], tuple[Call, list[int]]] = {}
        for (number, kind), call in self._standing.items():
            found.setdefault((call.seq, kind), (call, []))[1].append(number)
        return tuple(
            Call(call.seq, call.at, call.recorded_at, call.kind, tuple(sorted(numbers)))
            for call, numbers in found.values()
        )
