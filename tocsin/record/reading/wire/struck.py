"""What a verb of damage strikes, where it stands behind the verb: "damaged a school and 12 houses in Sumy".

Promises that what flies is no thing that is damaged, nor fuel or water that only says what kind a thing is.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.tokens import Sentence

ENDS = lex.BARRIERS | frozenset({".", "!", "?", '"', ";"})
_PHRASE_ENDS = (
    ENDS
    | lex.SPEECH.keys()
    | words_of(
        """
        setting sparking causing triggering leaving
        after when as which that who killing injuring wounding but while where near on during according
    """
    )
)


def object_of(sentence: Sentence, at: int, begin: int) -> tuple[int, int, int, int] | None:
    low, size = sentence.low, len(sentence.low)
    if low[begin : begin + 1] == ["on"] and low[begin + 1 : begin + 2] and low[begin + 1] in lex.WEEKDAYS:
        begin += 2  # "hit on Sunday a block of flats"
    if low[begin : begin + 1] == ["with"]:
        begin = _behind_the_weapon(low, begin)
    end, thing = begin, -1
    while end < size and end - begin < 22:
        word = low[end]
        if end == begin and word in ("over", "around"):
            end += 1  # "damaged over a dozen houses"
            continue
        if word == '"' and (closing := _coloured(low, end, begin)):
            thing = next((i for i in range(closing, end, -1) if low[i] in lex.THINGS), thing)
            end = closing + 1
            continue
        if (
            word in _PHRASE_ENDS
            or word in lex.BE
            or (word in lex.HARM)
            or (word in lex.EVENTS and word not in ("fire", "left"))
        ):
            break
        if word in lex.PREPOSITIONS and word not in ("of", "to", "at", "for", "in", "between"):
            break
        if word in lex.DAMAGE and end > begin:
            break
        if word in ("in", "at", "to") and thing < 0:
            break
        if word in ("in",) and thing >= 0 and lex.THINGS.isdisjoint(low[end : end + 6]):
            break
        if word == "," and lex.THINGS.isdisjoint(low[end : end + 7]):
            break
        if word == "and" and lex.THINGS.isdisjoint(low[end : end + 6]):
            break
        if (word in lex.THINGS or word in ("fires",) or _quarter(low, end)) and not aloft(low, end):
            thing = end
        end += 1
    if thing < 0:
        return None
    last = thing
    first = begin_of(sentence, at)
    return first, max(last, at), begin, last


def _behind_the_weapon(low: list[str], at: int) -> int:
    """ "hit with a missile the square": where it begins what was hit."""
    weapon = next((i for i in range(at + 1, min(at + 5, len(low))) if low[i] in lex.WEAPON_HEADS), at)
    return weapon + 1 if low[weapon + 1 : weapon + 2] in (["the"], ["a"], ["an"]) else at


def _coloured(low: list[str], at: int, begin: int) -> int:
    """Where a few words end that stand in quotation marks within a thing: 'a "civilian plant"'."""
    if at - begin > 3:
        return 0
    return next(
        (i for i in range(at + 2, min(at + (8 if low[at + 1 : at + 2] == ["a"] else 5), len(low))) if low[i] == '"'), 0
    )


def _quarter(low: list[str], at: int) -> bool:
    """ "hit a residential area"."""
    return low[at] in ("area", "areas", "quarter", "quarters") and low[at - 1] in ("residential", "industrial")


def aloft(low: list[str], at: int) -> bool:
    return low[at] in (
        "vehicle",
        "vehicles",
        "systems",
        "system",
        "units",
        "water",
        "gas",
        "oil",
        "fuel",
        "heating",
        "aircraft",
    ) and (
        not lex.AIR_WORDS.isdisjoint(low[max(0, at - 2) : at])
        or (
            low[at] in ("water", "gas", "oil", "fuel", "heating")
            and low[at + 1 : at + 2] not in (["supply"], ["pipeline"])
        )
    )


def begin_of(sentence: Sentence, at: int) -> int:
    """Where the clause of an active verb begins: its subject, if it is near."""
    low = sentence.low
    back = at - 1
    while (
        back >= 0
        and at - back < 8
        and low[back] not in ENDS
        and low[back] not in (",", "that", "and", "after", "when", "as", "where", "while")
        and low[back] not in lex.SPEECH
    ):
        back -= 1
    return back + 1
