"""Who was harmed: people killed, injured, missing, rescued, or nobody.

Promises that what is counted are people: no year, no age, no animals, no losses of an army over days.
"""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.nobody import nobody
from tocsin.record.reading.wire.numbers import Number, number_at
from tocsin.record.reading.wire.people import Group, Harmed, chained, groups_of, parenthetic
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_TRIGGER = mark(
    lex.HARM.keys()
    | lex.NO_HARM_NOUNS
    | words_of(
        """
        toll lives dead missing unaccounted pulled alive unhurt hospital wounds concussion trapped life
    """
    )
)
_ENDS = lex.BARRIERS | frozenset({".", "!", "?", '"'})
_SKIP_SUBJECT = (
    lex.BE
    | lex.HAVE
    | lex.ADVERBS
    | words_of(
        """
        been being also reportedly confirmed feared left believed known reported to have
    """
    )
)
_LOSS = words_of(
    """
        troops tanks equipment artillery occupiers invaders personnel
    """
)
_EXCHANGED = mark(("exchanged", "swapped", "swap", "prisoner", "prisoners", "captivity"))
"""Of prisoners: who was wounded then was not wounded now."""

_LEADING_AWAY = lex.PREPOSITIONS - {"of", "about", "around", "over"}
_TOLLS = frozenset(["toll", "number", "tally", "count", "total"])
_SAYING = mark(
    lex.HARM.keys() | _TOLLS | words_of("dead missing unaccounted lives life pulled suffered sustained received")
)
_AFFECTED = mark(("affected",))
_BODIES = mark(("bodies", "body"))
_TOLLED = mark(("toll", "tally"))
_DEAD = frozenset({"body", "bodies", "remains", "corpse", "corpses"})
_RECOVERED = words_of("recovered found pulled retrieved discovered dug")
_STILL = lex.BE | {"remain", "remained", "remains"}
_TREATED = mark(("hospital", "hospitals", "taken", "admitted", "rushed", "sought", "needed", "received", "required"))


_WOUNDS = frozenset({"blast", "burns", "concussion", "injuries", "injury", "shrapnel", "wound", "wounds"})


def harmed(sentence: Sentence, numbers: list[Number]) -> list[Harmed]:
    """What the sentence says became of people, in its order."""
    low = sentence.low
    if sentence.mark & _EXCHANGED or not sentence.mark & (_TRIGGER | _AFFECTED | _BODIES | _TREATED):
        return []
    if not sentence.mark & (_TRIGGER | _BODIES | _TREATED) and "nobody" not in low and "no-one" not in low:
        return []
    groups = groups_of(sentence, numbers)
    found = nobody(sentence)
    taken = {at for none in found for at in range(none.first, none.last + 1)}
    for at in sentence.at(_SAYING):
        if at in taken:
            continue
        word = low[at]
        harm = lex.HARM.get(word)
        if harm:
            found.extend(_by_verb(sentence, at, word, harm, groups))
        elif word == "dead" and low[max(0, at - 2) : at] != ["among", "the"] and low[at - 1 : at] != ["feared"]:
            found.extend(_beside(sentence, at, "killed", groups))
        elif word == "missing" and low[at - 1 : at] != ["went"]:
            found.extend(_beside(sentence, at, "missing", groups))
        elif word == "unaccounted" and low[at + 1 : at + 2] == ["for"]:
            found.extend(_from_groups(_subject(sentence, at, groups), "missing", at, at + 1))
        elif word in ("lives", "life") and at > 1:
            found.extend(_lives(sentence, at, groups))
        elif word in _TOLLS:
            found.extend(_toll(sentence, at, numbers))
        elif (
            word == "pulled"
            and ("alive" in low[at : at + 4] or "rubble" in low[at : at + 6])
            and _DEAD.isdisjoint(low[at : at + 4])
        ):
            found.extend(_by_verb(sentence, at, word, "rescued", groups))
        elif word in ("suffered", "sustained", "received") and not _WOUNDS.isdisjoint(low[at + 1 : at + 7]):
            subject = _subject(sentence, at, groups)
            found.extend(_from_groups(subject, "injured", at, at))
    found += _bodies(sentence, groups) if sentence.mark & _BODIES and not _TOLLED & sentence.mark else []
    found += _treated(sentence, groups) if sentence.mark & _TREATED else []
    found = [harm for harm in found if not (_counted_already(low, harm, found) or _of_the_toll(low, harm, found))]
    return _once(found + _elsewhere(low, groups, found))


