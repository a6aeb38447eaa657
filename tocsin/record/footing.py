"""What an order about the record stands on: what is there, the text, the time; and what every such order asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.claims import Drafted
from tocsin.commands import Command, DocumentName, Where
from tocsin.errors import BadRequest, BadTime, NotFound, NotStanding, TextGone
from tocsin.facts import Fact
from tocsin.record.archive import Archive, Taken
from tocsin.record.merging import Sides, may_be_one
from tocsin.record.published import Attack, Claim, Fate, Told
from tocsin.record.quoting import require_number_in_quote, require_quoted, require_sound
from tocsin.record.settling import Ground, settled
from tocsin.recorded import ClaimPublished, PublishedEvent


class Footing:
    def __init__(self, archive: Archive, command: Command, ground: Ground, seq: int, text: str | None) -> None:
        self.archive = archive
        self.record = archive.published
        self.command = command
        self.reason = command.reason
        self.ground = ground
        self.now = ground.now
        self.seq = seq
        self.text = text

    def settled(
        self, first: Sequence[PublishedEvent], changed: Sequence[int], new: Sequence[ClaimPublished], seq: int
    ) -> list[PublishedEvent]:
        """What follows after ``first``, of which the first event is told at ``seq`` + 1."""
        record = self.record.after(Told(seq=number, event=event) for number, event in enumerate(first, seq + 1))
        return settled(record, changed, new, seq + len(first), self.ground)

    def require(self, drafted: Drafted, number: int, known: Sequence[Fact]) -> None:
        require_sound(drafted, number, known, self.ground.hierarchy)
        quoted = {(fact.quote, fact.start, fact.end) for fact in known}
        fact = drafted.fact
        if self.text is not None:
            require_quoted(fact, self.text, number)
        elif (fact.quote, fact.start, fact.end) in quoted:  # it was held against the text when that was kept
            require_number_in_quote(fact, number)
        else:
            raise TextGone("the text of this document is not kept here, so that no quote can be held against it")

    def taken(self, document: DocumentName) -> Taken:
        taken = self.archive.named(document)
        if taken is None:
            raise NotFound(f"there is no document {document}", document=document)
        return taken

    def numbers(self, taken: Taken, numbers: Sequence[int]) -> list[int]:
        if unknown := [number for number in numbers if not 0 <= number < len(taken.drafts)]:
            raise NotFound(f"document {taken.id} has no fact {unknown[0]}", document=taken.id, numbers=unknown)
        return list(dict.fromkeys(numbers)) or taken.waiting()

    def standing(self, id: int) -> Claim:
        claim = self.record.claims.get(id)
        if claim is None:
            raise NotFound(f"there is no claim {id}", claim=id)
        if claim.fate is not Fate.CURRENT:
            raise NotStanding(f"claim {id} is {claim.fate}", claim=id, superseded_by=claim.superseded_by)
        return claim

    def which(self, where: Where | None, sides: Sides = (None, None)) -> int | None:
        """The attack that stands which is meant; None for a new one, for none, and where the night has none yet.

        ``sides`` are whose attack upon whom, as far as that is known.
        """
        if isinstance(where, int):
            return self.attack(where).id
        if where in (None, "new", "none"):
            return None
        moment(where)
        found = [
            attack.id
            for attack in self.record.attacks.values()
            if attack.bounds.night == where
            and attack.joined_into is None
            and may_be_one((attack.bounds.by, attack.bounds.upon), sides)
            and self.record.current(attack.id)
        ]
        if len(found) > 1:
            raise BadRequest("there are several attacks of that night: say which, by its number", attacks=found)
        return found[0] if found else None

    def attack(self, id: int) -> Attack:
        attack = self.record.attacks.get(id)
        if attack is None:
            raise NotFound(f"there is no attack {id}", attack=id)
        if attack.joined_into is not None:
            raise NotStanding(f"attack {id} was joined into {attack.joined_into}", attack=attack.joined_into)
        return attack


def moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        raise BadTime("this is a day or a moment, such as 2024-11-13 or 2024-11-13T09:00Z", at=said) from None
