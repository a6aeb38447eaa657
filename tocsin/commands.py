"""Every order that can be given, with who gives it and why."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

import msgspec

from tocsin.claims import Bounds, Drafted, Relation
from tocsin.facts import Check
from tocsin.limits import (
    CLAIMS_PER_ORDER,
    FACTS_PER_DOCUMENT,
    NAME_CHARS,
    REPORT_CHARS,
    REPORTS_PER_ORDER,
    SHELTERS_PER_ORDER,
    SILENT_AFTER_MAX_S,
    SILENT_AFTER_MIN_S,
    TEXT_CHARS,
    ZONES_PER_ORDER,
)
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Terms, Threat, ZoneId
from tocsin.report import Told
from tocsin.shelter import DatasetName, Shelter

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]
Zones = Annotated[tuple[ZoneId, ...], msgspec.Meta(min_length=1, max_length=ZONES_PER_ORDER)]
AnyZones = Annotated[tuple[ZoneId, ...], msgspec.Meta(max_length=ZONES_PER_ORDER)]
SourceName = Annotated[SourceId, msgspec.Meta(min_length=1, max_length=NAME_CHARS)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256, hexadecimal."""
Numbers = Annotated[tuple[int, ...], msgspec.Meta(max_length=CLAIMS_PER_ORDER)]
DocumentName = int | Digest
"""A document that was taken in: by its id, or by the SHA-256 of its text, which is known before it is."""
Where = int | Annotated[str, msgspec.Meta(pattern=r"^(new|none|\d{4}-\d\d-\d\d)$")]
"""Which attack: by its id, a new one, none, or the one of a night, which is opened if there is none."""


class _Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """What all orders share: the form, and that what is not known is refused."""


class Raise(_Order, frozen=True, kw_only=True, tag="raise"):
    """Put zones under warning, all or none. Where the very same hold is open already, it changes nothing."""

    zones: Zones
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat = Threat.UNKNOWN
    stage: Stage = Stage.ALERT
    level: Level = Level.RED
    extent: Extent = Extent.WHOLE
    at: Moment | None = None
    """When it takes effect; now, if not said."""
    ref: Name | None = None
    """The source's own id of the alert: two alerts with different refs are two holds, and end separately."""
    cause: Text | None = None


class _Upon(_Order, frozen=True, kw_only=True):
    """An order upon open holds: those of one source, on exactly these zones, for this hazard."""

    zones: Zones
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat | None = None
    """Only holds of this threat; all, if not said."""
    ref: Name | None = None
    """Only the hold of this alert of the source; all, if not said."""
    of: SourceName | None = None
    """Whose holds; the giver's own, if not said. Another's need a person with the right."""
    at: Moment | None = None
    """When it takes effect; now, if not said."""
    cause: Text | None = None


class Escalate(_Upon, frozen=True, kw_only=True, tag="escalate"):
    """Have open holds say more: an alert where it was an early warning, red where it was yellow; never less."""

    to_threat: Threat | None = None
    to_stage: Stage | None = None
    to_level: Level | None = None


class Narrow(_Upon, frozen=True, kw_only=True, tag="narrow"):
    """Keep only ``to``, zones in or among ``zones``, under the warning, and end it elsewhere."""

    to: Zones


class Extend(_Upon, frozen=True, kw_only=True, tag="extend"):
    """Place the same warnings on more zones."""

    to: Zones


class Release(_Upon, frozen=True, kw_only=True, tag="release"):
    """End the holds: the danger they tell of is over."""


class Withdraw(_Upon, frozen=True, kw_only=True, tag="withdraw"):
    """Take the holds back as an error. Whoever got the alarm is told that it was false."""


class Replace(_Upon, frozen=True, kw_only=True, tag="replace"):
    """Place ``by`` and then end the holds, in one append: at no moment is there less than one of the two."""

    by: Raise


class Annotate(_Upon, frozen=True, kw_only=True, tag="annotate"):
    """Add a word to the holds. It changes no status."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARS)]


class Heartbeat(_Order, frozen=True, kw_only=True, tag="heartbeat"):
    """The giver's source lives, and promises a word at least every ``silent_after_s`` seconds."""

    silent_after_s: Annotated[int, msgspec.Meta(ge=SILENT_AFTER_MIN_S, le=SILENT_AFTER_MAX_S)] = 30
    zones: AnyZones = ()
    """The zones it speaks for even while it holds nothing there."""


