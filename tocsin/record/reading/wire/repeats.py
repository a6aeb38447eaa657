"""A report says a thing twice, first short and then at length: each fact once, with the best that is known of it."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from tocsin.facts import CasualtyFact, DamageFact, Fact, Harm, TallyFact
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.weapons import ROOT, is_a

_VAGUE = words_of(
    """
        officials authorities local regional ukrainian russian city the ukraine russia (government)
        official kyiv moscow
    """
)


_CITY_AND_REGION = ({"kyiv", "kyiv region"}, {"moscow", "moscow region"})


def without_repeats(facts: list[Fact]) -> tuple[Fact, ...]:
    """The facts in their order, repeats taken out, and the references among them put right."""
    kept: list[Fact] = []
    became: list[int] = []
    alike: dict[Hashable, list[int]] = {}
    for fact in facts:
        candidates = alike.setdefault(_key(fact), [])
        for same in candidates:
            if _same(fact, kept[same]):
                became.append(same)
                kept[same] = _better(kept[same], fact)
                break
        else:
            became.append(len(kept))
            candidates.append(len(kept))
            kept.append(fact)
    for number, fact in enumerate(kept):
        if isinstance(fact, _COUNTED) and fact.subset_of is not None:
            to = became[fact.subset_of]
            kept[number] = msgspec.structs.replace(fact, subset_of=None if to == number else to)
    return tuple(kept)


# Named once: to join two types anew takes longer than to ask whether a fact is of them.
_COUNTED = (TallyFact, CasualtyFact)


def _key(fact: Fact) -> Hashable:
    """What two facts share if they are one: looked up, so that a long text takes no longer than it must."""
    if isinstance(fact, _COUNTED):
        return type(fact), fact.outcome, fact.value and fact.value.value
    return type(fact), fact.quote


def _same(fact: Fact, other: Fact) -> bool:
    if fact.happened is not None and other.happened is not None and fact.happened != other.happened:
        return False
    if isinstance(fact, TallyFact) and isinstance(other, TallyFact):
        return (
            fact.outcome is other.outcome
            and fact.value.value == other.value.value
            and _like(fact.weapon, other.weapon)
            and _one_voice(fact.speaker, other.speaker)
            and (fact.place is None or other.place is None or _overlap(fact.place, other.place))
        )
    if isinstance(fact, CasualtyFact) and isinstance(other, CasualtyFact):
        if fact.outcome is not other.outcome or not _overlap(fact.place, other.place):
            return False
        if fact.quote.startswith("Another") and fact.quote != other.quote:
            return False  # "One person was hurt. Another man was hit by shrapnel.": two
        again = any(who.startswith("the ") for who in fact.persons)  # "A man, 63, died. The 63-year-old man was"
        if fact.persons and other.persons and fact.persons != other.persons and not again:
            return False
        if again and other.persons and fact.value and other.value and fact.value.value == other.value.value:
            return True
        if fact.outcome is Harm.NONE:
            return _one_voice(fact.speaker, other.speaker)
        return (
            fact.value is not None
            and other.value is not None
            and fact.value.value == other.value.value
            and (_one_voice(fact.speaker, other.speaker) or _named_later(fact, other))
        )
    if isinstance(fact, DamageFact) and isinstance(other, DamageFact) and fact.place != other.place:
        return False  # "reported no damage", of one region and of another
    return type(fact) is type(other) and fact.quote == other.quote


def _like(weapon: str, other: str) -> bool:
    return is_a(weapon, other) or is_a(other, weapon)


def _one_voice(speaker: str | None, other: str | None) -> bool:
    """Whether two names may be of one speaker: one of them vague, or nobody."""
    if speaker is None or other is None or speaker == other:
        return True
    mine, theirs = _named(speaker), _named(other)
    if min(len(mine), len(theirs)) > 1 and (mine <= theirs or theirs <= mine):
        return True  # "the Defence Ministry" is "Russia's Defence Ministry"
    return _is_vague(speaker, _AN_ARMY) or _is_vague(other, _AN_ARMY)


def _named_later(fact: CasualtyFact, other: CasualtyFact) -> bool:
    """ "..., the mayor said", and further on "Mayor Iryna Lys said": one voice, if they speak of one place."""
    if not fact.place or not other.place or not fact.speaker or not other.speaker:
        return False
    name, titled = fact.speaker.split(), other.speaker.lower().split()
    here = _OFFICES | set(other.place.lower().split())
    return 1 < len(name) < 4 and all(word.istitle() for word in name) and here.issuperset(titled)


_OFFICES = words_of("mayor governor regional head local city the region's its")


def _named(speaker: str) -> set[str]:
    return set(speaker.lower().replace("'s", "").split()) - {"the"}


_AN_ARMY = _VAGUE | {"military"}
"""What "Ukraine's military" says its air force may say again."""


def _is_vague(speaker: str, words: frozenset[str] = _VAGUE) -> bool:
    return words.issuperset(speaker.lower().replace("'s", "").split())


def _overlap(place: str | None, other: str | None) -> bool:
    if place is None or other is None:
        return True
    if {place.lower(), other.lower()} in _CITY_AND_REGION:
        return False  # "two in the capital and two in the Kyiv region"
    generic = {"region", "regions", "the", "oblast"}
    return bool((set(place.lower().replace(",", " ").split()) & set(other.lower().replace(",", " ").split())) - generic)


def _better(kept: Fact, again: Fact) -> Fact:
    """The one that names its speaker; of drones and mere targets, the drones."""
    if isinstance(again, TallyFact) and again.weapon == ROOT:
        return kept
    if kept.speaker is None or (_is_vague(kept.speaker) and again.speaker and not _is_vague(again.speaker)):
        return again
    return kept
