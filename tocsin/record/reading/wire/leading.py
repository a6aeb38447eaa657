"""Whether what somebody says stands behind the verb or before it.

Promises to go by where the words stand: "..., the mayor said on Telegram." says nothing more behind its verb.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.subjects import TIMES
from tocsin.record.reading.wire.tokens import Sentence

DOING = frozenset({*lex.BE, *lex.HAVE, *lex.HARM, *lex.EVENTS, *lex.DAMAGE, *lex.DOWN_VERBS, *lex.SPEECH, '"'})
_ACTING = DOING | lex.ATTACK_VERBS
_AFTER_SAID = (
    words_of(
        """
        on in at late early to via during after a an this that
    """
    )
    | TIMES
)


def stands_behind(sentence: Sentence, at: int, span: tuple[int, int]) -> bool:
    """Whether what is said follows the verb: not in "..., the mayor said on Telegram."."""
    low, size = sentence.low, len(sentence.low)
    if low[at] not in lex.PLAIN_SPEECH or (low[at] == "saying" and low[span[0]] == "with"):
        return True  # also of "killing six, with the mayor saying it was the worst night"
    begin = span[0]
    opened = begin == 0 or low[begin - 1] not in (",", '"')
    index = at + 1
    while index < size and (low[index] in _AFTER_SAID or low[index] in TIMES or low[index].isdigit()):
        index += 1
    tail = low[at + 1 :]
    if tail[:1] == [","] and len(tail) > 4 and low[0] in lex.PREPOSITIONS and DOING.isdisjoint(low[:begin]):
        return True
    if tail and low[at] == "reported" and (tail[0].endswith("ing") or tail[0] in ("a", "an", "no")):
        return True  # "the military reported shooting down 12"
    if low[0].endswith("ing") and begin and low[begin - 1] == "," and tail and not _parts(tail[0]):
        return True  # "Adding that work went on, the mayor said the north was dark"
    if ":" in tail and tail[tail.index(":") + 1 : tail.index(":") + 2] == ['"']:
        return True  # 'wrote on Telegram: "..."'
    if not tail or tail[0] in (".", ",", ";"):
        return bool(tail) and tail[0] != "." and opened and (len(tail) > 3)
    if not opened and begin > 1:
        # ", adding", ", as" and the like open a new thing that is said; anything short is only where it was said
        short = len(tail) < 14 and (
            tail[0] in _AFTER_SAID or tail[0] in TIMES or tail[0] in ("reporters", "telegram", "journalists")
        )
        lead = low[:begin]
        if low[0] in lex.PREPOSITIONS and _ACTING.isdisjoint(lead) and not DOING.isdisjoint(tail):
            return True  # "In Kharkiv, the country's second city, the mayor said a drone had hit a shop"
        return not (short or _has_clause(lead)) or "that" in low[at + 1 : index]
    return True


def _parts(word: str) -> bool:
    return (word in _AFTER_SAID and word not in ("a", "an", "this", "that")) or word in TIMES or not word.isalpha()


def _has_clause(lead: list[str]) -> bool:
    """Whether the words before a speaker say something themselves, and are not only "On Tuesday,"."""
    telling = sum(not _parts(word) and word not in lex.ADVERBS for word in lead)
    return telling > 4 or any(word in lex.BE or word in lex.HARM or word in lex.EVENTS for word in lead)