class SourceSilent(_Order, frozen=True, kw_only=True, tag="source_silent"):
    """A source cannot be heard: what rests on it is stale. It clears nothing."""

    of: SourceName | None = None
    cause: Text | None = None


class SourceBack(_Order, frozen=True, kw_only=True, tag="source_back"):
    """A source is heard again, and what rests on it is what it says."""

    of: SourceName | None = None
    cause: Text | None = None


class GiveGrant(_Order, frozen=True, kw_only=True, tag="give_grant"):
    terms: Terms


class RevokeGrant(_Order, frozen=True, kw_only=True, tag="revoke_grant"):
    grant: int


class IssueToken(_Order, frozen=True, kw_only=True, tag="issue_token"):
    """Have a token known by its digest; whoever asks for it made the token and keeps it."""

    holder: Name
    digest: Digest
    """Of the token."""
    zones: AnyZones = ()
    """Good for these zones and all below them only; for all its holder's, where there are none."""
    expires: Moment
    label: Text = ""


class RevokeToken(_Order, frozen=True, kw_only=True, tag="revoke_token"):
    token: int


class Approve(_Order, frozen=True, kw_only=True, tag="approve"):
    """Agree, as the second person, to an order that waits."""

    proposal: int
    shown: Digest
    """The proposal's own digest of what it shows: proof of what was seen."""


class Decline(_Order, frozen=True, kw_only=True, tag="decline"):
    proposal: int


class AcceptClock(_Order, frozen=True, kw_only=True, tag="accept_clock"):
    """The clock ran backwards and is right now: let time go on from here."""


class TakeReports(_Order, frozen=True, kw_only=True, tag="take_reports"):
    """Take in what the giver's source says of threats. What it has said before changes nothing."""

    reports: Annotated[tuple[Told, ...], msgspec.Meta(min_length=1, max_length=REPORTS_PER_ORDER)]
    where: AnyZones = ()
    """In which zones the positions lie that are given as points."""


class ImportShelters(_Order, frozen=True, kw_only=True, tag="import_shelters"):
    """Have shelters of one dataset be as it says now. Its other shelters stay as they are, but for those gone."""

    dataset: DatasetName
    attribution: Text = ""
    """Whose data it is, as it must be shown."""
    shelters: Annotated[tuple[Shelter, ...], msgspec.Meta(max_length=SHELTERS_PER_ORDER)] = ()
    gone: Annotated[tuple[Name, ...], msgspec.Meta(max_length=SHELTERS_PER_ORDER)] = ()
    """Ids of those that the dataset no longer holds."""


class CloseShelters(_Order, frozen=True, kw_only=True, tag="close_shelters"):
    """Have nobody sent to these shelters until they are opened again."""

    shelters: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=SHELTERS_PER_ORDER)]
    cause: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARS)]
    """Why, as everyone is told."""


class OpenShelters(_Order, frozen=True, kw_only=True, tag="open_shelters"):
    """Say that these shelters can be used, whatever was said before."""

    shelters: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=SHELTERS_PER_ORDER)]
    cause: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARS)]


class TakeDocument(_Order, frozen=True, kw_only=True, tag="take_document"):
    """Take in a report, with what was read of it. Its text must be kept here already; its facts become drafts."""

    publisher: Name
    genre: Name
    language: Name
    published: Name
    """The day or the moment, ISO 8601."""
    sha256: Digest
    """Of the text in UTF-8."""
    characters: Annotated[int, msgspec.Meta(ge=1, le=REPORT_CHARS)]
    drafted: Annotated[tuple[Drafted, ...], msgspec.Meta(max_length=FACTS_PER_DOCUMENT)] = ()
    checks: Annotated[tuple[Check, ...], msgspec.Meta(max_length=FACTS_PER_DOCUMENT)] = ()
    title: Text | None = None
    url: Text | None = None
    version_of: int | None = None


class AcceptDrafts(_Order, frozen=True, kw_only=True, tag="accept_drafts"):
    """Publish facts of a document as claims. One that is published already changes nothing."""

    document: DocumentName
    numbers: Numbers = ()
    """Which of its facts; all that nobody has decided upon, if not said."""
    attack: Where | None = None
    """Of which attack they are; that which they fit, or a new one, if not said."""


