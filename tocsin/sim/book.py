"""The simulator's own account of one log: a second fold, as plain as it can be, that shares no code with the first.

It is kept from what the disk took in. Statuses are read off their definition (docs/architecture.md), hold by hold.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from tocsin.commands import Command
from tocsin.events import (
    ClockAccepted,
    Event,
    GrantGiven,
    GrantRevoked,
    HoldAnnotated,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    OrderProposed,
    ProposalApproved,
    ProposalDeclined,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
    TokenIssued,
    TokenRevoked,
)
from tocsin.model import Extent, Level, Realm, Stage, Terms
from tocsin.sim.annals import RECORD, Annals
from tocsin.sim.disk import ATLAS
from tocsin.sim.land import LINEAGE, WITHIN, ZONES
from tocsin.sim.papers import Library
from tocsin.store import Batch

RANKS = ("clear", "partial", "early_warning", "yellow", "red")
Said = tuple[str, ...]
"""What is said of each zone, in the order of `ZONES`."""

_json = msgspec.json.Encoder()
_commands = msgspec.json.Decoder(Command)


class Held(msgspec.Struct):
    """An open hold."""

    id: int
    zone: str
    hazard: str
    threat: str
    stage: str
    level: str
    extent: str
    source: str
    since: datetime
    ref: str | None
    cause: str | None
    note: str | None = None

    @property
    def rank(self) -> int:
        if self.stage == Stage.EARLY_WARNING:
            return 2
        return 4 if self.level == Level.RED else 3

    def print(self) -> int:
        """A number that differs where anything differs that a subscriber is told of."""
        return hash(
            (self.id, self.zone, self.hazard, self.threat, self.stage, self.level, self.extent, self.source, self.ref,
             self.note)
        )  # fmt: skip


class Watched(msgspec.Struct):
    """A source that promised signs of life, or was found silent."""

    silent_after_s: int | None
    zones: tuple[str, ...]
    silent: bool


class Granted(msgspec.Struct):
    terms: Terms
    revoked: bool = False

    def good(self, now: datetime) -> bool:
        return not self.revoked and (self.terms.expires is None or now < self.terms.expires)


class Issued(msgspec.Struct):
    id: int
    holder: str
    digest: str
    zones: tuple[str, ...]
    expires: datetime
    revoked: bool = False

    def good(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires


class Proposed(msgspec.Struct):
    id: int
    command: Command
    event: OrderProposed
    status: str = "open"

    @property
    def shown(self) -> str:
        """The digest of what the second person is shown, computed anew from the event."""
        event, texts = self.event, sorted(self.event.texts.items())
        content = (self.id, event.command, self.command.actor, texts, event.zones, event.people, event.counted)
        return hashlib.sha256(_json.encode(content)).hexdigest()


class Book:
    """What stands after ``seq`` events."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.seq = 0
        self.hash = hashlib.sha256(f"tocsin log 2\n{realm}\n{ATLAS}".encode()).digest()
        self.recorded_at: datetime | None = None
        self.holds: dict[int, Held] = {}
        self.sources: dict[str, Watched] = {}
        self.grants: dict[int, Granted] = {}
        self.tokens: dict[int, Issued] = {}
        self.proposals: dict[int, Proposed] = {}
        self.touched: dict[str, int] = {}
        """The seq of the last event about a hold on each zone, but for words added to it."""
        self.annals = Annals(Library())
        self.print = 0
        self.prints: list[int] = [0]
        """A number for what stood after each seq: a subscriber's own must be the same."""
        self._changed: set[str] = set()
        """Zones of events since the last look around."""
        self.said: Said = ("clear",) * len(ZONES)
        self.stale: frozenset[str] = frozenset()
        self.told: dict[int, tuple[Said, frozenset[str]]] = {0: (self.said, self.stale)}
        """What was said, and of which zones it was stale, at the end of each append."""

    def silent(self) -> set[str]:
        return {name for name, source in self.sources.items() if source.silent}

    def last_touched(self, zones: tuple[str, ...]) -> int:
        """The seq of the last event about a hold on, in or above any of these zones."""
        near = {other for zone in zones for other in (*LINEAGE[zone], *WITHIN[zone])}
        return max((self.touched.get(zone, 0) for zone in near), default=0)

    # --- the definition ------------------------------------------------------------------------

    def status(self, zone: str) -> str:
        """What is said of the zone."""
        worst, parts = 0, False
        above = LINEAGE[zone]
        for hold in self.holds.values():
            if hold.zone in above:
                if hold.extent == Extent.WHOLE:
                    worst = max(worst, hold.rank)
                elif hold.zone == zone:
                    parts = True
            elif zone in LINEAGE[hold.zone]:
                parts = True
        return RANKS[worst or (1 if parts else 0)]

    def is_clear(self, zone: str) -> bool:
        """Whether nothing is held that covers the zone, lies in it or may mean it."""
        above = LINEAGE[zone]
        return not any(hold.zone in above or zone in LINEAGE[hold.zone] for hold in self.holds.values())

    def is_stale(self, zone: str, silent: set[str]) -> bool:
        """Whether a source fell silent that speaks for the zone, or that holds what its status may rest on."""
        above = LINEAGE[zone]
        for name in silent:
            if any(spoken in above for spoken in self.sources[name].zones):
                return True
        covered = any(hold.zone in above and hold.extent == Extent.WHOLE for hold in self.holds.values())
        for hold in self.holds.values():
            if hold.source in silent:
                if hold.zone in above:
                    return True
                if not covered and zone in LINEAGE[hold.zone]:
                    return True
        return False

    def look_around(self, *, everywhere: bool = False) -> None:
        """Read off anew what is said of every zone that an event since may have changed, or of all."""
        near = {zone for changed in self._changed for zone in (*LINEAGE[changed], *WITHIN[changed])}
        self._changed.clear()
        self.said = tuple(
            self.status(zone) if everywhere or zone in near else said
            for zone, said in zip(ZONES, self.said, strict=True)
        )
        silent = self.silent()
        self.stale = frozenset(zone for zone in ZONES if self.is_stale(zone, silent)) if silent else frozenset()

    # --- the fold ------------------------------------------------------------------------------

    def take(self, batch: Batch, event: Event) -> None:
        """One more event. A `KeyError` where it speaks of what is not there."""
        self.seq += 1
        self._chain(batch, event)
        match event:
            case HoldRaised():
                self._hold(
                    Held(
                        self.seq, event.zone, event.hazard, event.threat, event.stage, event.level, event.extent,
                        event.source, event.at, event.ref, event.cause,
                    )
                )  # fmt: skip
                self._touch(event.zone)
            case HoldReleased() | HoldWithdrawn():
                self.print ^= self.holds.pop(event.hold).print()
                self._touch(event.zone)
            case HoldEscalated():
                hold = self.holds[event.hold]
                self.print ^= hold.print()
                if hold.stage != event.stage:
                    hold.since = event.at
                hold.threat, hold.stage, hold.level = event.threat, event.stage, event.level
                self.print ^= hold.print()
                self._touch(event.zone)
            case HoldAnnotated():
                hold = self.holds[event.hold]
                self.print ^= hold.print()
                hold.note = event.note
                self.print ^= hold.print()
            case SourceWatched() | SourceFellSilent() | SourceCameBack():
                self._source(event)
            case _ if type(event) in RECORD:
                self.annals.take(self.seq, event)
            case _:
                self._authority(event)
        self.prints.append(self.print)

    def _touch(self, zone: str) -> None:
        self.touched[zone] = self.seq
        self._changed.add(zone)

    def _hold(self, hold: Held) -> None:
        self.holds[hold.id] = hold
        self.print ^= hold.print()

    def _source(self, event: SourceWatched | SourceFellSilent | SourceCameBack) -> None:
        known = self.sources.get(event.source)
        if known is not None and known.silent:
            self.print ^= hash(("silent", event.source))
        match event:
            case SourceWatched():
                silent = known is not None and known.silent
                self.sources[event.source] = known = Watched(event.silent_after_s, event.zones, silent)
            case SourceFellSilent():
                known = known or Watched(None, (), silent=True)
                known.silent = True
                self.sources[event.source] = known
            case SourceCameBack():
                assert known is not None, event
                known.silent = False
                if known.silent_after_s is None:
                    del self.sources[event.source]
        if known.silent:
            self.print ^= hash(("silent", event.source))

    def _authority(self, event: Event) -> None:
        match event:
            case GrantGiven():
                self.grants[self.seq] = Granted(event.terms)
            case GrantRevoked():
                self.grants[event.grant].revoked = True
            case TokenIssued():
                self.tokens[self.seq] = Issued(self.seq, event.holder, event.digest, event.zones, event.expires)
            case TokenRevoked():
                self.tokens[event.token].revoked = True
            case OrderProposed():
                self.proposals[self.seq] = Proposed(self.seq, _commands.decode(event.command), event)
            case ProposalApproved():
                self.proposals[event.proposal].status = "approved"
            case ProposalDeclined():
                self.proposals[event.proposal].status = "declined"
            case ClockAccepted():
                pass
            case _:
                raise AssertionError(f"the book knows nothing of {event}")

    def _chain(self, batch: Batch, event: Event) -> None:
        """The hash as docs/store.md defines it."""
        said = _json.encode(
            (batch.key, batch.digest.hex(), batch.actor, batch.grant, batch.source, batch.reason, batch.decided_upon)
        )
        moment = batch.recorded_at.isoformat(timespec="microseconds").encode()
        leaf = hashlib.sha256(b"\n".join((str(self.seq).encode(), moment, said, _json.encode(event)))).digest()
        self.hash = hashlib.sha256(self.hash + leaf).digest()
