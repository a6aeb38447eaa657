"""Another Tocsin's stream: its snapshot is a complete reading, each of its entries one word.

Releases and withdrawals are its own word for an end. A hold that a snapshot lacks was ended while nothing was heard, or
that log is another one: such a snapshot is compared like any other complete reading, and wanted again before anything
ends. What it has from here, directly or around a corner, is not taken back in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tocsin.client.sse import Word
from tocsin.events import (
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    Internal,
    PublicEntry,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
    escalated,
    opened,
)
from tocsin.intake.following.readings import Ended, Odd, Reading, Said
from tocsin.model import Ending, Hold, HoldId, Realm, Source, SourceId, ZoneId

NAME = SourceId("tocsin")

CAREFUL = 2
"""What ended in a log was told in it: where a snapshot alone says so, more of them are compared."""


class _Snapshot(msgspec.Struct, frozen=True):
    seq: int
    log: str
    realm: Realm
    heard: bool
    holds: list[Hold]
    sources: list[Source]
    cut_off_since: datetime | None = None


class _Heartbeat(msgspec.Struct, frozen=True):
    seq: int
    log: str
    cut_off_since: datetime | None = None


class _CutOff(msgspec.Struct, frozen=True):
    cut_off_since: datetime | None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the other."""

    log: str | None = None
    seq: int = -1
    holds: Mapping[HoldId, Hold] = {}
    silent: frozenset[SourceId] = frozenset()
    cut_off: bool = False

    @property
    def doubts(self) -> str | None:
        """Why it does not rely on what it says itself."""
        if self.cut_off:
            return "it is cut off itself"
        if resting := sorted(self.silent & {hold.source for hold in self.holds.values()}):
            return f"it hears nothing of {', '.join(resting)}"
        return None


class Mishap(Exception):
    """What was heard is of no use, and all should be heard anew. The message says why."""


def hear(
    heard: Heard, word: Word, own: str, realm: Realm, known_zones: Mapping[ZoneId, object]
) -> tuple[Heard, Reading | None]:
    """What is known after a word, and what it says; None where it says nothing of alerts.

    ``own`` is the log here. Errors: `Mishap` where something is missing, `Odd` where it cannot be read.
    """
    match word.event:
        case "snapshot":
            return _snapshot(_read(word, _Snapshot), own, realm, known_zones)
        case "entry":
            entry: PublicEntry = _read(word, PublicEntry)
            if heard.log is None or entry.seq > heard.seq + 1:
                raise Mishap(f"entry {entry.seq} was told after {heard.seq}")
            if entry.seq <= heard.seq:
                return heard, None
            return _entry(heard, entry, own, known_zones)
        case "heartbeat":
            beat: _Heartbeat = _read(word, _Heartbeat)
            if beat.log != heard.log or beat.seq > heard.seq:
                raise Mishap(f"all up to {beat.seq} was told, and here is {heard.seq}")
            return msgspec.structs.replace(heard, cut_off=beat.cut_off_since is not None), Reading()
        case "stale":
            cut_off = _read(word, _CutOff).cut_off_since is not None
            return msgspec.structs.replace(heard, cut_off=cut_off), None
        case _:
            return heard, None


def _snapshot(told: _Snapshot, own: str, realm: Realm, known_zones: Mapping[ZoneId, object]) -> tuple[Heard, Reading]:
    if told.realm is not realm:
        raise Odd(f"it is of the {told.realm} realm")
    if told.log == own:
        raise Odd("this is the very log that is kept here")
    heard = Heard(
        log=told.log,
        seq=told.seq,
        holds={hold.id: hold for hold in told.holds},
        silent=frozenset(source.id for source in told.sources if source.silent_since is not None),
        cut_off=told.cut_off_since is not None,
    )
    theirs = [hold for hold in told.holds if not _from_here(hold, own)]
    return heard, Reading(
        said=tuple(_said(hold, told.log) for hold in theirs if hold.zone in known_zones),
        complete=True,
        careful=CAREFUL,
        marks={f"seq of {told.log}": float(told.seq)},
        unknown=tuple(sorted({hold.zone for hold in theirs} - known_zones.keys())),
        not_fit=() if told.heard else ("it has never heard of anything",),
    )


def _entry(heard: Heard, entry: PublicEntry, own: str, known_zones: Mapping[ZoneId, object]) -> tuple[Heard, Reading]:
    holds, silent, event = dict(heard.holds), set(heard.silent), entry.event
    said: list[Said] = []
    ended: list[Ended] = []
    unknown: list[str] = []
    assert heard.log is not None
    match event:
        case HoldRaised() | HoldEscalated():
            if isinstance(event, HoldRaised):
                hold = opened(entry.seq, event)
            elif event.hold in holds:
                hold = escalated(holds[event.hold], event)
            else:
                raise Mishap(f"entry {entry.seq} is about a hold that was never told")
            holds[hold.id] = hold
            if hold.zone not in known_zones:
                unknown.append(hold.zone)
            elif not _from_here(hold, own):
                said.append(_said(hold, heard.log))
        case HoldReleased() | HoldWithdrawn():
            gone = holds.pop(event.hold, None)
            if gone is None:
                raise Mishap(f"entry {entry.seq} is about a hold that was never told")
            withdrawn = isinstance(event, HoldWithdrawn)
            cause = event.cause
            if isinstance(event, HoldReleased) and event.ending is not Ending.RELEASED:
                cause = cause or f"it was {event.ending} there"
            if not _from_here(gone, own):
                ended.append(Ended(key=_said(gone, heard.log).key, withdrawn=withdrawn, at=event.at, cause=cause))
        case SourceFellSilent():
            silent.add(event.source)
        case SourceCameBack():
            silent.discard(event.source)
        case SourceWatched() | Internal():
            pass
        case _:
            pass  # a word added to a hold
    after = msgspec.structs.replace(heard, seq=entry.seq, holds=holds, silent=frozenset(silent))
    # An entry is read in the order of the log, and its marks with it.
    return after, Reading(
        said=tuple(said),
        ended=tuple(ended),
        marks={f"seq of {heard.log}": float(entry.seq)},
        unknown=tuple(unknown),
    )


def _said(hold: Hold, log: str) -> Said:
    return Said(
        zone=hold.zone,
        ref=_origin(hold) or f"{log}#{hold.id}",
        hazard=hold.hazard,
        threat=hold.threat,
        stage=hold.stage,
        level=hold.level,
        extent=hold.extent,
        since=hold.since,
        cause=hold.cause,
    )


def _origin(hold: Hold) -> str | None:
    """The log and the hold there that it goes back to, where it was taken from another Tocsin itself."""
    return hold.ref if hold.source == NAME and hold.ref is not None and "#" in hold.ref else None


def _from_here(hold: Hold, own: str) -> bool:
    origin = _origin(hold)
    return origin is not None and origin.rpartition("#")[0] == own


def _read(word: Word, kind: Any) -> Any:
    try:
        return msgspec.json.decode(word.data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Odd(f"this version cannot read its {word.event}: {error}") from error
