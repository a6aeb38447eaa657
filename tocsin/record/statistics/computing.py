"""The statistics of one Tocsin: the tables are made when the record has grown, and asked from any thread.

What is said of alerts may be a minute old, as everywhere in the record: it is nothing to a statistic.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from tocsin.errors import BadTime, TocsinError
from tocsin.limits import REMEMBERED_ANSWERS
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.dataset.spellings import oblasts_in
from tocsin.record.published import Published
from tocsin.record.questions import Questions
from tocsin.record.statistics.asking import Answer, Desk
from tocsin.record.statistics.definition import Definition, definition
from tocsin.record.statistics.given import Terms, values
from tocsin.record.statistics.tables import tables

DESKS = 4
"""Sets of tables that are kept: of the record as it stands, and of a few times before."""

PLACE_NAMES = 4_096
"""Names of places whose zones are remembered."""


class Statistics:
    """Asks the record as it stands, or as it stood."""

    def __init__(
        self,
        questions: Questions,
        hierarchy: Hierarchy,
        top: Iterable[ZoneId],
        local: tzinfo,
        zone: Callable[[str], ZoneId],
    ) -> None:
        """``top`` are the zones whose alerts are counted, ``zone`` gives the one that a text means or an error."""
        self._questions = questions
        self._hierarchy = hierarchy
        self._top = tuple(top)
        self._local = local
        self._zone = zone
        self._lock = threading.Lock()
        self._desks: dict[int, Desk] = {}
        self._answers: dict[object, Answer] = {}
        self.zones_in = lru_cache(PLACE_NAMES)(self._zones_in)

    def ask(self, record: Published, name: str, given: Mapping[str, str], now: datetime) -> Answer:
        """Errors: `UnknownStatistic`, `BadParameter`, `UnknownZone`, `StatisticTooLarge`, `ExtraMissing`."""
        asked = definition(name)
        found = values(asked, given, Terms(self._zone, self._latest(record, now)))
        minute = now.replace(second=0, microsecond=0)
        key = (record.seq, minute, name, *(str(found[parameter.name]) for parameter in asked.parameters))
        with self._lock:
            if key not in self._answers:
                if len(self._answers) >= REMEMBERED_ANSWERS:
                    self._answers.clear()
                self._answers[key] = self._desk(record, minute).ask(asked, found)
            return self._answers[key]

    def variants(self, record: Published, name: str, given: Mapping[str, str], now: datetime) -> dict[str, Answer]:
        """The same by each choice of parameters that has a name; what is given goes before theirs. Errors as `ask`."""
        asked: Definition = definition(name)
        return {one.name: self.ask(record, name, one.given | dict(given), now) for one in asked.variants}

    def _latest(self, record: Published, now: datetime) -> date:
        nights = [attack.bounds.night for attack in record.attacks.values()]
        return date.fromisoformat(max(nights)) if nights else now.astimezone(self._local).date()

    def _desk(self, record: Published, minute: datetime) -> Desk:
        desk = self._desks.get(record.seq)
        if desk is None:
            while len(self._desks) >= DESKS:
                self._desks.pop(next(iter(self._desks))).close()
            desk = self._desks[record.seq] = Desk(tables(record, self._local, self._hierarchy, self.zones_in))
        if desk.alerts_upto != minute:
            desk.take_alerts(self._questions.alert_periods(self._top, minute), minute)
        return desk

    def _zones_in(self, place: str) -> tuple[ZoneId, ...]:
        """The zones that a place named in a claim is, or that it names one by one. None where it is not certain."""
        codes = oblasts_in(place)
        found: list[ZoneId] = []
        for name in codes or [place]:
            try:
                found.append(self._zone(name))
            except TocsinError:
                continue  # no zone, or several that are called so
        return tuple(found)


def as_of(moment: datetime, now: datetime) -> datetime:
    """A moment of which the record may be asked. Errors: `BadTime` where it is still to come."""
    if moment > now:
        raise BadTime(f"{moment.astimezone(UTC).isoformat()} is still to come", as_of=moment.isoformat())
    return moment
