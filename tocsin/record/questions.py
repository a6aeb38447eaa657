"""The ledger kept up with a log, and asked from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from tocsin.limits import LEDGER_PAGE_EVENTS, REMEMBERED_ANSWERS
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.history import (
    AlarmPeriod,
    AlertPeriods,
    Covering,
    History,
    RecordedHold,
    Transition,
    alarm_periods,
    alert_periods,
    history,
    recorded,
    transitions,
)
from tocsin.record.ledger import Ledger
from tocsin.store import Log

T = TypeVar("T")


class Questions:
    """Every answer stands upon all that the log held when it was asked. The first one folds the log."""

    def __init__(self, store: Log, hierarchy: Hierarchy, parts: Callable[[ZoneId], str | None]) -> None:
        """``parts`` names the level of a zone's direct parts, if it has any."""
        self._store = store
        self._hierarchy = hierarchy
        self._parts = parts
        self._ledger = Ledger()
        self._lock = threading.Lock()
        self._answers: dict[Hashable, object] = {}

    def history(
        self,
        zone: ZoneId,
        now: datetime,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        covering: Covering = "any",
    ) -> History:
        """The figures of one zone; see `record.history`."""
        # A minute of age is nothing to a statistic, and lets many who ask at once share one answer.
        asked_at = now.replace(second=0, microsecond=0) if until is None or until > now else until
        with self._caught_up() as ledger:
            return self._remembered(
                (zone, since, until, asked_at, covering),
                lambda: history(
                    ledger,
                    self._hierarchy,
                    zone,
                    now=now,
                    level_of_parts=self._parts(zone),
                    since=since,
                    until=until,
                    covering=covering,
                ),
            )

    def transitions(self, zone: ZoneId, now: datetime) -> list[Transition]:
        """The zone's latest changes of status, newest first."""
        with self._caught_up() as ledger:
            # An order may lie a little ahead of the clock: until all has come, the answer depends on the moment.
            asked_at = min(now.timestamp(), ledger.latest)
            return self._remembered((zone, asked_at), lambda: transitions(ledger, self._hierarchy, zone, now))

    def holds(self, since: datetime, until: datetime) -> list[RecordedHold]:
        """What was said by every hold open at any moment of the window, and until when."""
        with self._caught_up() as ledger:
            return self._remembered((since, until), lambda: recorded(ledger, since, until))

    def alarm_periods(self, zones: tuple[ZoneId, ...], above: tuple[ZoneId, ...], most: int) -> list[AlarmPeriod]:
        """The latest periods under alert, by hazard, newest first; see `record.history`."""
        with self._caught_up() as ledger:
            return self._remembered((zones, above, most), lambda: alarm_periods(ledger, zones, above, most))

    def alert_periods(self, zones: tuple[ZoneId, ...], now: datetime) -> AlertPeriods:
        """Every period under alert of these zones up to ``now``; see `record.history`."""
        with self._caught_up() as ledger:
            return alert_periods(ledger, self._hierarchy, zones, now)

    @contextmanager
    def _caught_up(self) -> Iterator[Ledger]:
        """The ledger with all that the log holds in it, and nobody else at it."""
        with self._lock:
            before = self._ledger.seq
            while page := self._store.read(self._ledger.seq, LEDGER_PAGE_EVENTS):
                self._ledger.apply(page)
            if self._ledger.seq != before or len(self._answers) >= REMEMBERED_ANSWERS:
                self._answers.clear()
            yield self._ledger

    def _remembered(self, asked: Hashable, compute: Callable[[], T]) -> T:
        if asked not in self._answers:
            self._answers[asked] = compute()
        return self._answers[asked]  # type: ignore[return-value]  # the key holds all that the answer depends on
