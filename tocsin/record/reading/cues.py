"""The words of a sentence that say what became of weapons: збито, локаційно втрачено, не досягли цілі, вийшли."""

from __future__ import annotations

import msgspec

from tocsin.facts import Outcome
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.tokens import Sentence, Token

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_SHOT_DOWN = Outcome.SHOT_DOWN
_SUPPRESSED = Outcome.SUPPRESSED
_SHOT_DOWN_OR_SUPPRESSED = Outcome.SHOT_DOWN_OR_SUPPRESSED
_LAUNCHED = Outcome.LAUNCHED
_AIRBORNE = Outcome.AIRBORNE
_LOST = Outcome.LOST
_LEFT_AIRSPACE = Outcome.LEFT_AIRSPACE
_STRUCK = frozenset({Outcome.HIT, Outcome.DEBRIS})

NEUTRALISED = "neutralised"
"""Downed and lost in one word: of itself no outcome that is kept."""

_AWAY = (
    *("простор", "кордон", "білорус", "рф", "росі", "тот", "польщ", "румун", "молдов", "придністр", "бік", "напрямк"),
    *("територі", "меж", "окупован", "угорщ", "словач", "белорус", "границ", "країн"),
)
"""Beginnings of the words that make leaving (вийшли, вилетіли) a leaving of the airspace."""

_MANAGED = ("змогл", "зуміл", "вдал", "удал", "смогл", "сумел", "спромогл")
_REACHED = ("досяг", "долет", "дійш")
_WHICH = frozenset({"що", "які", "яка", "який", "котрі"})
_ALOFT = ("повітр", "воздух", "воздуш", "локатор")
_FLYING, _STILL = frozenset({"летять", "летить"}), frozenset({"досі", "ще"})
_JOINTS = ("/", "(", ",")
_OR = frozenset({"або", "чи", "или"})
_TELLING = frozenset({Kind.OUTCOME, Kind.FATE, Kind.FILLER})


class Cue(msgspec.Struct, frozen=True, gc=False):
    """Words that say what became of weapons."""

    at: int
    end: int
    outcome: str


def cues(sentence: Sentence) -> list[Cue]:
    """From left to right; words that say one thing together are one."""
    found: list[Cue] = []
    tokens = sentence.tokens
    for i, kind in enumerate(sentence.kinds):
        if kind not in _TELLING:
            continue
        token = tokens[i]
        airspace = token.folded == "повітряному"
        if not (airspace or token.kind is not Kind.FILLER) or (found and i < found[-1].end):
            continue
        if token.kind is Kind.FATE:
            cue = _fate(tokens, i)
        elif i and tokens[i - 1].kind is Kind.NOT:
            continue  # "пусків не зафіксовано"
        elif i and token.folded.startswith("летіл") and tokens[i - 1].folded in _WHICH:
            continue  # "збила дві ракети, що летіли на Одесу, і одну – на підльоті"
        elif token.value == _AIRBORNE or airspace:
            cue = _in_the_air(tokens, i, found)
        else:
            cue = _outcome(tokens, i)
        if cue is None:
            continue
        if found and found[-1].outcome in _STRUCK and found[-1].end == cue.at and cue.outcome == _LAUNCHED:
            found[-1] = Cue(found[-1].at, cue.end, found[-1].outcome)  # "влучання зафіксовано"
        elif found and found[-1].outcome == _LAUNCHED and found[-1].end == cue.at:
            found[-1] = Cue(found[-1].at, cue.end, cue.outcome)  # "зафіксовано влучання"
        elif found and found[-1].outcome == cue.outcome and not _parted(tokens, found[-1].end, i):
            found[-1] = Cue(found[-1].at, cue.end, cue.outcome)
        else:
            found.append(cue)
    return found


def _parted(tokens: tuple[Token, ...], begin: int, end: int) -> bool:
    return any(token.kind is Kind.NUMBER or token.text == "," for token in tokens[begin:end])


def _outcome(tokens: tuple[Token, ...], i: int) -> Cue:
    """ "Збито/подавлено", "збито або подавлено" are one outcome of their own."""
    outcome = str(tokens[i].value)
    if outcome == _SHOT_DOWN:
        j = i + 1
        while j < min(len(tokens), i + 4) and (
            tokens[j].text in _JOINTS or tokens[j].kind is Kind.AND or tokens[j].folded in _OR
        ):
            j += 1
        if j < len(tokens) and tokens[j].value == _SUPPRESSED:
            return Cue(i, j + 1, _SHOT_DOWN_OR_SUPPRESSED)
    return Cue(i, i + 1, outcome)


def _in_the_air(tokens: tuple[Token, ...], i: int, found: list[Cue]) -> Cue | None:
    """ "Ще 2 у повітрі", and not "знищено у повітрі"."""
    if i == 0 or tokens[i - 1].folded not in ("в", "у", "во"):
        return None
    beside = found and found[-1].outcome != _LAUNCHED and i - found[-1].end < 3
    return None if beside else Cue(i, i + 1, _AIRBORNE)


def _fate(tokens: tuple[Token, ...], i: int) -> Cue | None:
    """Words that say an outcome only together with others."""
    fate = str(tokens[i].value)
    ahead = [token.folded for token in tokens[i + 1 : i + 9]]
    behind = [token.folded for token in tokens[max(0, i - 4) : i]]
    end = i + 1
    if fate == _LOST:
        fits = "не" in behind[-2:] or "самостійно" in (*ahead[:2], *behind[-2:])
        if not fits and tokens[i].folded.startswith(_REACHED) and any(one.startswith("ціл") for one in ahead[:2]):
            return Cue(i, end, Outcome.HIT)  # "24 безпілотники досягли цілей"
    elif fate == _SHOT_DOWN:
        if ahead[:1] == ["вогневими"]:  # "уражено вогневими засобами"
            fits = True
            end += 1 + (ahead[1:2] == ["засобами"])
        else:  # "змогли збити 12"
            fits = any(one.startswith(_MANAGED) for one in behind[-2:]) and "не" not in behind
            if fits and "подавити" in ahead[:2]:  # "вдалося збити або подавити"
                return Cue(i, i + 1 + ahead.index("подавити") + 1, _SHOT_DOWN_OR_SUPPRESSED)
    elif fate == _LEFT_AIRSPACE:
        fits = any(one.startswith(_AWAY) for one in ahead)
    elif tokens[i].folded in _FLYING:
        fits = not _STILL.isdisjoint(behind[-2:])
    else:
        fits = any(one.startswith(_ALOFT) for one in (*ahead[:5], *behind))
        end += next((n + 1 for n, one in enumerate(ahead[:5]) if one.startswith(_ALOFT)), 0)
    negated = i > 0 and tokens[i - 1].kind is Kind.NOT
    return Cue(i - negated, end, fate) if fits else None
