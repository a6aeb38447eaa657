"""Whether sources can be heard. Silence makes stale, visibly, and clears nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from tocsin.commands import Heartbeat, SourceBack, SourceSilent
from tocsin.engine.state import State
from tocsin.errors import SourceUnknown
from tocsin.events import SourceCameBack, SourceEvent, SourceFellSilent, SourceWatched
from tocsin.model import SourceId, ZoneId


def heartbeat(
    state: State, source: SourceId, order: Heartbeat, zones: list[ZoneId], now: datetime
) -> Iterator[SourceEvent]:
    """What a sign of life changes: nothing, in most cases."""
    known = state.sources.get(source)
    promise = (order.silent_after_s, tuple(zones))
    if known is None or (known.silent_after_s, known.zones) != promise:
        yield SourceWatched(source=source, silent_after_s=order.silent_after_s, zones=tuple(zones), at=now)
    if known is not None and known.silent_since is not None:
        yield SourceCameBack(source=source, at=now)


def silent(state: State, giver: SourceId, order: SourceSilent, now: datetime) -> Iterator[SourceEvent]:
    """Errors: `SourceUnknown` for one that neither holds anything nor is watched: most likely a slip of the pen."""
    source = order.of or giver
    known = state.sources.get(source)
    if known is None and not any(hold.source == source for hold in state.holds.values()):
        raise SourceUnknown(f"{source} holds nothing and is not watched", source=source)
    if known is None or known.silent_since is None:
        yield SourceFellSilent(source=source, at=now, cause=order.cause)


def back(state: State, giver: SourceId, order: SourceBack, now: datetime) -> Iterator[SourceEvent]:
    source = order.of or giver
    known = state.sources.get(source)
    if known is not None and known.silent_since is not None:
        yield SourceCameBack(source=source, at=now, cause=order.cause)


def overdue(state: State, silence_s: Mapping[SourceId, float]) -> list[SourceId]:
    """The watched sources that have been silent for longer than they promised, by how long nothing was heard."""
    return [
        source.id
        for source in state.sources.values()
        if source.silent_after_s is not None
        and source.silent_since is None
        and silence_s.get(source.id, 0.0) > source.silent_after_s
    ]
