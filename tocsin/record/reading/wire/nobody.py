"""Where it is said that nobody was harmed; not where it is only said that nothing is known yet."""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.people import Harmed
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_UNKNOWN = words_of(
    """
        immediate immediately information word details initial yet confirmation early indication indications sign signs
        further additional more other serious severe major mention
    """
)

_NONE_OF = lex.NO_HARM_NOUNS | {"damage", "destruction"}
_UNHURT = frozenset({"unhurt", "unharmed", "uninjured"})
_NO = mark(("unhurt", "unharmed", "uninjured", "no", "without", "any", "neither", "zero", "nobody", "no-one", "none"))


_ANYBODY = lex.PEOPLE - lex.NO_HARM_NOUNS | {"person"}
_DETAILS = frozenset({"comment", "data", "details", "figures"})
_THERE_WERE = frozenset({"are", "been", "was", "were"})
_GIVING = frozenset({"giving", "offering", "providing", "saying", "specifying"})
_NOT_SAID = _UNKNOWN | lex.BE | frozenset({".", ";", "because", "that"})


def nobody(sentence: Sentence) -> list[Harmed]:
    """ "no casualties", "no one was hurt", "without casualties"; not "no immediate reports of casualties"."""
    low, size = sentence.low, len(sentence.low)
    found: list[Harmed] = []
    for at in sentence.at(_NO):
        word = low[at]
        if word == "no" and low[at + 1 : at + 2] == ["one"]:
            found.extend(_hurt(sentence, at, at + 1))
        elif word == "no" and at + 1 < size and low[at + 1] in _ANYBODY and (hurt := _hurt(sentence, at, at + 1)):
            found.extend(hurt)  # "no civilians were injured"
        elif word in ("no", "without", "any", "neither", "zero"):
            window = low[at + 1 : at + 9]
            noun = next((i for i, w in enumerate(window) if w in lex.NO_HARM_NOUNS), None)
            if noun is None or (word == "any" and lex.NOT.isdisjoint(low[max(0, at - 4) : at])):
                continue
            between = window[:noun]
            if not _NOT_SAID.isdisjoint(between):
                continue
            if word == "without" and not _GIVING.isdisjoint(between):
                continue
            if word == "any" and low[at - 1] in ("indicate", "mention", "report"):
                continue  # "he did not report any casualties": he left it unsaid
            if "reports" in between and not (at and not _THERE_WERE.isdisjoint(low[max(0, at - 2) : at])):
                continue
            if not _DETAILS.isdisjoint(between):
                continue
            last = at + 1 + noun
            while last + 2 < size and low[last + 1] in ("or", "and") and low[last + 2] in _NONE_OF:
                last += 2
            for extra in (("were", "reported"), ("reported",), ("have", "been", "reported"), ("was", "reported")):
                if tuple(low[last + 1 : last + 1 + len(extra)]) == extra:
                    last += len(extra)
            first = at
            if at and low[at - 1] in ("were", "was", "reported", "are"):
                first -= 1
                if first and low[first - 1] == "there":
                    first -= 1
            found.append(Harmed("none", 0, None, first, last, (), False, at))
        elif word in _UNHURT:
            if low[at - 1 : at] and low[at - 1] in lex.BE and not lex.PEOPLE.isdisjoint(low[max(0, at - 4) : at - 1]):
                found.append(Harmed("none", 0, None, max(0, at - 3), at, (), False, at))
        elif word in ("nobody", "no-one", "none"):
            found.extend(_hurt(sentence, at, at))
    return found


def _hurt(sentence: Sentence, first: int, at: int) -> list[Harmed]:
    low = sentence.low
    for ahead in range(at + 1, min(at + 8, len(low))):
        if low[ahead] in lex.NO_HARM_NOUNS or low[ahead] in ("hurt", "injured", "harmed"):
            last = ahead
            while (
                last + 1 < len(low)
                and (low[last + 1] in ("or", "and") or low[last + 1] in lex.NO_HARM_NOUNS)
                and low[last + 1 : last + 3] != ["and"]
            ):
                if (
                    low[last + 1] in ("or", "and")
                    and low[last + 2 : last + 3]
                    and low[last + 2] not in lex.NO_HARM_NOUNS
                ):
                    break
                last += 1
            if last + 1 < len(low) and low[last + 1] == "there":
                last += 1
            if "else" in low[at:ahead]:
                return []
            return [Harmed("none", 0, None, first, last, (), False, at)]
        if (
            low[ahead] not in lex.BE
            and low[ahead] not in lex.HAVE
            and low[ahead] not in lex.ADVERBS
            and low[ahead] not in lex.DETERMINERS
            and low[ahead] not in lex.PEOPLE
            and low[ahead] not in ("of", "them", "else", "reported")
        ):
            return []
    return []
