"""From a sentence of a bulletin to its items: so many of such a weapon.

A number binds to the first name of a weapon after it and before the next number. Names that follow without a number of
their own are part of the same count: "14 ракет Х-101, Х-555, Калібр" are fourteen of three kinds, told apart by nobody.
"""

from __future__ import annotations

import re

import msgspec

from tocsin.facts import Count, Hedge
from tocsin.record.reading.called import MISSILES, are, are_strikes, called, were
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.naming import DASHES, GENERAL, NAMES, QUOTES, is_singular, name
from tocsin.record.reading.numerals import joins
from tocsin.record.reading.tokens import Sentence, Token
from tocsin.record.weapons import is_a, parts

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_AT_LEAST = Hedge.AT_LEAST
_AT_MOST = Hedge.AT_MOST
_ABOUT = Hedge.ABOUT

_MONTH = re.compile(
    r"січн|лют(?:ого|ий)|берез|квіт|трав|черв|лип(?:ня|ень)|серп|верес|жовт|листопад|груд|января|феврал|марта|апрел|мая|июн|июл|август|сентябр|октябр|ноябр|декабр"
)
_ORDINAL = re.compile(r"\w+(?:ого|его|ье|ья|ое|ьего)")
_SPAN_WORDS = re.compile(
    r"років|року|рік|році|роках|рр?|грн|гривень|км|кілометр\w*|годин\w*|хвилин\w*|діб|днів|дні|напрямк\w*|сторін|боків|етап\w*|осіб|людей|рази|разів|раза?|лет|год[ау]?|ча[сc]\w*|м|доларів|чверт\w*|третин\w*|четверт[иь]\w*|трет[иь]"
)
_PLURAL = re.compile(r"(?:ами|ів|и|ей|і)$")
_OF_ONE_OR_MANY = frozenset({"ракети", "бомби", "авіабомби"})
"""Of one, or several: the adjective tells."""
_SINGULAR_ADJECTIVE = re.compile(r"\w+(?:ий|ого|им|ый|ой|ную|ною|ну)")

_DOWNED = frozenset({"збитих", "знищених", "подавлених", "сбитых", "уничтоженных"})
_TENFOLD = dict.fromkeys(("сотні", "сотнями", "сотень", "сотен", "сотни"), 100)
_TENFOLD |= dict.fromkeys(("десятки", "десятками", "десятків", "десятков", "десятка"), 10)
_IN_ALL = frozenset({"загалом", "всього", "усього", "разом"})
_COUNTING = NAMES | {Kind.NUMBER}
_NUMBERED = frozenset({Kind.NUMBER, Kind.QUALIFIER})
_BEFORE_A_NUMBER = DASHES | {":"}


class Item(msgspec.Struct, frozen=True, gc=False):
    """A count of weapons, or of places, as it stands in a sentence."""

    at: int
    """Index of its first token, the hedge before the number included."""
    number: int
    """Index of the number, or of the name where one is meant without a number."""
    end: int
    value: Count
    hedges: tuple[Hedge, ...]
    weapon: str | None
    """None where the noun is left out."""
    unit: str
    part: bool
    """Whether it is said to be a part of what was counted before: "із них"."""
    out_of: Count | None
    """The 59 of "58 з 59"."""
    counted: bool
    """Whether there is a number."""
    singular: bool
    """Whether it is one by its grammar: "ракетою"."""
    carrier: bool
    """Whether weapons came from it: "із 11 літаків"."""


def items(sentence: Sentence) -> list[Item]:
    found: list[Item] = []
    tokens, i = sentence.tokens, 0
    kinds, size = sentence.kinds, len(tokens)
    if _COUNTING.isdisjoint(kinds):
        return found
    while i < size:
        item = None
        if kinds[i] is Kind.NUMBER:
            item = _counted(tokens, i, found[-1] if found else None)
        elif kinds[i] in NAMES:
            item = (_number_behind(tokens, i) if _may_stand_behind(sentence, i) else None) or _single(
                tokens, i, sentence
            )
        else:
            i += 1
            continue
        if item is None:
            i = _past_number(tokens, i)
            continue
        found.append(item)
        i = max(item.end, i + 1)
    return found


