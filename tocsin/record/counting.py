"""What may be added up: for each thing that was counted, one number, or the range of what is said; never a total beside
its parts, nor a claim beside what repeats it.

Pure. A `Sum` with ``covered_by`` is contained in another one already; adding up those without it counts nothing twice.
Unknown is not 0: of what nobody counted there is no sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from tocsin.claims import Relation
from tocsin.facts import CasualtyFact, Harm, TallyFact
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.comparing import bounds_of, counted_apart, rank, thing_of
from tocsin.record.merging import DATASET, Said
from tocsin.record.published import Claim, Published
from tocsin.record.weapons import is_a


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one thing."""

    outcome: str
    """As in `facts.Outcome` or `facts.Harm`; ``harm`` where anybody says that nobody was harmed."""
    weapon: str | None
    unit: str
    """``weapons``, ``locations`` or ``people``."""
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
    """What is said of each thing that was counted in one attack, in the order of publication.

    What two reports count apart, as of two times, is two sums.
    """
    about: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for claim in record.current(attack):
        said = said_of(record, claim)
        if (thing := thing_of(said)) is not None and not record.repeats(claim):
            about[thing].append(said)
    counts = [count for claims in about.values() for count in _counts(claims)]
    found = [_sum(record, claims) for claims in counts]
    first = {one.chosen: claims[0] for one, claims in zip(found, counts, strict=True)}
    covered = [_covered_by(record, one, found, first, hierarchy) for one in found]
    return [
        _with_contested(msgspec.structs.replace(one, covered_by=cover), found, covered, record)
        for one, cover in zip(found, covered, strict=True)
    ]


def _counts(claims: list[Said]) -> list[list[Said]]:
    """Those that speak of the same count together."""
    counts: list[list[Said]] = []
    for one in sorted(claims, key=rank):
        mine = next((count for count in counts if not all(counted_apart(one, other) for other in count)), None)
        if mine is None:
            counts.append([one])
        else:
            mine.append(one)
    return counts


def _with_contested(one: Sum, all_: list[Sum], covered: list[int | None], record: Published) -> Sum:
    """The range takes in what contests it under a narrower name, which is not added to it."""
    parts = [part for part, cover in zip(all_, covered, strict=True) if cover == one.chosen]
    for part in parts:
        if any(
            link.relation is Relation.CONTESTS and {link.claim, link.other} & set(one.claims)
            for claim in part.claims
            for link in record.links(claim)
        ):
            high = None if one.high is None or part.high is None else max(one.high, part.high)
            one = msgspec.structs.replace(one, low=min(one.low, part.low), high=high, contested=True)
    return one


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
        unit=fact.unit if isinstance(fact, TallyFact) else "people",
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


def _covered_by(
    record: Published, one: Sum, all_: list[Sum], first: Mapping[int, Said], hierarchy: Hierarchy
) -> int | None:
    total = record.total_of(record.claims[one.chosen])
    if total is not None and any(total.id in other.claims for other in all_):
        return total.id
    mine = first[one.chosen]
    for other in all_:
        theirs = first[other.chosen]
        if other is one or counted_apart(theirs, mine):
            continue
        # A row of a table for missiles of unknown type is of others than its row for Kh-101: parts are marked there.
        in_a_row = mine.document_id == theirs.document_id and mine.document.genre == DATASET
        if not (in_a_row and other.weapon != one.weapon) and _contains(other, one, hierarchy):
            return other.chosen
    return None


def _contains(whole: Sum, part: Sum, hierarchy: Hierarchy) -> bool:
    """The same outcome, of a weapon and a place that take in the other's; one of the two is wider."""
    if (whole.outcome, whole.unit) != (part.outcome, part.unit) or (whole.weapon is None) != (part.weapon is None):
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
