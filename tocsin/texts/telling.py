"""What people must hear of what is new in the log: one message for each order and distinct thing it says.

A message is the same in every language: one seq, the same zones, one instruction; only its words differ. An all-clear
is told only where the log, and whoever knows better, leave the zone clear; whatever else ends is told as less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby

from tocsin.events import (
    Entry,
    HoldAnnotated,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    NewsEvent,
    SourceCameBack,
    SourceFellSilent,
)
from tocsin.limits import NEWS_S
from tocsin.model import (
    Ending,
    Extent,
    Hazard,
    HoldId,
    Level,
    Realm,
    SourceId,
    Stage,
    Status,
    Threat,
    ZoneId,
    ZoneStatus,
)
from tocsin.texts import keys
from tocsin.texts.catalogue import Catalogue
from tocsin.texts.load import Texts
from tocsin.texts.message import Kind, Message
from tocsin.texts.wording import announced, one_line, signal, what, worded

Now = Callable[[ZoneId], ZoneStatus]
"""What is said of a zone once all the entries are in the log."""

Began = Callable[[HoldId], datetime | None]
"""When an open hold came to say what it says, where that is known."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What makes two events one message: everything that is told but the zone."""

    kind: Kind
    keys: keys.Keys
    source: SourceId
    hazard: Hazard | None = None
    threat: Threat | None = None
    stage: Stage | None = None
    level: Level | None = None
    extent: Extent | None = None
    leaves: Status | None = None
    began: datetime | None = None
    note: str | None = None
    cause: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def messages(
    entries: Iterable[Entry],
    realm: Realm,
    texts: Texts,
    *,
    now: Now | None,
    began: Began = lambda hold: None,
    local: tzinfo = UTC,
) -> list[Message]:
    """The messages that these consecutive entries, whole orders, lead to, in log order.

    ``now`` can only make an ending sound worse than the log does; give it wherever the state is at hand, for only the
    state knows of an unnamed part of an oblast that may be this zone. ``began`` and ``local`` serve the hour that a
    correction names. What took effect more than `NEWS_S` before it was recorded is history and leads to none.
    """
    found: list[Message] = []
    given: dict[HoldId, datetime] = {}
    for _, group in groupby(entries, key=lambda entry: entry.order):
        order = [entry for entry in group if isinstance(entry.event, NewsEvent)]
        for entry in order:
            if isinstance(entry.event, HoldRaised):
                given[HoldId(entry.seq)] = entry.event.at
            elif isinstance(entry.event, HoldEscalated):
                given[entry.event.hold] = entry.event.at
        if order and not _is_history(order):
            found.extend(_of_order(order, realm, texts, now, lambda hold: given.get(hold) or began(hold), local))
    return found


def _is_history(order: Sequence[Entry]) -> bool:
    """Whether nothing in it is news. What a narrowed warning goes on from may be old, its narrowing is not."""
    return all(entry.recorded_at - entry.event.at > timedelta(seconds=NEWS_S) for entry in order)


def _of_order(
    order: Sequence[Entry], realm: Realm, texts: Texts, now: Now | None, began: Began, local: tzinfo
) -> list[Message]:
    groups: dict[_Said, list[Entry]] = {}
    for entry, said in _Order(order, now, began).told():
        groups.setdefault(said, []).append(entry)
    return [_message(said, group, realm, texts, local) for said, group in groups.items()]


