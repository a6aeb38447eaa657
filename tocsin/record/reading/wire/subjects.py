"""Where the words stand that name who speaks: before a verb of speech, or after it.

Promises that a name between two commas belongs to the office before it, and that where and when it was said is no part
of either.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.speakers import sayable
from tocsin.record.reading.wire.tokens import Sentence

TIMES = lex.WEEKDAYS | lex.MONTHS | frozenset(["morning", "evening", "afternoon", "night", "midnight", "noon"])


_SKIP_BACK = (
    lex.ADVERBS
    | lex.HAVE
    | words_of(
        """
        been late early on for months years weeks days long
    """
    )
    | TIMES
)


_LEFT_EDGE = lex.CONJUNCTIONS - {"and", "or"} | frozenset(
    {'"', "-", ">", ";", ":", "(", ")", "after", "before", "since", "?", "!", "by"}
)


def left(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The words of the subject that ends before the verb at ``at``."""
    low = sentence.low
    end = at - 1
    while end >= 0 and low[end] in _SKIP_BACK:
        end -= 1
    if end >= 0 and low[end] == ")" and "(" in low[max(0, end - 4) : end]:
        end = low.index("(", max(0, end - 4)) - 1  # "The Security Service of Ukraine (SBU) said"
    if end > 2 and low[end] == "to" and low[end - 2 : end] == ["went", "on"]:
        end -= 3  # "he went on to say"
    if end < 0:
        return None
    if low[end] == ",":
        if end != at - 1 and low[at - 1] not in _SKIP_BACK:
            return None
        # an apposition closes before the verb: "NAME, head of X, said" or "the head of X, NAME, said"
        opening = end - 1
        while opening >= 0 and (
            low[opening] not in (",", '"', ";", ".") or (low[opening] == "." and low[opening - 1] in _SHORTENED)
        ):
            opening -= 1
        who = next((i for i in range(opening, 0, -1) if low[i] == "," and low[i + 1] in _ASIDE), None)
        if who and (begin := _edge(sentence, who - 1)) is not None and sayable(sentence, begin, who - 1):
            return begin, who - 1  # "Zelensky, who was in Granada, Spain, called it"
        if opening <= 0 or low[opening] != ",":
            return (opening + 1, end - 1) if sayable(sentence, opening + 1, end - 1) else None
        if low[opening - 1] == ")" and "(" in low[max(0, opening - 5) : opening]:
            # as in: the head of the republic, its name in brackets, and who it is
            opening = max(back for back in range(opening - 5, opening) if low[back] == "(")
        begin = _edge(sentence, opening - 1)
        if begin is not None and begin <= opening - 1 and sayable(sentence, begin, end - 1):
            return begin, end - 1
        return (opening + 1, end - 1) if sayable(sentence, opening + 1, end - 1) else None
    begin = _edge(sentence, end)
    if begin is None or begin > end:
        return None
    return _name_before(sentence, begin, end), end


def _name_before(sentence: Sentence, begin: int, end: int) -> int:
    """ "..., Ivan Rii, the regional governor said": where the name begins whose second comma is left out."""
    low, cased = sentence.low, sentence.cased
    if low[begin - 1 : begin] != [","] or low[begin] != "the" or lex.ROLES.isdisjoint(low[begin : end + 1]):
        return begin
    first = begin - 1
    while first > 0 and cased[first - 1][:1].isupper():
        first -= 1
    named = 1 < begin - 1 - first < 4 and low[first - 1 : first] in ([","], ['"'])
    return first if named else begin


_SHORTENED = frozenset({"st", "gov", "gen", "lt", "col", "maj", "mr", "mrs", "dr", "sen"})
_ASIDE = frozenset({"who", "which", "whose", "asked", "citing", "quoting"})
"""What opens something that is put between a speaker and the verb."""
_MAY_END = (
    _LEFT_EDGE | lex.SPEECH.keys() | lex.BE | lex.MODAL | lex.HARM.keys() | lex.EVENTS.keys() | lex.HAVE | {",", "."}
)
"""No other word ends a noun phrase on its left."""


_CALLING = (["called"], ["described"], ["termed"], ["dubbed"], ["labelled"])


