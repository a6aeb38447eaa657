"""Which words of a sentence name people, and how many: "three civilians", "a 52-year-old woman", "her three children".

Promises that animals are no people, and that a year, an age and a date count nobody.
"""

from __future__ import annotations

from operator import attrgetter

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.numbers import Number, number_at
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_WHERE = (["yesterday"], ["today"], ["overnight"], ["around"], ["in"], ["on"], ["at"], ["near"], ["."], [","])
_OLDEST = 115
"""Years: a larger number between commas is no age."""
_AGED = frozenset(["aged", "age", "ages"])


_KIN = mark(lex.PERSON | lex.PEOPLE | lex.TROOPS | {f"{age}-year-old" for age in range(1, 111)})
_AS_ADJECTIVES = frozenset({"other", "local", "elderly", "police"})


_ADJECTIVE_STOPS = (
    lex.BE
    | lex.HAVE
    | lex.PREPOSITIONS
    | lex.CONJUNCTIONS
    | lex.SPEECH.keys()
    | lex.HARM.keys()
    | lex.MODAL
    | lex.NOT
    | frozenset({",", ".", ";", ":", '"', "(", ")", "-"})
)


_OF_A_LAND = frozenset({"russian", "ukrainian"})
_AFTER_PEOPLE = _ADJECTIVE_STOPS | lex.ADVERBS


_FIRST = attrgetter("first")


class Harmed(msgspec.Struct, gc=False):
    outcome: str
    value: int | None
    number: Number | None
    first: int
    last: int
    persons: tuple[str, ...]
    subset: bool
    at: int


class Group(msgspec.Struct, gc=False):
    """People as they are counted together."""

    first: int
    last: int
    number: Number | None
    value: int
    persons: tuple[str, ...]
    noun: str


def groups_of(sentence: Sentence, numbers: list[Number]) -> list[Group]:
    """ "three civilians", "a 52-year-old woman", "her three children", and numbers that may count people."""
    low, size = sentence.low, len(sentence.low)
    groups: list[Group] = []
    used: set[int] = set()
    by_last = {number.last: number for number in numbers}
    for at in sentence.at(_KIN):
        group = _group_at(sentence, at, by_last, used)
        if group:
            groups.append(group)
            used.update(range(group.first, group.last + 1))
    for number in numbers:
        if number.first in used or number.last in used:
            continue
        if number.article and not (low[number.first] == "another" and low[number.last + 1 : number.last + 2] in _WHERE):
            continue
        if low[number.last + 1 : number.last + 3] == ["at", "least"]:
            continue  # "with another at least 28 hurt"
        if _is_age(sentence, number):
            continue
        after = low[number.last + 1] if number.last + 1 < size else ""
        before = low[number.first - 1] if number.first else ""
        last = number.last
        if after in ("more", "others", "other"):
            last, after = last + 1, low[last + 2] if last + 2 < size else ""
        if after == "of" and low[last + 2 : last + 3] in (["them"], ["those"], ["whom"]):
            last, after = last + 2, low[last + 3] if last + 3 < size else ""
        if low[last + 1 : last + 3] == ["of", "the"] and low[last + 3 : last + 4] in (
            ["dead"],
            ["killed"],
            ["victims"],
        ):
            continue  # "five of the dead were in Lviv"
        if before in ("in", "on", "at", "since", "by", "from", "until", "of", "aged", "age", "between", "no.") and not (
            before == "of" and low[number.first - 2 : number.first - 1] in (["lives"], ["deaths"], ["total"], ["spoke"])
        ):
            continue
        if (
            sentence.low[number.first].isdigit()
            and 1900 <= number.value <= 2100
            and "," not in sentence.cased[number.first]
        ):
            continue
        if (
            after in _ADJECTIVE_STOPS
            or after in ("more", "dead", "injured", "wounded", "killed", "missing", "each", "")
            or after in lex.ADVERBS
        ):
            groups.append(Group(number.first, last, number, number.value, (), ""))
    groups.sort(key=_FIRST)
    return groups


def _is_age(sentence: Sentence, number: Number) -> bool:
    """ "Ivan Melnyk, 52, a poet"; "a farmer, 41, died"; "two men, aged 43 and 60"."""
    low, at = sentence.low, number.first
    back = at - 1
    while back >= 0 and (low[back] in (",", "and", "or", "between") or number_at(low, back)):
        back -= 1
    if not _AGED.isdisjoint(low[max(0, min(at - 4, back - 1)) : at]) or _years_old(low, number.last + 1):
        return True
    if number.value <= _OLDEST and _in_a_row(low, at, number.last):
        return True
    aside = at > 1 and low[at - 1] == "," and low[number.last + 1 : number.last + 2] == [","]
    return aside and number.value <= _OLDEST and number_at(low, at - 2) is None


def _years_old(low: list[str], at: int) -> bool:
    """ "Two men, 28 and 54 years old"."""
    while low[at : at + 1] in ([","], ["and"]) or (low[at : at + 1] and low[at].isdigit()):
        at += 1
    return low[at : at + 2] in (["years", "old"], ["years", "of"], ["year", "old"])


