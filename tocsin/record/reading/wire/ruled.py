"""Of whom a verb of harm is said: its object, or the subject before it with what is put between left out.

Promises that whoever is only named beside ("one of them a doctor", "aged 8 and 12") is not counted with them.
"""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.people import OF_THEM, Group, Harmed, apposed, chained, parenthetic
from tocsin.record.reading.wire.tokens import Sentence

_ENDS = lex.BARRIERS | frozenset({".", "!", "?", '"'})
_LEADING_AWAY = lex.PREPOSITIONS - {"of", "about", "around", "over"}
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
_NO_OBJECT = _ENDS | lex.BE | _LEADING_AWAY | lex.HARM.keys() | {",", "when", "where", "while", "as", "after"}


def objects_of(sentence: Sentence, at: int, groups: list[Group]) -> list[Group]:
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


_NEARLY = 5
"""Words of "left two workers of the plant injured" between who and what."""
_PARTING = _ENDS | lex.SPEECH.keys() | lex.HARM.keys()


def subject_of(sentence: Sentence, at: int, groups: list[Group], near: bool = False) -> list[Group]:
    """The groups before a verb that it is said of, what is put between commas left out."""
    low = sentence.low
    end = at - 1
    while end >= 0 and low[end] in _SKIP_SUBJECT:
        end -= 1
    if end > 0 and low[end] == "-" and "-" in low[:end]:
        end = _before_the_dash(low, end)
    if end >= 0 and low[end] in ("or", "and") and end and low[end - 1] in lex.HARM:
        end -= 1
        while end >= 0 and (low[end] in _SKIP_SUBJECT or low[end] in lex.HARM):
            end -= 1
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group.last > end:
            continue
        gap = low[group.last + 1 : end + 1]
        if near and gap and not (gap[0] == "of" and len(gap) < _NEARLY):
            return []
        if not _PARTING.isdisjoint(gap) or len(gap) > 14:
            return []
        lead = low[max(0, group.first - 2) : group.first]
        if (
            "including" in lead
            or low[group.last + 1 : group.last + 3] == ["among", "them"]
            or ("among" in lead and not (lead[-1] == "among" and low[group.first - 2] in lex.BE))
            or (low[group.first - 1 : group.first] in (["of"], ["which"]) and low[group.first - 2] != "spoke")
            or (
                low[group.first - 1 : group.first] == ["with"] and not (near or lex.BE.isdisjoint(low[group.last : at]))
            )
            or low[max(0, group.first - 2) : group.first] in (["of", "them"], ["of", "whom"])
            or "aged" in lead
            or lead[-1:] == ["for"]
        ):
            continue
        # whoever stands before "who", "of whom" is spoken of; a clause with a verb of its own is not
        if not lex.BE.isdisjoint(gap) and "who" not in gap and "," not in gap:
            return []
        first = index
        if index and apposed(low, groups[index - 1], group, low[groups[index - 1].last + 1 : group.first]):
            return [groups[index - 1]]
        while (
            first
            and parenthetic(low[groups[first - 1].last + 1 : groups[first].first])
            and _same_sort(groups[first - 1], groups[first])
            and low[groups[first - 1].first - 1] not in OF_THEM  # "two were killed, one of them a doctor, and 32 hurt"
        ):
            first -= 1
            if "including" in low[max(0, groups[first].first - 2) : groups[first].first]:
                if first and not lex.HARM.keys().isdisjoint(low[groups[first - 1].last : groups[first].first]):
                    return groups[first + 1 : index + 1]  # "40 died, including 3 children, 75 people were injured"
                return _subject_before(sentence, groups, first)
        return groups[first : index + 1]
    return []


def _before_the_dash(low: list[str], end: int) -> int:
    """ "Four employees - a cook, a nurse and two cleaners - died": who they are is said between the dashes."""
    while end and low[end - 1] == "-":
        end -= 1
    return next((at for at in range(end - 1, -1, -1) if low[at] == "-"), end) - 1


def _subject_before(sentence: Sentence, groups: list[Group], index: int) -> list[Group]:
    return [groups[index - 1]] if index else []


def _same_sort(one: Group, other: Group) -> bool:
    return bool(one.noun) and bool(other.noun)


def from_groups(groups: list[Group], outcome: str, verb: int, at: int) -> list[Harmed]:
    groups = [group for group in groups if group.noun not in lex.ANIMALS]
    if not groups:
        return []
    told_twice = len(groups) > 2 or (len(groups) == 2 and groups[1].number is None)  # not "two officers and two boys"
    if told_twice and groups[0].number and groups[0].value == sum(group.value for group in groups[1:]):
        persons = tuple(person for group in groups[1:] for person in group.persons)
        groups = [msgspec.structs.replace(groups[0], persons=persons)]
    value = sum(group.value for group in groups)
    number = groups[0].number if len(groups) == 1 else None
    persons = tuple(person for group in groups for person in group.persons)
    first, last = min(groups[0].first, verb), max(groups[-1].last, verb)
    return [Harmed(outcome, value, number, first, last, persons, False, at)]
