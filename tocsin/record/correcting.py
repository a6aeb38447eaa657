"""Orders about claims and attacks: correcting, withdrawing, assigning, joining, linking."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tocsin.claims import Bounds, Drafted, How, Relation
from tocsin.commands import (
    AssignClaims,
    BoundAttack,
    CorrectClaim,
    JoinAttacks,
    LinkClaims,
    UnlinkClaims,
    WithdrawClaim,
)
from tocsin.errors import BadRequest
from tocsin.record.archive import Taken
from tocsin.record.footing import Footing, moment
from tocsin.record.merging import night_of
from tocsin.record.published import Claim, Published
from tocsin.recorded import (
    AttackBounded,
    AttackOpened,
    AttacksJoined,
    ClaimPublished,
    ClaimsAssigned,
    ClaimsLinked,
    ClaimsUnlinked,
    ClaimWithdrawn,
    DocumentPublished,
    PublishedEvent,
    RecordEvent,
)


class Correcting(Footing):
    def correct(self, order: CorrectClaim) -> tuple[RecordEvent, ...]:
        old = self.standing(order.claim)
        taken = self.taken(old.document if order.document is None else order.document)
        known = [draft.drafted.fact for draft in taken.drafts]
        number = old.number if taken.id == old.document else _number_of(taken, order.drafted)
        if (old.fact, old.zone, old.document) == (order.drafted.fact, order.drafted.zone, taken.id):
            return ()
        self.require(order.drafted, number, known)
        if not self.reason:
            raise BadRequest("a correction says why")
        first: list[PublishedEvent] = []
        if taken.id not in self.record.documents:
            first.append(DocumentPublished(id=taken.id, document=taken.document, checks=taken.checks, at=self.now))
        new = ClaimPublished(
            document=taken.id,
            number=number,
            fact=order.drafted.fact,
            zone=order.drafted.zone,
            attack=old.attack if old.by_hand else None,
            by_hand=old.by_hand,
            how=How.REVIEWED,
            supersedes=old.id,
            reason=self.reason,
            at=self.now,
        )
        return (*first, *self.settled(first, (old.id,), (new,), self.seq))

    def withdraw(self, order: WithdrawClaim) -> tuple[RecordEvent, ...]:
        claim = self.standing(order.claim)
        if not self.reason:
            raise BadRequest("what is withdrawn says why")
        first = ClaimWithdrawn(claim=claim.id, misread=order.misread, reason=self.reason, at=self.now)
        return (first, *self.settled([first], (claim.id,), (), self.seq))

    def assign(self, order: AssignClaims) -> tuple[RecordEvent, ...]:
        claims = [self.standing(claim) for claim in dict.fromkeys(order.claims)]
        first: list[PublishedEvent] = []
        attack = self.which(order.attack)
        if attack is None and order.attack != "none":
            taken = self.record.documents[claims[0].document].document
            night = night_of(claims[0].fact, taken, self.ground.local) or taken.published[:10]
            night = night if order.attack == "new" else str(order.attack)
            before = self.record.attacks.get(claims[0].attack or 0)
            bounds = msgspec.structs.replace(before.bounds, night=night) if before else None
            first.append(AttackOpened(bounds=bounds or Bounds(night=night), at=self.now))
            attack = self.seq + 1
        ids = tuple(claim.id for claim in claims if claim.attack != attack or not claim.by_hand)
        if not ids:
            return ()
        first.append(ClaimsAssigned(claims=ids, attack=attack, by_hand=True, reason=self.reason, at=self.now))
        if attack is not None:
            first += self._stays(claims, attack)
        return (*first, *self.settled(first, ids, (), self.seq))

    def _stays(self, gone: Sequence[Claim], attack: int) -> list[PublishedEvent]:
        """Whoever parts them decides of the others too: what stays stays, or it would follow what it shares with."""
        ids = {claim.id for claim in gone}
        events: list[PublishedEvent] = []
        for before in sorted({claim.attack for claim in gone if claim.attack is not None} - {attack}):
            rest = [claim.id for claim in self.record.current(before) if claim.id not in ids and not claim.by_hand]
            if rest:
                events.append(
                    ClaimsAssigned(claims=tuple(rest), attack=before, by_hand=True, reason=self.reason, at=self.now)
                )
        return events

    def join(self, order: JoinAttacks) -> tuple[RecordEvent, ...]:
        attack, into = self.attack(order.attack), self.attack(order.into)
        if attack.id == into.id:
            raise BadRequest("an attack is not joined to itself")
        first = AttacksJoined(attack=attack.id, into=into.id, by_hand=True, reason=self.reason, at=self.now)
        kept = tuple(claim.id for claim in self.record.current(into.id) if not claim.by_hand)
        both: list[PublishedEvent] = [first]
        if kept:  # or what joins by itself could part them again
            both.append(ClaimsAssigned(claims=kept, attack=into.id, by_hand=True, reason=self.reason, at=self.now))
        changed = [claim.id for one in (attack, into) for claim in self.record.current(one.id)]
        return (*both, *self.settled(both, changed, (), self.seq))

    def bound(self, order: BoundAttack) -> tuple[RecordEvent, ...]:
        attack = self.attack(order.attack)
        bounds = order.bounds
        for said in (bounds.night, bounds.since, bounds.until):
            if said is not None:
                moment(said)
        if len(bounds.night) != 10 or any(side is not None and len(side) != 2 for side in (bounds.by, bounds.upon)):
            raise BadRequest("a night is a day, such as 2024-11-13; a side is a country's two letters")
        if bounds == attack.bounds:
            return ()
        return (AttackBounded(attack=attack.id, bounds=bounds, by_hand=True, reason=self.reason, at=self.now),)

    def link(self, order: LinkClaims | UnlinkClaims) -> tuple[RecordEvent, ...]:
        key = self.standing(order.claim).id, order.relation, self.standing(order.other).id
        if isinstance(order, UnlinkClaims):
            if key not in self.record.linked:
                return ()
            return (
                ClaimsUnlinked(
                    claim=key[0], relation=key[1], other=key[2], by_hand=True, reason=self.reason, at=self.now
                ),
            )
        if key in self.record.linked:
            return ()
        if key[0] == key[2] or (order.relation is Relation.REPEATS and _repeated(self.record, key[2], key[0])):
            raise BadRequest("a claim does not repeat what repeats it, nor stands in any way to itself")
        return (
            ClaimsLinked(claim=key[0], relation=key[1], other=key[2], by_hand=True, reason=self.reason, at=self.now),
        )


def _number_of(taken: Taken, drafted: Drafted) -> int:
    """Of the draft that says so already, if one waits; or else of one more."""
    waiting = (number for number in taken.waiting() if taken.drafts[number].drafted == drafted)
    return next(waiting, len(taken.drafts))


def _repeated(record: Published, start: int, sought: int) -> bool:
    """Whether ``sought`` is what ``start`` repeats, at whatever remove."""
    seen, ahead = {start}, [start]
    while ahead:
        claim = ahead.pop()
        for link in record.links(claim):
            if link.claim == claim and link.relation is Relation.REPEATS and link.other not in seen:
                seen.add(link.other)
                ahead.append(link.other)
    return sought in seen
