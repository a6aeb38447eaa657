"""Who says what: the verbs of speech of a sentence, whose they are, and how far what they say reaches.

Promises that a speaker is words of the report, with at most what the report says elsewhere of the same speaker: the
full name for "he", the region for "its governor", "(government)" after a capital that stands for one.
"""

from __future__ import annotations

import msgspec

from tocsin.facts import Stance
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.according import DATA, according_to
from tocsin.record.reading.wire.beside import DENIED_BY, SAW, SHOWN_BY, denied_by, seen_by, shown_by
from tocsin.record.reading.wire.citing import behind_the_paper, who_cites
from tocsin.record.reading.wire.leading import DOING, stands_behind
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.owners import owner_from, ruling
from tocsin.record.reading.wire.speakers import Discourse, speaker_of, spelled
from tocsin.record.reading.wire.subjects import TIMES, left, right
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.unspoken import MAY_LEAD_ASIDE, as_saying, by_the_way, is_noun, left_unsaid
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_REQUESTS = Stance.REQUESTS
_ASSERTS = Stance.ASSERTS
_DENIES = Stance.DENIES
_PLEDGES = Stance.PLEDGES
_WARNS = Stance.WARNS
_DOWNPLAYS = Stance.DOWNPLAYS


class Frame(msgspec.Struct, gc=False):
    """One act of speech."""

    verb: int
    stance: Stance
    speaker: str
    first: int
    """The words in which the speaker is named."""
    last: int
    leads: bool
    """Whether what is said comes after the verb; else it comes before."""
    by: str
    """The verb in lower case."""
    until: int = 1_000_000
    """The last word that what is said can reach."""
    local: bool = False
    """Whether a named officer of a town or region speaks."""


_OWN_WORD = {
    "claim": _ASSERTS, "claims": _ASSERTS, "statement": _ASSERTS, "statements": _ASSERTS, "assertion": _ASSERTS,
    "assertions": _ASSERTS, "report": _ASSERTS, "reports": _ASSERTS, "warning": _WARNS, "warnings": _WARNS,
    "denial": _DENIES, "denials": _DENIES, "promise": _PLEDGES, "pledge": _PLEDGES, "demand": _REQUESTS,
}  # fmt: skip
_VERBS = frozenset(
    {
        *lex.SPEECH,
        "according",
        "reported",
        "confirmed",
        "announced",
        "quoted",
        "cited",
        "quotes",
        "cites",
        "quoting",
        "citing",
        "played",
        "plays",
        "playing",
        "put",
        "puts",
        "spoke",
        *lex.SEEN,
        *SAW,
        *_OWN_WORD,
    }
)
_SPEAKS, _COLON = mark(_VERBS), mark((":",))
_IN_PHRASES = words_of(
    """
        reported confirmed announced according quoted cited quotes cites quoting citing put puts played plays playing
        spoke
    """
) | DENIED_BY | SHOWN_BY | SAW  # fmt: skip
_CALLS = frozenset({"called", "calling", "calls"})
_UNTRUE = words_of("groundless baseless false lie lies untrue unfounded fabricated fabrication nonsense fake")
_FIGURES = words_of("number toll total figure count death")


