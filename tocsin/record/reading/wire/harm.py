"""Who was harmed: people killed, injured, missing, rescued, or nobody.

Promises that what is counted are people: no year, no age, no animals, no losses of an army over days.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.nobody import nobody
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.people import OF_THEM, SOMEWHERE, Group, Harmed, chained, groups_of
from tocsin.record.reading.wire.ruled import from_groups, objects_of, subject_of
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.tolls import toll_of
from tocsin.record.reading.wire.words import mark

_TRIGGER = mark(
    lex.HARM.keys()
    | lex.NO_HARM_NOUNS
    | words_of(
        """
        toll lives dead death fatality fate missing unaccounted pulled alive unhurt unharmed uninjured hospital wounds
        concussion burns shrapnel trapped life
    """
    )
)
_ENDS = lex.BARRIERS | frozenset({".", "!", "?", '"'})
_EXCHANGED = mark(("exchanged", "swapped", "swap", "prisoner", "prisoners", "captivity"))
"""Of prisoners: who was wounded then was not wounded now."""

_LEADING_AWAY = lex.PREPOSITIONS - {"of", "about", "around", "over"}
_TOLLS = frozenset(["toll", "number", "tally", "count", "total"])
_SAYING = mark(
    lex.HARM.keys()
    | _TOLLS
    | words_of("dead death fate missing unaccounted lives life pulled suffered sustained received")
)
_TO_DEATH = words_of("burned burnt crushed choked")
_COUNTED = {
    **dict.fromkeys(("deaths", "death", "fatalities", "fatality", "lives", "life"), "killed"),
    **dict.fromkeys(("injuries", "injury"), "injured"),
}
_DEATHS = mark(_COUNTED)
_TOLD = words_of(
    "spoke documented confirmed reported recorded caused causing verified suffered registered resulted resulting"
)
_AMONG = mark(("among",))
_AFFECTED = mark(("affected",))
_BODIES = mark(("bodies", "body"))
_TOLLED = mark(("toll", "tally"))
_DEAD = frozenset({"dead", "body", "bodies", "remains", "corpse", "corpses"})
_RECOVERED = words_of("recovered found pulled retrieved discovered dug")
_STILL = lex.BE | {"remain", "remained", "remains"}
_TREATED = mark(
    words_of("hospital hospitals treated taken sent brought admitted rushed sought needed received required")
)


_SURE = _TRIGGER | _BODIES | _TREATED
_HINT = _SURE | _AFFECTED


_WOUNDS = frozenset({"blast", "burns", "concussion", "injuries", "injury", "shrapnel", "wound", "wounds"})


def harmed(sentence: Sentence, numbers: list[Number]) -> list[Harmed]:
    """What the sentence says became of people, in its order."""
    low = sentence.low
    if not sentence.mark & _HINT or sentence.mark & _EXCHANGED:
        return []
    if not sentence.mark & _SURE and "nobody" not in low and "no-one" not in low:
        return []
    groups = groups_of(sentence, numbers)
    found = nobody(sentence)
    taken = {at for none in found for at in range(none.first, none.last + 1)}
    for at in sentence.at(_SAYING):
        if at in taken:
            continue
        word = low[at]
        harm = lex.HARM.get(word)
        among = None
        if sentence.mark & _AMONG:
            among = next((one for one in numbers if one.last == at - 1 and low[one.first - 1] == "among"), None)
        if among and (harm or word == "dead") and not among.article:
            outcome = "killed" if harm in (None, "died") else harm
            found.append(Harmed(outcome, among.value, among, among.first, at, (), False, at))
        elif harm and low[at + 1 : at + 2] == ["died"] and low[at - 2 : at - 1] == ["of"]:
            continue  # "eleven of 20 wounded died"
        elif harm:
            found.extend(_by_verb(sentence, at, word, harm, groups))
        elif word == "dead" and low[max(0, at - 2) : at] != ["among", "the"] and low[at - 1 : at] != ["feared"]:
            found.extend(_beside(sentence, at, "killed", groups))
        elif word == "missing" and low[at - 2 : at] == ["reports", "of"]:
            found.extend(_reports(at, numbers))
        elif word == "fate" and "unknown" in low[at : at + 14]:
            found.extend(from_groups([one for one in groups if 1 < one.first - at < 4][:1], "missing", at, at))
        elif word == "missing" and low[at - 1 : at] != ["went"]:
            found.extend(_beside(sentence, at, "missing", groups))
        elif word == "death":
            if low[at - 1 : at] == ["to"] and low[at - 2] in _TO_DEATH:
                found.extend(from_groups(subject_of(sentence, at - 2, groups), "killed", at - 2, at))
        elif word == "unaccounted" and low[at + 1 : at + 2] == ["for"]:
            found.extend(from_groups(subject_of(sentence, at, groups), "missing", at, at + 1))
        elif word in ("lives", "life") and at > 1:
            found.extend(_lives(sentence, at, groups))
        elif word in _TOLLS:
            found.extend(toll_of(sentence, at, numbers))
        elif (
            word == "pulled"
            and ("alive" in low[at : at + 11] or "rubble" in low[at : at + 6])
            and _DEAD.isdisjoint(low[at : at + 4])
        ):
            found.extend(_by_verb(sentence, at, word, "rescued", groups))
        elif word in ("suffered", "sustained", "received") and not _WOUNDS.isdisjoint(low[at + 1 : at + 7]):
            subject = subject_of(sentence, at, groups)
            found.extend(from_groups(subject, "injured", at, at))
    found += _bodies(sentence, groups) if sentence.mark & _BODIES and not _TOLLED & sentence.mark else []
    found += _treated(sentence, groups, found) if sentence.mark & _TREATED else []
    found += _deaths(sentence, numbers) if sentence.mark & _DEATHS else []
    found = [harm for harm in found if not (_counted_already(low, harm, found) or _of_thetoll_of(low, harm, found))]
    return _once(found + _elsewhere(low, groups, found))


def _reports(at: int, numbers: list[Number]) -> list[Harmed]:
    """ "46 reports of missing persons"."""
    number = next((one for one in numbers if one.last == at - 3 and not one.article), None)
    return [Harmed("missing", number.value, number, number.first, at, (), False, at)] if number else []


_ELIDED = lex.BE | lex.HAVE | {"hospitalised", "hospitalized"}


def _counted_already(low: list[str], harm: Harmed, found: list[Harmed]) -> bool:
    """ "35 wounded, 14 of them hospitalised", "adding that 14 had been hospitalised": the 14 are among the 35."""
    number = harm.number
    if number is None:
        return False
    if low[harm.at].startswith("hospitali") and not _ELIDED.isdisjoint(low[number.last + 1 : number.last + 2]):
        return any(one.outcome == "injured" and (one.value or 0) > (harm.value or 0) for one in found)
    if low[number.last + 1 : number.last + 2] != ["of"]:
        return False
    return low[number.last + 2 : number.last + 3] in (["them"], ["whom"], ["those"]) and any(
        other.outcome == harm.outcome and other.first < harm.first and other.number is not number for other in found
    )


def _of_thetoll_of(low: list[str], harm: Harmed, found: list[Harmed]) -> bool:
    """ "The toll rose to 18 as a woman died of her wounds": she is one of them."""
    if harm.outcome != "killed" or low[harm.last + 1 : harm.last + 2] != ["of"] or harm.value is None:
        return False
    return any(
        low[other.first] in _TOLLS and other.last < harm.first and harm.value < (other.value or 0) for other in found
    )


_OF_NOBODY = (["evidence"], ["law"], ["opinion"], ["water"], ["work"])
"""Of what a body is that is no dead person's."""


