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
    ControlFact,
    DamageFact,
    Fact,
    Harm,
    Outcome,
    StatementFact,
    StatisticFact,
    TallyFact,
    WaveFact,
)
from tocsin.limits import SENTENCE_WORDS
from tocsin.record.reading.wire.apart import of_an_attack, of_no_attack
from tocsin.record.reading.wire.asof import as_of
from tocsin.record.reading.wire.control import controls
from tocsin.record.reading.wire.damage import damaged, may_be_damaged
from tocsin.record.reading.wire.dates import Dated, dated, speaks_of_another_day, told_beside
from tocsin.record.reading.wire.fitting import TO_A_MACHINE, elsewhere_alone, may_speak_to_a_machine, of_another_war
from tocsin.record.reading.wire.happened import Happened
from tocsin.record.reading.wire.harm import harmed
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.phrases import Phrases, phrases
from tocsin.record.reading.wire.places import Place, place_of, places
from tocsin.record.reading.wire.quoting import (
    apart,
    areas_of,
    count_of,
    denied,
    harm_count,
    hedges_of,
    quoted,
    said_by,
    whole_words,
    with_areas,
)
from tocsin.record.reading.wire.repeats import without_repeats
from tocsin.record.reading.wire.spans import over_weeks, since_the_war
from tocsin.record.reading.wire.speakers import Discourse
from tocsin.record.reading.wire.speech import Frame, frames
from tocsin.record.reading.wire.statements import statements
from tocsin.record.reading.wire.statistics import statistics
from tocsin.record.reading.wire.sums import sums
from tocsin.record.reading.wire.tallies import Tally, tallies
from tocsin.record.reading.wire.tokens import Sentence, dateline_of, fold, sentences
from tocsin.record.reading.wire.waves import waves
from tocsin.record.reading.wire.whereabouts import left_out, main_of, region_of, tally_place, titled_place

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LAUNCHED = Outcome.LAUNCHED

_ANAPHORIC = words_of(
    """
        it they the another one two three four five six seven eight nine ten there among he she both all
        some more at no nobody none
    """
)
_STARTS_ON = words_of(
    """
        attack strike strikes attacks debris blast explosion fire drones drone missile missiles barrage
        assault raid victims dead wounded injured blaze shelling wreckage falling
    """
)


class _Reading(msgspec.Struct):
    """What is known so far, on the way through the sentences."""

    published: date
    text: str
    happened: Happened
    facts: list[Fact] = []
    said: Discourse = msgspec.field(default_factory=Discourse)
    weapon: str = ""
    weapon_at: int = -9
    region: str | None = None
    elsewhere: bool = False
    """Whether another war is spoken of at all."""
    apart: bool = False
    """Whether this paragraph has come to speak of an accident, a crime or the weather."""
    order: int = 0
    order_at: int = -9
    sentence: int = 0
    paragraph: int = -1
    opened: int = 0
    """The facts before this paragraph's."""
    attributed: bool = False
    keys: dict[int, int] = {}
    long: int = 0
    moments: list[Dated] = []


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """What the report says, in its order, and what in it does not add up."""
    folded = fold(text)
    found = sentences(folded)
    told: list[Sentence] = []
    if may_speak_to_a_machine(folded):
        told = [one for one in found if TO_A_MACHINE.search(one.text, one.begin, one.end)]
        found = [one for one in found if one not in told] if told else found
    body = [one for one in found if not one.headline] or found
    reading = _Reading(published, text, Happened(published), region=dateline_of(folded))
    reading.elsewhere = of_another_war(folded)
    for number, sentence in enumerate(body):
        if len(sentence) > SENTENCE_WORDS:
            reading.long += 1
        elif sentence.low:
            _sentence(reading, sentence, number)
    facts = without_repeats(reading.facts)
    checks = [*sums(facts, reading.moments, published), *(_instruction(sentence) for sentence in told)]
    if reading.long:
        words = f"{reading.long} sentences have more than {SENTENCE_WORDS} words and are not read"
        checks.append(Check(rule="too_long", words=words, facts=()))
    return facts, tuple(checks)


def _instruction(sentence: Sentence) -> Check:
    quote = sentence.words(0, min(len(sentence) - 1, 11))
    return Check(rule="instructions", words=f'it speaks to a program, and is not read there: "{quote}"', facts=())


