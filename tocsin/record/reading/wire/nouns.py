"""What a noun says became of weapons: "the destruction of 44 drones", "hits by 16 missiles", "a barrage of 40 drones".

Promises to look at the words before the weapons, and at the one behind them.
"""

from __future__ import annotations

from itertools import pairwise

from tocsin.facts import Outcome
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.verbs import DOWNED, Event

_LAUNCHED = Outcome.LAUNCHED
_HIT = Outcome.HIT


def _hits(low: list[str], begin: int) -> bool:
    """ "direct hits by 16 missiles and 60 drones", "hits from six missiles", "was hit by three missiles"."""
    if low[max(0, begin - 2) : begin] == ["hits", "from"]:
        return True
    return low[max(0, begin - 1) : begin] == ["by"] and low[max(0, begin - 2) : begin - 1] in (
        ["hits"],
        ["hit"],
        ["struck"],
        ["impacts"],
    )


_DOWNINGS = frozenset({"destruction", "interception", "downing", "neutralisation", "neutralization"})


def of_a_noun(low: list[str], begin: int) -> list[tuple[Outcome, Event | None]]:
    """ "the destruction of 44 drones", "direct hits by 16 missiles", "out of 76 drones"."""
    if low[begin - 1 : begin] == ["of"] and low[begin - 2] in _DOWNINGS:
        return [(DOWNED, None)]
    if low[begin - 2 : begin] == ["hits", "of"]:
        return [(_HIT, None)]
    if low[begin - 2 : begin] == ["out", "of"] and low[begin - 3] in lex.WEAPON_HEADS:
        return [(_LAUNCHED, None)]  # "58 drones out of 76 drones"
    return [(_HIT, None)] if _hits(low, begin) else []


_COMING = frozenset({"attacked", "targeted", "pounded", "bombarded"})
_VAGUE = frozenset({"hundreds", "dozens", "scores", "tens", "thousands"})
_ATTACKS = lex.ATTACK_NOUNS | lex.ATTACK_VERBS


_FAR = 28
"""Words within which an attack may stand before what it was made with, where nothing else is said of that."""
_BEING = frozenset({"being", "having", *lex.BE})


_KINDS = frozenset({"attack", "combat", "strike"})


def _is_attack(words: list[str]) -> bool:
    """Not of "12 attack drones": what kind they are."""
    return not _ATTACKS.isdisjoint(words) and any(
        word in _ATTACKS and not (word in _KINDS and (other in lex.AIR_HEADS or other in lex.WEAPON_HEADS))
        for word, other in pairwise([*words, ""])
    )


def made_with(low: list[str], begin: int, last: int) -> bool:
    """Whether an attack is said to be of it: "a barrage of 40 missiles", "attacked Kyiv with 12 drones"."""
    if low[begin - 1 : begin] == ["of"] and low[begin - 2] in _VAGUE:
        begin -= 2  # "a barrage of hundreds of drones and 36 missiles"
    before = low[
        max(
            0,
            begin
            - (_FAR if low[begin - 1 : begin] == ["with"] and _BEING.isdisjoint(low[last + 1 : last + 2]) else 12),
        ) : begin
    ]
    if not before:
        return False
    if before[-1] in lex.INCLUDING_VERBS or before[-1] in ("of", "with", "using", "involving", "by", "from"):
        nearest = before[-8:]
        if before[-1] == "by":
            if before[-2:-1] and before[-2] in _COMING and not lex.BE.isdisjoint(before[-4:-2]):
                return True  # "Lviv was attacked by ten drones"
            return before[-2:-1] != ["hit"] and len(before) > 1 and before[-2] in lex.ATTACK_NOUNS
        if before[-1] == "from":
            return before[-3:-1] == ["under", "attack"]
        if before[-1] == "of":
            return len(before) > 1 and (
                before[-2] in lex.ATTACK_NOUNS or before[-2] in ("consisting", "consisted", "made", "up", "wave")
            )
        return _is_attack(before if before[-1] == "with" else nearest)
    if before[-1] in lex.ADVERBS and len(before) > 1 and before[-2] in ("with", "using"):
        return not _ATTACKS.isdisjoint(before)
    return False
