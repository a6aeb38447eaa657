"""How claims of one attack stand to one another: which repeats which, which bear out and which contest another.

A function of the claims, in any order. Only what is about the very same thing is compared: the same outcome of the same
weapon, or the same harm, of the same place. A region's number is not the country's, and neither contests the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.claims import Relation
from tocsin.facts import CasualtyFact, Count, Fact, Harm, TallyFact
from tocsin.record.merging import DATASET, FIRST_HAND, Said
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
    restated = _restated_totals(things)
    totals = {one.claim for one in restated if one.relation is Relation.REPEATS}
    found = {one for about in things.values() for one in _about_one_thing(about)}
    # A total that is the sum of all of its kind contests none of them.
    return restated | {one for one in found if one.relation is not Relation.CONTESTS or one.claim not in totals}


def thing_of(said: Said) -> tuple[str, ...] | None:
    """What it counts; None where it counts nothing."""
    fact = said.fact
    if isinstance(fact, TallyFact):
        return ("tally", fact.outcome.value, fact.weapon, fact.unit, _scope(said, fact))
    if isinstance(fact, CasualtyFact) and not fact.cumulative:
        what = "harm" if fact.outcome is Harm.NONE else fact.outcome.value
        return (what, _scope(said, fact))
    return None


def _scope(said: Said, fact: TallyFact | CasualtyFact) -> str:
    """Of where it is: of all, where it names no place or several at once."""
    if said.zone is None and len(getattr(fact, "regions", ())) > 1:
        return ""
    return said.zone or (fact.place or "").casefold()


def _about_one_thing(about: Sequence[Said]) -> set[Related]:
    """Of each voice its own counts speak, and whatever else it is said to say repeats or contests them. Between voices
    those counts are compared."""
    by_voice: defaultdict[str, list[Said]] = defaultdict(list)
    for one in sorted(about, key=rank):
        by_voice[voice_of(one)].append(one)
    found: set[Related] = set()
    counts: list[list[Said]] = []
    for voice, claims in by_voice.items():
        own = claims[:1]
        for one in claims[1:]:
            if all(counted_apart(one, other) for other in own):
                own.append(one)
                continue
            if any(one.document_id == other.document_id for other in own):
                continue
            agreeing = next((other for other in own if not _differ(other, one)), None)
            if agreeing is not None:
                found.add(Related(one.id, Relation.REPEATS, agreeing.id, f"it has it from the {voice}"))
            else:
                reason = f"both from the {voice}: {_number(one)} and {_number(own[0])}"
                found.add(Related(one.id, Relation.CONTESTS, own[0].id, reason))
        counts.append(own)
    counts.sort(key=lambda own: rank(own[0]))
    for at, own in enumerate(counts):
        for others in counts[:at]:
            found |= _between(own[0], others)
    return found


def _between(one: Said, others: Sequence[Said]) -> set[Related]:
    """How what one voice counts stands to what another counts."""
    others = [other for other in others if not counted_apart(one, other)]
    agreeing = next((other for other in others if not _differ(other, one)), None)
    if agreeing is not None:
        if agreeing.document_id == one.document_id:
            return set()
        return {Related(one.id, Relation.CORROBORATES, agreeing.id, "another says the same")}
    reasons = (f"{_number(one)} and {_number(other)}" for other in others[:1])
    return {Related(one.id, Relation.CONTESTS, others[0].id, reason) for reason in reasons}


def counted_apart(one: Said, other: Said) -> bool:
    """Whether both can be so though their numbers differ: they count different times, or a table tells them apart."""
    if one.document.genre == other.document.genre == DATASET and one.document.source == other.document.source:
        return one.document_id != other.document_id
    mine, theirs = _hours(one.fact), _hours(other.fact)
    if mine is None or theirs is None:
        return False
    return mine[1] <= theirs[0] or theirs[1] <= mine[0]


def _hours(fact: Fact) -> tuple[datetime, datetime] | None:
    """From when to when it counts, where it says both to the hour."""
    said = [getattr(fact, "since", None), getattr(fact, "until", None)]
    if any(moment is None or len(moment) <= len("2024-11-13") for moment in said):
        return None
    try:
        since, until = (datetime.fromisoformat(str(moment)) for moment in said)
    except ValueError:
        return None
    # Told in local time, as reports do; one that names its offset is not held against one that does not.
    return (since, until) if since.tzinfo is None and until.tzinfo is None and since < until else None


def rank(said: Said) -> tuple[bool, str, str, int]:
    """First those who count themselves, then whoever said it first."""
    return said.document.genre not in FIRST_HAND, said.document.published, said.document.sha256, said.number


def _restated_totals(things: dict[tuple[str, ...], list[Said]]) -> set[Related]:
    """A total at second hand that is the sum of what the same voice counted one by one: "four missiles". Where it
    counted one thing only, under a narrower name, another number contests it."""
    tallies = [one for about in things.values() for one in about if isinstance(one.fact, TallyFact)]
    found: set[Related] = set()
    for total in tallies:
        if total.document.genre in FIRST_HAND:
            continue
        for document in {one.document_id for one in tallies if one.document.genre in FIRST_HAND}:
            parts = _parts(total, [one for one in tallies if one.document_id == document])
            values = [one.fact.value.value for one in parts if isinstance(one.fact, TallyFact)]
            if parts and isinstance(total.fact, TallyFact) and sum(values) == total.fact.value.value:
                reason = f"{' + '.join(map(str, sorted(values, reverse=True)))} = {total.fact.value.value}"
                found |= {Related(total.id, Relation.REPEATS, part.id, reason) for part in parts}
            elif len(parts) == 1 and _differ(total, parts[0]):
                reason = f"both from the {voice_of(total)}: {_number(total)} and {_number(parts[0])}"
                found.add(Related(total.id, Relation.CONTESTS, parts[0].id, reason))
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
        and _scope(one, one.fact) == _scope(total, fact)
        and one.fact.unit == fact.unit
    ]
    numbers = {one.number for one in below}
    tops = [one for one in below if getattr(one.fact, "subset_of", None) not in numbers]
    if len(tops) == 1 and isinstance(tops[0].fact, TallyFact) and tops[0].fact.weapon == fact.weapon:
        return []  # it has the total itself
    return tops


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