def _sentence(reading: _Reading, sentence: Sentence, number: int) -> None:
    said, reading.sentence = reading.said, number
    named = phrases(sentence, reading.weapon if number - reading.weapon_at <= 3 else "")
    new_paragraph = sentence.paragraph != reading.paragraph
    if new_paragraph:
        reading.paragraph, reading.opened = sentence.paragraph, len(reading.facts)
    carried = said.last if _carries(reading, sentence, new_paragraph) else None
    where = places(sentence, said.names)
    found = frames(sentence, said, region_of(reading.region, where) or "")
    when = dated(sentence, reading.published)
    reading.happened.heard(sentence, when)
    reading.moments += when
    old = any(moment.old for moment in when)
    if when and speaks_of_another_day(when, reading.published):
        carried = None
    if beside := told_beside(when):
        named = left_out(named, sentence, beside)
    elsewhere = reading.elsewhere and elsewhere_alone(sentence.text[sentence.begin : sentence.end])
    factual: list[tuple[int, int]] = []
    if not elsewhere and not old:
        factual += _tallies(reading, sentence, named, found, where, carried)
        _waves(reading, sentence, named, found, carried)
    reading.apart = of_no_attack(sentence) or (reading.apart and not new_paragraph and not of_an_attack(sentence))
    elsewhere = elsewhere or reading.apart
    if not elsewhere:
        factual += _casualties(reading, sentence, named.numbers, found, where, carried, old)
    if not elsewhere and not old and may_be_damaged(sentence):
        factual += _damage(reading, sentence, named, found, where, carried)
    for claim in controls(sentence, found, where):
        if claim.asserted_by and claim.asserted_only:
            factual.append((claim.first, claim.last))
        quote, start, end = quoted(reading.text, sentence, claim.first, claim.last)
        by = claim.asserted_by
        reading.facts.append(
            ControlFact(quote=quote, start=start, end=end, speaker=by, place=claim.place, asserted_by=by)
        )
    for statistic in statistics(sentence):
        start, end = statistic.start, whole_words(sentence, statistic.end)
        first = next(i for i, at in enumerate(sentence.ends) if at > start)
        quote = " ".join(reading.text[start:end].split())
        reading.facts.append(
            StatisticFact(
                quote=quote,
                start=start,
                end=end,
                speaker=said_by(sentence, found, first, carried),
                measure=statistic.measure,
                value=statistic.value,
                unit=statistic.unit,
            )
        )
    last = said.last if len(found) else (carried or said.last)
    for statement in statements(sentence, found, factual, last):
        quote, start, end = quoted(reading.text, sentence, statement.first, statement.last)
        reading.facts.append(
            StatementFact(quote=quote, start=start, end=end, speaker=statement.speaker, stance=statement.stance)
        )
    if found and not found[-1].leads and found[-1].by != "according":
        _backward(reading, found[-1].speaker)
    reading.attributed = bool(found) or carried is not None
    if named.weapons or named.modifying:
        counted = [phrase.weapon for phrase in named.weapons if phrase.number]
        reading.weapon = (
            counted or [phrase.weapon for phrase in named.weapons] or [weapon for _, weapon in named.modifying]
        )[-1]
        reading.weapon_at = number
    if own := [place for place in where if not place.country]:
        main = main_of(own, found, sentence.low)
        reading.region = main.called
        said.region = main.name


def _backward(reading: _Reading, speaker: str) -> None:
    """What a paragraph told before its only "..., X said" is X's too."""
    for number in range(reading.opened, len(reading.facts)):
        fact = reading.facts[number]
        if fact.speaker is None and isinstance(fact, TallyFact):
            reading.facts[number] = msgspec.structs.replace(fact, speaker=speaker)


def _carries(reading: _Reading, sentence: Sentence, new_paragraph: bool) -> bool:
    """Whether a sentence without a speaker of its own goes on with what the one before it said."""
    if not reading.attributed:
        return False
    if not new_paragraph:
        return True
    low = sentence.low
    return low[0] in _ANAPHORIC and (low[0] != "the" or (len(low) > 1 and low[1] in _STARTS_ON))


# --- facts -----------------------------------------------------------------------------------------


def _tallies(
    reading: _Reading, sentence: Sentence, named: Phrases, found: list[Frame], where: list[Place], carried: str | None
) -> list[tuple[int, int]]:
    counted = [one for one in tallies(sentence, named) if not denied(sentence, found, one.number.first)]
    if not counted:
        return []
    spans = []
    areas = areas_of(sentence, named.numbers)
    total = since_the_war(sentence)
    if total is None and (weeks := over_weeks(sentence)):
        total = weeks[1]
    moment = as_of(sentence, reading.published)
    for tally in counted:
        if total is not None:
            spans.append(_total(reading, sentence, tally, total, said_by(sentence, found, tally.number.first, carried)))
            continue
        speaker = said_by(sentence, found, tally.number.first, carried)
        quote, start, end = quoted(reading.text, sentence, tally.first, tally.last, tally.number)
        span = tally.first, tally.last
        wider = with_areas(reading.text, sentence, span, tally.number, areas) if areas else None
        place = tally_place(sentence, named, where, (tally.first, tally.last), found, reading.region)
        hedges = hedges_of(sentence, tally.number)
        part_of = reading.keys.get(tally.part_of) if tally.part_of is not None else None
        if place is None and wider is not None:
            quote, start, end = wider
        reading.keys[tally.key] = len(reading.facts)
        reading.facts.append(
            TallyFact(
                quote=quote,
                start=start,
                end=end,
                speaker=speaker,
                hedges=hedges,
                as_of=moment if tally.outcome is not _LAUNCHED else None,
                happened=reading.happened.of(start, end),
                outcome=tally.outcome,
                weapon=tally.weapon,
                value=count_of(sentence, tally.number),
                place=place,
                areas=count_of(sentence, areas) if areas and wider and place is None else None,
                subset_of=part_of,
            )
        )
        spans.append((tally.first, tally.last))
    reading.keys.clear()
    return spans