def _counted_already(low: list[str], harm: Harmed, found: list[Harmed]) -> bool:
    """ "35 wounded, 14 of them hospitalised": the 14 are among the 35."""
    number = harm.number
    if number is None or low[number.last + 1 : number.last + 2] != ["of"]:
        return False
    return low[number.last + 2 : number.last + 3] in (["them"], ["whom"], ["those"]) and any(
        other.outcome == harm.outcome and other.first < harm.first and other.number is not number for other in found
    )


def _of_the_toll(low: list[str], harm: Harmed, found: list[Harmed]) -> bool:
    """ "The toll rose to 18 as a woman died of her wounds": she is one of them."""
    if harm.outcome != "killed" or low[harm.last + 1 : harm.last + 2] != ["of"] or harm.value is None:
        return False
    return any(
        low[other.first] in _TOLLS and other.last < harm.first and harm.value < (other.value or 0) for other in found
    )


def _bodies(sentence: Sentence, groups: list[Group]) -> list[Harmed]:
    """ "four bodies were recovered", "pulled five bodies from the rubble"."""
    low = sentence.low
    found = []
    for group in groups:
        if group.noun not in ("bodies", "body"):
            continue
        around = low[max(0, group.first - 3) : group.first] + low[group.last + 1 : group.last + 6]
        if not _RECOVERED.isdisjoint(around):
            found.append(Harmed("killed", group.value, group.number, group.first, group.last, (), False, group.first))
    return found


def _treated(sentence: Sentence, groups: list[Group]) -> list[Harmed]:
    """ "42 people were taken to hospital", "12 sought medical help"."""
    low = sentence.low
    found: list[Harmed] = []
    for at in sentence.at(_TREATED):
        word, after = low[at], low[at + 1 : at + 4]
        if word in ("hospital", "hospitals"):
            if low[at - 1 : at] == ["in"] and at > 2 and low[at - 2] in _STILL:
                found.extend(_from_groups(_subject(sentence, at - 2, groups), "injured", at, at))
            continue
        if word in ("sought", "needed", "received", "required"):
            fits = not {"medical", "hospital", "treatment"}.isdisjoint(after)
        else:
            fits = "to" in after[:1] and not {"hospital", "hospitals"}.isdisjoint(after)
        if fits:
            found.extend(_from_groups(_subject(sentence, at, groups), "injured", at, at))
    return found


def _elsewhere(low: list[str], groups: list[Group], found: list[Harmed]) -> list[Harmed]:
    """ "two were killed in Kryvyi Rih and another in Kherson"."""
    more = []
    for group in groups:
        if (
            group.noun
            or low[group.last] in ("them", "whom", "those")
            or low[group.first - 1 : group.first] != ["and"]
            or low[_beyond(low, group.last + 1) : _beyond(low, group.last + 1) + 1] != ["in"]
        ):
            continue
        far = 25 if low[group.first - 2 : group.first - 1] == [","] else 9
        before = [harm for harm in found if 0 < group.first - harm.last < far and harm.value]
        if before and not any(harm.first <= group.first <= harm.last for harm in found):
            more.append(
                Harmed(before[-1].outcome, group.value, group.number, group.first, group.last, (), False, group.last)
            )
    return more


def _beyond(low: list[str], at: int) -> int:
    """Behind ", including a child,", if that stands here."""
    if low[at : at + 2] == [",", "including"] and "," in low[at + 2 : at + 7]:
        return low.index(",", at + 2) + 1
    return at


# --- verbs -----------------------------------------------------------------------------------------


