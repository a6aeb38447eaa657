"""Every hold there ever was, with its beginning and end: the log turned into intervals.

The ledger is a projection: it can be thrown away and folded again. It counts by the moments at which holds took
effect, not by the order of the log, so history that was imported late stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tocsin.events import Entry, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn, escalated, opened
from tocsin.model import Extent, Hold, HoldId, ZoneId

Seconds = NDArray[np.float64]
Rows = NDArray[np.int64]

OPEN = np.inf
"""The end of a hold that has none yet."""


class Ledger:
    """All holds as rows, in log order. One that was escalated is a row for each thing that it said."""

    def __init__(self) -> None:
        self.seq = 0
        self.holds: list[Hold] = []
        self.closed_by: dict[int, int] = {}
        """Row -> seq of the event that ended it."""
        self.withdrawn: set[int] = set()
        """The rows of holds that were taken back as errors. They count: people heard them."""
        self.latest = -np.inf
        """The latest moment at which anything took effect, Unix seconds."""
        self._start = np.empty(1024, np.float64)
        self._end = np.empty(1024, np.float64)
        self._rows: dict[ZoneId, list[int]] = {}
        self._open: dict[HoldId, int] = {}

    def apply(self, entries: Sequence[Entry]) -> None:
        """Take in what the log has added; what is known already is passed over."""
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            assert entry.seq == self.seq + 1, "the ledger is fed in log order"
            self.seq = entry.seq
            event = entry.event
            match event:
                case HoldRaised():
                    self._add(opened(entry.seq, event))
                case HoldEscalated():
                    hold = self.holds[self._close(event.hold, event.at, entry.seq)]
                    self._add(escalated(hold, event), event.at)
                case HoldReleased() | HoldWithdrawn():
                    row = self._close(event.hold, event.at, entry.seq)
                    if isinstance(event, HoldWithdrawn):
                        self.withdrawn.add(row)
                case _:
                    continue
            self.latest = max(self.latest, event.at.timestamp())

    def _close(self, hold: HoldId, at: datetime, seq: int) -> int:
        row = self._open.pop(hold)
        self._end[row] = at.timestamp()
        self.closed_by[row] = seq
        return row

    def _add(self, hold: Hold, start: datetime | None = None) -> None:
        row = len(self.holds)
        if row == len(self._start):
            self._start = np.concatenate([self._start, np.empty_like(self._start)])
            self._end = np.concatenate([self._end, np.empty_like(self._end)])
        self._start[row] = (start or hold.since).timestamp()
        self._end[row] = OPEN
        self.holds.append(hold)
        self._rows.setdefault(hold.zone, []).append(row)
        self._open[hold.id] = row

    def start(self, rows: Rows) -> Seconds:
        """Unix seconds."""
        return self._start[rows]

    def end(self, rows: Rows) -> Seconds:
        """Unix seconds; `OPEN` for a hold that stands."""
        return self._end[rows]

    def of(self, zones: Iterable[ZoneId], extents: frozenset[Extent]) -> Rows:
        """The rows of the holds placed on these zones."""
        found = [row for zone in zones for row in self._rows.get(zone, ()) if self.holds[row].extent in extents]
        return np.array(found, np.int64)

    def zones(self) -> Iterator[ZoneId]:
        """The zones that ever had a hold."""
        return iter(self._rows)

    def during(self, since: datetime, until: datetime) -> Rows:
        """The rows of the holds open at any moment of the window, in log order."""
        n = len(self.holds)
        mask = (self._start[:n] < until.timestamp()) & (self._end[:n] > since.timestamp())
        return np.flatnonzero(mask)
