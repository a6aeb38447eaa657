"""What became of the weapons that a sentence counts: launched, downed, lost, hit.

Promises that a number is launched, downed or lost because a verb or a noun of the sentence says so of it, and that
"37 drones launched by Russia" that were downed are 37 downed, not 37 launched.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from tocsin.facts import Outcome
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.chains import chains, goes_on, inherits, is_part, taken_from
from tocsin.record.reading.wire.named import Phrases, Weapons
from tocsin.record.reading.wire.nouns import made_with, of_a_noun
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.verbs import DOWNED, Event, events_of
from tocsin.record.weapons import is_a

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LAUNCHED = Outcome.LAUNCHED
_HIT = Outcome.HIT
_SUPPRESSED = Outcome.SUPPRESSED

_NEAR = 9
"""How many words may stand between a verb and the phrase it is about."""

_ALL_RULED = frozenset({",", "respectively"})
_CLAUSE_ENDS = frozenset({",", ";", ".", '"'})
_RATES = frozenset({"night", "day", "week", "month"})
_AUXILIARY = lex.BE | lex.HAVE | lex.ADVERBS
_ENDS = lex.BARRIERS | frozenset({".", '"', "!", "?"})


class Tally(msgspec.Struct, gc=False):
    outcome: Outcome
    weapon: str
    number: Number
    first: int
    last: int
    key: int
    """The number's place, by which parts find their whole."""
    part_of: int | None


def tallies(sentence: Sentence, phrases: Phrases) -> list[Tally]:
    """What the sentence says of counted weapons, in its order."""
    named = phrases.weapons
    for phrase in named:
        if phrase.number or phrase.total:
            break
    else:
        return []
    low = sentence.low
    grouped = chains(low, named)
    events = events_of(sentence, named)
    outcomes: dict[int, list[tuple[Outcome, Event | None]]] = {}
    trailing: dict[int, list[Event]] = {}
    for event in events:
        chain = _governed(low, event, grouped, events)
        into = trailing if event.voice == "trailing" else None
        for phrase in chain:
            if into is not None:
                into.setdefault(phrase.first, []).append(event)
            else:
                outcomes.setdefault(phrase.first, []).append((event.outcome, event))
    found: list[Tally] = []
    before: Weapons | None = None
    last_part: Weapons | None = None
    number_of = {phrase.first: number for number, chain in enumerate(grouped) for phrase in chain}
    for phrase in named:
        own = number_of[phrase.first]
        said = _as_hits(phrase, low, outcomes) or outcomes.get(phrase.first, [])
        if not said:
            said = [(event.outcome, event) for event in trailing.get(phrase.first, ())]
        elif phrase.number and (
            (phrase.number.all and any(what is not _LAUNCHED for what, _ in said))
            or any(event and low[event.first - 1] == "all" and what is DOWNED for what, event in said)
        ):  # "all 12 were shot down", "12 were all shot down"
            said = [(_LAUNCHED, None), *said]
        if (
            not said
            and before is not None
            and (inherits(low, before, phrase) or (last_part and goes_on(low, last_part, phrase)))
        ):
            said = outcomes.get(before.first, []) or [
                (event.outcome, event) for event in trailing.get(before.first, ())
            ]
            if phrase.number and phrase.number.all and any(what is not _LAUNCHED for what, _ in said):
                said = [(_LAUNCHED, None), *said]  # "along with all 13 drones"
            phrase.part = is_part(low, phrase) or last_part is not None
            outcomes[phrase.first] = said
            last_part = phrase if phrase.part else None
        elif said:
            listed = before is not None and (
                low[phrase.first - 1] == ":"  # "17 drones: 6 in Tula region"
                or (last_part is not None and phrase.first in trailing and goes_on(low, last_part, phrase))
            )
            phrase.part = phrase.part or listed
            last_part = phrase if listed else None
        if not (said and any(what is _LAUNCHED for what, _ in said)) and made_with(
            low, grouped[own][0].first, grouped[own][-1].last
        ):
            said = [(_LAUNCHED, None), *((what, event) for what, event in said if what is not _HIT)]
            outcomes[phrase.first] = said
        if not said and taken_from(low, own, grouped):
            said = [(_LAUNCHED, None)]
        said = [
            (what, event)
            for what, event in said or of_a_noun(low, grouped[own][0].first)
            if not (event and _set_apart(low, phrase, event))
        ]
        if phrase.number:
            if said:
                beside = any(other.number and not other.number.article for other in grouped[own])
                found.extend(_of_phrase(phrase, said, before, beside=beside))
        elif phrase.total and said:
            found.append(Tally(_LAUNCHED, phrase.weapon, phrase.total, phrase.first, phrase.last, phrase.first, None))
        if not phrase.part:
            before = phrase
    return [tally for tally in found if not _only_thought(low, tally)]