def _may_stand_behind(sentence: Sentence, i: int) -> bool:
    """Whether a number stands not far behind what may stand between a name and its number."""
    tokens, kinds = sentence.tokens, sentence.kinds
    for k in range(i + 1, min(i + 12, len(kinds) - 1)):
        number = kinds[k + 1] in _NUMBERED or tokens[k + 1].folded in _IN_ALL
        if number and (kinds[k] is Kind.OUTCOME or tokens[k].text in _BEFORE_A_NUMBER):
            return True
    return False


def _past_number(tokens: tuple[Token, ...], i: int) -> int:
    return _number(tokens, i)[1] if tokens[i].kind is Kind.NUMBER else i + 1


def _number(tokens: tuple[Token, ...], i: int) -> tuple[int, int]:
    """The number that begins here, and the index after it."""
    value, end = int(str(tokens[i].value)), i + 1
    last, digits = value, tokens[i].text[0].isdigit()
    while end < len(tokens):
        token = tokens[end]
        if token.kind is Kind.NUMBER and token.text[0].isdigit() == digits:
            more = int(str(token.value))
            gap = token.start - tokens[end - 1].end
            if not digits and joins(last, more):
                value += more
            elif not digits and more == 1000 and value < 1000:
                value *= 1000
            elif digits and gap == 1 and value < 1000 and len(token.text) == 3 and tokens[end - 1].text.isdigit():
                value = value * 1000 + more
            else:
                break
            last = more
        elif token.kind is Kind.THOUSAND:
            value, last, digits = value * 1000, 1000, False
        elif token.folded in _TENFOLD and value < 10:
            value *= _TENFOLD[token.folded]
            last, digits = 100, False
        else:
            break
        end += 1
    return value, end


def _counted(tokens: tuple[Token, ...], i: int, last: Item | None) -> Item | None:
    value, end = _number(tokens, i)
    following = tokens[end] if end < len(tokens) else None
    before = tokens[i - 1] if i else None
    if before and (before.text in "№#$" or (before.text == "/" and before.end == tokens[i].start)):
        return None
    if following and (
        following.text in "%‰°" or _MONTH.match(following.folded) or _SPAN_WORDS.fullmatch(following.folded)
    ):
        return None
    if following and _ORDINAL.fullmatch(following.folded) and _is_month(tokens, end + 1):
        return None  # "двадцать второго сентября"
    at, hedges, low, high = _hedged(tokens, i, value)
    if following and following.text == "+":
        hedges, high, end = (_AT_LEAST,), None, end + 1
    if (
        following
        and following.text in DASHES
        and end + 1 < len(tokens)
        and tokens[end + 1].kind is Kind.NUMBER
        and following.end - following.start + 0 == tokens[end + 1].start - tokens[end - 1].end
    ):
        high, end = _number(tokens, end + 1)
    elif before and before.folded in ("від", "от") and _is_to(tokens, end):
        at, hedges, low = i - 1, (), value  # "від 135 до 140"
        high, end = _number(tokens, end + 1)
    out_of, aside = None, _aside(tokens, end)
    if aside is not None:
        total, end = aside
        out_of = Count(value=total, low=total, high=total, words=str(total))
    elif following and following.kind is Kind.FROM:
        j = end + 1
        while j < len(tokens) and tokens[j].kind is Kind.QUALIFIER:
            j += 1
        if j < len(tokens) and tokens[j].kind is Kind.NUMBER:
            total, end = _number(tokens, j)
            out_of = Count(value=total, low=total, high=total, words=tokens[j].text)
    if are_strikes(tokens, end):
        return None
    if value == 1 and end + 1 < len(tokens) and tokens[end].kind is Kind.FROM and tokens[end + 1].folded in _DOWNED:
        return None  # "уламки одного зі збитих «шахедів»"
    count = Count(value=value, low=low, high=high, words=_words(tokens, at, end if out_of is None else i + 1))
    part = _says_part(tokens, at)
    if end + 1 < len(tokens) and tokens[end].kind is Kind.FROM and tokens[end + 1].folded in ("них", "яких", "цих"):
        part, end = True, end + 2
    bracketed = at > 0 and tokens[at - 1].text == "("
    beside = bracketed or (last is not None and last.part and i - last.end < 4)  # "із них 2 – «Кинджали», 42 – ..."
    if part or (beside and following and following.text in DASHES and _named(tokens, end + 1)):
        part = True  # "(понад 400 – «шахеди»)"
        while end < len(tokens) and tokens[end].text in DASHES:
            end += 1
    elif following and following.text in DASHES and _named(tokens, end + 1) and _listed(tokens, at, end + 1, last):
        end += 1  # "16 ракет: 10 – Х-101, дві – Калібр"
    weapon, stop, unit = name(tokens, end)
    if weapon and out_of is None:
        out_of, stop = _out_of(tokens, stop)
    if at == 0 and weapon in GENERAL and (own := are(tokens, stop, weapon)):
        weapon, stop = own  # "Близько 60 дронів – «шахеди»."
        part = True
    if part and (weapon is None or weapon in GENERAL) and (own := were(tokens, stop, weapon)):
        weapon, stop = own  # "близько 130 із них були «шахедами»"
    weapon = (called(tokens, stop, weapon) if weapon in MISSILES else None) or weapon
    carrier = bool(at and tokens[at - 1].kind is Kind.FROM and weapon and is_a(weapon, "aircraft"))
    return Item(at, i, stop, count, hedges, weapon, unit, part, out_of, True, False, carrier)


