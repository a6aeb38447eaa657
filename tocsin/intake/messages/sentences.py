"""The sentences of a line, and what the words of each say: that something flies, is over, is not, or was long ago.

A sentence that tells of two things is two: "одну збито, ще три на Київ", "по балістиці чисто, шахеди на Суми". What is
denied, waited for, asked or supposed is not told: "не чисто", "чекаємо на відбій", "чи летить?", "якщо летить".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tocsin.intake.messages.lexicon import KINDS, Meaning, Sense, lexicon
from tocsin.intake.messages.lexicon import said as words_of
from tocsin.intake.messages.tokens import Token, clauses
from tocsin.model import Threat

NOT_FLYING = Sense.ENDS | Sense.MINUS | Sense.STALE | Sense.PAST | Sense.DOWN
"""What is said to be over, not there, not seen, or long ago."""

NAMED = Sense.ANY_KIND | Sense.MISSILE
APART = (",", "—", "–", "-", ":")
"""Marks at which a sentence may be two."""


class Part(NamedTuple):
    """A sentence, or the half of one that tells of two things."""

    words: list[Token]
    said: list[str]
    """Folded words and numbers."""
    meaning: Meaning


def parts(line: list[Token]) -> Iterator[Part]:
    """All that a line says, one thing after the other."""
    for clause in clauses(line):
        yield from _apart(clause)


def _apart(clause: list[Token]) -> Iterator[Part]:
    whole = meant(clause)
    if whole.meaning & NOT_FLYING:  # else nothing in it is to be told from the rest
        for place, word in enumerate(clause):
            if word.text not in APART:
                continue
            left, right = meant(clause[: place + 1]), meant(clause[place + 1 :])
            if left.said and right.said and _are_two(left, right, word.text):
                yield from _apart(left.words)
                yield from _apart(right.words)
                return
        if not lexicon().grammar.lasts.isdisjoint(whole.said):  # "минула година, тривога триває"
            whole = whole._replace(meaning=whole.meaning & ~(Sense.ENDS | Sense.MINUS) | Sense.MOTION)
    yield whole


def _are_two(left: Part, right: Part, mark: str) -> bool:
    """Whether of the two halves one tells of what flies, and the other of what does not."""
    over, gone = left.meaning & NOT_FLYING, right.meaning & NOT_FLYING
    if over & Sense.ENDS and mark == ",":
        return True
    both_named = bool(left.meaning & NAMED and right.meaning & NAMED)
    if over and gone:  # "балістика не фіксується, по шахедах чисто": each of its own
        return both_named and bool((over ^ gone) & Sense.ENDS)
    if over:
        return _goes_on(right) and not (mark == ":" and over & Sense.PAST)
    if gone & (Sense.ENDS | Sense.MINUS | Sense.STALE):
        return both_named and _goes_on(left)
    return bool(gone) and _goes_on(left) and lexicon().grammar.told_of_what_was.isdisjoint(left.said)


def _goes_on(part: Part) -> bool:
    """Whether it says that something is on its way, or where to."""
    moves = part.meaning & (Sense.MOTION | Sense.LAUNCH) and "не" not in part.said
    if moves or not lexicon().grammar.more.isdisjoint(part.said):
        return True
    return any(one.folded in ("на", "над", "к") and two.capital for one, two in pairwise(part.words))


def meant(words: list[Token]) -> Part:
    """What the words of a sentence say together."""
    said = words_of(words)
    meaning = lexicon().meaning(said)
    if meaning & (Sense.ENDS | Sense.MINUS):
        meaning = _ended(words, said, meaning)
    if not meaning & Sense.MOTION and _denied(said):
        meaning |= Sense.STALE
    if words and words[-1].text == "?" and not lexicon().grammar.asks.isdisjoint(said):
        meaning |= Sense.STALE
    return Part(words, said, meaning)


def kinds_named(part: Part) -> tuple[Threat, ...]:
    """The kinds of threats that it names, by words, letters and signs."""
    known, bits, said = lexicon(), part.meaning & Sense.ANY_KIND, part.said
    found = {kind: None for number, kind in enumerate(KINDS) if bits >> number & 1} if bits else {}
    for word in part.words:
        if word.kind == "word" and word.text in known.acronyms:
            found[known.acronyms[word.text]] = None
        elif word.kind == "sign" and word.text in known.signs:
            found[known.signs[word.text]] = None
    if (
        Threat.CRUISE_MISSILES in found
        and any(word.startswith("циркон") for word in said)
        and "крилат" not in " ".join(said)
    ):
        del found[Threat.CRUISE_MISSILES]  # "КР Циркон"
    if "к" in said and any(one.startswith(("іскандер", "искандер")) and two == "к" for one, two in pairwise(said)):
        found.pop(Threat.BALLISTIC_MISSILES, None)
        found[Threat.CRUISE_MISSILES] = None
    return tuple(found)


def supposed(part: Part, *, places: bool) -> bool:
    """Whether it is only said what is to be done if: not where those of a place are told to take cover."""
    grammar = lexicon().grammar
    if grammar.supposes.isdisjoint(part.said[:3]) or grammar.general_advice.isdisjoint(part.said):
        return False
    return not places or not part.meaning & Sense.ATTENTION


def _ended(words: Sequence[Token], said: Sequence[str], meaning: Meaning) -> Meaning:
    """Without the end, where it is denied, waited for, asked for, or of one of several only."""
    grammar, known = lexicon().grammar, lexicon()
    over = Sense.ENDS | Sense.MINUS
    for at, word in enumerate(said):
        if not known.of_word(word) & over:
            continue
        if at and said[at - 1] in ("не", "ні", "нет"):
            return meaning & ~over | Sense.MOTION  # "ще не чисто": it goes on
        if word in grammar.lifted and not any(one.startswith(grammar.of_alarm) for one in said):
            return meaning & ~over
        if not grammar.awaited.isdisjoint(said[max(0, at - 4) : at]):
            return meaning & ~over
        if not grammar.not_yet.isdisjoint(said[at + 1 : at + 5]):
            return meaning & ~over
    if words[-1].text == "?" or _purely(words):
        return meaning & ~over
    if _of_one(said, known.grammar.one_of_several):
        return meaning & ~Sense.ENDS | Sense.MINUS | Sense.STALE
    return meaning


def _purely(words: Sequence[Token]) -> bool:
    """Whether "чисто" only means "purely" wherever it stands: це чисто випадково."""
    clear_of = lexicon().grammar.clear_of
    said = [two.kind == "word" and two.folded not in clear_of for one, two in pairwise(words) if one.folded == "чисто"]
    return bool(said) and all(said) and words[-1].folded != "чисто"


def _of_one(said: Sequence[str], one_of_several: tuple[str, ...]) -> bool:
    """Of one that is gone nothing follows for the others: "по попередній чисто", "по ракеті мінус", "там чисто"."""
    return "там" in said or any(one == "по" and two.startswith(one_of_several) for one, two in pairwise(said))


def _denied(said: Sequence[str]) -> bool:
    """ "То не Кинджал був", "ракет немає": what is named is not there. Not where another is: "не ракета, а шахед"."""
    of_word, grammar = lexicon().of_word, lexicon().grammar
    if not grammar.there_is_none.isdisjoint(said):
        return any(of_word(word) & NAMED for word in said)
    if "не" not in said:
        return False
    after = [one for one, two in pairwise(["", *said]) if of_word(two) & NAMED]
    return bool(after) and set(after) == {"не"}
