"""Questions over history: how often, how long, when most. Answers are computed from the ledger alone.

A zone's *alert period* is a longest stretch of time in which at least one hold has it under alert: its own or an
ancestor's, and, unless only whole cover is asked for, one that covers some part of it. An early warning is not an
alert yet; a false alarm was one, for people heard it. Times are UTC; a month is a calendar month in UTC. A period
that is still open counts up to the moment asked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.model import Extent, Hazard, Hierarchy, Hold, SourceId, Stage, Status, Threat, ZoneId
from tocsin.record.ledger import EVERY_STAGE, OPEN, How, Ledger, Rows, Seconds
from tocsin.record.periods import clipped, joined, most_at_once

Covering = Literal["any", "whole"]

WHOLE = frozenset({Extent.WHOLE})
PART = frozenset({Extent.PART})
EITHER = frozenset(Extent)
ALERT = frozenset({Stage.ALERT})


class Period(msgspec.Struct, frozen=True, kw_only=True):
    since: datetime
    until: datetime
    duration_s: float


class Month(msgspec.Struct, frozen=True, kw_only=True):
    month: str
    """``2024-11``."""
    count: int
    """Periods that began in it."""
    total_s: float
    """Seconds under alert that lie in it."""


class Peak(msgspec.Struct, frozen=True, kw_only=True):
    """The most zones of one level under alert at once."""

    level: str
    count: int
    of: int
    """How many zones of that level there are."""
    recorded: int
    """How many of them the record knows: those that were ever under alert, at any time."""
    at: datetime
    """The first moment it was reached."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the record says of one zone between two moments."""

    zone: ZoneId
    since: datetime | None = msgspec.field(name="from")
    until: datetime
    covering: Covering
    count: int
    total_s: float
    median_s: float | None
    longest: Period | None
    months: list[Month]
    peak: Peak | None
    """Among the zone's direct parts; none where it has no parts or none was ever under alert."""
    under_alert: bool
    """Whether an alert was open at ``until``: one that ended in that very moment was not."""


class RecordedHold(Hold, frozen=True, kw_only=True):
    """What a hold said, from when to when. One that was escalated is here once for each thing that it said."""

    ended: datetime | None
    ended_how: How | None
    ended_cause: str | None
    """Why it was ended, where whoever did it said so."""


class AlarmPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A longest stretch of time under alert for one hazard."""

    hazard: Hazard
    since: datetime
    until: datetime | None
    """None while it stands."""


class AlertPeriods(NamedTuple):
    """Periods under alert of several zones, as columns."""

    zone: NDArray[np.object_]
    start: Seconds
    end: Seconds
    """Of one that is still open: the moment asked at."""
    whole: NDArray[np.bool_]
    """Whether all of the zone was; each such stretch lies in one in which at least some of it was."""


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a zone's status, with the event that caused it."""

    at: datetime
    before: Status
    after: Status
    seq: int
    how: How
    """What that event was. After ``withdrawn`` it was a false alarm, and no all-clear."""
    hazard: Hazard
    threat: Threat
    source: SourceId


def history(
    ledger: Ledger,
    hierarchy: Hierarchy,
    zone: ZoneId,
    *,
    now: datetime,
    level_of_parts: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    covering: Covering = "any",
) -> History:
    """The figures of ``zone`` in the window, by default all of the record up to ``now``."""
    end_of_window = min(until, now) if until else now
    window = (since.timestamp() if since else -np.inf, end_of_window.timestamp())

    def periods_of(asked: ZoneId) -> tuple[Seconds, Seconds]:
        rows = _reaching(ledger, hierarchy, asked, ALERT)
        if covering == "any":
            rows = np.concatenate([rows, _inside(ledger, hierarchy, asked, ALERT)])
        return joined(ledger.start(rows), ledger.end(rows))

    periods = periods_of(zone)
    start, end = clipped(*periods, *window)
    lengths = end - start
    longest = int(np.argmax(lengths)) if len(lengths) else None
    return History(
        zone=zone,
        since=since,
        until=end_of_window,
        covering=covering,
        count=len(lengths),
        total_s=float(lengths.sum()),
        median_s=float(np.median(lengths)) if len(lengths) else None,
        longest=None if longest is None else _period(start[longest], end[longest]),
        months=_months(start, end),
        peak=_peak([periods_of(part) for part in hierarchy.children(zone)], window, level_of_parts),
        under_alert=bool(((periods[0] <= window[1]) & (window[1] < periods[1])).any()),
    )