def _by_verb(sentence: Sentence, at: int, word: str, harm: str, groups: list[Group]) -> list[Harmed]:
    low = sentence.low
    outcome = "killed" if harm == "died" else harm
    back = at - 1
    while back >= 0 and (low[back] in lex.ADVERBS or low[back] in ("reportedly", "confirmed", "left", "feared")):
        back -= 1
    before = low[back] if back >= 0 else ""
    passive = before in lex.BE and not word.endswith("ing")
    if before in ("not", "n't", "no") or before in lex.NOT:
        return []
    if word in ("killed", "injured", "wounded", "rescued", "hurt") and before in ("the", "of", "number"):
        return _of_number(sentence, at, outcome)
    if harm == "died" or passive or word in ("perished", "slain"):
        return _from_groups(_subject(sentence, at, groups), outcome, at, at)
    objects = _objects(sentence, at, groups)
    if objects:
        return _from_groups(objects, outcome, at, at)
    if not word.endswith("ing"):
        # "three injured", "one person killed", "and three wounded"
        return _from_groups(_subject(sentence, at, groups, near=True), outcome, at, at)
    return []


_NO_OBJECT = _ENDS | lex.BE | _LEADING_AWAY | lex.HARM.keys() | frozenset({","})


def _objects(sentence: Sentence, at: int, groups: list[Group]) -> list[Group]:
    low = sentence.low
    for index, group in enumerate(groups):
        if group.first <= at:
            continue
        gap = low[at + 1 : group.first]
        if len(gap) > 3 or not _NO_OBJECT.isdisjoint(gap):
            return []
        follows = low[group.last + 1] if group.last + 1 < len(low) else ""
        if not group.noun and (follows in lex.BE or follows in lex.HARM):
            return []
        if gap and gap[-1] == "and" and low[at - 1 : at] != ["or"]:
            return []
        if low[group.last + 1 : group.last + 2] == ["of"] and group.noun == "":
            return []
        return chained(sentence, groups, index)
    return []


_PARTING = _ENDS | lex.SPEECH.keys() | lex.HARM.keys()


def _subject(sentence: Sentence, at: int, groups: list[Group], near: bool = False) -> list[Group]:
    """The groups before a verb that it is said of, what is put between commas left out."""
    low = sentence.low
    end = at - 1
    while end >= 0 and low[end] in _SKIP_SUBJECT:
        end -= 1
    if end >= 0 and low[end] in ("or", "and") and end and low[end - 1] in lex.HARM:
        end -= 1
        while end >= 0 and (low[end] in _SKIP_SUBJECT or low[end] in lex.HARM):
            end -= 1
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group.last > end:
            continue
        gap = low[group.last + 1 : end + 1]
        if near and gap:
            return []
        if not _PARTING.isdisjoint(gap) or len(gap) > 14:
            return []
        lead = low[max(0, group.first - 2) : group.first]
        if (
            "including" in lead
            or low[group.last + 1 : group.last + 3] == ["among", "them"]
            or ("among" in lead and not (lead[-1] == "among" and low[group.first - 2] in lex.BE))
            or (low[group.first - 1 : group.first] in (["of"], ["which"]) and low[group.first - 2] != "spoke")
            or (low[group.first - 1 : group.first] == ["with"] and not near)
            or low[max(0, group.first - 2) : group.first] in (["of", "them"], ["of", "whom"])
            or "aged" in lead
            or lead[-1:] == ["for"]
        ):
            continue
        # whoever stands before "who", "of whom" is spoken of; a clause with a verb of its own is not
        if not lex.BE.isdisjoint(gap) and "who" not in gap and "," not in gap:
            return []
        first = index
        while (
            first
            and parenthetic(low[groups[first - 1].last + 1 : groups[first].first])
            and _same_sort(groups[first - 1], groups[first])
        ):
            first -= 1
            if "including" in low[max(0, groups[first].first - 2) : groups[first].first]:
                return _subject_before(sentence, groups, first)
        return groups[first : index + 1]
    return []


def _subject_before(sentence: Sentence, groups: list[Group], index: int) -> list[Group]:
    return [groups[index - 1]] if index else []