def _bodies(sentence: Sentence, groups: list[Group]) -> list[Harmed]:
    """ "four bodies were recovered", "pulled five bodies from the rubble"."""
    low = sentence.low
    found = []
    for index, group in enumerate(groups):
        begin = group.first
        if low[begin - 3 : begin] == ["the", "bodies", "of"]:
            begin -= 3  # "recovered the bodies of two victims"
        elif group.noun not in ("bodies", "body") or low[group.last + 2 : group.last + 3] in _OF_NOBODY:
            continue
        around = low[max(0, begin - 3) : begin] + low[group.last + 1 : group.last + 8]
        if not _RECOVERED.isdisjoint(around):
            whose = [group] if begin == group.first else chained(sentence, groups, index)
            found += from_groups(whose, "killed", begin, begin)
    return found


_CURED = _WOUNDS | {"hospital", "hospitals", "scene", "shock", "wounds"}
"""In what, or for what, whoever was harmed is treated."""


def _treated(sentence: Sentence, groups: list[Group], before: list[Harmed]) -> list[Harmed]:
    """ "42 people were taken to hospital", "12 sought medical help"."""
    low = sentence.low
    found: list[Harmed] = []
    for at in sentence.at(_TREATED):
        word, after = low[at], low[at + 1 : at + 4]
        if word in ("hospital", "hospitals"):
            begin = at - (low[at - 1] == "the")  # "is in the hospital"
            if (
                low[begin - 1 : begin] == ["in"]
                and begin > 2
                and low[begin - 2] in _STILL
                and not _again(low, groups, at, before)
            ):
                found.extend(from_groups(subject_of(sentence, begin - 2, groups), "injured", at, at))
            elif left := _left_there(low, at, groups):
                found.extend(from_groups(left, "injured", at, at))
            continue
        if word in ("sought", "needed", "received", "required"):
            fits = not {"medical", "hospital", "treatment"}.isdisjoint(after)
        elif word == "treated":
            fits = low[at - 1] in lex.BE and after[:1] in (["in"], ["at"], ["for"]) and not _CURED.isdisjoint(after)
        else:
            fits = "to" in after[:1] and not {"hospital", "hospitals"}.isdisjoint(after)
        if fits and not _again(low, groups, at, before):
            found.extend(from_groups(subject_of(sentence, at, groups), "injured", at, at))
    return found


