"""From the text of an English wire report to its facts.

Promises that every fact has a quotation of the report's own words, at most `QUOTE_WORDS`, with its place in the text;
that a headline is only read where nothing stands under it; and that a text about something else gives no facts.
"""

from __future__ import annotations

from datetime import date

import msgspec

from tocsin.facts import (
    CasualtyFact,
    Check,
    DamageFact,
    Fact,
    StatementFact,
    TallyFact,
)
from tocsin.limits import SENTENCE_WORDS
from tocsin.record.reading.wire.apart import of_an_attack, of_no_attack
from tocsin.record.reading.wire.damage import may_be_damaged
from tocsin.record.reading.wire.dates import dated, speaks_of_another_day, told_beside
from tocsin.record.reading.wire.drafts import (
    Reading,
    casualties_of,
    controls_of,
    damage_of,
    statistics_of,
    tallies_of,
    waves_of,
)
from tocsin.record.reading.wire.fitting import TO_A_MACHINE, elsewhere_alone, may_speak_to_a_machine, of_another_war
from tocsin.record.reading.wire.happened import Happened
from tocsin.record.reading.wire.lexicon import PREPOSITIONS, words_of
from tocsin.record.reading.wire.phrases import phrases
from tocsin.record.reading.wire.places import Place, capital_of, named_capital, passed_by, places
from tocsin.record.reading.wire.quoting import (
    quoted,
)
from tocsin.record.reading.wire.repeats import without_repeats
from tocsin.record.reading.wire.speakers import DEFENCE, hear_of, speaker_of
from tocsin.record.reading.wire.speech import Frame, frames
from tocsin.record.reading.wire.statements import statements
from tocsin.record.reading.wire.subjects import right
from tocsin.record.reading.wire.sums import sums
from tocsin.record.reading.wire.tokens import Sentence, dateline_of, fold, sentences
from tocsin.record.reading.wire.whereabouts import left_out, main_of, region_of

_ANAPHORIC = words_of(
    """
        it they the another one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty there among he she both all
        some more at no nobody none of out
    """
)
_STARTS_ON = words_of(
    """
        attack strike strikes attacks debris blast explosion fire drones drone missile missiles barrage
        assault raid victims dead wounded injured blaze shelling wreckage falling
    """
)


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """What the report says, in its order, and what in it does not add up."""
    folded = fold(text)
    found = sentences(folded)
    told: list[Sentence] = []
    if may_speak_to_a_machine(folded):
        told = [one for one in found if TO_A_MACHINE.search(one.text, one.begin, one.end)]
        found = [one for one in found if one not in told] if told else found
    body = [one for one in found if not one.headline] or found
    reading = Reading(published, text, Happened(published), region=dateline_of(folded), capital=capital_of(folded))
    reading.elsewhere = of_another_war(folded)
    if "Source:" in folded:
        _sources(reading, found)
    for number, sentence in enumerate(body):
        if len(sentence) > SENTENCE_WORDS:
            reading.long += 1
        elif sentence.low:
            _sentence(reading, sentence, number)
    if reading.source:  # of what is told as background it is not the source
        _all_by(reading, reading.source, before=folded.find("Background:"))
    if reading.teller:
        _all_by(reading, reading.teller)
    facts = without_repeats(reading.facts)
    checks = [*sums(facts, reading.moments, published), *(_instruction(sentence) for sentence in told)]
    if reading.long:
        words = f"{reading.long} sentences have more than {SENTENCE_WORDS} words and are not read"
        checks.append(Check(rule="too_long", words=words, facts=()))
    return facts, tuple(checks)


def _sources(reading: Reading, found: list[Sentence]) -> None:
    """ "Source: the Sumy Oblast Military Administration on Telegram": whose words a "Quote:" below it gives."""
    for sentence in found:
        low = sentence.low
        if low[:2] == ["source", ":"] and len(low) > 3 and ";" not in low:
            last = next((at for at in range(3, len(low)) if low[at] in ("on", ",", ".")), len(low)) - 1
            span = right(sentence, 2)
            name = speaker_of(sentence, *span, reading.said, "") if span else ""
            reading.said.last = reading.said.body = reading.source = name or sentence.words(2, last)