def frames(sentence: Sentence, said: Discourse, region: str) -> list[Frame]:
    """The acts of speech in a sentence, from left to right. ``said`` is taken further by them."""
    low = sentence.low
    found: list[Frame] = []
    size = len(low)
    colon = sentence.mark & _COLON and (":" in low[1:5] or (low[0] == "quote" and ":" in low[1:9]))
    if colon and (opening := _before_a_colon(sentence, said, region)):
        found.append(opening)
    for at in sentence.at(_SPEAKS):
        word = low[at]
        if word in _OWN_WORD and (owned := _possessed(sentence, at, said, region)):
            found.append(owned)
            continue
        if word in _IN_PHRASES:
            is_fixed, fixed = _fixed(sentence, at, word, said, region)
            if is_fixed:
                found.extend(fixed)
                continue
        if word in lex.SEEN and not found and (counting := _counting(sentence, at, said, region)):
            found.append(counting)
            continue
        stance = lex.SPEECH.get(word)
        if stance is None or sentence.in_quotation(at) or is_noun(low, at) or left_unsaid(low, at):
            continue
        if (
            word in lex.SHOWING
            and lex.IMAGES.isdisjoint(low[at + 1 : at + 4])
            and low[at - 1] not in DATA
            and (
                word not in ("posted", "published", "shows", "showed")
                or (at + 1 < size and low[at + 1] not in ("on", "that", ".", ","))
            )
        ):
            continue
        verb = word
        if word in _CALLS and low[at + 1 : at + 2] in (["on"], ["for"], ["upon"]):
            stance, verb = _REQUESTS, "urging" if word == "calling" else "urged"
        elif word == "calling" or (
            word == "calls" and low[at - 1] not in lex.STATES and low[at - 1] not in lex.PRONOUNS
        ):
            continue
        if word in _CALLS and not _UNTRUE.isdisjoint(low[at + 1 : at + 7]):
            stance, verb = _DENIES, "denied"  # "called the accusation groundless"
        if (
            verb.endswith("ing")
            and at
            and (low[at - 1] == "," or low[at - 2 : at] == [",", '"'] or low[at - 1] in ("and", "while", "without"))
        ):
            cited = who_cites(sentence, at, said, region) if "cited" in low[:at] else ""
            speaker = found[-1].speaker if found else cited or _opening(sentence, said, region) or said.last or ""
            if speaker and low[at - 1] != "without":
                found.append(Frame(at, stance, speaker, at, at, True, verb))
            continue
        if (low[at - 1] in MAY_LEAD_ASIDE or word == "accused") and by_the_way(low, at, word):
            continue
        frame = _framed(sentence, at, verb, stance, said, region)
        if frame and found and low[max(0, frame.first - 3) : frame.first] == ["that", ",", "as"]:
            continue  # "said that, as his deputy had reported, ...": it stays his word
        if frame:
            found.append(frame)
        elif not found and low[at - 1 : at] in (["and"], ["but"]) and (name := _who_acts(sentence, said, region)):
            found.append(Frame(at, stance, name, 0, 0, True, verb))  # "he thanked the crews and vowed to"
        elif found and (
            (at and low[at - 1] in ("and", "but"))
            or (low[at - 1 : at] == ["who"] and 0 <= at - 2 - found[-1].last <= 1)  # "said the president, who urged"
        ):
            found.append(Frame(at, stance, found[-1].speaker, at, at, True, verb))
    return _settled(found, sentence, said, region)


_CITING = frozenset({"citing", "reference"})


def _settled(found: list[Frame], sentence: Sentence, said: Discourse, region: str) -> list[Frame]:
    found = [one for one in found if one.speaker.lower() not in lex.PAPERS or not _CITING.isdisjoint(sentence.low)]
    for frame in found:
        name = spelled(frame.speaker)
        if frame.by != "according":
            name = behind_the_paper(sentence, frame.verb, name, said, region)
        said.last = frame.speaker = name
        frame.local = name in said.local
    if found:
        said.paragraph = sentence.paragraph
    return found


def _before_a_colon(sentence: Sentence, said: Discourse, region: str) -> Frame | None:
    """'Zelensky: "..."'."""
    at = sentence.low.index(":")
    if not _tells(sentence.low, at):
        return None
    if sentence.low[0] == "quote":  # "Quote:", "Quote from the State Emergency Service:"
        name = speaker_of(sentence, 2, at - 1, said, region) if at > 2 else said.last or ""
        return Frame(at, _ASSERTS, name, 0, at - 1, True, "said") if name else None
    name = speaker_of(sentence, 0, at - 1, said, region) if at else ""
    return Frame(at, _ASSERTS, name, 0, at - 1, True, "said") if name else None


def _who_acts(sentence: Sentence, said: Discourse, region: str) -> str:
    """Whoever opens the sentence, where that is he, she or a name that is known."""
    word = sentence.low[0]
    known = word in ("he", "she") or sentence.cased[0] in said.names or word.startswith("zelensk")
    return speaker_of(sentence, 0, 0, said, region) if known else ""


