"""Which words of a clause are names of places, and which only look like it.

A village may be called Нова or Зоря; a river, a road and a street are called after towns. What begins a sentence with a
capital may be any word; what is in small letters is a name only if it is of a larger place.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.intake.messages.forms import ACCUSATIVE, DATIVE, GENITIVE, LOCATIVE, NOMINATIVE, Case
from tocsin.intake.messages.gazetteer import Gazetteer, Named, Sort
from tocsin.intake.messages.lexicon import Sense, lexicon
from tocsin.intake.messages.tokens import Token, fold

WELL_KNOWN = 9_000
"""People from whom on a name is known in small letters too."""

FEW_WORDS = 10
SHORTEST_IN_SMALL_LETTERS = 5

UNITS_BEGIN = frozenset(("гро", "міс", "сел", "сіл", "обл", "."))
"""How what follows the adjective of a hromada, or an abbreviated oblast, begins."""

SHORTEST_STEM = 3
"""Letters of an abbreviated oblast."""

RAIONS_IN_A_LIST = 20
"""Words within which "raions" follows the first of several: Лубенського та Миргородського районів."""


def names_in(words: Sequence[Token], gazetteer: Gazetteer) -> dict[int, Named]:
    """The names of a clause by the place of their first token; none overlap."""
    begins = gazetteer.begins
    folded = [word.folded for word in words]
    abbreviated = "обл" in folded
    if begins.isdisjoint(folded) and not abbreviated:
        return {}
    found: dict[int, Named] = {}
    at = 0
    while at < len(words):
        word = words[at]
        maybe = word.kind == "word" and (word.folded in begins or (abbreviated and word.capital))
        named = _at(words, at, gazetteer) if maybe else None
        if named is not None:
            found[at] = named
            at += named.words
        else:
            at += 1
    return found


def _at(words: Sequence[Token], at: int, gazetteer: Gazetteer) -> Named | None:
    by_adjective = _by_adjective(words, at, gazetteer)
    if by_adjective is not None:
        return by_adjective
    named = gazetteer.find(words, at)
    if named is not None and len(named.places) > 1:
        named = _with_airfields(named) if _airfield(words, at) else _without_airfields(named)
    return named if named is not None and _plausible(words, at, named) else None


def _airfield(words: Sequence[Token], at: int) -> bool:
    """Whether the last word before says that an airfield is meant, over quotation marks."""
    for word in reversed(words[max(0, at - 3) : at]):
        if word.kind == "word":
            return word.folded.startswith(("аеродром", "аэродром", "авіабаз", "авиабаз")) or word.folded == "ае"
    return False


def _with_airfields(named: Named) -> Named:
    """Only what lies abroad, where something does: nobody takes off against us at home."""
    away = tuple(one for one in named.places if one.sort in (Sort.AIRFIELD, Sort.ABROAD, Sort.LAUNCH))
    return named._replace(places=away) if away else named


def _without_airfields(named: Named) -> Named | None:
    if all(one.sort is not Sort.AIRFIELD for one in named.places):
        return named
    here = tuple(one for one in named.places if one.sort is not Sort.AIRFIELD)
    return named._replace(places=here) if here else None


def _plausible(words: Sequence[Token], at: int, named: Named) -> bool:
    token, known = words[at], lexicon()
    before = words[at - 1].folded if at else ""
    if before in known.grammar.locality and words[at - 1].text.endswith("."):
        return True
    after = at + named.words
    if known.of_word(before) & Sense.NOT_BEFORE:
        return False
    if after < len(words) and known.of_word(words[after].folded) & Sense.NOT_AFTER:
        return words[after].folded == "метро" and named.places[0].sort is Sort.QUARTER
    if not token.capital and not _known_in_small_letters(words, at, named):
        return False
    return named.words > 1 or _one_word(words, token, named)


def _known_in_small_letters(words: Sequence[Token], at: int, named: Named) -> bool:
    if named.words > 1 and words[at].folded in ("південно", "північно"):
        return False  # курс південно-західний; not the quarter of Черкаси
    known, last = lexicon(), words[at + named.words - 1]
    usual = last.folded in known.grammar.common
    if max(place.people for place in named.places) >= WELL_KNOWN:
        return named.words > 1 or not usual or _town_after_on(words, at, named)
    if named.words > 1:
        return last.capital or not (usual or last.folded in known.not_places)
    return not usual and _said_to_be_the_goal(words, at, named)


def _town_after_on(words: Sequence[Token], at: int, named: Named) -> bool:
    """На рівне, на суми: a town, for the word would not stand there in that case; not на рівні."""
    return (
        at > 0
        and words[at - 1].folded in ("на", "повз", "через")
        and bool(named.cases & ACCUSATIVE)
        and any(place.sort is Sort.SETTLEMENT and place.people >= WELL_KNOWN for place in named.places)
    )


def _said_to_be_the_goal(words: Sequence[Token], at: int, named: Named) -> bool:
    """Whether a short sentence says "на" before it: два на цибулів. What may be an adjective is none."""
    said, known = words[at].folded, lexicon()
    return (
        len(words) <= FEW_WORDS
        and at > 0
        and words[at - 1].folded == "на"
        and len(said) >= SHORTEST_IN_SMALL_LETTERS
        and bool(named.cases & ACCUSATIVE)
        and (not said.endswith("е") or said.endswith(("ове", "еве", "єве", "ське", "цьке")))
        and said not in known.grammar.compass_at | known.grammar.not_whither | known.grammar.outskirts
    )


def _one_word(words: Sequence[Token], token: Token, named: Named) -> bool:
    known = lexicon()
    if (
        token.folded in known.not_places
        or token.folded in known.grammar.sides
        or known.of_word(token.folded) & Sense.ANY_KIND
    ):
        return False
    if token.text.isupper() and len(token.text) <= 3 and not _shouted(words):
        return any(fold(place.name) == token.folded for place in named.places)
    return len(token.folded) > 2


def _shouted(words: Sequence[Token]) -> bool:
    """Whether all is in capitals, so that capitals say nothing."""
    return sum(word.text.isupper() for word in words if len(word.text) > 3) > 1


def _by_adjective(words: Sequence[Token], at: int, gazetteer: Gazetteer) -> Named | None:
    """Сумської області, в черкаську, Лубенського та Миргородського районів, Броварський/Білоцерківський райони."""
    token = words[at]
    named = gazetteer.named_by_adjective(token.folded)
    if token.capital and at + 1 < len(words) and words[at + 1].folded[:3] in UNITS_BEGIN:
        unit = _hromada(words, at, gazetteer) or (_abbreviated(words, at, gazetteer) if named is None else None)
        if unit is not None:
            return unit
    if named is None:
        return None
    oblasts, raions = named
    grammar, end = lexicon().grammar, at + 1
    following = words[end].folded if end < len(words) else ""
    if following in grammar.oblast and oblasts:
        of_a_state = end + 1 < len(words) and words[end + 1].folded in grammar.state
        return Named(3 if of_a_state else 2, oblasts, _cases(token.folded))
    if following in grammar.raion and raions:
        return Named(2, raions, _cases(token.folded, words[end].folded))
    if raions and token.capital and _shares_raion(words, end):
        return Named(1, raions, _cases(token.folded))
    before = words[at - 1].folded if at else ""
    if token.folded.endswith(("ська", "цька")) and before in grammar.with_genitive and any(one.zone for one in oblasts):
        return None  # з Донецька, from the town: the oblast would be з Донецької
    if oblasts and token.folded.endswith(grammar.feminine) and following not in grammar.not_an_oblast:
        return Named(1, oblasts, _cases(token.folded))
    return None


def _hromada(words: Sequence[Token], at: int, gazetteer: Gazetteer) -> Named | None:
    """Яготинська громада, Яготинській міській громаді."""
    hromadas = gazetteer.hromadas(words[at].folded)
    if not hromadas:
        return None
    end = at + 1
    if end < len(words) and words[end].folded.startswith(("міськ", "селищн", "сільськ")):
        end += 1
    if end < len(words) and words[end].folded.startswith("громад"):
        return Named(end - at + 1, hromadas, _cases(words[at].folded))
    return None


def _abbreviated(words: Sequence[Token], at: int, gazetteer: Gazetteer) -> Named | None:
    """Харк. обл., Дніпропетр обл."""
    unit = at + 2 if at + 1 < len(words) and words[at + 1].text == "." else at + 1
    if (
        unit >= len(words)
        or words[unit].folded not in lexicon().grammar.oblast
        or len(words[at].folded) < SHORTEST_STEM
    ):
        return None
    oblasts = gazetteer.oblasts_beginning(words[at].folded)
    return Named(unit - at + 1, oblasts, NOMINATIVE | ACCUSATIVE) if oblasts else None


def _shares_raion(words: Sequence[Token], end: int) -> bool:
    """Whether other adjectives and then "raions" follow, over commas and "and"."""
    grammar = lexicon().grammar
    for word in words[end : end + RAIONS_IN_A_LIST]:
        if word.folded in grammar.raion:
            return True
        joins = word.folded in grammar.and_words or word.text in (",", "/", "-")
        if not joins and not word.folded.endswith(grammar.masculine):
            return False
    return False


def _cases(form: str, noun: str = "") -> Case:
    if form.endswith(("ій", "ому", "их", "ом")) or noun in ("районі", "рні", "районе"):
        return LOCATIVE | DATIVE
    if form.endswith(("у", "ую")):
        return ACCUSATIVE
    return GENITIVE if form.endswith(("ої", "ого", "ой")) else NOMINATIVE | ACCUSATIVE
