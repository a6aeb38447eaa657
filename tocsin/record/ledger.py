"""Every hold there ever was, with its beginning and end: the log turned into intervals.

The ledger is a projection: it can be thrown away and folded again. It counts by the moments at which holds took
effect, not by the order of the log, so history that was imported late stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.events import Entry, HoldAnnotated, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn, opened
from tocsin.model import Ending, Extent, Hold, HoldId, Stage, ZoneId

Seconds = NDArray[np.float64]
Rows = NDArray[np.int64]

OPEN = np.inf
"""The end of a hold that has none yet."""
NEVER = np.inf
"""The beginning and end of what was taken back."""


EVERY_STAGE = frozenset(Stage)


class How(StrEnum):
    """By what a hold begins or ceases to say what it says."""

    RAISED = "raised"
    ESCALATED = "escalated"
    RELEASED = "released"
    NARROWED = "narrowed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


_RELEASED = Ending.RELEASED
"""To look an enumeration's member up costs more than all else that an ordinary release does here."""


class Ledger:
    """All holds as rows, in log order. One that was escalated is a row for each thing that it said.

    What goes on under another hold after an order was narrowed goes on from where that one's row began. A hold that
    was taken back as an error counts like any other: people heard it.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.holds: list[Hold] = []
        """What each row says, `since` when it says it."""
        self.latest = -np.inf
        """The latest moment at which anything took effect, Unix seconds."""
        self._start = np.empty(1024, np.float64)
        self._end = np.empty(1024, np.float64)
        self._rows: dict[ZoneId, list[int]] = {}
        self._open: dict[HoldId, int] = {}
        self._begun: dict[int, tuple[int, How]] = {}
        """Only of the rows that do not begin with the raising of their own hold."""
        self._closed_by: dict[int, int] = {}
        self._ended_how: dict[int, How] = {}
        """Only of the rows that were not simply released."""
        self.ended_cause: dict[int, str] = {}
        """Row -> why its hold was ended, where that was said."""
        self._before: dict[int, int] = {}
        """The row of an escalated hold -> its row before the escalation."""
        self._order = ""
        self._following: dict[HoldId, list[int]] = {}
        """Hold -> the rows that were placed to follow it by the order `_order`."""

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
                    at = event.at.timestamp()
                    row = self._add(opened(entry.seq, event), at)
                    if event.follows is not None:
                        self._follow(entry.order, event.follows, row)
                case HoldReleased():
                    at = event.at.timestamp()
                    row = self._close(event.hold, at, entry.seq)
                    if event.cause is not None:
                        self.ended_cause[row] = event.cause
                    if event.ending is not _RELEASED:
                        self._ended_how[row] = How(event.ending)
                        if event.ending is Ending.NARROWED:
                            self._go_on(entry.order, event, row)
                case HoldWithdrawn():
                    at = event.at.timestamp()
                    row = self._close(event.hold, at, entry.seq)
                    self._ended_how[row] = How.WITHDRAWN
                    if event.cause is not None:
                        self.ended_cause[row] = event.cause
                case HoldEscalated():
                    at = event.at.timestamp()
                    self._escalate(entry.seq, event)
                case HoldAnnotated():
                    row = self._open[event.hold]
                    self.holds[row] = msgspec.structs.replace(self.holds[row], note=event.note)
                    continue
                case _:
                    continue
            self.latest = max(self.latest, at)

    def _add(self, hold: Hold, start: float) -> int:
        row = len(self.holds)
        if row == len(self._start):
            self._start = np.concatenate([self._start, np.empty_like(self._start)])
            self._end = np.concatenate([self._end, np.empty_like(self._end)])
        self._start[row] = start
        self._end[row] = OPEN
        self.holds.append(hold)
        self._rows.setdefault(hold.zone, []).append(row)
        self._open[hold.id] = row
        return row

    def _close(self, hold: HoldId, end: float, seq: int) -> int:
        """End the hold's row. Where that is told late, what the hold came to say only after its end is taken back."""
        row = self._open.pop(hold)
        while row in self._before and end <= self._start[row]:
            self._start[row] = self._end[row] = NEVER
            row = self._before[row]
            del self._ended_how[row]
        self._end[row] = end
        self._closed_by[row] = seq
        return row

    def _escalate(self, seq: int, event: HoldEscalated) -> None:
        hold = self.holds[self._open[event.hold]]
        at = max(event.at, hold.since)
        before = self._close(event.hold, at.timestamp(), seq)
        self._ended_how[before] = How.ESCALATED
        row = self._add(
            msgspec.structs.replace(hold, threat=event.threat, stage=event.stage, level=event.level, since=at),
            at.timestamp(),
        )
        self._begun[row] = seq, How.ESCALATED
        self._before[row] = before

    def _follow(self, order: str, hold: HoldId, row: int) -> None:
        if order != self._order:
            self._order, self._following = order, {}
        self._following.setdefault(hold, []).append(row)

    def _go_on(self, order: str, event: HoldReleased, ended: int) -> None:
        if order != self._order:
            return
        before = self.holds[ended]
        for row in self._following.get(event.hold, ()):
            kept = self.holds[row]
            # Narrowed as of before it was escalated, it says more from the narrowing on only.
            alike = (kept.threat, kept.stage, kept.level) == (before.threat, before.stage, before.level)
            since = before.since if alike else event.at
            self.holds[row] = msgspec.structs.replace(kept, since=since)
            self._start[row] = since.timestamp()
            if alike:
                self._begun[row] = self.begun(ended)

    def begun(self, row: int) -> tuple[int, How]:
        """The seq of the event since which the hold has said this, and what that was."""
        return self._begun.get(row) or (int(self.holds[row].id), How.RAISED)

    def ended(self, row: int) -> tuple[int, How] | None:
        """The seq of the event that ended it, and what that was; None while it stands."""
        seq = self._closed_by.get(row)
        return None if seq is None else (seq, self._ended_how.get(row, How.RELEASED))

    def start(self, rows: Rows) -> Seconds:
        """Unix seconds."""
        return self._start[rows]

    def end(self, rows: Rows) -> Seconds:
        """Unix seconds; `OPEN` for a hold that stands."""
        return self._end[rows]

    def of(self, zones: Iterable[ZoneId], extents: frozenset[Extent], stages: frozenset[Stage] = EVERY_STAGE) -> Rows:
        """The rows of the holds placed on these zones."""
        rows = (row for zone in zones for row in self._rows.get(zone, ()))
        return np.array(
            [row for row in rows if (hold := self.holds[row]).extent in extents and hold.stage in stages], np.int64
        )

    def zones(self) -> Iterator[ZoneId]:
        """The zones that ever had a hold."""
        return iter(self._rows)

    def during(self, since: datetime, until: datetime) -> Rows:
        """The rows of the holds open at any moment of the window, in log order."""
        n = len(self.holds)
        mask = (self._start[:n] < until.timestamp()) & (self._end[:n] > since.timestamp())
        return np.flatnonzero(mask)
