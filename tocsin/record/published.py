"""What is in the public record, and what can be asked of it: claims with their fate, attacks, links, flags.

A value: what is added makes a new one. Nothing is ever taken out; what no longer stands is marked and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import get_args

import msgspec

from tocsin.claims import Bounds, Document, How, Relation
from tocsin.facts import Check, Fact
from tocsin.model import ZoneId
from tocsin.recorded import (
    AttackBounded,
    AttackOpened,
    AttacksJoined,
    CheckFlagged,
    CheckLifted,
    ClaimPublished,
    ClaimsAssigned,
    ClaimsLinked,
    ClaimsUnlinked,
    ClaimWithdrawn,
    DocumentPublished,
    PublishedEvent,
    RecordEvent,
)

_PUBLISHED = frozenset(get_args(PublishedEvent))


class Fate(StrEnum):
    """What has become of a claim."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    """Whoever said it took it back."""
    MISREAD = "misread"
    """Nobody said it: it was read wrongly here."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody said something. Who, in which words and where they stand is in ``fact``."""

    id: int
    document: int
    number: int
    fact: Fact
    zone: ZoneId | None
    attack: int | None
    how: How
    published_at: datetime
    supersedes: int | None = None
    reason: str = ""
    """Why it is of that attack, or what it corrects."""
    by_hand: bool = False
    """Whether somebody decided of which attack it is."""
    fate: Fate = Fate.CURRENT
    superseded_by: int | None = None
    ended_at: datetime | None = None
    """When it stopped to be current."""
    ended_reason: str = ""


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """A bounded operation, to which claims and alerts belong."""

    id: int
    bounds: Bounds
    opened_at: datetime
    joined_into: int | None = None
    """The attack that it turned out to be."""
    by_hand: bool = False
    """Whether somebody decided its bounds."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    claim: int
    relation: Relation
    other: int
    by_hand: bool
    reason: str
    at: datetime


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """Claims of several documents that do not add up."""

    id: int
    rule: str
    words: str
    claims: tuple[int, ...]
    attack: int | None
    at: datetime


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A document of which something is public."""

    id: int
    document: Document
    checks: tuple[Check, ...]
    """What in it does not add up, about the numbers of its facts."""
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may know."""

    seq: int = 0
    """Of the last event that changed it."""
    documents: Mapping[int, Listed] = field(default_factory=dict)
    claims: Mapping[int, Claim] = field(default_factory=dict)
    attacks: Mapping[int, Attack] = field(default_factory=dict)
    linked: Mapping[tuple[int, Relation, int], Link] = field(default_factory=dict)
    flags: Mapping[int, Flag] = field(default_factory=dict)
    by_number: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Document and number of a fact -> the claim that was published of it last."""
    by_attack: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    by_claim: Mapping[int, tuple[tuple[int, Relation, int], ...]] = field(default_factory=dict)
    """Claim -> the keys of its links, whichever way they go."""
    by_document: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    unlinked: frozenset[tuple[int, Relation, int]] = frozenset()
    """Links that somebody took back: they are never made by comparing again."""

    def of(self, attack: int) -> list[Claim]:
        """All its claims, whatever has become of them, in the order of their publication."""
        return [self.claims[claim] for claim in self.by_attack.get(attack, ())]

    def current(self, attack: int | None = None) -> list[Claim]:
        """The claims that stand: of one attack, or all of the record."""
        claims = self.claims.values() if attack is None else self.of(attack)
        return [claim for claim in claims if claim.fate is Fate.CURRENT]

    def open_attacks(self) -> list[Attack]:
        """Those that did not turn out to be another one, in the order of their nights."""
        standing = (attack for attack in self.attacks.values() if attack.joined_into is None)
        return sorted(standing, key=lambda attack: (attack.bounds.night, attack.id))

    def links(self, claim: int) -> list[Link]:
        """Its links and those of others to it."""
        return [self.linked[key] for key in self.by_claim.get(claim, ())]

    def repeats(self, claim: Claim) -> bool:
        """Whether it only says again what another claim says that stands: then it is never counted beside that."""
        return any(
            link.claim == claim.id
            and link.relation is Relation.REPEATS
            and self.successor(self.claims[link.other]) is not None
            for link in self.links(claim.id)
        )

    def total_of(self, claim: Claim) -> Claim | None:
        """The claim of the same document that it is only a part of, as far as that is published and stands."""
        number: int | None = getattr(claim.fact, "subset_of", None)
        total = None if number is None else self.by_number.get((claim.document, number))
        found = None if total is None else self.successor(self.claims[total])
        return found if found is not None and found.id != claim.id else None

    def successor(self, claim: Claim) -> Claim | None:
        """What stands in its place by now: itself, what corrected it, or nothing."""
        while claim.superseded_by is not None:
            claim = self.claims[claim.superseded_by]
        return claim if claim.fate is Fate.CURRENT else None

    def versions(self, claim: Claim) -> list[Claim]:
        """Oldest first."""
        while claim.supersedes is not None:
            claim = self.claims[claim.supersedes]
        found = [claim]
        while (later := found[-1].superseded_by) is not None:
            found.append(self.claims[later])
        return found

    def after(self, told: Iterable[Told]) -> Published:
        """With what was told next, of which what is not public changes nothing."""
        public = [one for one in told if type(one.event) in _PUBLISHED]
        if not public:
            return self
        making = _Making(self)
        for one in public:
            making.take(one)
        return making.done()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the record, and where it stands in the log."""

    seq: int
    event: RecordEvent


class _Making:
    """A public record in the making: takes events one by one in place."""

    def __init__(self, start: Published) -> None:
        self._seq = start.seq
        self._documents, self._claims, self._attacks = dict(start.documents), dict(start.claims), dict(start.attacks)
        self._linked, self._flags, self._by_number = dict(start.linked), dict(start.flags), dict(start.by_number)
        self._by_attack, self._by_claim = dict(start.by_attack), dict(start.by_claim)
        self._by_document, self._unlinked = dict(start.by_document), start.unlinked

    def done(self) -> Published:
        return Published(
            self._seq,
            self._documents,
            self._claims,
            self._attacks,
            self._linked,
            self._flags,
            self._by_number,
            self._by_attack,
            self._by_claim,
            self._by_document,
            self._unlinked,
        )

    def take(self, told: Told) -> None:
        self._seq, seq = told.seq, told.seq
        match told.event:
            case DocumentPublished() as event:
                self._documents[event.id] = Listed(
                    id=event.id, document=event.document, checks=event.checks, published_at=event.at
                )
            case ClaimPublished() as event:
                self._publish(seq, event)
            case ClaimWithdrawn() as event:
                fate = Fate.MISREAD if event.misread else Fate.WITHDRAWN
                self._change(event.claim, fate=fate, ended_at=event.at, ended_reason=event.reason)
            case ClaimsLinked() as event:
                self._link(event)
            case ClaimsUnlinked() as event:
                key = event.claim, event.relation, event.other
                del self._linked[key]
                if event.by_hand:
                    self._unlinked |= {key}
                for end in {event.claim, event.other}:
                    self._by_claim[end] = tuple(other for other in self._by_claim[end] if other != key)
            case AttackOpened() as event:
                self._attacks[seq] = Attack(id=seq, bounds=event.bounds, opened_at=event.at)
            case AttackBounded() as event:
                attack = self._attacks[event.attack]
                self._attacks[attack.id] = msgspec.structs.replace(
                    attack, bounds=event.bounds, by_hand=event.by_hand or attack.by_hand
                )
            case ClaimsAssigned() as event:
                for claim in event.claims:
                    self._assign(claim, event.attack, event.reason, event.by_hand)
            case AttacksJoined() as event:
                for claim in self._by_attack.get(event.attack, ()):
                    self._assign(claim, event.into, event.reason, event.by_hand)
                self._attacks[event.attack] = msgspec.structs.replace(
                    self._attacks[event.attack], joined_into=event.into
                )
            case CheckFlagged() as event:
                self._flags[seq] = Flag(
                    id=seq, rule=event.rule, words=event.words, claims=event.claims, attack=event.attack, at=event.at
                )
            case CheckLifted() as event:
                del self._flags[event.check]
            case _:
                raise AssertionError(f"this is not public: {told.event}")

    def _publish(self, seq: int, event: ClaimPublished) -> None:
        self._claims[seq] = Claim(
            id=seq,
            document=event.document,
            number=event.number,
            fact=event.fact,
            zone=event.zone,
            attack=None,
            how=event.how,
            published_at=event.at,
            supersedes=event.supersedes,
        )
        self._by_number[event.document, event.number] = seq
        self._by_document[event.document] = (*self._by_document.get(event.document, ()), seq)
        self._assign(seq, event.attack, event.reason, event.by_hand)
        if event.supersedes is not None:
            self._change(
                event.supersedes,
                fate=Fate.SUPERSEDED,
                superseded_by=seq,
                ended_at=event.at,
                ended_reason=event.reason,
            )

    def _assign(self, claim: int, attack: int | None, reason: str, by_hand: bool) -> None:
        before = self._claims[claim].attack
        if before is not None:
            self._by_attack[before] = tuple(other for other in self._by_attack[before] if other != claim)
        if attack is not None:
            attack = self._attacks[attack].id
            self._by_attack[attack] = (*self._by_attack.get(attack, ()), claim)
        self._change(claim, attack=attack, reason=reason, by_hand=by_hand)

    def _link(self, event: ClaimsLinked) -> None:
        key = event.claim, event.relation, event.other
        self._linked[key] = Link(
            claim=event.claim,
            relation=event.relation,
            other=event.other,
            by_hand=event.by_hand,
            reason=event.reason,
            at=event.at,
        )
        for end in {event.claim, event.other}:
            at = self._claims[end].id
            self._by_claim[at] = (*self._by_claim.get(at, ()), key)

    def _change(self, claim: int, **changes: object) -> None:
        self._claims[claim] = msgspec.structs.replace(self._claims[claim], **changes)
