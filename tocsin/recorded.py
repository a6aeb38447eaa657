"""Every fact about the public record of attacks that the log can hold (docs/record.md).

What was taken in, drafted, mended and rejected, and whom one trusts, is not public. What was accepted is, by events
that carry the whole of it: whoever knows only those knows all of the public record. A claim's id is the seq of the
event that published it, an attack's of the one that opened it, a document's of the one that took it in.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.claims import Bounds, Document, Drafted, How, Relation
from tocsin.facts import Check, Fact
from tocsin.model import SourceId, ZoneId


class _Recorded(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all share."""

    at: datetime
    """When it was done: of a claim, not the moment that it speaks of."""


# --- not public -------------------------------------------------------------------------------


class DocumentTaken(_Recorded, frozen=True, kw_only=True, tag="document_taken"):
    """A document came in, and this is what was read of it. Its facts are drafts, numbered from 0."""

    document: Document
    drafted: tuple[Drafted, ...]
    checks: tuple[Check, ...] = ()


class DraftMended(_Recorded, frozen=True, kw_only=True, tag="draft_mended"):
    """A draft says this now; or, with the next number, there is one more, which the reader had missed."""

    document: int
    number: int
    drafted: Drafted
    reason: str = ""


class DraftRejected(_Recorded, frozen=True, kw_only=True, tag="draft_rejected"):
    document: int
    number: int
    reason: str = ""


class SourceTrusted(_Recorded, frozen=True, kw_only=True, tag="source_trusted"):
    """Bulletins of this source are published at once where nothing about them is flagged."""

    source: SourceId


class SourceDistrusted(_Recorded, frozen=True, kw_only=True, tag="source_distrusted"):
    source: SourceId


# --- public -----------------------------------------------------------------------------------


class DocumentPublished(_Recorded, frozen=True, kw_only=True, tag="document_published"):
    """Something of this document is in the public record from now on."""

    id: int
    document: Document
    checks: tuple[Check, ...] = ()
    """What in it does not add up, about the numbers of its facts."""


class ClaimPublished(_Recorded, frozen=True, kw_only=True, tag="claim_published"):
    """A claim is in the public record. Its id is the seq of this event."""

    document: int
    number: int
    """Which of the document's facts it is: what `subset_of` in another of them means."""
    fact: Fact
    zone: ZoneId | None = None
    attack: int | None = None
    by_hand: bool = False
    """Whether somebody decided of which attack it is."""
    how: How
    supersedes: int | None = None
    """The claim whose place it takes; that one stays, marked."""
    reason: str = ""
    """Why it belongs to that attack, and what it corrects."""


class ClaimWithdrawn(_Recorded, frozen=True, kw_only=True, tag="claim_withdrawn"):
    """It should not have been in the record. It stays, marked."""

    claim: int
    misread: bool
    """Whether it was read wrongly here, rather than taken back by who said it."""
    reason: str = ""


class ClaimsLinked(_Recorded, frozen=True, kw_only=True, tag="claims_linked"):
    claim: int
    relation: Relation
    other: int
    by_hand: bool = False
    """Whether somebody decided it, rather than comparing them."""
    reason: str = ""


class ClaimsUnlinked(_Recorded, frozen=True, kw_only=True, tag="claims_unlinked"):
    """The link was an error, or no longer holds."""

    claim: int
    relation: Relation
    other: int
    by_hand: bool = False
    """Whether somebody decided it: then nothing links them so by itself any more."""
    reason: str = ""


class AttackOpened(_Recorded, frozen=True, kw_only=True, tag="attack_opened"):
    bounds: Bounds


class AttackBounded(_Recorded, frozen=True, kw_only=True, tag="attack_bounded"):
    """It is now known better who attacked whom, and when."""

    attack: int
    bounds: Bounds
    by_hand: bool = False
    reason: str = ""


class ClaimsAssigned(_Recorded, frozen=True, kw_only=True, tag="claims_assigned"):
    """These claims are of this attack; or, with None, of none."""

    claims: tuple[int, ...]
    attack: int | None
    by_hand: bool = False
    """Whether somebody decided it: then it stays so, whatever else comes in."""
    reason: str = ""


class AttacksJoined(_Recorded, frozen=True, kw_only=True, tag="attacks_joined"):
    """What was taken for two attacks was one: all claims of ``attack`` are of ``into`` now."""

    attack: int
    into: int
    by_hand: bool = False
    reason: str = ""


class CheckFlagged(_Recorded, frozen=True, kw_only=True, tag="check_flagged"):
    """Claims of several documents do not add up. It is said, and nothing is mended."""

    rule: str
    words: str
    claims: tuple[int, ...]
    attack: int | None = None


class CheckLifted(_Recorded, frozen=True, kw_only=True, tag="check_lifted"):
    """What was flagged there holds no longer, since one of its claims was corrected."""

    check: int
    """The seq of the event that flagged it."""
    reason: str = ""


DraftEvent = DocumentTaken | DraftMended | DraftRejected | SourceTrusted | SourceDistrusted
PublishedEvent = (
    DocumentPublished
    | ClaimPublished
    | ClaimWithdrawn
    | ClaimsLinked
    | ClaimsUnlinked
    | AttackOpened
    | AttackBounded
    | ClaimsAssigned
    | AttacksJoined
    | CheckFlagged
    | CheckLifted
)
RecordEvent = DraftEvent | PublishedEvent