def _reaching(ledger: Ledger, hierarchy: Hierarchy, zone: ZoneId, stages: frozenset[Stage]) -> Rows:
    return ledger.of((zone, *hierarchy.ancestors(zone)), WHOLE, stages)


def _inside(ledger: Ledger, hierarchy: Hierarchy, zone: ZoneId, stages: frozenset[Stage]) -> Rows:
    return np.concatenate([ledger.of((zone,), PART, stages), ledger.of(hierarchy.descendants(zone), EITHER, stages)])


def _peak(parts: list[tuple[Seconds, Seconds]], window: tuple[float, float], level: str | None) -> Peak | None:
    clips = [clipped(*part, *window) for part in parts if len(part[0])]
    if level is None or not any(len(start) for start, _ in clips):
        return None
    count, at = most_at_once(*(np.concatenate(side) for side in zip(*clips, strict=True)))
    return Peak(level=level, count=count, of=len(parts), recorded=len(clips), at=_moment(at))


def _months(start: Seconds, end: Seconds) -> list[Month]:
    """Every month from the first to the last with a period in it, the empty ones between included."""
    months: list[Month] = []
    if not len(start):
        return months
    month, last = _moment(start[0]).replace(day=1, hour=0, minute=0, second=0, microsecond=0), _moment(end[-1])
    while month < last:
        following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
        since, until = month.timestamp(), following.timestamp()
        inside = clipped(start, end, since, until)
        months.append(
            Month(
                month=f"{month:%Y-%m}",
                count=int(((start >= since) & (start < until)).sum()),
                total_s=float((inside[1] - inside[0]).sum()),
            )
        )
        month = following
    return months


def transitions(ledger: Ledger, hierarchy: Hierarchy, zone: ZoneId, now: datetime, most: int = 20) -> list[Transition]:
    """The zone's latest changes of status up to ``now``, newest first.

    Events at one moment are one change. Where it is for the worse, its cause is the first of them in the log that had
    a hold say as much; where it is for the better, the last that ended a hold which said more.
    """
    reaching = _reaching(ledger, hierarchy, zone, EVERY_STAGE)
    inside = _inside(ledger, hierarchy, zone, EVERY_STAGE)
    rows = np.concatenate([reaching, inside])
    if not len(rows):
        return []
    start, end = ledger.start(rows), ledger.end(rows)
    rank = np.array([ledger.holds[row].says.rank for row in reaching] + [Status.PARTIAL.rank] * len(inside), np.int64)
    moments = np.unique(np.concatenate([start, end]))
    moments = moments[moments <= now.timestamp()]
    after = _ranks_at(moments, start, end, rank)
    before = np.concatenate([[0], after[:-1]])
    changed = np.flatnonzero(before != after)[: -most - 1 : -1]
    said = list(Status)
    found = []
    for i in changed:
        if after[i] > before[i]:
            begun = rows[(start == moments[i]) & (rank == after[i])]
            (seq, how), hold = min(_events(ledger, ledger.begun, begun), key=_seq)
        else:
            ended = rows[(end == moments[i]) & (rank > after[i])]
            (seq, how), hold = max(_events(ledger, ledger.ended, ended), key=_seq)
        found.append(
            Transition(
                at=_moment(moments[i]),
                before=said[before[i]],
                after=said[after[i]],
                seq=seq,
                how=how,
                hazard=hold.hazard,
                threat=hold.threat,
                source=hold.source,
            )
        )
    return found


