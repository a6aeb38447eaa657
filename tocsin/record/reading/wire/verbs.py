"""The verbs of a sentence that say what became of weapons: where they stand, what they say, and in which voice."""

from __future__ import annotations

import msgspec

from tocsin.facts import Outcome
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.named import Weapons
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_HIT = Outcome.HIT
_LEFT_AIRSPACE = Outcome.LEFT_AIRSPACE
_LOST = Outcome.LOST
_SUPPRESSED = Outcome.SUPPRESSED
_SHOT_DOWN_OR_SUPPRESSED = Outcome.SHOT_DOWN_OR_SUPPRESSED
_AIRBORNE = Outcome.AIRBORNE
_LAUNCHED = Outcome.LAUNCHED

DOWNED = Outcome.SHOT_DOWN
_BEFORE_A_NOUN = lex.PREPOSITIONS - {"to"}
_FIRED_AT = (["at"], ["from"], ["on"], ["over"], ["by"], ["towards"], ["toward"])
_LIVES = frozenset({"life", "lives", "limb", "limbs", "leg", "legs"})
_OF_ITSELF = frozenset({"disappeared", "vanished", "failed", "failing", "did", "went", "got", "made"})
_COMING = frozenset({"attacked", "attacking", "targeted", "targeting"})
_VERB = mark(
    lex.EVENTS.keys() | lex.DOWN_VERBS | _OF_ITSELF | {"still", "remained", "remain", "fell", "gone", "go"} | _COMING
)
_FROM_RADARS = frozenset({"dropped", "fell", "gone", "go"})
_RADARS = frozenset({"radar", "radars", "screens"})


class Event(msgspec.Struct, gc=False):
    """A verb that says what became of weapons: where, what, and how it stands in the sentence."""

    first: int
    last: int
    outcome: Outcome
    voice: str
    """active, passive, trailing (a participle behind its noun) or itself (what weapons do)."""


_HOSPITALS = frozenset({"hospital", "hospitals"})
_ALOFT = frozenset({"air", "airborne", "flying", "airspace"})


def events_of(sentence: Sentence, named: list[Weapons]) -> list[Event]:
    """Every verb of the sentence that says what becomes of weapons."""
    low, size = sentence.low, len(sentence.low)
    found: list[Event] = []
    ends = {phrase.last for phrase in named}
    inside = {at for phrase in named for at in range(phrase.first, phrase.last + 1)}
    beyond = 0
    for at in sentence.at(_VERB):
        if at < beyond:
            continue
        word = low[at]
        last, outcome = _meant(low, at, inside, ends)
        if word == "sent" and not _HOSPITALS.isdisjoint(low[at + 1 : at + 5]):
            continue  # "seven people were injured, and four were sent to the hospital"
        if outcome is not None and _may_be(low, at):
            continue
        if word in lex.SEEN and low[at + 1 : at + 2] in (["hits"], ["direct"]):
            continue  # "recorded hits of 23 drones"
        if outcome is None or at in inside or (word in lex.SEEN and _seen_of(low, at, named)):
            continue
        if word != "did" and (not lex.NOT.isdisjoint(low[max(0, at - 2) : at]) or "none" in low[max(0, at - 12) : at]):
            beyond = last + 1
            continue
        if outcome is _LEFT_AIRSPACE and lex.ABROAD.isdisjoint(low[at + 1 : at + 6]):
            continue
        if word in ("lost", "losing") and not _LIVES.isdisjoint(low[at + 1 : at + 4]):
            continue  # "27 people lost their lives"
        if outcome is _LOST and word in ("lost", "losing") and low[at + 1 : at + 3] == ["track", "of"]:
            last = at + 2
        if (
            outcome is DOWNED
            and last + 2 < size
            and low[last + 1] == "or"
            and low[last + 2] in ("suppressed", "jammed", "disabled", "otherwise")
        ):
            last, outcome = last + 2, _SHOT_DOWN_OR_SUPPRESSED
        elif (
            outcome is DOWNED
            and last + 2 < size
            and low[last + 1] in ("or", "and")
            and (low[last + 2] in ("destroyed", "intercepted", "neutralised", "neutralized"))
        ):
            last += 2
        elif outcome is _SUPPRESSED and found and found[-1].last == at - 2:
            if found[-1].outcome is not _LOST:  # "lost to jamming"
                found[-1].outcome = _SHOT_DOWN_OR_SUPPRESSED
            continue
        if not _is_noun(low, at, last, outcome) and (voice := _voice(low, at, last, outcome, ends)) != "of things":
            found.append(Event(at, last, outcome, voice))
        beyond = last + 1
    return found