def _instruction(sentence: Sentence) -> Check:
    quote = sentence.words(0, min(len(sentence) - 1, 11))
    return Check(rule="instructions", words=f'it speaks to a program, and is not read there: "{quote}"', facts=())


def _sentence(reading: Reading, sentence: Sentence, number: int) -> None:
    said, reading.sentence, reading.begun = reading.said, number, len(reading.facts)
    named = phrases(sentence, reading.weapon if number - reading.weapon_at <= 3 else "")
    new_paragraph = sentence.paragraph != reading.paragraph
    if new_paragraph:
        if reading.region and reading.region.endswith("district"):
            reading.region = reading.town or reading.region
        reading.paragraph, reading.opened = sentence.paragraph, len(reading.facts)
    carried = said.last if _carries(reading, sentence, new_paragraph) else None
    where = places(sentence, said.names, reading.capital)
    if carried and new_paragraph and where and _of_another_region(where, reading.region):
        carried = None
    found = frames(sentence, said, region_of(reading.region, where) or "")
    where = [place for place in where if place.name not in said.names.values()] if where else where
    if not found:
        hear_of(sentence, said)
    when = dated(sentence, reading.published)
    reading.happened.heard(sentence, when)
    reading.moments += when
    old = when != [] and any(moment.old for moment in when)
    if when and speaks_of_another_day(when, reading.published):
        carried = None
    if when and (beside := told_beside(when)):
        named = left_out(named, sentence, beside)
    elsewhere = reading.elsewhere and elsewhere_alone(sentence.text[sentence.begin : sentence.end])
    factual: list[tuple[int, int]] = []
    if not elsewhere and not old:
        factual += tallies_of(reading, sentence, named, found, where, carried)
        waves_of(reading, sentence, named, found, carried)
    reading.apart = of_no_attack(sentence) or (reading.apart and not new_paragraph and not of_an_attack(sentence))
    elsewhere = elsewhere or reading.apart
    if not elsewhere:
        factual += casualties_of(reading, sentence, named.numbers, found, where, carried, old)
    if not elsewhere and not old and may_be_damaged(sentence):
        factual += damage_of(reading, sentence, named, found, where, carried)
    factual += controls_of(reading, sentence, found, where)
    claimed = statistics_of(reading, sentence, found, carried)
    last = said.last if len(found) else (carried or said.last)
    for statement in statements(sentence, found, factual, claimed, last):
        quote, start, end = quoted(reading.text, sentence, statement.first, statement.last)
        reading.facts.append(
            StatementFact(quote=quote, start=start, end=end, speaker=statement.speaker, stance=statement.stance)
        )
    _backward(reading, sentence.low, found)
    reading.attributed = bool(found) or carried is not None
    if named.weapons or named.modifying:
        counted = [phrase.weapon for phrase in named.weapons if phrase.number and not phrase.part]
        reading.weapon = (
            counted or [phrase.weapon for phrase in named.weapons] or [weapon for _, weapon in named.modifying]
        )[-1]
        reading.weapon_at = number
    _leads_to(reading, sentence, where, found, told=bool(factual))


def _leads_to(reading: Reading, sentence: Sentence, where: list[Place], found: list[Frame], *, told: bool) -> None:
    """Take note of where the sentence leads to; ``told``: it told a fact."""
    own = [place for place in where if not place.country and not passed_by(sentence.low, place.first)]
    if own and not told:  # '"The cause lies in Moscow," he said': nothing happened there
        own = [place for place in own if not sentence.in_quotation(place.first)]
    if not own:
        return
    main = main_of(own, found, sentence.low)
    reading.region, reading.capital = main.called, named_capital(own, reading.capital)
    reading.said.region = main.name
    if not main.kind:
        reading.town = main.called