class _Order:
    """One order's events, and what they leave each zone under once all have happened."""

    def __init__(self, order: Sequence[Entry], now: Now | None, began: Began) -> None:
        self._order = order
        self._now = now
        self._began = began
        self._raised = {entry.event.zone for entry in order if isinstance(entry.event, HoldRaised)}
        self._endings: set[Ending] = set()
        self._left: dict[ZoneId, Status] = {}
        for entry in order:
            event = entry.event
            if isinstance(event, HoldReleased | HoldWithdrawn) and event.leaves is not None:
                self._left[event.zone] = event.leaves
            if isinstance(event, HoldReleased):
                self._endings.add(event.ending)

    def told(self) -> Iterable[tuple[Entry, _Said]]:
        for entry in self._order:
            said = self._said(entry)
            if said is not None:
                yield entry, said

    def _said(self, entry: Entry) -> _Said | None:
        match entry.event:
            case HoldRaised() as event:
                return self._of_raised(event)
            case HoldEscalated() as event:
                return _of_alarm(event, Kind.ESCALATED, before=("escalated",))
            case HoldReleased() as event:
                return self._of_released(event)
            case HoldWithdrawn() as event:
                return self._of_withdrawn(event)
            case HoldAnnotated() as event:
                return _Said(Kind.NOTE, (keys.NOTE,), event.source, note=event.note)
            case SourceFellSilent() as event:
                return _Said(Kind.SILENT, (keys.SILENT,), event.source, cause=event.cause)
            case SourceCameBack() as event:
                return _Said(Kind.BACK, (keys.BACK,), event.source, cause=event.cause)
            case _:
                return None

    def _of_raised(self, event: HoldRaised) -> _Said:
        part = ("part",) if event.extent is Extent.PART else ()
        if Ending.NARROWED in self._endings:
            return _of_alarm(event, Kind.CONTINUED, before=("continued", *part))
        if Ending.REPLACED not in self._endings or event.zone not in self._left:
            return _of_alarm(event, Kind.ALARM, before=part)
        # It does not go on beside the one before it, which is over; only what is left can be more serious.
        said = _of_alarm(event, Kind.REPLACED, before=("replaced", *part))
        stronger = self._left_on(event.zone, Status.CLEAR).rank > _says(event).rank
        return replace(said, after=("stronger",) if stronger else ())

    def _of_released(self, event: HoldReleased) -> _Said | None:
        """Nothing where the log does not say what is left, or where the order put another hold in its place."""
        if event.leaves is None or event.hazard is None:
            return None
        if event.ending is Ending.REPLACED and event.zone in self._raised:
            return None
        leaves = self._left_on(event.zone, event.leaves)
        narrowed = event.ending is Ending.NARROWED and leaves is Status.PARTIAL
        kind = Kind.NARROWED if narrowed else Kind.ALL_CLEAR if leaves is Status.CLEAR else Kind.ENDED
        return _Said(
            kind,
            keys.of_ending(leaves, event.hazard, narrowed=narrowed),
            event.source,
            hazard=event.hazard,
            leaves=leaves,
            cause=event.cause,
        )

    def _of_withdrawn(self, event: HoldWithdrawn) -> _Said:
        leaves = self._left_on(event.zone, event.leaves)
        began = self._began(event.hold)
        return _Said(
            Kind.WITHDRAWN,
            keys.of_withdrawal(leaves, event.hazard),
            event.source,
            hazard=event.hazard,
            threat=event.threat,
            stage=event.stage,
            level=event.level,
            leaves=leaves,
            began=began and began.replace(second=0, microsecond=0),
            cause=event.cause,
        )

    def _left_on(self, zone: ZoneId, otherwise: Status) -> Status:
        """What the zone is under once the order is carried out: the worst of what is known."""
        known = [self._left.get(zone, otherwise)]
        if self._now is not None:
            said = self._now(zone)
            known.append(said.status)
            if said.around is not Status.CLEAR:
                known.append(Status.PARTIAL)
        return max(known, key=lambda status: status.rank)


def _of_alarm(event: HoldRaised | HoldEscalated, kind: Kind, *, before: tuple[str, ...]) -> _Said:
    if event.stage is Stage.EARLY_WARNING:
        after: tuple[str, ...] = ("under_alert",)
    else:
        after = ("under_red",) if event.level is Level.YELLOW else ()
    return _Said(
        kind,
        keys.of_alarm(event.hazard, event.threat, event.stage, event.level),
        event.source,
        hazard=event.hazard,
        threat=event.threat,
        stage=event.stage,
        level=event.level,
        extent=event.extent if isinstance(event, HoldRaised) else None,
        cause=event.cause,
        before=before,
        after=after,
    )


def _says(event: HoldRaised) -> Status:
    if event.extent is Extent.PART:
        return Status.PARTIAL
    if event.stage is Stage.EARLY_WARNING:
        return Status.EARLY_WARNING
    return Status.RED if event.level is Level.RED else Status.YELLOW


def _message(said: _Said, group: Sequence[Entry], realm: Realm, texts: Texts, local: tzinfo) -> Message:
    key, at = texts.find(said.keys), group[0].event.at
    zones: dict[ZoneId, None] = {}
    holds: dict[HoldId, None] = {}
    for entry in group:
        event = entry.event
        if isinstance(event, HoldRaised):
            zones[event.zone], holds[HoldId(entry.seq)] = None, None
        elif isinstance(event, HoldEscalated | HoldReleased | HoldWithdrawn | HoldAnnotated):
            zones[event.zone], holds[event.hold] = None, None
    return Message(
        seq=group[-1].seq,
        first_seq=group[0].seq,
        realm=realm,
        kind=said.kind,
        at=at,
        hazard=said.hazard,
        threat=said.threat,
        stage=said.stage,
        level=said.level,
        extent=said.extent,
        leaves=said.leaves,
        zones=tuple(zones),
        holds=tuple(holds),
        source=said.source,
        instruction=key,
        cause=said.cause,
        wording={
            lang: worded(
                catalogue, realm, key, _values(said, catalogue, at, local), before=said.before, after=said.after
            )
            for lang, catalogue in texts.languages.items()
        },
    )


def _values(said: _Said, catalogue: Catalogue, at: datetime, local: tzinfo) -> dict[str, str]:
    """What fills the blanks of this message's text in one language."""
    values = {"announced": announced(catalogue, said.began, at, local)}
    if said.note is not None:
        values["note"] = one_line(said.note)
    if said.hazard is not None:
        values["hazard"] = catalogue.hazards[said.hazard]
        if said.threat is not None:
            values["what"] = what(catalogue, said.hazard, said.threat)
    if said.stage is not None and said.level is not None:
        values["signal"] = signal(catalogue, said.stage, said.level)
    return values