def _left_there(low: list[str], at: int, groups: list[Group]) -> list[Group]:
    """ "left three of them in hospital"."""
    begin = at - 1 - (low[at - 1] == "the")
    near = [group for group in groups if group.last < begin and begin - group.last < 6]
    leaves = near and low[begin] == "in" and low[near[-1].first - 1] in ("left", "leaving")
    return near[-1:] if leaves else []


def _again(low: list[str], groups: list[Group], at: int, found: list[Harmed]) -> bool:
    """ "Forty of them were in hospital", "nine people were hurt, and four were sent to hospital": counted before."""
    before = [group for group in groups if group.last < at]
    if not before:
        return False
    last = before[-1]
    return low[last.last] in OF_THEM or (
        not last.noun and any(harm.outcome == "injured" and harm.last < last.first for harm in found)
    )


_REPORTED = [[be, said] for be in ("was", "were") for said in ("reported", "confirmed")]
_COSTING = words_of("claimed claiming took taking cost costing")
"""What takes so many lives."""


def _deaths(sentence: Sentence, numbers: list[Number]) -> list[Harmed]:
    """ "confirmed four deaths", "caused two deaths and five injuries"."""
    low = sentence.low
    found: list[Harmed] = []
    for at in sentence.at(_DEATHS):
        number = next((one for one in numbers if at - 2 <= one.last < at and not one.article), None)
        if number is None:
            continue
        before = low[max(0, number.first - 2) : number.first]
        after = low[at + 1 : at + 3]
        if low[at] in ("life", "lives"):
            after, before = [], ["recorded"] if before[-1:] and before[-1] in _COSTING else []
        if (
            not _TOLD.isdisjoint(before)
            or after in _REPORTED
            or after[:1] in (["reported"], ["confirmed"])
            or (found and before[-1:] == ["and"] and found[-1].last == number.first - 2)
        ):
            found.append(Harmed(_COUNTED[low[at]], number.value, number, number.first, at, (), False, at))
    return found


def _elsewhere(low: list[str], groups: list[Group], found: list[Harmed]) -> list[Harmed]:
    """ "two were killed in Kryvyi Rih and another in Kherson"."""
    beside: list[Harmed] = []
    for group in groups:
        if (
            group.noun
            or low[group.last] in ("them", "whom", "those")
            or low[group.first - 1] not in _LISTING
            or low[_beyond(low, group.last + 1) : _beyond(low, group.last + 1) + 1] not in SOMEWHERE
        ):
            continue
        more = low[group.last] in _MORE
        clause = low[group.last + 1 : group.last + 8]
        clause = clause[: next((at for at, word in enumerate(clause) if word in (",", ".", ";")), len(clause))]
        if not lex.HARM.keys().isdisjoint(clause):
            continue  # "and one in Balakliia hurt two"
        far = 25 if low[group.first - 2 : group.first - 1] == [","] else 18 if more else 9
        before = [harm for harm in (*found, *beside) if 0 < group.first - harm.last < far and harm.value]
        if not before or any(harm.first <= group.first <= harm.last for harm in found):
            continue
        part = before[-1].subset or (low[group.first - 1] != "and" and group.value < (before[-1].value or 0))
        if part or low[group.first - 1] == "and":
            outcome = before[-1].outcome
            beside.append(Harmed(outcome, group.value, group.number, group.first, group.last, (), part, group.last))
    return beside