def _meant(low: list[str], at: int, inside: set[int], ends: set[int]) -> tuple[int, Outcome | None]:
    """Where what the word at ``at`` begins ends, and what it says became of weapons, if anything."""
    word, size = low[at], len(low)
    last, outcome = at, lex.EVENTS.get(word)
    if word in lex.DOWN_VERBS:
        last, outcome = _with_particle(low, at, inside)
    elif word in ("failed", "failing", "did") and "reach" in low[at + 1 : at + 4]:
        last, outcome = low.index("reach", at), _LOST
    elif word == "went" and at + 1 < size and low[at + 1] in ("missing", "astray"):
        last, outcome = at + 1, _LOST
    elif word == "went" and low[at + 1 : at + 3] in (["off", "course"], ["off", "radar"], ["off", "radars"]):
        last, outcome = at + 2, _LOST
    elif word in _FROM_RADARS and low[at + 1 : at + 2] == ["off"]:
        last, outcome = at + 1, None if _RADARS.isdisjoint(low[at + 2 : at + 5]) else _LOST
    elif word in _COMING and at - 1 in ends:
        outcome = _LAUNCHED  # "twelve drones attacked the port"
    elif word in ("still", "remained", "remain") and not _ALOFT.isdisjoint(low[at + 1 : at + 5]):
        last, outcome = at, _AIRBORNE
    elif word in ("got", "made") and "through" in low[at + 1 : at + 3]:
        outcome = _HIT
    return last, outcome


def _seen_of(low: list[str], at: int, named: list[Weapons]) -> bool:
    """Whether something of weapons "was recorded", their hits or debris, and not they themselves."""
    if not at or low[at - 1] not in lex.BE:
        return False
    if not _OF_THEM.isdisjoint(low[max(0, at - 20) : at]):
        return True
    return not any(phrase.last == at - 2 and phrase.number for phrase in named)


_OF_THEM = frozenset({"hits", "hit", "impacts", "debris", "wreckage", "fragments", "strikes", "crashes", "falls"})


def _may_be(low: list[str], at: int) -> bool:
    """ "Could fire", "might be shot down", "will launch": it has not come to that. "Could only down 12" has."""
    back = at - 1
    while back >= 0 and (low[back] in lex.BE or low[back] in lex.HAVE or low[back] in lex.ADVERBS):
        if low[back] == "only":
            return False
        back -= 1
    if low[back] == "may" and back and (low[back - 1] in lex.PREPOSITIONS or low[back - 1].isdigit()):
        return False  # the month
    return back >= 0 and low[back] in lex.MODAL


def _with_particle(low: list[str], at: int, inside: set[int]) -> tuple[int, Outcome | None]:
    """ "shot down", and "shot 12 drones down"."""
    for ahead in range(at + 1, min(at + 9, len(low))):
        if low[ahead] == "down/suppressed":
            return (ahead if ahead == at + 1 else at), _SHOT_DOWN_OR_SUPPRESSED
        if low[ahead] == "down" or (
            low[ahead] == "out" and low[at] in ("took", "take", "taken", "taking", "knocked", "knocking")
        ):
            return (ahead if ahead == at + 1 else at), DOWNED
        if ahead not in inside and ahead > at + 1:
            return at, None
    return at, None