def _in_a_row(low: list[str], at: int, last: int) -> bool:
    """ "Two brothers, 8 and 11, ..."."""
    before, after = low[max(0, at - 3) : at], low[last + 1 : last + 4]
    if before[-1:] == [","]:
        return after[:1] == ["and"] and after[2:] == [","] and number_at(low, last + 2) is not None
    return (before[:1], before[2:], after[:1]) == ([","], ["and"], [","]) and number_at(low, at - 2) is not None


def _group_at(sentence: Sentence, at: int, by_last: dict[int, Number], used: set[int]) -> Group | None:
    low = sentence.low
    if low[at] in _AS_ADJECTIVES and low[at + 1 : at + 2] and low[at + 1] in lex.PEOPLE:
        return None  # "three other people"
    if low[at] in _OF_A_LAND and low[at + 1 : at + 2] and low[at + 1] not in _AFTER_PEOPLE:
        return None  # "following a Russian strike"
    if low[at].endswith("-year-old") and low[at + 1 : at + 2] and low[at + 1] not in _ADJECTIVE_STOPS:
        return None  # "a 14-year-old girl"
    back = at - 1
    if at > 1 and low[back] == "and" and at - 2 in used and low[at - 2] in lex.PERSON and low[at] in lex.PERSON:
        return Group(at, at, None, 1, (sentence.words(at, at),), low[at])  # "a man and woman"
    for _ in range(6):
        if back < 0 or back in used:
            break
        if number := by_last.get(back):
            if low[at] in lex.TWO_PEOPLE:
                return Group(number.first, at, None, 2, (sentence.words(back, at),), low[at])
            if low[at] in ("dead", "injured", "wounded"):
                return None
            value = number.value
            persons = (
                (sentence.words(number.first, at),)
                if value <= 3 and low[at] not in ("people", "person", "others")
                else ()
            )
            if low[at + 1 : at + 3] == ["of", "four"] or low[at + 1 : at + 3] == ["of", "three"]:
                value = {"four": 4, "three": 3}[low[at + 2]]
            return Group(number.first, at, None if number.article and value == 1 else number, value, persons, low[at])
        if (low[back] in lex.POSSESSIVE or low[back] == "its") and low[at] in lex.PERSON:
            return Group(back, at, None, 1, (sentence.words(back, at),), low[at])
        if low[back] in ("the",) and low[at] in lex.PERSON and low[at] != "man's":
            return (
                Group(back, at, None, 1, (sentence.words(back, at),), low[at])
                if low[at] not in ("resident", "local", "operator")
                else None
            )
        if low[back] in _ADJECTIVE_STOPS or low[back] in lex.DETERMINERS:
            return None
        back -= 1
    return None


_GRAVELY = (["seriously"], ["critically"], ["severely"], ["gravely"], ["badly"], ["lightly"], ["slightly"])


def apposed(low: list[str], one: Group, other: Group, gap: list[str]) -> bool:
    """ "A pensioner, a former teacher, died": it is said of the one person what she was."""
    if gap != [","] or one.value != 1 or other.value != 1 or low[other.first] not in ("a", "an"):
        return False
    return low[other.last + 1 : other.last + 2] in ([","], ["."]) and low[other.last + 2 : other.last + 3] not in _MORE


_MORE = (["and"], ["a"], ["an"])


def chained(sentence: Sentence, groups: list[Group], start: int) -> list[Group]:
    """The groups in a row that begins with the one at index ``start``: "a mother and her three children"."""
    low = sentence.low
    chain = [groups[start]]
    for group in groups[start + 1 :]:
        gap = low[chain[-1].last + 1 : group.first]
        if not parenthetic(gap) or low[group.last + 1 : group.last + 3] == ["among", "them"]:
            break
        if not group.noun and group.number and not lex.HARM.keys().isdisjoint(low[group.last + 1 : group.last + 4]):
            break
        if not group.noun and low[group.last + 1 : group.last + 2] in SOMEWHERE:
            break  # "wounded 12 people, five in Sumy"
        if low[group.last] in OF_THEM or (not group.noun and low[group.last + 1 : group.last + 2] in _GRAVELY):
            break  # "wounded five, two of them seriously", "wounded seven people, three seriously"
        if apposed(low, chain[-1], group, gap):
            break
        chain.append(group)
    return chain


_JOINING = frozenset({",", "and", "plus", "with"})
OF_THEM = frozenset({"them", "those", "whom"})


SOMEWHERE = (["in"], ["near"], ["around"], ["outside"])


def parenthetic(gap: list[str]) -> bool:
    words = [
        word for word in gap if word not in (",", "and", "as", "well", "plus", "with", "her", "his", "their", "the")
    ]
    if _JOINING.isdisjoint(gap):
        return False
    return not words or all(word.isdigit() or word in _AGED for word in words)