_LISTING = frozenset({"and", ",", ":", "including", "-"})
_MORE = frozenset({"more", "others", "other", "another"})


def _beyond(low: list[str], at: int) -> int:
    """Behind ", including a child," or "each", if that stands here."""
    if low[at : at + 1] == ["each"]:
        return at + 1
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
    if before in ("not", "n't", "no") or before in lex.NOT or _on_trial(low, at):
        return []
    fought = at + 2 + (low[at + 2 : at + 3] == ["the"])
    if low[at + 1 : at + 2] == ["in"] and low[fought : fought + 1] and low[fought] in _FIGHTING:
        return []  # "a pilot was killed in combat": an army's loss, and no attack on anybody
    if word == "rescue" and low[at + 1 : at + 2] and low[at + 1] in _RESCUERS:
        return []  # "some 200 rescue workers"
    if word in ("killed", "injured", "wounded", "rescued", "hurt") and before in ("the", "of", "number", "those"):
        return []
    if before == "reported" and low[back - 1] in _WRONGLY:
        return []  # "a boy earlier reported killed"
    if harm == "died" and "who" in low[max(0, at - 3) : at] and not _who_died(low, groups, at):
        return []
    if harm == "died" or passive or word in ("perished", "slain"):
        subject = subject_of(sentence, at, groups)
        told = subject and (low[subject[-1].last + 1] == "who" or subject[0].noun == "victim")
        if told and low[subject[0].first] == "the":
            return []  # "the adviser who was killed", "the victim died there": of whom it has been told
        return from_groups(subject, outcome, at, at)
    objects = objects_of(sentence, at, groups)
    if objects:
        return from_groups(objects, outcome, at, at)
    if not word.endswith("ing"):
        # "three injured", "one person killed", "and three wounded"
        return from_groups(subject_of(sentence, at, groups, near=True), outcome, at, at)
    return []


_RESCUERS = words_of(
    "worker workers team teams crew crews service services operation operations effort efforts personnel"
)
_WRONGLY = frozenset({"earlier", "previously", "initially", "wrongly", "first", "mistakenly"})


def _who_died(low: list[str], groups: list[Group], at: int) -> bool:
    """Not of "seven, including a boy who later died": he is one of them, and they did not."""
    before = [group for group in groups if group.last < at]
    return not before or "including" not in low[max(0, before[-1].first - 2) : before[-1].first]


_FIGHTING = frozenset({"action", "battle", "battles", "combat", "fighting"})
_ON_TRIAL = words_of("accused suspected convicted guilty charged jailed sentenced imprisoned wanted trial")
_WAGING = lex.STATES.keys() | words_of("army forces troops military russians ukrainians")


def _on_trial(low: list[str], at: int) -> bool:
    """ "A man accused of killing three": no harm of an attack; nor where states are not accused."""
    if low[at - 1 : at] not in (["of"], ["for"], ["with"]) or low[at - 2] not in _ON_TRIAL:
        return False
    return _WAGING.isdisjoint(low[max(0, at - 6) : at - 2])


def _beside(sentence: Sentence, at: int, outcome: str, groups: list[Group]) -> list[Harmed]:
    """ "eight dead", "left eight people dead", "34 were still missing", "22 missing people"."""
    around = [group for group in groups if group.first < at < group.last]
    if around:
        return from_groups(around, outcome, at, at)
    return from_groups(subject_of(sentence, at, groups), outcome, at, at)


def _lives(sentence: Sentence, at: int, groups: list[Group]) -> list[Harmed]:
    low = sentence.low
    if low[at - 1] in lex.POSSESSIVE and low[at - 2] in ("lost", "lose", "losing"):
        return from_groups(subject_of(sentence, at - 2, groups), "killed", at, at)
    if (
        low[at - 1] in ("the",)
        and low[at - 2] in ("claimed", "claiming", "took", "taking", "cost", "costing")
        and low[at + 1 : at + 2] == ["of"]
    ):
        index = next((i for i, group in enumerate(groups) if at < group.first <= at + 6), None)
        return from_groups(chained(sentence, groups, index), "killed", at - 2, at) if index is not None else []
    return []


def _once(found: list[Harmed]) -> list[Harmed]:
    """Each number once for each outcome; the first way of finding it counts."""
    seen: dict[tuple[str, int], Harmed] = {}
    for harm in sorted(found, key=lambda harm: harm.first):
        key = (harm.outcome, harm.number.first if harm.number else harm.first)
        seen.setdefault(key, harm)
    return list(seen.values())
