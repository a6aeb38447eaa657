"""Attacks as the API and the pages tell them: each with its claims, documents, links and what does not add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo

import msgspec

from tocsin.claims import Bounds, Document, Relation
from tocsin.errors import NotFound
from tocsin.facts import Check, Fact, Harm
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.bulletin import Named, Sentence, bulletin
from tocsin.record.counting import Sum, sums
from tocsin.record.published import Attack, Claim, Fate, Flag, Published
from tocsin.record.statistics.tables import family, window


class LinkBody(msgspec.Struct, frozen=True, kw_only=True):
    """How this claim stands to another, or, where ``of_other``, that one to this."""

    relation: Relation
    claim: int
    of_other: bool
    reason: str


class ClaimBody(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    document: int
    fact: Fact
    zone: ZoneId | None
    part_of: int | None
    """The claim of the total that it is a part of: never added to it."""
    fate: Fate
    published_at: datetime
    how: str
    supersedes: int | None
    superseded_by: int | None
    ended_at: datetime | None
    ended_reason: str
    reason: str
    links: list[LinkBody]


class DocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    document: Document
    checks: tuple[Check, ...]
    published_at: datetime


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one kind of thing: nothing in it is counted twice."""

    outcome: str
    family: str
    """drone, recon_drone, missile, other, or people."""
    low: int
    high: int | None
    """None where somebody leaves it open."""
    contested: bool


class AttackListed(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    bounds: Bounds
    since: datetime
    until: datetime
    """From when to when it was, as exactly as it is known: otherwise its night."""
    headlines: list[Headline]
    claims: int
    """Those that stand."""
    corrections: int
    documents: int
    checks: int
    updated_at: datetime
    """When anything of it was last published, corrected or withdrawn."""


class AttacksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    attacks: list[AttackListed]
    """The latest night first."""
    total: int
    page: int
    pages: int
    seq: int
    """The seq of the last event of the record."""
    as_of: datetime | None


class AlertBody(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which a zone of the top level, or some of it, was under alert."""

    zone: ZoneId
    since: datetime
    until: datetime


class AttackAnswer(msgspec.Struct, frozen=True, kw_only=True):
    attack: AttackListed
    joined_into: int | None
    """The attack that it turned out to be."""
    claims: list[ClaimBody]
    """All, whatever has become of them, in the order of publication."""
    documents: list[DocumentBody]
    flags: list[Flag]
    """What does not add up between documents."""
    bulletin: list[Sentence]
    alerts: list[AlertBody]
    changes: list[datetime]
    """The moments at which the record of this attack changed: each can be asked ``as_of``."""
    seq: int
    as_of: datetime | None


class Book:
    """A public record put into bodies."""

    def __init__(self, record: Published, hierarchy: Hierarchy, local: tzinfo, named: Named) -> None:
        self.record = record
        self.hierarchy = hierarchy
        self.local = local
        self.named = named

    def attack(self, id: int) -> Attack:
        """Errors: `NotFound`."""
        found = self.record.attacks.get(id)
        if found is None:
            raise NotFound(f"there is no attack {id} in the record", attack=id)
        return found

    def listed(self, attack: Attack) -> AttackListed:
        claims = self.record.of(attack.id)
        standing = [claim for claim in claims if claim.fate is Fate.CURRENT]
        since, until = window(attack, standing, self.local)
        documents = {claim.document for claim in claims}
        checks = sum(len(self.record.documents[document].checks) for document in documents)
        return AttackListed(
            id=attack.id,
            bounds=attack.bounds,
            since=since,
            until=until,
            headlines=headlines(self.record, attack.id, self.hierarchy),
            claims=len(standing),
            corrections=len(claims) - len(standing),
            documents=len(documents),
            checks=checks + len(self.flags(attack.id)),
            updated_at=max([attack.opened_at, *self.changes(attack.id)]),
        )

    def changes(self, attack: int) -> list[datetime]:
        moments = {claim.published_at for claim in self.record.of(attack)}
        moments |= {claim.ended_at for claim in self.record.of(attack) if claim.ended_at is not None}
        return sorted(moments)

    def flags(self, attack: int) -> list[Flag]:
        return [flag for flag in self.record.flags.values() if flag.attack == attack]

    def claim(self, claim: Claim) -> ClaimBody:
        total = self.record.total_of(claim)
        return ClaimBody(
            id=claim.id,
            document=claim.document,
            fact=claim.fact,
            zone=claim.zone,
            part_of=total.id if total else None,
            fate=claim.fate,
            published_at=claim.published_at,
            how=claim.how,
            supersedes=claim.supersedes,
            superseded_by=claim.superseded_by,
            ended_at=claim.ended_at,
            ended_reason=claim.ended_reason,
            reason=claim.reason,
            links=[
                LinkBody(
                    relation=link.relation,
                    claim=link.other if link.claim == claim.id else link.claim,
                    of_other=link.claim != claim.id,
                    reason=link.reason,
                )
                for link in self.record.links(claim.id)
            ],
        )

    def documents(self, claims: Iterable[Claim]) -> list[DocumentBody]:
        ids = dict.fromkeys(claim.document for claim in claims)
        listed = [self.record.documents[id] for id in ids]
        return [
            DocumentBody(id=one.id, document=one.document, checks=one.checks, published_at=one.published_at)
            for one in listed
        ]

    def answer(
        self, attack: Attack, alerts: Callable[[datetime, datetime], list[AlertBody]], as_of: datetime | None
    ) -> AttackAnswer:
        claims = self.record.of(attack.id)
        listed = self.listed(attack)
        return AttackAnswer(
            attack=listed,
            joined_into=attack.joined_into,
            claims=[self.claim(claim) for claim in claims],
            documents=self.documents(claims),
            flags=self.flags(attack.id),
            bulletin=bulletin(self.record, attack.id, self.named),
            alerts=alerts(listed.since, listed.until),
            changes=self.changes(attack.id),
            seq=self.record.seq,
            as_of=as_of,
        )


HARMED = (Harm.KILLED, Harm.INJURED, Harm.MISSING)


def headlines(record: Published, attack: int, hierarchy: Hierarchy) -> list[Headline]:
    """Of each kind of thing how many in all, from the least that is said to the most: nothing is counted twice."""
    counted: dict[tuple[str, str], list[Sum]] = {}
    for one in sums(record, attack, hierarchy):
        if one.covered_by is None and one.unit != "locations":
            kind = "people" if one.weapon is None else family(one.weapon)
            counted.setdefault((one.outcome, kind), []).append(one)
    if any((outcome.value, "people") in counted for outcome in HARMED):
        # "Nobody was harmed" was said of some place: of all of the attack it is not so.
        counted.pop((Harm.NONE.value, "people"), None)
    return [
        Headline(
            outcome=outcome,
            family=kind,
            low=sum(one.low for one in of_kind),
            high=None if any(one.high is None for one in of_kind) else sum(one.high or 0 for one in of_kind),
            contested=any(one.contested for one in of_kind),
        )
        for (outcome, kind), of_kind in counted.items()
    ]