def _ranks_at(moments: Seconds, start: Seconds, end: Seconds, rank: Rows) -> Rows:
    """The worst rank open just after each moment."""
    worst = np.zeros(len(moments), np.int64)
    for level in range(1, len(Status)):
        begun = np.searchsorted(np.sort(start[rank == level]), moments, side="right")
        ended = np.searchsorted(np.sort(end[rank == level]), moments, side="right")
        worst[begun > ended] = level
    return worst


def _events(
    ledger: Ledger, what: Callable[[int], tuple[int, How] | None], rows: Rows
) -> Iterator[tuple[tuple[int, How], Hold]]:
    """The events that began or ended these rows, and what the hold said from or until then."""
    for row in rows.tolist():
        if event := what(row):
            yield event, ledger.holds[row]


def _seq(cause: tuple[tuple[int, How], Hold]) -> int:
    return cause[0][0]


def recorded(ledger: Ledger, since: datetime, until: datetime) -> list[RecordedHold]:
    """What was said by every hold open at any moment of the window, and until when."""
    rows = ledger.during(since, until)
    found = []
    for row, end in zip(rows.tolist(), ledger.end(rows).tolist(), strict=True):
        ended = ledger.ended(row)
        found.append(
            RecordedHold(
                **msgspec.structs.asdict(ledger.holds[row]),
                ended=None if end == OPEN else _moment(end),
                ended_how=ended[1] if ended else None,
                ended_cause=ledger.ended_cause.get(row),
            )
        )
    return found


def alarm_periods(ledger: Ledger, zones: Iterable[ZoneId], above: Iterable[ZoneId], most: int) -> list[AlarmPeriod]:
    """The latest ``most`` periods in which an alert lay on any of these zones or on all of one ``above`` them, newest
    first. What takes effect only in a moment is there already, as it is in the state."""
    rows = np.concatenate([ledger.of(zones, EITHER, ALERT), ledger.of(above, WHOLE, ALERT)])
    hazards = [ledger.holds[row].hazard for row in rows.tolist()]
    found = []
    for hazard in Hazard:
        of_it = rows[np.array([one is hazard for one in hazards], bool)]
        starts, ends = joined(ledger.start(of_it), ledger.end(of_it))
        found += [
            AlarmPeriod(hazard=hazard, since=_moment(start), until=None if end == OPEN else _moment(end))
            for start, end in zip(starts[-most:].tolist(), ends[-most:].tolist(), strict=True)
        ]
    return sorted(found, key=lambda period: period.since, reverse=True)[:most]


def alert_periods(ledger: Ledger, hierarchy: Hierarchy, zones: Iterable[ZoneId], now: datetime) -> AlertPeriods:
    """Every period under alert up to ``now``, of each zone as a whole and of any part of it."""
    found: list[tuple[ZoneId, Seconds, Seconds, bool]] = []
    for zone in zones:
        whole = _reaching(ledger, hierarchy, zone, ALERT)
        anywhere = np.concatenate([whole, _inside(ledger, hierarchy, zone, ALERT)])
        for rows, is_whole in ((whole, True), (anywhere, False)):
            periods = joined(ledger.start(rows), ledger.end(rows))
            found.append((zone, *clipped(*periods, -np.inf, now.timestamp()), is_whole))
    lengths = [len(start) for _, start, _, _ in found]
    return AlertPeriods(
        zone=np.repeat(np.array([zone for zone, _, _, _ in found], np.object_), lengths),
        start=np.concatenate([[], *(start for _, start, _, _ in found)]),
        end=np.concatenate([[], *(end for _, _, end, _ in found)]),
        whole=np.repeat(np.array([is_whole for _, _, _, is_whole in found], np.bool_), lengths),
    )


def _period(start: float, end: float) -> Period:
    return Period(since=_moment(start), until=_moment(end), duration_s=float(end - start))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
