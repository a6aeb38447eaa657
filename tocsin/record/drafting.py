"""Orders about documents and drafts: taking in, accepting, mending, rejecting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from tocsin.claims import Bounds, Document, Drafted, How
from tocsin.commands import AcceptDrafts, MendDraft, RejectDrafts, TakeDocument
from tocsin.errors import AlreadyPublished, BadRequest, BadTime, NotFound, TakenAlready, TextGone
from tocsin.facts import Check, Fact
from tocsin.record.archive import Taken
from tocsin.record.footing import Footing, moment
from tocsin.record.merging import BULLETINS, SIDES, night_of
from tocsin.record.quoting import require_quoted, require_sound
from tocsin.recorded import (
    AttackOpened,
    ClaimPublished,
    DocumentPublished,
    DocumentTaken,
    DraftMended,
    DraftRejected,
    PublishedEvent,
    RecordEvent,
)


class Drafting(Footing):
    def take(self, order: TakeDocument) -> tuple[RecordEvent, ...]:
        if order.sha256 in self.archive.by_sha256:
            known = self.archive.by_sha256[order.sha256]
            raise TakenAlready(f"this text was taken in as document {known}", document=known)
        _require_published(order.published, self.now)
        if order.version_of is not None:
            self.taken(order.version_of)
        if self.text is None or len(self.text) != order.characters:
            raise TextGone("the text of this document is not kept here: have it taken in with its text")
        facts = [drafted.fact for drafted in order.drafted]
        for number, drafted in enumerate(order.drafted):
            require_sound(drafted, number, facts, self.ground.hierarchy)
            require_quoted(drafted.fact, self.text, number)
        if any(not 0 <= number < len(facts) for check in order.checks for number in check.facts):
            raise BadRequest("a check is about facts of its document")
        document = Document(
            publisher=order.publisher,
            source=self.command.source,
            genre=order.genre,
            language=order.language,
            published=order.published,
            sha256=order.sha256,
            characters=order.characters,
            title=order.title,
            url=order.url,
            version_of=order.version_of,
        )
        checks = (*order.checks, *_too_late(facts, document, self.ground.local))
        taken = DocumentTaken(document=document, drafted=order.drafted, checks=checks, at=self.now)
        if document.source not in self.archive.trusted or document.genre not in BULLETINS or checks or not facts:
            return (taken,)
        id = self.seq + 1
        listed = DocumentPublished(id=id, document=document, checks=checks, at=self.now)
        new = [
            ClaimPublished(document=id, number=number, fact=one.fact, zone=one.zone, how=How.TRUSTED, at=self.now)
            for number, one in enumerate(order.drafted)
        ]
        return (taken, listed, *self.settled([listed], (), new, id))

    def accept(self, order: AcceptDrafts) -> tuple[RecordEvent, ...]:
        taken = self.taken(order.document)
        numbers = self.numbers(taken, order.numbers)
        drafts = [(number, taken.drafts[number]) for number in numbers if taken.drafts[number].claim is None]
        if not drafts:
            return ()
        first: list[PublishedEvent] = []
        if taken.id not in self.record.documents:
            first.append(DocumentPublished(id=taken.id, document=taken.document, checks=taken.checks, at=self.now))
        attack = self.which(order.attack, SIDES.get(taken.document.genre, (None, None)))
        if attack is None and order.attack not in (None, "none"):
            bounds = self._bounds_for(taken, drafts[0][1].drafted, None if order.attack == "new" else order.attack)
            first.append(AttackOpened(bounds=bounds, at=self.now))
            attack = self.seq + len(first)
        new = [
            ClaimPublished(
                document=taken.id,
                number=number,
                fact=draft.drafted.fact,
                zone=draft.drafted.zone,
                attack=attack,
                by_hand=order.attack is not None,
                how=How.REVIEWED,
                reason=self.reason,
                at=self.now,
            )
            for number, draft in drafts
        ]
        return (*first, *self.settled(first, (), new, self.seq))

    def mend(self, order: MendDraft) -> tuple[RecordEvent, ...]:
        taken = self.taken(order.document)
        known = [draft.drafted.fact for draft in taken.drafts]
        if order.number > len(known):
            raise NotFound(f"document {taken.id} has {len(known)} facts", document=taken.id, number=order.number)
        if order.number < len(known):
            draft = taken.drafts[order.number]
            if draft.claim is not None:
                raise AlreadyPublished(f"this is claim {draft.claim} by now: correct that", claim=draft.claim)
            if draft.drafted == order.drafted and not draft.rejected:
                return ()
        self.require(order.drafted, order.number, known)
        mended = DraftMended(
            document=taken.id, number=order.number, drafted=order.drafted, reason=self.reason, at=self.now
        )
        return (mended,)

    def reject(self, order: RejectDrafts) -> tuple[RecordEvent, ...]:
        taken = self.taken(order.document)
        numbers = self.numbers(taken, order.numbers)
        for number in numbers:
            if (claim := taken.drafts[number].claim) is not None:
                raise AlreadyPublished(f"fact {number} is claim {claim} by now: withdraw that", claim=claim)
        return tuple(
            DraftRejected(document=taken.id, number=number, reason=self.reason, at=self.now)
            for number in numbers
            if not taken.drafts[number].rejected
        )

    def _bounds_for(self, taken: Taken, drafted: Drafted, night: object) -> Bounds:
        by, upon = SIDES.get(taken.document.genre, (None, None))
        found = night or night_of(drafted.fact, taken.document, self.ground.local) or taken.document.published[:10]
        return Bounds(night=str(found), by=by, upon=upon)


def _too_late(facts: Sequence[Fact], document: Document, local: tzinfo) -> tuple[Check, ...]:
    """A report cannot tell of what happens after it."""
    nights = [night_of(fact, document, local) for fact in facts]
    later = tuple(number for number, night in enumerate(nights) if night is not None and night > _next(document))
    if not later:
        return ()
    words = f"published on {document.published}, and speaks of {nights[later[0]]}"
    return (Check(rule="date", words=words, facts=later),)


def _next(document: Document) -> str:
    return (date.fromisoformat(document.published[:10]) + timedelta(days=1)).isoformat()


def _require_published(said: str, now: datetime) -> None:
    if moment(said).date() > (now + timedelta(days=1)).date():
        raise BadTime(f"a document cannot have been published on {said}, which lies ahead", at=said)
