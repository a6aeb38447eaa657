"""What an order about the record leads to: events, or a refusal that says why. It never changes anything by itself.

Nothing is published that nobody accepted, but for bulletins of a trusted source in which nothing is flagged. No hold is
ever touched from here.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    BoundAttack,
    Command,
    CorrectClaim,
    DistrustSource,
    DocumentName,
    JoinAttacks,
    LinkClaims,
    MendDraft,
    RecordOrder,
    RejectDrafts,
    TakeDocument,
    TrustSource,
    UnlinkClaims,
    WithdrawClaim,
)
from tocsin.model import Hierarchy
from tocsin.record.archive import Archive
from tocsin.record.correcting import Correcting
from tocsin.record.drafting import Drafting
from tocsin.record.settling import Ground
from tocsin.recorded import RecordEvent, SourceDistrusted, SourceTrusted


def decide_record(
    archive: Archive, command: Command, hierarchy: Hierarchy, local: tzinfo, seq: int, text: str | None, now: datetime
) -> tuple[RecordEvent, ...]:
    """The events that the order leads to after ``seq``; none where it changes nothing.

    ``text`` is that of the document that the order is about, None where it is not kept. Errors: `BadRequest`,
    `BadTime`, `BadFact`, `NotInText`, `TextGone`, `TakenAlready`, `AlreadyPublished`, `NotStanding`, `NotFound`,
    `UnknownZone`.
    """
    order = command.order
    assert isinstance(order, RecordOrder), order
    standing_on = archive, command, Ground(hierarchy, local, now), seq, text
    drafting, correcting = Drafting(*standing_on), Correcting(*standing_on)
    match order:
        case TakeDocument():
            return drafting.take(order)
        case AcceptDrafts():
            return drafting.accept(order)
        case MendDraft():
            return drafting.mend(order)
        case RejectDrafts():
            return drafting.reject(order)
        case CorrectClaim():
            return correcting.correct(order)
        case WithdrawClaim():
            return correcting.withdraw(order)
        case AssignClaims():
            return correcting.assign(order)
        case JoinAttacks():
            return correcting.join(order)
        case BoundAttack():
            return correcting.bound(order)
        case LinkClaims() | UnlinkClaims():
            return correcting.link(order)
        case TrustSource():
            return () if order.of in archive.trusted else (SourceTrusted(source=order.of, at=now),)
        case DistrustSource():
            return (SourceDistrusted(source=order.of, at=now),) if order.of in archive.trusted else ()


def text_wanted(archive: Archive, order: RecordOrder) -> str | None:
    """The SHA-256 of the text that the order is held against."""
    if isinstance(order, TakeDocument):
        return order.sha256
    document: DocumentName | None = None
    if isinstance(order, MendDraft):
        document = order.document
    elif isinstance(order, CorrectClaim):
        claim = archive.published.claims.get(order.claim)
        document = order.document if order.document is not None else (claim.document if claim else None)
    taken = None if document is None else archive.named(document)
    return taken.document.sha256 if taken else None
