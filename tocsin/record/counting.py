"""What may be added up: for each thing that was counted, one number, or the range of what is said; never a total beside
its parts, nor a claim beside what repeats it.

Pure. A `Sum` with ``covered_by`` is contained in another one already; adding up those without it counts nothing twice.
Unknown is not 0: of what nobody counted there is no sum.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from tocsin.claims import Relation
from tocsin.facts import CasualtyFact, Harm, TallyFact
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.comparing import bounds_of, rank, thing_of
from tocsin.record.merging import Said
from tocsin.record.published import Claim, Published
from tocsin.record.weapons import is_a


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one thing."""

    outcome: str
    """As in `facts.Outcome` or `facts.Harm`; ``harm`` where anybody says that nobody was harmed."""
    weapon: str | None
    zone: ZoneId | None
    place: str | None
    """As it was named, where that is no zone."""
    value: int | None
    """The number of who ranks first: whoever counted it, and the latest; None where people were harmed and nobody says
    how many."""
    low: int
    """The least and the most of all that stand; ``high`` is None where somebody leaves it open."""
    high: int | None
    chosen: int
    """The claim that the value is of."""
    claims: tuple[int, ...]
    """All that stand and say something of it, those that repeat others left out."""
    contested: bool
    covered_by: int | None = None
    """The chosen claim of a sum that contains this one."""


def said_of(record: Published, claim: Claim) -> Said:
    """A claim as merging and comparing see it."""
    return Said(
        claim.id,
        claim.document,
        record.documents[claim.document].document,
        claim.number,
        claim.fact,
        claim.zone,
        claim.attack if claim.by_hand else None,
        claim.by_hand and claim.attack is None,
    )


def sums(record: Published, attack: int, hierarchy: Hierarchy) -> list[Sum]:
    """What is said of each thing that was counted in one attack, in the order of publication."""
    about: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for claim in record.current(attack):
        said = said_of(record, claim)
        if (thing := thing_of(said)) is not None and not _repeats(record, claim):
            about[thing].append(said)
    found = [_sum(record, claims) for claims in about.values()]
    return [msgspec.structs.replace(one, covered_by=_covered_by(record, one, found, hierarchy)) for one in found]


def _repeats(record: Published, claim: Claim) -> bool:
    """Whether what it repeats stands."""
    return any(
        link.claim == claim.id
        and link.relation is Relation.REPEATS
        and record.successor(record.claims[link.other]) is not None
        for link in record.links(claim.id)
    )


def _sum(record: Published, claims: list[Said]) -> Sum:
    first_hand = min(rank(said)[0] for said in claims)
    chosen = max((said for said in claims if rank(said)[0] == first_hand), key=lambda said: (rank(said)[1:], said.id))
    fact = chosen.fact
    assert isinstance(fact, TallyFact | CasualtyFact)
    ranges = [bounds_of(said) for said in claims]
    high = max(most for _, most in ranges)
    none = isinstance(fact, CasualtyFact) and fact.outcome is Harm.NONE
    return Sum(
        outcome=fact.outcome.value,
        weapon=fact.weapon if isinstance(fact, TallyFact) else None,
        zone=chosen.zone,
        place=fact.place,
        value=0 if none else (None if fact.value is None else fact.value.value),
        low=int(min(low for low, _ in ranges)),
        high=None if high == float("inf") else int(high),
        chosen=chosen.id,
        claims=tuple(sorted(said.id for said in claims)),
        contested=any(
            link.relation is Relation.CONTESTS and record.claims[link.other].fate is record.claims[link.claim].fate
            for said in claims
            for link in record.links(said.id)
        ),
    )


def _covered_by(record: Published, one: Sum, all_: list[Sum], hierarchy: Hierarchy) -> int | None:
    total = record.total_of(record.claims[one.chosen])
    if total is not None and any(total.id in other.claims for other in all_):
        return total.id
    for other in all_:
        if other is not one and _contains(other, one, hierarchy):
            return other.chosen
    return None


def _contains(whole: Sum, part: Sum, hierarchy: Hierarchy) -> bool:
    """The same outcome, of a weapon and a place that take in the other's; one of the two is wider."""
    if whole.outcome != part.outcome or (whole.weapon is None) != (part.weapon is None):
        return False
    if whole.weapon is not None and part.weapon is not None and not is_a(part.weapon, whole.weapon):
        return False
    wider_place = _wider(whole, part, hierarchy)
    if wider_place is None:
        return False
    return wider_place or whole.weapon != part.weapon


def _wider(whole: Sum, part: Sum, hierarchy: Hierarchy) -> bool | None:
    """Whether it is of a wider place; None where it is of another. Without a place it is of all."""
    here, there = (whole.zone, whole.place), (part.zone, part.place)
    if here == there or (whole.zone is not None and whole.zone == part.zone):
        return False
    if here == (None, None) or whole.zone in hierarchy.roots:
        return True
    if whole.zone is not None and part.zone is not None and whole.zone in hierarchy.ancestors(part.zone):
        return True
    return None