_THIS = frozenset({"this", "that"})
_PARTS = PREPOSITIONS | {".", ",", ";", ":", "and", "as", "citing", "while"}
"""What follows in "reported this on Telegram", and not in "said this week"."""


def _backward(reading: Reading, low: list[str], found: list[Frame]) -> None:
    """What a paragraph counted before its only "..., X said" is X's too; so is all before "This was reported by X", and
    all that follows as long as nobody else speaks."""
    if reading.quotation >= 0 or low[0] == '"':
        _over_paragraphs(reading, low, found)
    if not found:
        return
    first, last = found[0], found[-1]
    after = low[first.verb + 1 : first.verb + 3]
    if (low[0] in _THIS and first.first < 4) or (after[:1] == ["this"] and _PARTS.issuperset(after[1:])):
        _all_by(reading, first.speaker)
        reading.teller = first.speaker
        return
    if reading.teller and first.speaker != reading.teller:
        _all_by(reading, reading.teller)
        reading.teller = None
    if last.leads or last.by == "according":
        return
    for number in range(reading.opened, len(reading.facts)):
        fact = reading.facts[number]
        if fact.speaker is None and isinstance(fact, TallyFact):
            reading.facts[number] = msgspec.structs.replace(fact, speaker=last.speaker)


def _over_paragraphs(reading: Reading, low: list[str], found: list[Frame]) -> None:
    """A quotation that goes on over paragraphs is whose it is told to be at its end; else his who spoke last."""
    closes = low.count('"') % 2 == 1
    if reading.quotation < 0:
        if not found and closes:
            reading.quotation = reading.begun  # it opens here, and is not closed
        return
    if '"' not in low and not found:
        return
    if found and not found[0].leads:
        for number, fact in enumerate(reading.facts[reading.quotation : reading.begun], reading.quotation):
            if isinstance(fact, _TOLD):
                reading.facts[number] = msgspec.structs.replace(fact, speaker=found[0].speaker)
    if closes and low[0] == '"' and not found:
        return  # each paragraph opens it anew
    reading.quotation = -1


_TOLD = (TallyFact, CasualtyFact, DamageFact)


def _all_by(reading: Reading, speaker: str, before: int = -1) -> None:
    """Whatever nobody was said to tell so far is this speaker's; ``before``: only what stands before it in the text."""
    for number, fact in enumerate(reading.facts):
        if fact.speaker is None and isinstance(fact, _TOLD) and (before < 0 or fact.start < before):
            reading.facts[number] = msgspec.structs.replace(fact, speaker=speaker)


def _of_another_region(where: list[Place], here: str | None) -> bool:
    """ "Two others died in the Dnipropetrovsk region": not the word of Kharkiv's governor, who spoke before."""
    region = next((place.name for place in where if place.region), None)
    return region is not None and here is not None and region not in here


def _carries(reading: Reading, sentence: Sentence, new_paragraph: bool) -> bool:
    """Whether a sentence without a speaker of its own goes on with what the one before it said."""
    if sentence.low[0] == '"':
        return True  # a quotation is somebody's: whoever spoke before, where nobody else is named
    if not reading.attributed:
        return False
    if not new_paragraph:
        return True
    low = sentence.low
    if "air" in low[:3] and not DEFENCE.isdisjoint(low[1:5]):
        return "air force" in (reading.said.last or "").lower()
    if low[0] in ("of", "out"):
        return "of" in low and low[low.index("of") + 1 : low.index("of") + 2] in (["these"], ["those"], ["them"])
    if "others" in low[:6] and low[low.index("others") - 1].isdigit():
        return True  # "About 80 others were wounded"
    if "came" in low[1:4] and "after" in low[3:8]:
        return False  # "The strike came a day after Russia launched 158 missiles"
    return low[0] in _ANAPHORIC and (low[0] != "the" or (len(low) > 1 and low[1] in _STARTS_ON))
