"""Words of speech that are none where they stand: "the report", "facilities which it said served the army".

Promises to look at the words beside them alone.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of

MAY_LEAD_ASIDE = frozenset({"it", ",", "never"})


def by_the_way(low: list[str], at: int, word: str) -> bool:
    """What is no act of speech of its own: "facilities which it said served the army", "the Kremlin, asked about it,
    said", "a man accused of murder", "never claims"."""
    before, after = low[at - 1 : at], low[at + 1 : at + 2]
    if before == ["it"] and low[at - 2 : at - 1] == ["which"]:
        return True
    if word == "asked" and before == [","] and after in (["about"], ["whether"], ["if"]):
        return True
    return before == ["never"] or (word == "accused" and after == ["of"])


_NOUNS = words_of(
    """
        reports report claims claim demands requests warnings warning estimated urges states threats promises notes
        shows called condemned reported asked considers
    """
)
_LIVES = frozenset({"life", "lives"})
_REPORTED = words_of("been casualties injuries damage damages victims an so the no so-called")


def is_noun(low: list[str], at: int) -> bool:
    before = low[at - 1] if at else ""
    word = low[at]
    if word.startswith("claim") and not _LIVES.isdisjoint(low[at + 1 : at + 6]):
        return True  # "the attack claimed at least one life"
    if word in _NOUNS:
        if word in ("reported", "called", "estimated"):
            return before in lex.BE or before in _REPORTED
        if word == "warning":
            return before != ","
        return (
            before in lex.DETERMINERS
            or before in lex.PREPOSITIONS
            or before in ("a", "an", "no", "united", "immediate", "such")
            or word == "states"
        )
    if low[at + 1 : at + 2] == ["back"] and word == "claimed":
        return True  # "villages that Ukraine claimed back"
    return before in lex.BE and not word.endswith("ing")


def as_saying(low: list[str], at: int) -> int:
    """ "the agency cited the ministry as saying": where the last word stands."""
    for ahead in range(at + 3, min(at + 20, len(low))):
        if low[ahead] == "saying" and low[ahead - 1] == "as":
            return ahead
    return 0


_HAS_DONE = (["did"], ["does"], ["do"], ["has"], ["have"], ["had"])


def left_unsaid(low: list[str], at: int) -> bool:
    """ "But it did not say what ...", "he didn't report any casualties or say where": nothing is said."""
    before = low[at - 1] if at else ""
    if low[at] == "say" and before in ("or", "nor"):
        return True
    return before in lex.NOT and (before.startswith(("d", "ha")) or low[at - 2 : at - 1] in _HAS_DONE)