def _is_month(tokens: tuple[Token, ...], i: int) -> bool:
    return i < len(tokens) and _MONTH.match(tokens[i].folded) is not None


def _listed(tokens: tuple[Token, ...], at: int, after: int, last: Item | None) -> bool:
    """Whether a number opens a list behind a colon, or goes on with one; not "46 БпЛА, 24 – «шахеди»"."""
    if not at or last is None:
        return False
    if tokens[at - 1].text == ":":
        return True
    if at - last.end >= 3:
        return False
    weapon = name(tokens, after)[0]
    if weapon and last.weapon and tokens[at - 1].text == ",":
        return not any(is_a(one, other) for one in parts(weapon) for other in parts(last.weapon))
    return last.number + 1 < len(tokens) and tokens[last.number + 1].text in DASHES


def _is_to(tokens: tuple[Token, ...], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i].folded == "до" and tokens[i + 1].kind is Kind.NUMBER


def _aside(tokens: tuple[Token, ...], i: int) -> tuple[int, int] | None:
    """ "18 (із 24) БпЛА": of how many, and the index after it."""
    if i + 3 >= len(tokens) or tokens[i].text != "(" or tokens[i + 1].kind is not Kind.FROM:
        return None
    if tokens[i + 2].kind is not Kind.NUMBER:
        return None
    total, end = _number(tokens, i + 2)
    return (total, end + 1) if end < len(tokens) and tokens[end].text == ")" else None


def _named(tokens: tuple[Token, ...], i: int) -> bool:
    while i < len(tokens) and tokens[i].text in QUOTES:
        i += 1
    return i < len(tokens) and tokens[i].kind in (Kind.WEAPON, Kind.QUALITY)


def _out_of(tokens: tuple[Token, ...], stop: int) -> tuple[Count | None, int]:
    """ "26 крилатих ракет із 29": the number behind the name."""
    j = stop
    while j < len(tokens) and tokens[j].text in QUOTES:
        j += 1
    if j + 1 < len(tokens) and tokens[j].kind is Kind.FROM and tokens[j + 1].kind is Kind.NUMBER:
        total, end = _number(tokens, j + 1)
        if end >= len(tokens) or (tokens[end].kind is None and tokens[end].text not in DASHES):
            return Count(value=total, low=total, high=total, words=tokens[j + 1].text), end
    return None, stop