def _opening(sentence: Sentence, said: Discourse, region: str) -> str:
    """ "Foreign Minister Ivan Rii lashed out at Moscow, saying": the name that the sentence begins with."""
    end = 0
    while end < len(sentence) and sentence.cased[end][:1].isupper():
        end += 1
    named = 1 < end < 6 and sentence.low[end : end + 1] != ["'s"]
    return speaker_of(sentence, 0, end - 1, said, region) if named else ""


def _possessed(sentence: Sentence, at: int, said: Discourse, region: str) -> Frame | None:
    """ "Moscow's claim that 40 were shot down", "the army's denials that": whose word it is stands before it."""
    low, size = sentence.low, len(sentence.low)
    if at + 2 >= size or sentence.in_quotation(at):
        return None
    if low[at + 1] != "that" and low[at + 1 : at + 3] not in (["to", "have"], ["of", "having"]):
        return None
    back = at - 1
    while back > 0 and (low[back] in lex.ADVERBS or low[back] in _SUCH):
        back -= 1
    if low[back] in lex.POSSESSIVE or low[back] == "its":
        span = back, back
    elif low[back] == "'s" and back:
        begin = owner_from(sentence, back - 1)
        span = begin, back - 1
    else:
        return None
    name = (
        (said.person if low[back] in ("his", "her") else said.body) or said.last or ""
        if span[0] == back
        else speaker_of(sentence, *span, said, region)
    )
    if not name:
        return None
    frame = Frame(at, _OWN_WORD[low[at]], name, *span, True, "claimed")
    frame.until = ruling(low, at)
    return frame


_SUCH = frozenset(
    {"latest", "own", "earlier", "repeated", "frequent", "official", "initial", "first", "public", "main"}
)


def _tells(low: list[str], colon: int) -> bool:
    """Whether a colon near the beginning of a sentence opens what somebody says: a quotation; or a body's numbers."""
    if low[colon + 1 : colon + 2] == ['"']:
        return True
    after = low[colon + 1] if colon + 1 < len(low) else ""
    return after[:1].isdigit() and not lex.ROLES.isdisjoint(low[:colon]) and DOING.isdisjoint(low[:colon])


def _counting(sentence: Sentence, at: int, said: Discourse, region: str) -> Frame | None:
    """ "The air force counted 42 missiles": whoever counts says so."""
    low = sentence.low
    if at + 1 >= len(low) or not low[at + 1][:1].isdigit() or (low[at - 1 : at] and low[at - 1] in lex.BE):
        return None
    span = left(sentence, at)
    if span is None or "force" not in low[span[0] : span[1] + 1]:
        return None
    name = speaker_of(sentence, *span, said, region)
    return Frame(at, _ASSERTS, name, *span, True, "said") if name else None


def _fixed(sentence: Sentence, at: int, word: str, said: Discourse, region: str) -> tuple[bool, list[Frame]]:
    """The phrases that are not a subject and a verb: whether one stands here, and whose speech it is."""
    low = sentence.low
    after = low[at + 1] if at + 1 < len(low) else ""
    span, by, stance, leads = None, "according", _ASSERTS, False
    if word in ("reported", "confirmed", "announced") and after == "by":
        span = right(sentence, at + 2)
    elif word == "according":
        span = according_to(sentence, at)
        leads = at == 0 or (low[at - 1] in (".", '"') and at < 2)
    elif word in ("quoted", "cited", "quotes", "cites", "quoting", "citing"):
        span = left(sentence, at - 1) if low[at + 1 : at + 3] == ["as", "saying"] else None
        by = "said"
        leads = span is not None and (span[0] < 2 or low[span[0] - 1] not in (",", '"'))
        if span is None and (saying := as_saying(low, at)):
            span, leads = (at + 1, saying - 2), low[saying + 1 : saying + 2] == ["that"]
            first = min(at, (left(sentence, at) or span)[0])
            name = speaker_of(sentence, *span, said, region)
            return True, [Frame(saying, stance, name, first, span[1], leads, by)] if name else []
    elif word in ("put", "puts"):
        fits = after == "the" and low[at + 2 : at + 3] and low[at + 2] in _FIGURES
        span, leads = (left(sentence, at) if fits else None), True
        by = "said"
    elif word in DENIED_BY or word in SHOWN_BY or word in SAW:
        return _beside(sentence, at, word, said, region)
    elif word == "spoke":
        span, by, leads = (left(sentence, at) if after in ("of", "about") else None), "said", True
    elif word in ("played", "plays", "playing"):
        span = left(sentence, at) if after == "down" else None
        by, stance, leads = "downplayed", _DOWNPLAYS, True
    else:
        return False, []
    if span is None:
        return word in ("reported", "confirmed", "announced") and after == "by", []
    name = speaker_of(sentence, *span, said, region)
    first = at if by == "according" else span[0]
    return True, [Frame(at, stance, name, first, span[1], leads, by)] if name else []