def _set_apart(low: list[str], phrase: Weapons, event: Event) -> bool:
    """ "One of the drones shot down by the army hit a house": which drones it was one of, and not what became of it."""
    number = phrase.number
    return (
        number is not None
        and low[number.last + 1 : number.last + 3] == ["of", "the"]
        and event.voice == "passive"
        and event.first == phrase.last + 1
        and any(word in lex.DAMAGE or word in lex.FIRE_VERBS for word in low[event.last + 2 : event.last + 8])
    )


def _only_thought(low: list[str], tally: Tally) -> bool:
    """ "If all 300 had been launched", "on average", "120 drones a night": nothing that was counted of one attack."""
    clause = tally.first
    while clause and low[clause - 1] not in _CLAUSE_ENDS:
        clause -= 1
    lead = low[clause : tally.number.last + 1]
    after = low[tally.number.last + 1 : tally.last + 6]
    return (
        "if" in lead
        or (tally.number.article and "being" in low[tally.first : tally.last + 1] and _shown(low[: tally.first]))
        or "average" in low
        or (
            not _RATES.isdisjoint(after)
            and any(one in ("a", "per", "every", "each") and other in _RATES for one, other in pairwise(after))
        )
    )


def _shown(lead: list[str]) -> bool:
    """ "a video of a drone being shot down": one of those that were, and not how many."""
    return lead[-1:] == ["of"] and not lex.IMAGES.isdisjoint(lead[-2:-1])


def _of_phrase(
    phrase: Weapons, said: list[tuple[Outcome, Event | None]], before: Weapons | None, *, beside: bool
) -> list[Tally]:
    """``beside``: something that is counted stands in the same list, so that "a missile" beside it is one."""
    number = phrase.number
    assert number is not None
    found = []
    first_of: dict[Outcome, Event | None] = {}
    for outcome, event in said:
        first_of.setdefault(outcome, event)
    for outcome, event in first_of.items():
        if number.article and outcome not in (DOWNED, _SUPPRESSED) and not beside:
            continue
        if outcome is _LAUNCHED and phrase.total and len(first_of) > 1:
            continue  # "downed 17 of 23 drones that were launched": the 23 were
        first = min(phrase.first, event.first) if event else phrase.first
        last = max(phrase.last, event.last) if event else phrase.last
        part_of = before.first if phrase.part and before and _of_its_sort(phrase, before) else None
        if phrase.total and not phrase.total.article and outcome is not _LAUNCHED:
            found.append(Tally(_LAUNCHED, phrase.weapon, phrase.total, first, last, phrase.first, part_of))
        found.append(Tally(outcome, phrase.weapon, number, first, last, phrase.first, part_of))
    return found


def _of_its_sort(part: Weapons, whole: Weapons) -> bool:
    """Not of "88 drones, including decoys and two Iskanders": a missile is no part of drones."""
    return "/" in whole.weapon or "/" in part.weapon or is_a(part.weapon, whole.weapon)


# --- from a verb to its phrases --------------------------------------------------------------------


def _governed(low: list[str], event: Event, chains: list[list[Weapons]], events: list[Event]) -> list[Weapons]:
    if event.voice == "active":
        return _to_the_right(low, event, chains, events)
    return _to_the_left(low, event, chains, events)


_PARTING = _ENDS | lex.SPEECH.keys()


def _to_the_right(low: list[str], event: Event, chains: list[list[Weapons]], events: list[Event]) -> list[Weapons]:
    if low[event.last + 1 : event.last + 2] == ["by"]:
        return []  # "a house destroyed by a missile": what did it
    for chain in chains:
        first = chain[0].first
        if first <= event.last:
            # a verb with its particle behind: "shot 12 drones down"
            if chain[0].first > event.first:
                return chain
            continue
        gap = low[event.last + 1 : first]
        if gap[:1] == ['"'] and low[event.first - 1] == '"':
            gap = gap[1:]  # 'had "neutralised" 385 targets'
        if len(gap) >= _NEAR or not _PARTING.isdisjoint(gap):
            return []
        if any(event.last < other.first < first for other in events):
            return []
        if low[event.first].startswith("repel") and not lex.ATTACK_NOUNS.isdisjoint(low[event.last + 1 : first]):
            return []  # "repelling an attack of 477 drones": how many were downed is not said
        if low[event.first].startswith("repel") and not lex.ATTACK_NOUNS.isdisjoint(low[chain[0].last + 1 : first + 9]):
            return []  # "repelling first a drone and then a missile attack"
        if low[first - 2 : first] == [",", "and"] and not lex.ATTACK_NOUNS.isdisjoint(low[event.last + 1 : first]):
            return []  # "launched an attack, and 251 drones were shot down"
        if chain[0].elided and low[first - 1] == ",":
            return []  # "of the weapons used, 114 were destroyed"
        # what a verb further on claims for itself: "destroyed a bridge and 12 drones were lost"
        return _until_claimed(chain, events, low)
    return []