def _total(reading: _Reading, sentence: Sentence, tally: Tally, total: int, speaker: str | None) -> tuple[int, int]:
    """What is counted since the war began, or over weeks: a statistic, and never of this attack."""
    last = next((at for at, stop in enumerate(sentence.ends) if stop >= total), tally.last)
    quote, start, end = quoted(reading.text, sentence, tally.first, max(tally.last, last), tally.number)
    reading.facts.append(
        StatisticFact(
            quote=quote,
            start=start,
            end=end,
            speaker=speaker,
            measure="total",
            value=count_of(sentence, tally.number),
            unit=f"{tally.weapon} {tally.outcome}",
        )
    )
    return tally.first, tally.last


def _casualties(
    reading: _Reading,
    sentence: Sentence,
    numbers: list[Number],
    found: list[Frame],
    where: list[Place],
    carried: str | None,
    old: bool,
) -> list[tuple[int, int]]:
    found_harm = [harm for harm in harmed(sentence, numbers) if not denied(sentence, found, harm.at)]
    if not found_harm:
        return []
    spans = []
    total = since_the_war(sentence)
    several = over_weeks(sentence) if total is None else None
    moment = as_of(sentence, reading.published)
    for harm in found_harm:
        speaker = said_by(sentence, found, harm.at, carried)
        quote, start, end = quoted(reading.text, sentence, harm.first, harm.last, harm.number)
        value = harm_count(sentence, harm)
        spans.append((harm.first, harm.last))
        if total is not None and harm.number:
            end_of = next((i for i, stop in enumerate(sentence.ends) if stop >= total), harm.last)
            quote, start, end = quoted(reading.text, sentence, harm.first, max(harm.last, end_of), harm.number)
            reading.facts.append(
                StatisticFact(
                    quote=quote, start=start, end=end, speaker=speaker, measure="total", value=value, unit=harm.outcome
                )
            )
            continue
        if old:
            continue
        place = place_of(sentence, where, harm.at, apart(found))
        reading.facts.append(
            CasualtyFact(
                quote=quote,
                start=start,
                end=end,
                speaker=speaker,
                outcome=Harm(harm.outcome),
                value=value,
                place=place or titled_place(where, found) or reading.region,
                persons=harm.persons,
                cumulative=several is not None
                and harm.number is not None
                and sentence.starts[harm.number.first] >= several[0],
                as_of=moment,
                happened=reading.happened.of(start, end),
                hedges=hedges_of(sentence, harm.number),
            )
        )
    return spans


def _damage(
    reading: _Reading,
    sentence: Sentence,
    named: Phrases,
    found: list[Frame],
    where: list[Place],
    carried: str | None,
) -> list[tuple[int, int]]:
    spans = []
    for damage in damaged(sentence, {at for phrase in named.weapons for at in range(phrase.first, phrase.last + 1)}):
        quote, start, end = quoted(reading.text, sentence, damage.first, damage.last)
        place = place_of(sentence, where, damage.at, apart(found)) or titled_place(where, found) or reading.region
        speaker = said_by(sentence, found, damage.at, carried)
        reading.facts.append(
            DamageFact(
                quote=quote,
                start=start,
                end=end,
                speaker=speaker,
                what=damage.what,
                place=place,
                state=damage.state or None,
                cause=damage.cause,
                happened=reading.happened.of(start, end),
            )
        )
        spans.append((damage.first, damage.last))
    return spans


def _waves(reading: _Reading, sentence: Sentence, named: Phrases, found: list[Frame], carried: str | None) -> None:
    order = reading.order if reading.sentence - reading.order_at <= 2 else 0
    for wave in waves(sentence, named, order):
        reading.order, reading.order_at = max(order, wave.order), reading.sentence
        quote, start, end = quoted(reading.text, sentence, wave.first, wave.last)
        reading.facts.append(
            WaveFact(
                quote=quote,
                start=start,
                end=end,
                speaker=said_by(sentence, found, wave.last, carried),
                order=wave.order,
                weapon=wave.weapon,
                happened=reading.happened.of(start, end),
            )
        )
