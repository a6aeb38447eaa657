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
    for ahead in range(at + 3, min(at + 12, len(low))):
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


_DATA = words_of("information data figures")


def whose_data(low: list[str], begin: int) -> tuple[int, int] | None:
    """ "According to air force data": whose they are; of "preliminary data" nobody's."""
    data = next((at for at in range(begin, min(begin + 5, len(low))) if low[at] in _DATA), begin)
    last = data - 1 - (low[data - 1] in ("'s", "preliminary"))
    return (begin, last) if not _HAVE_DATA.isdisjoint(low[begin : last + 1]) else None


_HAVE_DATA = lex.ROLES - {"official"}


def reports_of(low: list[str], at: int) -> int:
    """ "According to initial reports from the authorities": where those begin who report."""
    for i in range(at + 2, min(at + 6, len(low) - 2)):
        if (low[i] in _DATA or low[i] in ("report", "reports")) and low[i + 1] in ("from", "by"):
            return i + 2
    return 0