def _is_noun(low: list[str], at: int, last: int, outcome: Outcome) -> bool:
    """Whether the word is no verb here: "the launch of", "a fire", "direct hit", "a downed drone"."""
    before = low[at - 1] if at else ""
    word = low[at]
    if word in ("fire", "launch", "use", "hit", "launches", "fires", "uses", "strike", "down", "drop", "release") and (
        before in lex.DETERMINERS
        or before in ("a", "an", "and", "direct", "on", "under", "missile", "no", "drone", "of", "caught", "large")
        or before in _BEFORE_A_NOUN
    ):
        return word != "hit" or before != "drone" or low[last + 1 : last + 2] not in _OBJECTS  # "one drone hit a shop"
    if (
        word in ("left", "sent", "hit", "struck")
        and last + 1 < len(low)
        and outcome is not _LAUNCHED
        and low[last + 1] in ("dead",)
    ):
        return True
    return before in ("a", "an", "the") and word in (
        "downed",
        "intercepted",
        "destroyed",
        "jammed",
        "suppressed",
        "lost",
    )


def _voice(low: list[str], at: int, last: int, outcome: Outcome, ends: set[int]) -> str:
    if outcome is _AIRBORNE or low[at] in _COMING:
        return "itself"
    back = at - 1
    while back >= 0 and (low[back] in lex.ADVERBS or low[back] in ("either", "or", "down", "successfully", '"')):
        back -= 1
    before = low[back] if back >= 0 else ""
    if before in lex.BE and low[at] not in lex.BASE_FORMS and not low[at].endswith("ing"):
        return "passive"
    if outcome in lex.OF_THEMSELVES or low[at] in _OF_ITSELF or (outcome is _LOST and low[at] in _FROM_RADARS):
        return "itself"
    if low[at].endswith("ing") or low[at] in lex.BASE_FORMS or before in lex.HAVE or before == "to":
        return "active"
    if back == at - 1 and back in ends and low[at] in _OF_THINGS and _rules(low, at + 1):
        return "of things"  # "a missile destroyed three houses"
    if back in ends and (back == at - 1 or low[at - 1] == '"'):
        return "trailing" if outcome is _LAUNCHED else "passive"
    if outcome is _LAUNCHED and low[back] in (",", "(") and back - 1 in ends and low[at + 1 : at + 2] in _FIRED_AT:
        return "trailing"  # "100 drones, fired at 15 regions"
    if back in ends and low[at - 1] in lex.ADVERBS:
        return "trailing" if outcome is _LAUNCHED else "passive"
    if _is_relative_gap(low, at, ends):
        return "trailing" if outcome is _LAUNCHED else "passive"
    if before == "and" and outcome is not _LAUNCHED and _passive_before(low, back):
        return "passive"
    return "active"


_OF_THINGS = frozenset({"destroyed", "disabled", "eliminated"})
_OBJECTS = (["a"], ["an"], ["the"], ["his"], ["her"], ["their"], ["its"])
_OPENS_AN_OBJECT = lex.DETERMINERS | {"a", "an", "two", "three", "four", "five", "six", "several", "many", "part"}


def _rules(low: list[str], at: int) -> bool:
    """Whether something follows that is destroyed by what stands before."""
    return at < len(low) and (low[at] in _OPENS_AN_OBJECT or low[at].isdigit() or low[at] in lex.THINGS)


def _is_relative_gap(low: list[str], at: int, ends: set[int]) -> bool:
    """ "drones that Russia launched", "missiles Moscow fired": their verb has its object before it."""
    for back in range(at - 1, max(-1, at - 6), -1):
        if back in ends:
            return False
        if low[back] in ("that", "which"):
            follows = low[at + 1] if at + 1 < len(low) else ""
            return back - 1 in ends and (back < at - 1) and not follows.isdigit()
    return False


_DONE = lex.DOWN_PARTICLES | lex.EVENTS.keys()


def _passive_before(low: list[str], back: int) -> bool:
    window = low[max(0, back - 3) : back]
    return not lex.BE.isdisjoint(window) and not _DONE.isdisjoint(window)
