"""From a sentence of a bulletin to its items: so many of such a weapon.

A number binds to the first name of a weapon after it and before the next number. Names that follow without a number of
their own are part of the same count: "14 ракет Х-101, Х-555, Калібр" are fourteen of three kinds, told apart by nobody.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.record.facts import Count, Hedge
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.numerals import joins
from tocsin.record.reading.tokens import ABBREVIATED, Sentence, Token
from tocsin.record.weapons import WEAPONS, is_a

QUOTES = frozenset("«»“”„\"'‟`")
DASHES = frozenset("-–—−")
GENERAL = frozenset({"drone", "attack_drone", "recon_drone", "missile", "target", "cruise_missile", "ballistic_missile",
                     "anti_aircraft_missile", "guided_missile", "hypersonic_missile", "aircraft", "helicopter",
                     "guided_bomb"})  # fmt: skip
_MONTH = re.compile(
    r"січн|лют(?:ого|ий)|берез|квіт|трав|черв|лип(?:ня|ень)|серп|верес|жовт|листопад|груд|января|феврал|марта|апрел|мая|июн|июл|август|сентябр|октябр|ноябр|декабр"
)
_SPAN_WORDS = re.compile(
    r"років|року|рік|рр?|грн|гривень|км|кілометр\w*|годин\w*|хвилин\w*|діб|днів|дні|осіб|людей|лет|года?|ча[сc]\w*|м|доларів"
)
_PREPOSITIONS = frozenset(
    [
        "у",
        "в",
        "на",
        "над",
        "до",
        "по",
        "від",
        "для",
        "за",
        "при",
        "проти",
        "через",
        "під",
        "о",
        "об",
        "про",
        "во",
        "к",
        "от",
        "біля",
        "поблизу",
        "при",
        "навколо",
        "крім",
        "межах",
        "напрямку",
    ]
)
_SINGULAR = re.compile(
    r"ракет[уаоюй]{1,2}|безпілотник(?:ом|а)?|беспилотник(?:ом|а)?|дрон(?:ом|а)?|вертол[іе]т(?:ом)?|вертольот(?:ом|а)|літак(?:ом)?|самол[её]т"
    r"|штурмовик|беспилотный|безпілотний|аппарат|винищувач(?:ем)?(?:-бомбард\w+)?|вин\w+-бомб\w+|бомбардувальник|шахед(?:ом|а)?|авіабомб[уаою]{1,2}|бомб[уою]{1,2}|апаратом?"
)
_PLURAL = re.compile(r"(?:ами|ів|и|ей|і)$")
_SINGULAR_ADJECTIVE = re.compile(r"\w+(?:ий|ого|им|ый|ой|ную|ною|ну)")


class Item(NamedTuple):
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
    while i < len(tokens):
        item = (
            _counted(tokens, i)
            if tokens[i].kind is Kind.NUMBER
            else _single(tokens, i, sentence)
            if tokens[i].kind in _NAMES
            else None
        )
        if item is None:
            i = _past_number(tokens, i)
            continue
        found.append(item)
        i = max(item.end, i + 1)
    return found


_NAMES = frozenset({Kind.WEAPON, Kind.QUALITY, Kind.FILLER})


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
            elif digits and gap == 1 and value < 1000 and len(token.text) == 3 and tokens[end - 1].text.isdigit():
                value = value * 1000 + more
            else:
                break
            last = more
        elif token.kind is Kind.THOUSAND:
            value, last, digits = value * 1000, 1000, False
        else:
            break
        end += 1
    return value, end


def _counted(tokens: tuple[Token, ...], i: int) -> Item | None:
    value, end = _number(tokens, i)
    following = tokens[end] if end < len(tokens) else None
    before = tokens[i - 1] if i else None
    if before and (before.text in "№#$" or (before.text == "/" and before.end == tokens[i].start)):
        return None
    if following and (
        following.text in "%‰°" or _MONTH.match(following.folded) or _SPAN_WORDS.fullmatch(following.folded)
    ):
        return None
    at, hedges, low, high = _hedged(tokens, i, value)
    if following and following.text == "+":
        hedges, high, end = (Hedge.AT_LEAST,), None, end + 1
    if (
        following
        and following.text in DASHES
        and end + 1 < len(tokens)
        and tokens[end + 1].kind is Kind.NUMBER
        and following.end - following.start + 0 == tokens[end + 1].start - tokens[end - 1].end
    ):
        high, end = _number(tokens, end + 1)
    out_of = None
    if following and following.kind is Kind.FROM:
        j = end + 1
        while j < len(tokens) and tokens[j].kind is Kind.QUALIFIER:
            j += 1
        if j < len(tokens) and tokens[j].kind is Kind.NUMBER:
            total, end = _number(tokens, j)
            out_of = Count(value=total, low=total, high=total, words=tokens[j].text)
    count = Count(value=value, low=low, high=high, words=_words(tokens, at, end if out_of is None else i + 1))
    part = _says_part(tokens, at)
    if end + 1 < len(tokens) and tokens[end].kind is Kind.FROM and tokens[end + 1].folded in ("них", "яких", "цих"):
        part, end = True, end + 2
        while end < len(tokens) and tokens[end].text in DASHES:
            end += 1
    weapon, stop, unit = name(tokens, end)
    carrier = bool(at and tokens[at - 1].kind is Kind.FROM and weapon and is_a(weapon, "aircraft"))
    return Item(at, i, stop, count, hedges, weapon, unit, part, out_of, True, False, carrier)


def _hedged(tokens: tuple[Token, ...], i: int, value: int) -> tuple[int, tuple[Hedge, ...], int | None, int | None]:
    j = i
    while j and tokens[j - 1].text in "~≈":
        j -= 1
    if j < i:
        return j, (Hedge.ABOUT,), None, None
    if not i or (
        tokens[i - 1].kind is not Kind.QUALIFIER and not (i > 1 and tokens[i - 1].folded in ("ніж", "як", "чем"))
    ):
        return i, (), value, value
    at = i - 1 if tokens[i - 1].kind is Kind.QUALIFIER else i - 2
    hedge = tokens[at].value
    negated = at > 0 and tokens[at - 1].kind is Kind.NOT
    if negated or tokens[at].folded in ("менше", "менее"):
        hedge, at = (Hedge.AT_MOST if hedge is Hedge.AT_LEAST else Hedge.AT_LEAST), at - negated
    if hedge is Hedge.AT_LEAST:
        return at, (Hedge.AT_LEAST,), value, None
    if hedge is Hedge.AT_MOST:
        return at, (Hedge.AT_MOST,), None, value
    return at, (Hedge.ABOUT,), None, None


def _words(tokens: tuple[Token, ...], at: int, end: int) -> str:
    return " ".join(token.text for token in tokens[at:end])


def _says_part(tokens: tuple[Token, ...], at: int) -> bool:
    behind = tokens[max(0, at - 4) : at]
    words = [t.folded for t in behind]
    return (
        any(t.kind is Kind.OF_THEM for t in behind)
        or "них" in words
        or words[-3:] in (["т", ".", "ч"], ["в", "т", "ч"])
        or words[-4:] == ["т", ".", "ч", "."]
    )


def name(tokens: tuple[Token, ...], i: int) -> tuple[str | None, int, str]:
    """The weapon named from here on, the index after its name, and what is counted."""
    ids: list[str] = []
    head, unknown, end, begin = False, 0, i, i
    while i < len(tokens):
        token = tokens[i]
        if token.kind is Kind.WEAPON or token.kind is Kind.QUALITY:
            ids.append(str(token.value))
            head = head or token.kind is Kind.WEAPON
            end = i = i + 1
        elif (
            token.kind is Kind.FILLER
            or token.text in QUOTES
            or (token.kind is Kind.OUTCOME and not ids and token.folded.startswith(("пуск", "удар")))
            or (token.text == "/" and ids)
            or (token.text == "." and tokens[i - 1].folded in ABBREVIATED)
        ):
            i += 1
        elif token.kind is Kind.NUMBER and tokens[i - 1].text == "/" and ids:
            if ids[-1].startswith("kh-") and f"kh-{token.value}" in WEAPONS:
                ids.append(f"kh-{token.value}")
            elif ids[-1] in ("s-300", "s-400") and f"s-{token.value}" in WEAPONS:
                ids.append(f"s-{token.value}")
            end = i = i + 1
        elif token.text == "(" and ids:
            close = next((n for n in range(i + 1, min(i + 25, len(tokens))) if tokens[n].text == ")"), None)
            if close is None:
                break
            inside = tokens[i + 1 : close]
            if not any(t.kind in (Kind.NUMBER, Kind.OF_THEM, Kind.OUTCOME, Kind.FROM) for t in inside):
                ids.extend(str(t.value) for t in inside if t.kind is Kind.WEAPON)
                end = i = close + 1
            elif not any(t.kind is Kind.NUMBER for t in inside) or not _goes_on(tokens, close + 1, ids):
                # What a bracket counts is read by itself; the name goes on behind it where nothing is counted.
                if any(t.kind is Kind.NUMBER for t in inside):
                    break
                i = close + 1
            else:
                ids.extend(_rest(tokens, close + 1))
                break
        elif (token.text == "," or token.kind is Kind.AND or token.folded in ("або", "чи")) and ids:
            if not _goes_on(tokens, i, ids):
                break
            i += 1
        elif token.kind is Kind.PLACE_UNIT and not ids:
            return None, i + 1, "locations"
        elif head or token.kind not in (Kind.OTHER, Kind.AND) or token.kind is None or token.folded in _PREPOSITIONS:
            break
        else:
            unknown += 1
            if unknown > 2:
                break
            i += 1
    if not ids:
        return None, begin, "weapons"
    return _one(ids), end, "weapons"


def _rest(tokens: tuple[Token, ...], i: int) -> list[str]:
    ids = []
    while i < len(tokens) and (
        tokens[i].kind in (*_NAMES, Kind.AND) or tokens[i].text in QUOTES or tokens[i].text in ",/"
    ):
        if tokens[i].kind is Kind.WEAPON:
            ids.append(str(tokens[i].value))
        i += 1
    return ids


def _goes_on(tokens: tuple[Token, ...], i: int, ids: list[str]) -> bool:
    """Whether what is named after a comma or "та" belongs to the same count."""
    while i < len(tokens) and (
        tokens[i].text == ","
        or tokens[i].text in QUOTES
        or tokens[i].kind is Kind.AND
        or tokens[i].folded in ("або", "чи")
    ):
        i += 1
    if i >= len(tokens):
        return False
    first = tokens[i]
    if first.kind is Kind.WEAPON and first.value not in GENERAL:
        return True
    j = i
    while j < len(tokens) and (tokens[j].kind in (Kind.QUALITY, Kind.FILLER) or tokens[j].text in QUOTES):
        j += 1
    if j >= len(tokens) or tokens[j].kind is not Kind.WEAPON:
        return False
    following = str(tokens[j].value)
    if all(one in GENERAL and one not in ("drone", "missile", "target") for one in ids) and first.kind is Kind.QUALITY:
        return True  # "крилатих та балістичних ракет"
    return is_a(ids[0], "drone") and is_a(following, "drone") and not _SINGULAR.fullmatch(tokens[j].folded)


def _one(ids: list[str]) -> str:
    """One id for what was named together: the names alone, or the general word where there is no name."""
    crewed = [one for one in ids if one in ("aircraft", "helicopter")]
    if crewed:
        return crewed[-1]
    own = [one for one in dict.fromkeys(ids) if one not in GENERAL]
    if own == ["jet_drone"] and not any(is_a(one, "drone") for one in ids if one in GENERAL):
        own = [] if any(one in GENERAL for one in ids) else own
    if own:
        if all(is_a(one, "decoy_drone") for one in own) and "attack_drone" in ids:
            own.insert(0, "attack_drone")
        if "shahed" in own and "jet_drone" in own:
            own = ["jet_drone"] if own[0] == "jet_drone" else own
    else:
        own = list(dict.fromkeys(ids))
    return "/".join(one for one in own if not any(other != one and is_a(other, one) for other in own))


def _single(tokens: tuple[Token, ...], i: int, sentence: Sentence) -> Item | None:
    """One weapon, by its grammar: "ракетою Х-59", "ударний БпЛА", "винищувач Су-35"."""
    j = i
    while j < len(tokens) and (tokens[j].kind in (Kind.QUALITY, Kind.FILLER) or tokens[j].text in QUOTES):
        j += 1
    if j >= len(tokens) or tokens[j].kind is not Kind.WEAPON or tokens[j].value == "target":
        return None
    noun = tokens[j].folded
    adjective = next((t for t in tokens[i:j] if t.kind in (Kind.QUALITY, Kind.FILLER)), None)
    singular = bool(_SINGULAR.fullmatch(noun)) or bool(
        noun == "бпла" and adjective and _SINGULAR_ADJECTIVE.fullmatch(adjective.folded)
    )
    if not singular and not (sentence.bullet and i == 0 and not _PLURAL.search(noun)):
        return None
    weapon, end, unit = name(tokens, i)
    if weapon is None:
        return None
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
