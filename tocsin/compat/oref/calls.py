"""From the log to what the Home Front Command's files would have told: which areas hear what, order by order. Pure.

Those files know no state: they tell that something begins, and that it is over. So each order is told by what it
changes for every single area. An area hears the end only where nothing at all is left over it: no alert, no early
warning, no warning of an unnamed part of its district. Where less is left than there was, it is told to stay near.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.compat.oref.places import Areas
from tocsin.compat.oref.words import Kind, alarm_of
from tocsin.engine import Draft, State
from tocsin.events import Entry, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.limits import NEWS_S
from tocsin.model import Extent, Hold, HoldId, Stage, ZoneId


@dataclass(frozen=True, slots=True)
class Call:
    """One thing told to some areas."""

    seq: int
    """The last entry of its order."""
    at: datetime
    """When it took effect."""
    recorded_at: datetime
    """When it became known."""
    kind: Kind
    areas: tuple[int, ...]

    @property
    def is_news(self) -> bool:
        """What is imported long afterwards is history: nobody is told of it now."""
        return (self.recorded_at - self.at).total_seconds() <= NEWS_S


@dataclass(slots=True)
class _Over:
    """What lies over one area."""

    alarms: dict[Kind, tuple[int, Hold]] = field(default_factory=dict)
    """With the rank of the worst, and the oldest hold."""
    early: Hold | None = None
    near: Hold | None = None
    """Some part of what it lies in is under warning, which may be this one."""


class Caller:
    """Follows a log, order after order."""

    def __init__(self, areas: Areas, state: State) -> None:
        """``state`` is what stands before the first order."""
        self._areas = areas
        self._draft = Draft(state)

    @property
    def seq(self) -> int:
        return self._draft.state.seq

    def pass_over(self, entries: Sequence[Entry]) -> None:
        """Take in what follows without a word."""
        self._draft.apply([entry.event for entry in entries])

    def standing(self) -> list[Call]:
        """What was told, and stands: as it would have been told of each hold."""
        told: defaultdict[tuple[Kind, HoldId], list[int]] = defaultdict(list)
        holds: dict[HoldId, Hold] = {}
        for number in range(len(self._areas)):
            over = self._over(number)
            found = [(kind, hold) for kind, (_, hold) in over.alarms.items()]
            if not found and over.early is not None:
                found = [(Kind.EARLY, over.early)]
            elif not found and over.near is not None:
                found = [(Kind.NEAR, over.near)]
            for kind, hold in found:
                told[kind, hold.id].append(number)
                holds[hold.id] = hold
        return [
            Call(hold, holds[hold].since, holds[hold].since, kind, tuple(numbers))
            for (kind, hold), numbers in told.items()
        ]

    def take(self, order: Sequence[Entry]) -> list[Call]:
        """What the next order tells."""
        touched = self._touched(order)
        before = {number: self._over(number) for number in touched}
        self.pass_over(order)
        placed = self._placed(order)
        ended: defaultdict[int, set[bool]] = defaultdict(set)
        """Whether what ended over an area was taken back."""
        begun_at = ended_at = order[0].recorded_at
        for entry in order:
            match entry.event:
                case HoldReleased() | HoldWithdrawn() as event:
                    ended_at = event.at
                    for number in self._areas.within(event.zone):
                        ended[number].add(isinstance(event, HoldWithdrawn))
                case HoldRaised() | HoldEscalated() as event:
                    begun_at = event.at
        told: defaultdict[Kind, list[int]] = defaultdict(list)
        for number in touched:
            for kind in _told(before[number], self._over(number), placed[number], ended[number]):
                told[kind].append(number)
        return [
            Call(
                order[-1].seq,
                begun_at if kind.is_alarm or kind is Kind.EARLY or not ended else ended_at,
                order[0].recorded_at,
                kind,
                tuple(told[kind]),
            )
            for kind in Kind
            if kind in told
        ]

    def _touched(self, order: Sequence[Entry]) -> list[int]:
        zones: dict[ZoneId, None] = {}
        for entry in order:
            if isinstance(entry.event, HoldRaised | HoldEscalated | HoldReleased | HoldWithdrawn):
                zones[entry.event.zone] = None
        return sorted({number for zone in zones for number in self._areas.within(zone)})

    def _placed(self, order: Sequence[Entry]) -> defaultdict[int, set[Kind]]:
        """What is said anew of each area, even where it was said before: a second wave is told again."""
        placed: defaultdict[int, set[Kind]] = defaultdict(set)
        holds = self._draft.state.holds
        for entry in order:
            if isinstance(entry.event, HoldRaised) and entry.event.follows is None:
                hold = holds.get(HoldId(entry.seq))
                if hold is not None:
                    for number in self._areas.within(hold.zone):
                        placed[number].add(_says(hold, own=hold.zone == self._areas.all[number].zone))
        return placed

    def _over(self, number: int) -> _Over:
        over, state = _Over(), self._draft.state
        zone = self._areas.all[number].zone
        for up in self._areas.chains[number]:
            for hold_id in state.by_zone.get(up, ()):
                hold = state.holds[hold_id]
                match _says(hold, own=up == zone):
                    case Kind.NEAR:
                        over.near = over.near or hold
                    case Kind.EARLY:
                        over.early = over.early or hold
                    case kind:
                        rank, oldest = over.alarms.get(kind, (0, hold))
                        over.alarms[kind] = max(rank, hold.says.rank), min(oldest, hold, key=lambda one: one.id)
        return over


def _says(hold: Hold, *, own: bool) -> Kind:
    """What a hold says of an area that it was placed on, or that lies in its zone.

    An area is the smallest thing that can be named: where some of it is under alert, all of it is. Of a district it is
    not known which of its areas is meant.
    """
    if hold.extent is Extent.PART and not own:
        return Kind.NEAR
    return alarm_of(hold) if hold.stage is Stage.ALERT else Kind.EARLY


def _told(before: _Over, after: _Over, placed: set[Kind], ended: set[bool]) -> list[Kind]:
    """What one area hears of an order."""
    if after.alarms:
        # Whatever is less than an alarm would be heard as if the alarm were over.
        return [
            kind
            for kind, (rank, _) in after.alarms.items()
            if kind in placed or rank > (before.alarms[kind][0] if kind in before.alarms else 0)
        ]
    if before.alarms:
        return [Kind.NEAR] if after.early or after.near else [_end(ended)]
    if after.early:
        return [Kind.EARLY] if not before.early or Kind.EARLY in placed else []
    if after.near:
        return [Kind.NEAR] if before.early or not before.near or Kind.NEAR in placed else []
    return [_end(ended)] if before.early or before.near else []


def _end(ended: set[bool]) -> Kind:
    return Kind.WITHDRAWN if ended == {True} else Kind.ENDED
