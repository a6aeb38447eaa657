"""Every fact that the log can hold. A fact never changes and is never taken out.

Facts about warnings are public, and so is what the record of attacks has accepted (`recorded.py`). Those about who may
do what, about orders that still wait for a second person, about drafts of the record, and reports of threats, are not:
outside the house each of them is only told as `Internal`, so that the seqs have no gap. Of shelters see `shelter.py`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.model import Ending, Extent, Hazard, Hold, HoldId, Level, SourceId, Stage, Status, Terms, Threat, ZoneId
from tocsin.recorded import DraftEvent, PublishedEvent
from tocsin.report import ReportsTaken
from tocsin.shelter import PlaceEvent, SheltersChanged, SheltersImported, changed

# --- warnings ---------------------------------------------------------------------------------


class HoldRaised(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_raised"):
    """A zone is under warning for one more reason. The hold's id is the seq of this event."""

    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    extent: Extent
    source: SourceId
    at: datetime
    """When it took effect, which for imported history lies long before it was recorded."""
    ref: str | None = None
    cause: str | None = None
    follows: HoldId | None = None
    """The hold that it goes on from, where an order was narrowed, extended or replaced."""


class HoldEscalated(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_escalated"):
    """A hold now says this. It never says less than before."""

    hold: HoldId
    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    source: SourceId
    """Who said so, which need not be the hold's own source."""
    at: datetime
    cause: str | None = None


class HoldReleased(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_released"):
    """One reason is gone. The zone is clear only when no other covers it."""

    hold: HoldId
    zone: ZoneId
    source: SourceId
    """Who ended it, which need not be the hold's own source."""
    at: datetime
    cause: str | None = None
    hazard: Hazard | None = None
    leaves: Status | None = None
    """What is said of the zone itself right after this event; None in logs older than this field."""
    ending: Ending = Ending.RELEASED


class HoldWithdrawn(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_withdrawn"):
    """A false alarm: the hold was an error. Whoever got the alarm is told so, which is another word than all-clear."""

    hold: HoldId
    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    source: SourceId
    at: datetime
    leaves: Status
    cause: str | None = None


class HoldAnnotated(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hold_annotated"):
    """A word was added to a hold. It changes no status."""

    hold: HoldId
    zone: ZoneId
    source: SourceId
    at: datetime
    note: str


# --- sources ----------------------------------------------------------------------------------


class SourceWatched(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="source_watched"):
    """A source promises a sign of life so often, and says which zones it speaks for."""

    source: SourceId
    silent_after_s: int
    zones: tuple[ZoneId, ...]
    at: datetime


class SourceFellSilent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="source_fell_silent"):
    """Nothing is heard of it: all that rests on it is stale from now on, and nothing is cleared."""

    source: SourceId
    at: datetime
    cause: str | None = None


class SourceCameBack(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="source_came_back"):
    source: SourceId
    at: datetime
    cause: str | None = None


# --- authority: not public --------------------------------------------------------------------


class GrantGiven(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="grant_given"):
    """The grant's id is the seq of this event."""

    terms: Terms
    at: datetime


class GrantRevoked(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="grant_revoked"):
    grant: int
    at: datetime


class TokenIssued(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="token_issued"):
    """The token's id is the seq of this event. The token itself is nowhere but with its holder."""

    holder: str
    digest: str
    """SHA-256 of the token, hexadecimal."""
    zones: tuple[ZoneId, ...]
    """It is good for these zones and all below them only; for all its holder's, where there are none."""
    expires: datetime
    label: str
    at: datetime


class TokenRevoked(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="token_revoked"):
    token: int
    at: datetime


class OrderProposed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="order_proposed"):
    """An order waits for a second person. The proposal's id is the seq of this event."""

    command: str
    """The whole command, JSON."""
    grant: str
    """Under which grant it was proposed."""
    texts: dict[str, str]
    """What the second person is shown, by language: the very words that people will read."""
    zones: int
    people: int | None
    counted: int
    at: datetime


class ProposalApproved(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="proposal_approved"):
    """The second person agreed; what the order led to follows in the same append."""

    proposal: int
    by: str
    at: datetime


class ProposalDeclined(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="proposal_declined"):
    proposal: int
    by: str
    at: datetime


class ClockAccepted(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="clock_accepted"):
    """People looked at a clock that had run backwards and found it right: time goes on from here."""

    at: datetime


class Internal(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="internal"):
    """How an event that is not public is told outside. It is never in a log."""


WarningEvent = HoldRaised | HoldEscalated | HoldReleased | HoldWithdrawn | HoldAnnotated
SourceEvent = SourceWatched | SourceFellSilent | SourceCameBack
AuthorityEvent = (
    GrantGiven
    | GrantRevoked
    | TokenIssued
    | TokenRevoked
    | OrderProposed
    | ProposalApproved
    | ProposalDeclined
    | ClockAccepted
)
NewsEvent = WarningEvent | SourceEvent
"""What says something about the danger now."""
PublicEvent = NewsEvent | PublishedEvent | PlaceEvent | SheltersChanged
Event = PublicEvent | AuthorityEvent | DraftEvent | SheltersImported | ReportsTaken


def opened(seq: int, event: HoldRaised) -> Hold:
    """The hold that the event at ``seq`` places."""
    return Hold(
        id=HoldId(seq),
        zone=event.zone,
        hazard=event.hazard,
        threat=event.threat,
        stage=event.stage,
        level=event.level,
        extent=event.extent,
        source=event.source,
        since=event.at,
        ref=event.ref,
        cause=event.cause,
    )


def escalated(hold: Hold, event: HoldEscalated) -> Hold:
    """The hold as it stands after the event. An early warning that becomes an alert begins as one now."""
    since = hold.since if hold.stage is event.stage else event.at
    return msgspec.structs.replace(hold, threat=event.threat, stage=event.stage, level=event.level, since=since)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    seq: int
    """Gapless, from 1; commit order is seq order."""
    recorded_at: datetime
    order: str
    """The idempotency key of the order that led to it."""
    event: Event


class PublicEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log as told to everyone."""

    seq: int
    recorded_at: datetime
    order: str
    """The idempotency key of the order that led to it; empty where the event is internal."""
    event: PublicEvent | Internal


def public(entry: Entry) -> PublicEntry:
    """The entry as told to everyone."""
    if isinstance(entry.event, SheltersImported):
        short = changed(entry.event)
        return PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order=entry.order, event=short)
    if isinstance(entry.event, PublicEvent):
        return PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order=entry.order, event=entry.event)
    return PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order="", event=Internal())