def _beside(sentence: Sentence, at: int, word: str, said: Discourse, region: str) -> tuple[bool, list[Frame]]:
    """Who speaks without a verb of speech of his own."""
    if word in DENIED_BY:
        span = denied_by(sentence, at)
        name = speaker_of(sentence, *span, said, region) if span else ""
        return bool(name), [Frame(at, _DENIES, name, *span, True, "denied by", span[1])] if span and name else []
    if word in SHOWN_BY:
        shows = shown_by(sentence, at)
        name = speaker_of(sentence, *shows[1], said, region) if shows else ""
        return bool(name), [Frame(shows[0], _ASSERTS, name, *shows[1], True, "showed")] if shows and name else []
    span = seen_by(sentence, at)
    name = speaker_of(sentence, *span, said, region) if span else ""
    return True, [Frame(at, _ASSERTS, name, *span, True, "saw")] if span and name else []


def _framed(sentence: Sentence, at: int, word: str, stance: Stance, said: Discourse, region: str) -> Frame | None:
    low, size = sentence.low, len(sentence.low)
    after = low[at + 1] if at + 1 < size else ""
    inverts = word in _INVERTED and after not in _NEVER_INVERTED
    inverts = inverts and (at == 0 or low[at - 1] in (",", '"', "-")) and after not in lex.PREPOSITIONS
    named = right(sentence, at + 1) if inverts else None
    if named and after in ("a", "an") and lex.ROLES.isdisjoint(low[named[0] : named[1] + 1]):
        named = None  # "the channel, citing residents, reported a fire in Russia"
    if named and _stops(low, named[1] + 1) and (name := speaker_of(sentence, *named, said, region)):
        return Frame(at, stance, name, named[0], named[1], False, word)
    span = left(sentence, at)
    if span is None or (low[at - 1] in ("and", "but") and at):
        return None
    if word == "saying" and low[span[1] - 2] in _ISSUED and low[span[1] - 1 : span[1] + 1] == ["a", "statement"]:
        span = span[0], span[1] - 3  # "she issued a statement saying"
    if low[span[0]] == "what" and span[0] < span[1]:
        if word == "described" and '"' not in low[at + 1 : at + 4]:
            return None  # "hit what it described as depots": its own word for them alone
        span = span[0] + 1, span[1]  # "what he called"
    elif low[span[1]] in lex.PRONOUNS and span[0] < span[1]:
        if span[0] or low[0] not in lex.PREPOSITIONS or "what" in low[: span[1]]:
            return None  # "fired on what it called depots", "in strikes it says are in answer"
        span = span[1], span[1]  # "in a statement it said"
    name = speaker_of(sentence, *span, said, region)
    if not name:
        return None
    frame = Frame(at, stance, name, span[0], span[1], stands_behind(sentence, at, span), word)
    if span[0] > 1 and low[span[0] - 1] == "which":
        frame.leads = True
        frame.until = next((i for i in range(at, size) if low[i] == ","), frame.until)
    return frame


_ISSUED = frozenset({"issued", "released", "published", "posted"})
_INVERTED = words_of(
    """
        said says wrote added reported announced warned explained stated noted clarified specified emphasised emphasized
        stressed confirmed claimed revealed informed insisted recalled acknowledged concluded
    """
)
_NEVER_INVERTED = words_of(
    """
        that this these it its he his she her there they their no on in at about , .
    """
)


def _stops(low: list[str], at: int) -> bool:
    """Whether a speaker named after the verb ends there, rather than doing something."""
    return (
        at >= len(low)
        or low[at]
        in (".", ",", '"', "on", "in", "at", "as", "who", "while", ";", "adding", "but", "late", "early", "-")
        or low[at] in TIMES
    )
