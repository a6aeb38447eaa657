"""How claims of one attack stand to one another: which repeats which, which bear out and which contest another.

A function of the claims, in any order. Only what is about the very same thing is compared: the same outcome of the same
weapon, or the same harm, of the same place. A region's number is not the country's, and neither contests the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.claims import Relation
from tocsin.facts import CasualtyFact, Count, Harm, TallyFact
from tocsin.record.merging import BULLETINS, Said
from tocsin.record.weapons import is_a

AIR_FORCE, RUSSIAN_MOD = "air force of ukraine", "ministry of defence of russia"

VOICES = (
    (AIR_FORCE, ("air force", "повітряні сили", "повітряних сил", "воздушные силы", "kpszsu")),
    (RUSSIAN_MOD, ("russian defense min", "russian defence min", "russia's defense min", "russia's defence min")),
    (RUSSIAN_MOD, ("минобороны", "міноборони рф", "міноборони росії", "министерство обороны рос")),
)
"""Those who count, and by what they are known when others speak of them."""

GENRE_VOICE = {
    "air_force_bulletin": AIR_FORCE,
    "air_force_infographic": AIR_FORCE,
    "russian_mod_bulletin": RUSSIAN_MOD,
}


class Related(NamedTuple):
    claim: int
    relation: Relation
    other: int
    reason: str


def voice_of(said: Said) -> str:
    """Whose word it is, whoever passes it on."""
    speaker = said.fact.speaker or said.fact.via
    if speaker is None:
        return GENRE_VOICE.get(said.document.genre) or said.document.publisher.casefold()
    folded = speaker.casefold().replace("’", "'")
    return next((voice for voice, names in VOICES if any(name in folded for name in names)), folded)


def related(said: Iterable[Said]) -> set[Related]:
    """The links between claims of one attack."""
    things: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for one in set(said):
        if (thing := thing_of(one)) is not None:
            things[thing].append(one)
    found: set[Related] = set()
    for about in things.values():
        found |= _about_one_thing(about)
    return found | _restated_totals(things)


def thing_of(said: Said) -> tuple[str, ...] | None:
    """What it counts; None where it counts nothing."""
    fact = said.fact
    if isinstance(fact, TallyFact):
        return ("tally", fact.outcome.value, fact.weapon, _scope(said, fact.place))
    if isinstance(fact, CasualtyFact) and not fact.cumulative:
        what = "harm" if fact.outcome is Harm.NONE else fact.outcome.value
        return (what, _scope(said, fact.place))
    return None


def _scope(said: Said, place: str | None) -> str:
    return said.zone or (place or "").casefold()


def _about_one_thing(about: Sequence[Said]) -> set[Related]:
    """Of each voice the first-hand claim speaks, and its others repeat it. Between voices those are compared."""
    by_voice: defaultdict[str, list[Said]] = defaultdict(list)
    for one in sorted(about, key=rank):
        by_voice[voice_of(one)].append(one)
    found: set[Related] = set()
    for voice, claims in by_voice.items():
        first, *rest = claims
        for one in rest:
            if one.document_id == first.document_id:
                continue
            if _differ(first, one):
                reason = f"both from the {voice}: {_number(one)} and {_number(first)}"
                found.add(Related(one.id, Relation.CONTESTS, first.id, reason))
            else:
                found.add(Related(one.id, Relation.REPEATS, first.id, f"it has it from the {voice}"))
    firsts = sorted((claims[0] for claims in by_voice.values()), key=rank)
    for at, one in enumerate(firsts):
        for earlier in firsts[:at]:
            if one.document_id == earlier.document_id and one.number == earlier.number:
                continue
            if _differ(earlier, one):
                found.add(Related(one.id, Relation.CONTESTS, earlier.id, f"{_number(one)} and {_number(earlier)}"))
            elif one.document_id != earlier.document_id:
                found.add(Related(one.id, Relation.CORROBORATES, earlier.id, "another says the same"))
    return found


def rank(said: Said) -> tuple[bool, str, str, int]:
    """First those who count themselves, then whoever said it first."""
    return said.document.genre not in BULLETINS, said.document.published, said.document.sha256, said.number


def _restated_totals(things: dict[tuple[str, ...], list[Said]]) -> set[Related]:
    """A total at second hand that is the sum of what the same voice counted one by one: "four missiles"."""
    tallies = [one for about in things.values() for one in about if isinstance(one.fact, TallyFact)]
    found: set[Related] = set()
    for total in tallies:
        if total.document.genre in BULLETINS:
            continue
        for document in {one.document_id for one in tallies if one.document.genre in BULLETINS}:
            parts = _parts(total, [one for one in tallies if one.document_id == document])
            values = [one.fact.value.value for one in parts if isinstance(one.fact, TallyFact)]
            if len(parts) > 1 and isinstance(total.fact, TallyFact) and sum(values) == total.fact.value.value:
                reason = f"{' + '.join(map(str, sorted(values, reverse=True)))} = {total.fact.value.value}"
                found |= {Related(total.id, Relation.REPEATS, part.id, reason) for part in parts}
    return found


def _parts(total: Said, of_bulletin: Sequence[Said]) -> list[Said]:
    fact = total.fact
    assert isinstance(fact, TallyFact)
    below = [
        one
        for one in of_bulletin
        if isinstance(one.fact, TallyFact)
        and one.fact.outcome is fact.outcome
        and is_a(one.fact.weapon, fact.weapon)
        and voice_of(one) == voice_of(total)
        and _scope(one, one.fact.place) == _scope(total, fact.place)
    ]
    if any(isinstance(one.fact, TallyFact) and one.fact.weapon == fact.weapon for one in below):
        return []  # the bulletin has the total itself
    numbers = {one.number for one in below}
    return [one for one in below if getattr(one.fact, "subset_of", None) not in numbers]


def _differ(one: Said, other: Said) -> bool:
    """Whether both cannot be so: the ranges that they leave open do not meet."""
    (low, high), (least, most) = bounds_of(one), bounds_of(other)
    return low > most or least > high


def bounds_of(said: Said) -> tuple[float, float]:
    """The least and the most that it can mean."""
    fact = said.fact
    if isinstance(fact, CasualtyFact) and fact.outcome is Harm.NONE:
        return 0, 0
    count = getattr(fact, "value", None)
    if not isinstance(count, Count):
        return 1, float("inf")
    return (0 if count.low is None else count.low), (float("inf") if count.high is None else count.high)


def _number(said: Said) -> str:
    fact = said.fact
    if isinstance(fact, CasualtyFact) and fact.outcome is Harm.NONE:
        return "nobody"
    count = getattr(fact, "value", None)
    return (count.words or str(count.value)) if isinstance(count, Count) else "some"