def _number_behind(tokens: tuple[Token, ...], i: int) -> Item | None:
    """ "Ударних БпЛА – 339;", "дронів збито 80,": the name first, then the number, and nothing behind it."""
    weapon, end, unit = name(tokens, i)
    while end < len(tokens) and (tokens[end].text in QUOTES or tokens[end].kind is Kind.FILLER):
        end += 1
    if weapon is None or end + 1 >= len(tokens):
        return None
    if tokens[end].kind is not Kind.OUTCOME and tokens[end].text not in DASHES and tokens[end].text != ":":
        return None
    j = end + 1
    while j < len(tokens) and (tokens[j].kind is Kind.QUALIFIER or tokens[j].folded in _IN_ALL):
        j += 1
    if j >= len(tokens) or tokens[j].kind is not Kind.NUMBER:
        return None
    value, stop = _number(tokens, j)
    beyond = stop
    while beyond < len(tokens) and tokens[beyond].text in QUOTES:
        beyond += 1
    if beyond > stop and beyond < len(tokens) and tokens[beyond].kind in NAMES:
        return None
    if stop < len(tokens) and (
        tokens[stop].kind is not None or tokens[stop].text in "%/" or tokens[stop].text in DASHES
    ):
        return None
    at, hedges, low, high = _hedged(tokens, j, value)
    count = Count(value=value, low=low, high=high, words=_words(tokens, at, stop))
    return Item(i, j, stop, count, hedges, weapon, unit, False, None, True, False, False)


def _hedged(tokens: tuple[Token, ...], i: int, value: int) -> tuple[int, tuple[Hedge, ...], int | None, int | None]:
    j = i
    while j and tokens[j - 1].text in "~≈":
        j -= 1
    if j < i:
        return j, (_ABOUT,), None, None
    if not i or (
        tokens[i - 1].kind is not Kind.QUALIFIER and not (i > 1 and tokens[i - 1].folded in ("ніж", "як", "чем"))
    ):
        return i, (), value, value
    at = i - 1 if tokens[i - 1].kind is Kind.QUALIFIER else i - 2
    hedge = tokens[at].value
    negated = at > 0 and tokens[at - 1].kind is Kind.NOT
    if negated or tokens[at].folded in ("менше", "менее"):
        hedge, at = (_AT_MOST if hedge is _AT_LEAST else _AT_LEAST), at - negated
    if hedge is _AT_LEAST:
        return at, (_AT_LEAST,), value, None
    if hedge is _AT_MOST:
        return at, (_AT_MOST,), None, value
    return at, (_ABOUT,), None, None


def _words(tokens: tuple[Token, ...], at: int, end: int) -> str:
    return " ".join(token.text for token in tokens[at:end])


def _says_part(tokens: tuple[Token, ...], at: int) -> bool:
    behind = tokens[max(0, at - 4) : at]
    words = [t.folded for t in behind]
    if "також" in words:  # "чотири з них, а також один": one more
        behind = behind[words.index("також") + 1 :]
        words = [t.folded for t in behind]
    return (
        any(t.kind is Kind.OF_THEM for t in behind)
        or "них" in words
        or "яких" in words
        or "которых" in words
        or words[-3:] in (["т", ".", "ч"], ["в", "т", "ч"])
        or words[-4:] == ["т", ".", "ч", "."]
    )


def _single(tokens: tuple[Token, ...], i: int, sentence: Sentence) -> Item | None:
    """One weapon, by its grammar: "ракетою Х-59", "ударний БпЛА", "винищувач Су-35"."""
    j = i
    while j < len(tokens) and (tokens[j].kind in (Kind.QUALITY, Kind.FILLER) or tokens[j].text in QUOTES):
        j += 1
    if j >= len(tokens) or tokens[j].kind is not Kind.WEAPON or tokens[j].value == "target":
        return None
    noun = tokens[j].folded
    adjective = next((t for t in tokens[i:j] if t.kind in (Kind.QUALITY, Kind.FILLER)), None)
    singular = is_singular(noun) or bool(
        adjective
        and (
            (noun == "бпла" and _SINGULAR_ADJECTIVE.fullmatch(adjective.folded))
            or (noun in _OF_ONE_OR_MANY and adjective.folded.endswith("ої"))
        )
    )
    if noun != "бпла" and not sentence.bullet and not singular:
        return None
    if not singular and not (sentence.bullet and i == 0 and not _PLURAL.search(noun)):
        return None
    weapon, end, unit = name(tokens, i)
    if weapon is None:
        return None
    weapon = (called(tokens, end, weapon) if weapon in MISSILES else None) or weapon
    return Item(
        i,
        i,
        end,
        Count(value=1, low=1, high=1, words=tokens[j].text),
        (),
        weapon,
        unit,
        False,
        None,
        False,
        singular,
        False,
    )