_WHICH = frozenset({"that", "which"})


def _until_claimed(chain: list[Weapons], events: list[Event], low: list[str]) -> list[Weapons]:
    """The chain up to the phrase that is the subject of a passive of its own."""
    for number, phrase in enumerate(chain):
        for event in events:
            if event.voice in ("passive", "itself") and 0 < event.first - phrase.last <= 4 and number:
                between = low[phrase.last + 1 : event.first]
                if _AUXILIARY.issuperset(between) and _WHICH.isdisjoint(between):
                    return chain[:number]
    return chain


_OF_OTHERS = frozenset({"remainder", "remaining", "rest", "where"})
_GOING = frozenset({"flying", "heading"})
_BY = frozenset({"by", "from", "with"})


def _to_the_left(low: list[str], event: Event, chains: list[list[Weapons]], events: list[Event]) -> list[Weapons]:
    for whole in reversed(chains):
        chain = [phrase for phrase in whole if phrase.last < event.first]
        if not chain:
            continue
        last = chain[-1].last
        gap = low[last + 1 : event.first]
        if gap[-1:] == ['"']:
            gap = gap[:-1]
        if gap[-2:-1] == ['"'] and low[event.last + 1 : event.last + 2] == ['"']:
            gap = gap[:-2]  # 'were "locationally lost"'
        if low[event.first] in _GOING and not _AUXILIARY.issuperset(gap):
            return []
        said = gap[-4:] == ["said", "to", "have", "been"] and len(gap) < 6
        if len(gap) > _NEAR + 3 or not (said or _PARTING.isdisjoint(gap)):
            return []
        if any(
            last < other.first < event.first and other.voice != "trailing" for other in events if other is not event
        ):
            same = [
                o
                for o in events
                if o is not event and last < o.first < event.first and o.voice in ("passive", "itself")
            ]
            if not same or "and" not in low[same[-1].last : event.first]:
                return []
        if (
            event.voice == "itself"
            and event.outcome is _HIT
            and not _BY.isdisjoint(low[max(0, chain[0].first - 1) : chain[0].first])
        ):
            return []
        if "of" in gap and not lex.SHARES.isdisjoint(gap):
            return []  # "700 drones, most of which were intercepted"
        if not _OF_OTHERS.isdisjoint(gap):
            return []  # "13 were downed and the rest were lost", "over Ryazan, where a refinery was struck"
        if gap[:1] not in (["that"], ["which"]) and "including" in low[max(0, chain[0].first - 2) : chain[0].first]:
            before = next((other for other in reversed(chains) if other[-1].last < chain[0].first), None)
            if before and chain[0].first - before[-1].last < 6:
                return before
        if event.voice == "itself" and len(chain) > 1 and "from" in low[chain[-2].last : chain[-1].first]:
            return chain[-1:]  # "12 drones from Kursk, and 30 missiles hit the city"
        if "which" in gap or "that" in gap:
            return chain
        return _after_verbs(chain, event, events, low)
    return []


def _after_verbs(chain: list[Weapons], event: Event, events: list[Event], low: list[str]) -> list[Weapons]:
    """Of a chain that an active verb rules as well, the last phrase alone: "lost 3 and 12 were downed"."""
    if len(chain) > 1 and event.voice in ("passive", "itself") and "and" in low[chain[-2].last : chain[-1].first]:
        ruled = [
            other for other in events
            if other.voice == "active" and 0 < chain[0].first - other.last <= _NEAR
        ]  # fmt: skip
        if ruled and _ALL_RULED.isdisjoint(low[chain[-1].last + 1 : event.first]):
            return chain[-1:]
    return chain


def _as_hits(
    phrase: Weapons, low: list[str], outcomes: dict[int, list[tuple[Outcome, Event | None]]]
) -> list[tuple[Outcome, Event | None]]:
    """ "Five direct missile hits": how they ended stands behind them, and belongs to the words quoted."""
    if low[phrase.last + 1 : phrase.last + 2] != ["hits"]:
        return []
    phrase.last += 1
    outcomes[phrase.first] = [(_HIT, None)]
    return outcomes[phrase.first]