class MendDraft(_Order, frozen=True, kw_only=True, tag="mend_draft"):
    """Have a draft say something else; or, with the next number, add a fact that the reader missed."""

    document: int
    number: Annotated[int, msgspec.Meta(ge=0, lt=FACTS_PER_DOCUMENT)]
    drafted: Drafted


class RejectDrafts(_Order, frozen=True, kw_only=True, tag="reject_drafts"):
    """These are not to be published."""

    document: DocumentName
    numbers: Numbers = ()
    """All that nobody has decided upon, if not said."""


class CorrectClaim(_Order, frozen=True, kw_only=True, tag="correct_claim"):
    """Publish a claim in the place of another, which stays and is marked."""

    claim: int
    drafted: Drafted
    document: DocumentName | None = None
    """The document that says so; that of the old claim, if not said."""


class WithdrawClaim(_Order, frozen=True, kw_only=True, tag="withdraw_claim"):
    """A claim should not be in the record: it stays and is marked."""

    claim: int
    misread: bool = False
    """Whether it was read wrongly here, rather than taken back by who said it."""


class AssignClaims(_Order, frozen=True, kw_only=True, tag="assign_claims"):
    """Say of which attack claims are. To split an attack, give some of its claims a new one."""

    claims: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=CLAIMS_PER_ORDER)]
    attack: Where


class JoinAttacks(_Order, frozen=True, kw_only=True, tag="join_attacks"):
    """What was taken for two attacks was one."""

    attack: int
    into: int


class BoundAttack(_Order, frozen=True, kw_only=True, tag="bound_attack"):
    """Say better who attacked whom, and when."""

    attack: int
    bounds: Bounds


class LinkClaims(_Order, frozen=True, kw_only=True, tag="link_claims"):
    """Say how one claim stands to another."""

    claim: int
    relation: Relation
    other: int


class UnlinkClaims(_Order, frozen=True, kw_only=True, tag="unlink_claims"):
    claim: int
    relation: Relation
    other: int


class TrustSource(_Order, frozen=True, kw_only=True, tag="trust_source"):
    """Have bulletins of a source published at once where nothing about them is flagged."""

    of: SourceName


class DistrustSource(_Order, frozen=True, kw_only=True, tag="distrust_source"):
    of: SourceName


UponHolds = Escalate | Narrow | Extend | Release | Withdraw | Replace | Annotate
WarningOrder = Raise | UponHolds
EndingOrder = Narrow | Release | Withdraw | Replace
"""After these there may be less warning than before."""
SourceOrder = Heartbeat | SourceSilent | SourceBack
AuthorityOrder = GiveGrant | RevokeGrant | IssueToken | RevokeToken | AcceptClock
Answering = Approve | Decline
ShelterOrder = ImportShelters | CloseShelters | OpenShelters
RecordOrder = (
    TakeDocument
    | AcceptDrafts
    | MendDraft
    | RejectDrafts
    | CorrectClaim
    | WithdrawClaim
    | AssignClaims
    | JoinAttacks
    | BoundAttack
    | LinkClaims
    | UnlinkClaims
    | TrustSource
    | DistrustSource
)
Order = WarningOrder | SourceOrder | AuthorityOrder | RecordOrder | Answering | ShelterOrder | TakeReports


_json = msgspec.json.Encoder()


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order with its envelope."""

    key: Name
    """Idempotency key: the same key with the same content has one effect, with other content is refused."""
    actor: Name
    """Who gives it: a person or a service."""
    source: SourceName
    """On what the holds rest."""
    reason: Text = ""
    order: Order
    decided_upon: int | None = None
    """The seq that the giver had before their eyes; if anything has happened to the order's zones since, to what lies
    in them or to what they lie in, the order is refused."""


def content_digest(command: Command) -> bytes:
    """SHA-256 of everything in a command that its effect depends on."""
    order: object = command.order
    if isinstance(order, UponHolds) and order.of is None:
        # As before an order could name another's holds: what was given then and is given again is the same order.
        order = {name: value for name, value in msgspec.to_builtins(order).items() if name != "of"}
    content = (command.actor, command.source, command.reason, order, command.decided_upon)
    return hashlib.sha256(_json.encode(content)).digest()