def _same_sort(one: Group, other: Group) -> bool:
    return bool(one.noun) and bool(other.noun)


def _from_groups(groups: list[Group], outcome: str, verb: int, at: int) -> list[Harmed]:
    groups = [group for group in groups if group.noun not in lex.ANIMALS]
    if not groups:
        return []
    if len(groups) > 1 and groups[0].number and groups[0].value == sum(group.value for group in groups[1:]):
        persons = tuple(person for group in groups[1:] for person in group.persons)
        groups = [msgspec.structs.replace(groups[0], persons=persons)]
    value = sum(group.value for group in groups)
    number = groups[0].number if len(groups) == 1 else None
    persons = tuple(person for group in groups for person in group.persons)
    first, last = min(groups[0].first, verb), max(groups[-1].last, verb)
    return [Harmed(outcome, value, number, first, last, persons, False, at)]


def _beside(sentence: Sentence, at: int, outcome: str, groups: list[Group]) -> list[Harmed]:
    """ "eight dead", "left eight people dead", "34 were still missing", "22 missing people"."""
    around = [group for group in groups if group.first < at < group.last]
    if around:
        return _from_groups(around, outcome, at, at)
    return _from_groups(_subject(sentence, at, groups), outcome, at, at)


def _lives(sentence: Sentence, at: int, groups: list[Group]) -> list[Harmed]:
    low = sentence.low
    if low[at - 1] in lex.POSSESSIVE and low[at - 2] in ("lost", "lose", "losing"):
        return _from_groups(_subject(sentence, at - 2, groups), "killed", at, at)
    if (
        low[at - 1] in ("the",)
        and low[at - 2] in ("claimed", "claiming", "took", "taking", "cost", "costing")
        and low[at + 1 : at + 2] == ["of"]
    ):
        index = next((i for i, group in enumerate(groups) if at < group.first <= at + 6), None)
        return _from_groups(chained(sentence, groups, index), "killed", at - 2, at) if index is not None else []
    return []


_EARLIER = frozenset({"earlier", "initial", "previous", "previously"})
_MISSING = frozenset({"missing"})
_INJURED = frozenset({"casualties", "hurt", "injured", "injuries", "wounded"})
_KILLED = frozenset({"dead", "deaths", "fatalities", "killed", "victims"})


def _toll(sentence: Sentence, at: int, numbers: list[Number]) -> list[Harmed]:
    """ "the death toll rose to 40", "the number of wounded climbed to 97"."""
    low = sentence.low
    window = low[max(0, at - 3) : at + 6]
    if low[at] == "toll" or not _KILLED.isdisjoint(window):
        outcome = "killed"
    elif not _INJURED.isdisjoint(window):
        outcome = "injured"
    elif not _MISSING.isdisjoint(window):
        outcome = "missing"
    else:
        return []
    if not _EARLIER.isdisjoint(low[max(0, at - 3) : at]):
        return []
    for number in numbers:
        if (
            number.first > at
            and low[number.first - 1] in ("to", "at", "reached", "was", "is", "stood", "of", "stands", "now")
            and number.first - at < 30
        ):
            if not lex.SPEECH.keys().isdisjoint(low[at : number.first]) and low[number.first - 1] == "of":
                continue
            return [Harmed(outcome, number.value, number, at, number.last, (), False, number.first)]
    return []


def _of_number(sentence: Sentence, at: int, outcome: str) -> list[Harmed]:
    return []


# --- nobody ----------------------------------------------------------------------------------------


def _once(found: list[Harmed]) -> list[Harmed]:
    """Each number once for each outcome; the first way of finding it counts."""
    seen: dict[tuple[str, int], Harmed] = {}
    for harm in sorted(found, key=lambda harm: harm.first):
        key = (harm.outcome, harm.number.first if harm.number else harm.first)
        seen.setdefault(key, harm)
    return list(seen.values())


def number_from(low: list[str], at: int) -> Number | None:
    return number_at(low, at) if at < len(low) else None
