"""What is known of a Tocsin from its stream: the client's print of the server's fold.

Pure: no clock, no network. A snapshot and entries may come in any cut, order and number of copies; what stands
follows the same. What came too soon waits, and is taken in the log's order: an escalation may be heard before its
alert, or after its end. A stream narrowed to some zones tells only what concerns them, and with each entry the one
before it (``prev``), so that there, too, nothing can be missing unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from tocsin.engine import State, status_of
from tocsin.engine.snapshot import Packed, unpack
from tocsin.events import (
    HoldAnnotated,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    NewsEvent,
    PublicEntry,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
    escalated,
    opened,
)
from tocsin.model import Hierarchy, Hold, HoldId, Realm, Source, SourceId, ZoneId, ZoneStatus


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What stands after ``seq``; all of it, or what concerns the zones that the stream is narrowed to."""

    seq: int
    log: str | None
    realm: Realm
    heard: bool
    holds: list[Hold]
    sources: list[Source]
    filter: tuple[ZoneId, ...] | None = None
    cut_off_since: datetime | None = None


class ToldEntry(PublicEntry, frozen=True, kw_only=True):
    """One line of the log as it comes over a stream."""

    prev: int | None = None
    """In a narrowed stream: nothing that concerns its zones lies between this seq and the entry's own."""

    @property
    def follows(self) -> int:
        """Whoever knows everything up to here misses nothing before this entry."""
        return self.seq - 1 if self.prev is None else self.prev


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """Everything up to ``seq`` has been told on this connection."""

    seq: int
    log: str
    cut_off_since: datetime | None = None


class CutOff(msgspec.Struct, frozen=True, kw_only=True):
    """An edge has lost the node that it follows, or has found it again (None)."""

    cut_off_since: datetime | None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a client knows. Nothing, to begin with."""

    log: str | None = None
    realm: Realm | None = None
    base: int = -1
    """Up to which seq nothing is missing; -1 before the first snapshot."""
    heard: bool = False
    """Whether a warning or a source has ever been told of. Where not, that nothing is held is no calm."""
    filter: tuple[ZoneId, ...] | None = None
    """The zones that the stream is narrowed to; of any other it says nothing."""
    holds: dict[HoldId, Hold] = {}
    """The open holds at ``base``."""
    sources: dict[SourceId, Source] = {}
    """The sources that are watched or silent, at ``base``."""
    tail: dict[int, ToldEntry] = {}
    """What came too soon: something before it is missing."""
    server_cut_off_since: datetime | None = None
    """Since when the server itself, an edge, hears nothing from where it gets everything."""
    unheard_since: datetime | None = None
    """Since when this client hears nothing."""

    @property
    def cut_off_since(self) -> datetime | None:
        """Since when what is known may be over, or worse by now; None while everything is heard."""
        return min(filter(None, (self.server_cut_off_since, self.unheard_since)), default=None)

    def with_snapshot(self, snapshot: Snapshot) -> Known:
        """Entries that came before it and lie after it are kept; an older one changes nothing."""
        same = self.filter == snapshot.filter and self.log == snapshot.log
        if same and snapshot.seq < self.base:
            return self
        fresh = Known(
            log=snapshot.log,
            realm=snapshot.realm,
            base=snapshot.seq,
            heard=snapshot.heard,
            filter=snapshot.filter,
            holds={hold.id: hold for hold in snapshot.holds},
            sources={source.id: source for source in snapshot.sources},
            server_cut_off_since=snapshot.cut_off_since,
            unheard_since=self.unheard_since,
        )
        return fresh.with_entries(self.tail.values()) if same or self.base < 0 else fresh

    def with_entry(self, entry: ToldEntry) -> Known:
        """One that is known already changes nothing; one that came too soon waits in the tail."""
        return self.with_entries((entry,))

    def with_entries(self, entries: Iterable[ToldEntry]) -> Known:
        """Many at once, as if one by one; what is known is copied once."""
        new = {entry.seq: entry for entry in entries if entry.seq > self.base and entry.seq not in self.tail}
        if not new:
            return self
        heard = self.heard or any(isinstance(entry.event, NewsEvent) for entry in new.values())
        waiting, base = self.tail | new, self.base
        if base < 0:
            return msgspec.structs.replace(self, heard=heard, tail=waiting)
        holds, sources = dict(self.holds), dict(self.sources)
        for seq in sorted(waiting):
            if waiting[seq].follows > base:
                break
            _apply(holds, sources, waiting.pop(seq))
            base = seq
        return msgspec.structs.replace(self, base=base, heard=heard, holds=holds, sources=sources, tail=waiting)

    def with_heartbeat(self, heartbeat: Heartbeat) -> Known:
        """Only of the connection that told everything since ``base``, and in its order: it says nothing was left out.

        That moves ``base`` on where the stream is narrowed. Of a whole stream each seq is told: see `misses`.
        """
        if heartbeat.log != self.log:
            return self
        narrowed = self.filter is not None and self.base >= 0 and not self.tail
        base = max(self.base, heartbeat.seq) if narrowed else self.base
        return msgspec.structs.replace(self, base=base, server_cut_off_since=heartbeat.cut_off_since)

    def misses(self, heartbeat: Heartbeat) -> bool:
        """Whether something that this heartbeat's connection should have told never came, or is of another log."""
        if heartbeat.log != self.log:
            return True
        return self.base >= 0 and (bool(self.tail) or (self.filter is None and heartbeat.seq > self.base))

    def with_cut_off(self, since: datetime | None) -> Known:
        """The server says since when it is cut off itself, or that it no longer is."""
        return msgspec.structs.replace(self, server_cut_off_since=since)

    def with_silence(self, since: datetime | None) -> Known:
        """Nothing is heard since then; or, with None, something is."""
        return msgspec.structs.replace(self, unheard_since=since)

    def standing(self) -> tuple[dict[HoldId, Hold], dict[SourceId, Source]]:
        """The open holds and the sources that are watched or silent, as far as is known: with what came too soon."""
        if not self.tail:
            return self.holds, self.sources
        holds, sources = dict(self.holds), dict(self.sources)
        for seq in sorted(self.tail):
            _apply(holds, sources, self.tail[seq])
        return holds, sources

    def state(self, hierarchy: Hierarchy) -> State:
        """The same as a state of the engine's, for all that can be asked of one. Zones it lacks are left out."""
        holds, sources = self.standing()
        here = [holds[id] for id in sorted(holds) if holds[id].zone in hierarchy]
        there = [_within(hierarchy, source) for source in sources.values()]
        return unpack(Packed(seq=self.base, holds=here, touched={}, touched_below={}, sources=there), hierarchy)

    def status(self, hierarchy: Hierarchy, zone: ZoneId) -> ZoneStatus:
        """What is said of one zone. Of a narrowed stream ask only for the zones that it is narrowed to."""
        return status_of(self.state(hierarchy), zone)


