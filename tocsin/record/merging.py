"""Which claims are of one attack, and how they stand to one another: a function of what was said, in any order.

Claims of one night belong together where they share numbers, places, weapons or words. Two bulletins of one publisher
are two attacks unless a number, or that one is a later version of the other, says that they are one; what others
report goes to the attack with which it shares most. What somebody decided by hand stays, and draws others to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple

from tocsin.claims import Bounds, Document
from tocsin.facts import CasualtyFact, ControlFact, DamageFact, Fact, TallyFact, WaveFact
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.weapons import ROOT, is_a

DATASET = "dataset"
"""The genre of official posts as others have tabled them."""

Sides = tuple[str | None, str | None]
"""Whose attack, upon whom; None where that is not known."""

SIDES: Mapping[str, Sides] = {
    "air_force_bulletin": ("RU", "UA"),
    "air_force_infographic": ("RU", "UA"),
    "russian_mod_bulletin": ("UA", "RU"),
    DATASET: ("RU", "UA"),
}
"""Whose attacks upon whom a genre tells of."""

BULLETINS = frozenset(SIDES) - {DATASET}
"""Genres of those who count themselves: what others say of it is second-hand."""

FIRST_HAND = frozenset(SIDES)
"""Those, and what others have tabled of them post by post."""

EVENING_H = 18
"""From this hour on, local time, something belongs to the night that follows."""

NUMBER, QUOTE, PLACE, WEAPON = 8, 8, 3, 1
"""What sharing one is worth."""


class Said(NamedTuple):
    """One claim, as far as merging looks at it."""

    id: int
    document_id: int
    document: Document
    number: int
    fact: Fact
    zone: ZoneId | None = None
    pinned: int | None = None
    """The attack that somebody decided it is of."""
    apart: bool = False
    """Whether somebody decided that it is of none."""


class Shared(NamedTuple):
    """What two have in common."""

    score: int
    words: tuple[str, ...]


class Group(NamedTuple):
    """Claims of one attack."""

    bounds: Bounds
    claims: frozenset[int]
    reasons: Mapping[int, str]
    """Claim -> why it is of this attack."""
    pinned: int | None = None


def night_of(fact: Fact, document: Document, local: tzinfo) -> str | None:
    """The night that a fact speaks of, ISO 8601; None where it speaks of no single one."""
    if isinstance(fact, ControlFact) or (isinstance(fact, CasualtyFact) and fact.cumulative):
        return None
    if fact.happened is not None:  # only "this week" is of no single night
        return _night(fact.happened, local, True) if len(fact.happened) >= len("2024-11-13") else None
    for said, is_event in ((fact.as_of, True), (document.published, False)):
        if (night := _night(said, local, is_event)) is not None:
            return night
    return None


def _night(said: str | None, local: tzinfo, is_event: bool) -> str | None:
    if said is None:
        return None
    if len(said) == 10:
        return _day(said)
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    at = at.replace(tzinfo=local) if at.tzinfo is None else at.astimezone(local)
    late = is_event and at.hour >= EVENING_H
    return (at.date() + timedelta(days=1 if late else 0)).isoformat()


def _day(said: str) -> str | None:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return None


class Unit:
    """What one document says of one night, as far as it goes one way."""

    def __init__(self, night: str, said: Sequence[Said], hierarchy: Hierarchy) -> None:
        self.night = night
        self.said = sorted(said, key=lambda one: one.number)
        self.document_id, self.document = said[0].document_id, said[0].document
        self.pinned = said[0].pinned
        self.hierarchy = hierarchy

    @cached_property
    def by_upon(self) -> tuple[str | None, str | None]:
        if self.document.genre in SIDES:
            return SIDES[self.document.genre]
        named = any(one.zone is not None for one in self.said)
        return None, (self.hierarchy.roots[0][:2] if named else None)

    @property
    def is_bulletin(self) -> bool:
        return self.document.genre in BULLETINS

    @property
    def order(self) -> tuple[str, str, int]:
        return self.document.published, self.document.sha256, self.pinned or 0

    @cached_property
    def numbers(self) -> frozenset[tuple[str, str, int]]:
        found = set()
        for one in self.said:
            fact = one.fact
            if isinstance(fact, TallyFact | CasualtyFact) and fact.value is not None and fact.value.value > 1:
                found.add((fact.outcome.value, getattr(fact, "weapon", ""), fact.value.value))
        return frozenset(found)

    @cached_property
    def weapons(self) -> frozenset[str]:
        return frozenset(one.fact.weapon for one in self.said if isinstance(one.fact, TallyFact | WaveFact))

    @cached_property
    def places(self) -> frozenset[ZoneId]:
        return frozenset(one.zone for one in self.said if one.zone is not None)

    @cached_property
    def quotes(self) -> frozenset[str]:
        return frozenset(one.fact.quote for one in self.said if len(one.fact.quote.split()) >= 6)

    @property
    def is_of_attack(self) -> bool:
        """Whether anything in it happened, rather than was only said."""
        return any(isinstance(one.fact, TallyFact | CasualtyFact | DamageFact | WaveFact) for one in self.said)


def shared(one: Unit, other: Unit) -> Shared:
    """What speaks for both being of one attack; a score of 0 where nothing does, or something speaks against it."""
    nothing = Shared(0, ())
    if one.night != other.night or not may_be_one(one.by_upon, other.by_upon):
        return nothing
    score, words = 0, []
    numbers = one.numbers & other.numbers
    if numbers:
        score += NUMBER * len(numbers)
        words.append("the same numbers: " + ", ".join(f"{value} {what} {how}" for how, what, value in sorted(numbers)))
    if quotes := one.quotes & other.quotes:
        score += QUOTE * len(quotes)
        words.append("the same words")
    if one.is_bulletin and other.is_bulletin and one.document.publisher == other.document.publisher:
        later = other.document_id == one.document.version_of or one.document_id == other.document.version_of
        if not numbers and not later:
            return nothing
        return Shared(score + NUMBER * later, tuple([*words, "a later version of it"] if later else words))
    if places := _places(one, other):
        score += PLACE * len(places)
        words.append("the same places: " + ", ".join(sorted(places)))
    if weapons := _weapons(one, other):
        score += WEAPON * len(weapons)
        words.append("the same weapons: " + ", ".join(sorted(weapons)))
    return Shared(score, tuple(words)) if score else nothing


def may_be_one(one: Sides, other: Sides) -> bool:
    """Whether nothing known of who attacks whom speaks against it."""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def _places(one: Unit, other: Unit) -> set[ZoneId]:
    hierarchy = one.hierarchy
    country = set(hierarchy.roots)
    found = set()
    for a in one.places - country:
        for b in other.places - country:
            if a == b or b in hierarchy.ancestors(a):
                found.add(a)
            elif a in hierarchy.ancestors(b):
                found.add(b)
    return found


def _weapons(one: Unit, other: Unit) -> set[str]:
    found = set()
    for a in one.weapons:
        for b in other.weapons:
            if is_a(a, b) or is_a(b, a):
                found.add(a if is_a(a, b) else b)
    return found - {ROOT}


def grouped(said: Iterable[Said], hierarchy: Hierarchy, local: tzinfo) -> list[Group]:
    """The attacks that these claims are of, oldest night first. Claims of no attack are in none."""
    nights: dict[str, dict[tuple[int, int | None], list[Said]]] = {}
    for one in set(said):
        night = night_of(one.fact, one.document, local)
        if one.apart or (night is None and one.pinned is None):
            continue
        of_night = nights.setdefault(night or _night(one.document.published, local, False) or "", {})
        of_night.setdefault((one.document_id, one.pinned), []).append(one)
    found: list[Group] = []
    for night, claims in sorted(nights.items()):
        units = [Unit(night, of_one, hierarchy) for of_one in claims.values()]
        found += _of_night(sorted(units, key=lambda unit: unit.order))
    return _with_pinned_together(found)


def _of_night(units: Sequence[Unit]) -> list[Group]:
    """Anchors first: what was decided by hand, then bulletins; then everybody else goes to where most is shared."""
    anchors: dict[int, list[Unit]] = {}
    for unit in units:
        if unit.pinned is not None:
            anchors.setdefault(unit.pinned, []).append(unit)
    clusters = list(anchors.values())
    told: dict[int, Shared] = {}
    bulletins = [unit for unit in units if unit.pinned is None and unit.is_bulletin]
    loose = _attach(bulletins, clusters, told)
    clusters += _components(loose, told)
    others = [unit for unit in units if unit.pinned is None and not unit.is_bulletin and unit.is_of_attack]
    loose = _attach(others, clusters, told)
    clusters += _components(loose, told)
    return [_group(cluster, told) for cluster in clusters]


def _attach(units: Sequence[Unit], clusters: Sequence[list[Unit]], told: dict[int, Shared]) -> list[Unit]:
    """Put each where it shares most with what stood there before them; give back those that share nothing."""
    before = [list(cluster) for cluster in clusters]
    loose: list[Unit] = []
    drawn: dict[int, list[tuple[Unit, Shared]]] = {}
    for unit in units:
        best, where = Shared(0, ()), None
        for number, there in enumerate(before):
            most = max((shared(unit, other) for other in there), key=lambda one: one.score)
            if most.score > best.score:
                best, where = most, number
        if where is None:
            loose.append(unit)
        else:
            drawn.setdefault(where, []).append((unit, best))
    for where, those in drawn.items():
        way = _one_way(those)
        for unit, best in those:
            if may_be_one(unit.by_upon, way):
                clusters[where].append(unit)
                told[id(unit)] = best
            else:
                loose.append(unit)
    return sorted(loose, key=lambda unit: unit.order)


def _one_way(drawn: Sequence[tuple[Unit, Shared]]) -> tuple[str | None, str | None]:
    """Who attacks whom, by those that share most: what draws bulletins of both sides is of one attack all the same."""
    directed = [(best.score, unit.by_upon) for unit, best in drawn if unit.by_upon[0] is not None]
    return max(directed, key=lambda one: (one[0], str(one[1])))[1] if directed else (None, None)


def _components(units: Sequence[Unit], told: dict[int, Shared]) -> list[list[Unit]]:
    """Those that share something, directly or through others."""
    clusters: list[list[Unit]] = []
    for unit in units:
        near: list[list[Unit]] = []
        best = Shared(0, ())
        for cluster in clusters:
            most = max((shared(unit, other) for other in cluster), key=lambda one: one.score)
            if most.score:
                near.append(cluster)
                best = max(best, most, key=lambda one: one.score)
        joined = [other for cluster in near for other in cluster] + [unit]
        if best.score:
            told[id(unit)] = best
        clusters = [cluster for cluster in clusters if cluster not in near] + [joined]
    return clusters


def _group(units: Sequence[Unit], told: Mapping[int, Shared]) -> Group:
    by = sorted({unit.by_upon[0] for unit in units if unit.by_upon[0]})
    upon = sorted({unit.by_upon[1] for unit in units if unit.by_upon[1]})
    reasons: dict[int, str] = {}
    for unit in units:
        why = told.get(id(unit))
        words = "; ".join(("the same night", *why.words)) if why else "the first report of it"
        reasons |= {one.id: words for one in unit.said}
    return Group(
        bounds=Bounds(
            night=units[0].night, by=by[0] if len(by) == 1 else None, upon=upon[0] if len(upon) == 1 else None
        ),
        claims=frozenset(one.id for unit in units for one in unit.said),
        reasons=reasons,
        pinned=next((unit.pinned for unit in units if unit.pinned is not None), None),
    )


def _with_pinned_together(groups: Sequence[Group]) -> list[Group]:
    """What somebody said is one attack is one, whatever nights its claims speak of: the first names it."""
    found: list[Group] = []
    by_hand: dict[int, int] = {}
    for group in groups:
        if group.pinned is None or group.pinned not in by_hand:
            if group.pinned is not None:
                by_hand[group.pinned] = len(found)
            found.append(group)
            continue
        at = by_hand[group.pinned]
        first = found[at]
        found[at] = first._replace(claims=first.claims | group.claims, reasons={**first.reasons, **group.reasons})
    return found
