"""What is counted, beyond its name: "близько 60 дронів – «шахеди»", "130 із них були «шахедами»", strikes."""

from __future__ import annotations

from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.naming import DASHES, GENERAL, QUOTES, name
from tocsin.record.reading.tokens import Token
from tocsin.record.weapons import is_a

_WERE = frozenset({"були", "є", "становили", "становлять"})
MISSILES = frozenset({"missile", "cruise_missile", "ballistic_missile"})
_ENDS_A_NAME = frozenset({Kind.NUMBER, Kind.OUTCOME, Kind.AND, Kind.FROM})
_BY_WHAT, _STRIKES = ("ракетн", "авіаційн", "авиационн", "бомбов"), ("удар", "обстріл", "атак", "наліт", "обстрел")


def are(tokens: tuple[Token, ...], i: int, weapon: str) -> tuple[str, int] | None:
    """What so many of a kind are said to be, up to the end of the sentence, and the index after it."""
    while i < len(tokens) and tokens[i].text in QUOTES:
        i += 1
    if i >= len(tokens) or tokens[i].text not in DASHES:
        return None
    own, stop, _ = name(tokens, i + 1)
    rest = all(token.text in QUOTES or token.text in ".;" for token in tokens[stop:])
    return (own, stop) if own and own not in GENERAL and rest and is_a(own, weapon) else None


def called(tokens: tuple[Token, ...], i: int, weapon: str) -> str | None:
    """ "Ракета большой дальности (...) «Фламинго»": the name that stands in quotation marks further on."""
    for j in range(i, min(i + 9, len(tokens) - 1)):
        if tokens[j].kind in _ENDS_A_NAME or tokens[j].text in ",;:.":
            return None
        own = tokens[j + 1]
        if tokens[j].text in QUOTES and own.kind is Kind.WEAPON:
            return str(own.value) if is_a(str(own.value), weapon) else None
    return None


def were(tokens: tuple[Token, ...], i: int, weapon: str | None) -> tuple[str, int] | None:
    """What a part of what was counted is said to have been, and the index after it."""
    if i >= len(tokens) or tokens[i].folded not in _WERE:
        return None
    own, stop, _ = name(tokens, i + 1)
    return (own, stop) if own and own not in GENERAL and (weapon is None or is_a(own, weapon)) else None


def are_strikes(tokens: tuple[Token, ...], i: int) -> bool:
    """ "10 ракетних ударів", "одного ракетного і 72 авіаційних ударів": strikes are no missiles."""
    if i >= len(tokens) or not tokens[i].folded.startswith(_BY_WHAT):
        return False
    j = i + 1
    while j < len(tokens) and (tokens[j].kind is Kind.AND or tokens[j].folded.startswith(_BY_WHAT)):
        j += 1
    return j < len(tokens) and (
        tokens[j].folded.startswith(_STRIKES) or (tokens[j].kind is Kind.NUMBER and tokens[j - 1].kind is Kind.AND)
    )
