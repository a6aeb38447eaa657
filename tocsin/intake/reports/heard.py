"""The reports that were taken in lately, as they stand after a log. A value: what is added makes a new one.

What is older than `REPORTS_KEPT_S` before the newest falls out: by then every threat that it speaks of has long been
stale. The log keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.events import Event, Internal
from tocsin.limits import REPORTS_KEPT, REPORTS_KEPT_S
from tocsin.model import SourceId
from tocsin.report import Report, ReportId, ReportsTaken

SPARE_IDS = 1_000
"""So many ids of what has fallen out are borne with before they are cleared away."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one event of the log brought."""

    seq: int
    event: ReportsTaken
    ids: frozenset[ReportId]


@dataclass(frozen=True, slots=True)
class Heard:
    pages: tuple[Page, ...] = ()
    """Oldest first."""
    known: tuple[frozenset[ReportId], ...] = ()
    """The ids of all of them, in a few sets, each at least twice as large as the next, so that to add one costs little.
    Some of what has fallen out may be among them."""
    count: int = 0
    """How many reports there are."""

    @property
    def seq(self) -> int:
        """Of the newest; 0 where there is none."""
        return self.pages[-1].seq if self.pages else 0

    def __iter__(self) -> Iterator[Report]:
        return (report for page in self.pages for report in page.event.reports)

    def __len__(self) -> int:
        return self.count

    def knows(self, id: ReportId) -> bool:
        return any(id in some for some in self.known)

    def after(self, seq: int, events: Sequence[Event | Internal]) -> Heard:
        """What stands once ``events``, of which the first follows ``seq``, have happened. This one stays as it is."""
        if ReportsTaken not in map(type, events):  # as almost always: warnings must not wait for reports
            return self
        return self.with_events(enumerate(events, seq + 1))

    def with_events(self, events: Iterable[tuple[int, Event | Internal]]) -> Heard:
        """The same, of events each with its seq."""
        new = [
            Page(seq, event, frozenset(report.id for report in event.reports))
            for seq, event in events
            if isinstance(event, ReportsTaken)
        ]
        if not new:
            return self
        known = list(self.known)
        for page in new:
            known.append(page.ids)
            while len(known) > 1 and len(known[-2]) < 2 * len(known[-1]):
                last = known.pop()
                known[-1] |= last
        pages, count = _lately((*self.pages, *new), self.count + sum(len(page.ids) for page in new))
        if sum(map(len, known)) > 2 * count + SPARE_IDS:
            known = [frozenset[ReportId]().union(*(page.ids for page in pages))]
        return Heard(pages, tuple(known), count)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Where in the log all this stands: first and last seq of each run."""
        first = last = None
        for page in self.pages:
            if last is not None and first is not None and page.seq != last + 1:
                yield first, last
                first = None
            first = page.seq if first is None else first
            last = page.seq
        if first is not None and last is not None:
            yield first, last

    def by(self, source: SourceId) -> Iterator[Report]:
        """What one source said."""
        return (report for report in self if report.source == source)


def _lately(pages: tuple[Page, ...], count: int) -> tuple[tuple[Page, ...], int]:
    """Without what is too old, and without the oldest where there are too many."""
    since = pages[-1].event.at - timedelta(seconds=REPORTS_KEPT_S)
    gone = 0
    while gone < len(pages) - 1 and (pages[gone].event.at < since or count > REPORTS_KEPT):
        count -= len(pages[gone].ids)
        gone += 1
    return pages[gone:], count