def _edge(sentence: Sentence, end: int) -> int | None:
    """Where the noun phrase begins that ends at ``end``."""
    low = sentence.low
    begin = end
    while begin >= 0:
        word = low[begin]
        if word == "what" and low[begin - 1] == "in" and low[end + 1 : end + 2] in _CALLING:
            break  # "in what the president called"
        if word not in _MAY_END or (word == "rescue" and _rescues(low, begin)):
            begin -= 1
            continue
        if (
            word == ","
            and begin
            and begin < end
            and sentence.cased[begin - 1][:1].isupper()
            and sentence.cased[begin + 1][:1].isupper()
            and low[end] in ("regions", "oblasts", "provinces")
        ):
            begin -= 1
            continue
        if (
            word == ","
            or word in _LEFT_EDGE
            or (word in lex.SPEECH and begin != end and not _as_noun(low, begin))
            or word in lex.BE
            or word in lex.MODAL
        ):
            break
        if word in lex.HARM or (word in lex.EVENTS and word not in ("fire", "left")) or word in lex.HAVE:
            break
        if word == "." and begin and not sentence.cased[begin - 1][:1].isupper():
            break
        begin -= 1
    begin += 1
    while begin <= end and (
        low[begin] in lex.ADVERBS
        or (low[begin] in ("and", "on", "in", "late", "early", "but") and _time_follows(low, begin, end))
        or low[begin] in TIMES
        or low[begin] in ("and", "-")
    ):
        begin += 1
    if begin <= end and low[begin] in lex.PREPOSITIONS:
        begin = _behind_the_place(low, begin, end)
    if begin and low[begin - 1] == "both":
        begin -= 1
    return begin if begin <= end else None


def _behind_the_place(low: list[str], begin: int, end: int) -> int:
    """ "In the Ternopil region the head of the administration": whoever speaks comes after where."""
    role = next((at for at in range(begin, end + 1) if low[at] in lex.ROLES), begin)
    named = [at for at in range(begin + 2, role) if low[at] in lex.DETERMINERS]
    return named[-1] if named else begin


def _rescues(low: list[str], at: int) -> bool:
    """ "The rescue service": whose name begins there, and no rescue."""
    return low[at + 1 : at + 2] != [] and low[at + 1] in _RESCUERS


_RESCUERS = frozenset({"service", "services", "officials", "workers", "teams", "department", "authorities", "agency"})


def _as_noun(low: list[str], at: int) -> bool:
    return low[at] in ("report", "reports", "claims", "states", "warning")


def _time_follows(low: list[str], at: int, end: int) -> bool:
    return low[at] == "and" or not TIMES.isdisjoint(low[at + 1 : min(at + 3, end + 1)])


_MAY_END_RIGHT = (
    lex.BE | lex.HAVE | lex.SPEECH.keys() | lex.MODAL | lex.DOWN_VERBS | lex.EVENTS.keys() | lex.HARM.keys() | TIMES
    | {";", '"', ":", "(", "while", "as", "adding", "noting", "but", ".", ",", "on", "in", "at"}
)  # fmt: skip


_ACTING = (
    lex.BE | lex.HAVE | lex.EVENTS.keys() - {"fire", "use", "launch"} | lex.DOWN_VERBS | lex.HARM.keys()
    | words_of("attacked broke caught caused crashed damaged fell hit left sparked struck triggered")
)  # fmt: skip


def _acts(low: list[str], at: int) -> bool:
    """Whether a verb follows within a few words, before the next comma: a new clause begins here."""
    for word in low[at : at + 7]:
        if word in _ACTING:
            return True
        if word in (",", ".", "who", "that"):
            return False
    return False


_SAID_THERE = TIMES | frozenset(
    {"briefing", "facebook", "interview", "post", "statement", "telegram", "twitter", "video", "x"}
)


def right(sentence: Sentence, begin: int) -> tuple[int, int] | None:
    """The words of a speaker that is named after the verb: up to the end, or to where he said it."""
    low, size = sentence.low, len(sentence.low)
    end, commas = begin, 0
    while end < size:
        word = low[end]
        if word not in _MAY_END_RIGHT or (word == "rescue" and _rescues(low, end)):
            end += 1
            continue
        if (
            word in (";", '"', ":", "(", "while", "as", "adding", "noting", "but")
            or word in lex.BE
            or word in lex.HAVE
            or word in lex.SPEECH
            or word in lex.MODAL
            or word in lex.DOWN_VERBS
            or (word in lex.EVENTS and word not in ("fire", "use"))
            or word in lex.HARM
        ):
            break
        if word == "." and not (end + 1 < size and sentence.cased[end - 1][:1].isupper() and len(low[end - 1]) < 4):
            break
        if word == ",":
            if _acts(low, end + 1):
                break  # "According to the air force, Ukrainian forces shot down"
            commas += 1
            follows = low[end + 1] if end + 1 < size else ""
            if commas > 1 or not (
                follows
                in (
                    "the",
                    "a",
                    "an",
                    "head",
                    "governor",
                    "mayor",
                    "chief",
                    "commander",
                    "spokesman",
                    "spokeswoman",
                    "spokesperson",
                    "deputy",
                    "first",
                    "acting",
                    "ukraine",
                    "russia",
                    "minister",
                    "president",
                )
                or sentence.cased[end + 1][:1].isupper()
                if end + 1 < size
                else False
            ):
                break
        if word in ("on", "in", "at") and not _SAID_THERE.isdisjoint(low[end + 1 : end + 4]):
            break
        if word in TIMES:
            break
        end += 1
    end -= 1
    while end >= begin and low[end] in (",", "and", "on", "in"):
        end -= 1
    return (begin, end) if end >= begin and sayable(sentence, begin, end) else None