def _within(hierarchy: Hierarchy, source: Source) -> Source:
    return msgspec.structs.replace(source, zones=tuple(zone for zone in source.zones if zone in hierarchy))


def _apply(holds: dict[HoldId, Hold], sources: dict[SourceId, Source], entry: ToldEntry) -> None:
    """One entry, in place. What is about a hold that is not known, whose alert is yet to come, changes nothing."""
    match entry.event:
        case HoldRaised() as event:
            holds[HoldId(entry.seq)] = opened(entry.seq, event)
        case HoldEscalated(hold=id) as event if id in holds:
            holds[id] = escalated(holds[id], event)
        case HoldAnnotated(hold=id, note=note) if id in holds:
            holds[id] = msgspec.structs.replace(holds[id], note=note)
        case HoldReleased(hold=id) | HoldWithdrawn(hold=id):
            holds.pop(id, None)
        case SourceWatched(source=id, silent_after_s=after_s, zones=zones):
            since = sources[id].silent_since if id in sources else None
            sources[id] = Source(id=id, silent_after_s=after_s, zones=zones, silent_since=since)
        case SourceFellSilent(source=id, at=at):
            known = sources.get(id) or Source(id=id, silent_after_s=None, zones=(), silent_since=at)
            sources[id] = msgspec.structs.replace(known, silent_since=at)
        case SourceCameBack(source=id) if id in sources:
            if sources[id].silent_after_s is None:
                del sources[id]
            else:
                sources[id] = msgspec.structs.replace(sources[id], silent_since=None)
        case _:
            pass  # not public, and told only so that no seq is missing
