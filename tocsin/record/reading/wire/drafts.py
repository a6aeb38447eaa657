"""The facts of one sentence, made of what its readers found, with what the report said before it.

Promises that what is counted since the war began, or over weeks, is a statistic and no count of this attack, and that
what is only said to be denied is none.
"""

from __future__ import annotations

from datetime import date

import msgspec

from tocsin.facts import (
    CasualtyFact,
    ControlFact,
    Count,
    DamageFact,
    Fact,
    Harm,
    Outcome,
    StatisticFact,
    TallyFact,
    WaveFact,
)
from tocsin.record.reading.wire.asof import as_of
from tocsin.record.reading.wire.control import controls
from tocsin.record.reading.wire.damage import damaged
from tocsin.record.reading.wire.dates import Dated
from tocsin.record.reading.wire.happened import Happened
from tocsin.record.reading.wire.harm import harmed
from tocsin.record.reading.wire.named import Phrases
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.people import Harmed
from tocsin.record.reading.wire.places import Place, place_of
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
from tocsin.record.reading.wire.spans import of_old, over_weeks, since_the_war
from tocsin.record.reading.wire.speakers import Discourse
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.statistics import statistics
from tocsin.record.reading.wire.tallies import tallies
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.waves import waves
from tocsin.record.reading.wire.whereabouts import EACH, each_place, tally_place, titled_place

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LAUNCHED = Outcome.LAUNCHED
_HARM = {str(harm): harm for harm in Harm}


class Reading(msgspec.Struct):
    """What is known so far, on the way through the sentences."""

    published: date
    text: str
    happened: Happened
    facts: list[Fact] = []
    said: Discourse = msgspec.field(default_factory=Discourse)
    weapon: str = ""
    weapon_at: int = -9
    region: str | None = None
    town: str | None = None
    """The place last spoken of that is no district of another."""
    capital: str = ""
    """What "the capital" means here."""
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
    quotation: int = -1
    """The first fact of a quotation that is still open at the end of its paragraph; -1 where none is."""
    begun: int = 0
    """The facts before this sentence's."""
    attributed: bool = False
    teller: str | None = None
    """Whoever is said to have told all of it ("This was reported by"), as long as nobody else speaks."""
    source: str | None = None
    """Whoever stands under "Source:"."""
    keys: dict[int, int] = {}
    long: int = 0
    moments: list[Dated] = []
    added_up: tuple[int, set[int]] = (-1, set())
    """What a sentence counted over weeks, and in which paragraph."""


def tallies_of(
    reading: Reading, sentence: Sentence, named: Phrases, found: list[Frame], where: list[Place], carried: str | None
) -> list[tuple[int, int]]:
    counted = [one for one in tallies(sentence, named) if not denied(sentence, found, one.number.first)]
    if not counted:
        return []
    spans = []
    areas = areas_of(sentence, named.numbers)
    total = since_the_war(sentence)
    if total is None and (weeks := over_weeks(sentence)):
        total = weeks[1]
    values = {tally.number.value for tally in counted if not tally.number.article}
    if total is not None:
        reading.added_up = sentence.paragraph, values
    elif reading.added_up[0] == sentence.paragraph and max(values, default=0) in reading.added_up[1]:
        total = sentence.begin  # the same counts once more, at length
    moment = as_of(sentence, reading.published)
    for tally in counted:
        speaker = said_by(sentence, found, tally.number.first, carried)
        if total is not None:
            value, unit = count_of(sentence, tally.number), f"{tally.weapon} {tally.outcome}"
            _total(reading, sentence, (tally.first, tally.last), tally.number, total, speaker, value, unit)
            spans.append((tally.first, tally.last))
            continue
        quote, start, end = quoted(reading.text, sentence, tally.first, tally.last, tally.number)
        span = tally.first, tally.last
        wider = with_areas(reading.text, sentence, span, tally.number, areas) if areas else None
        place = tally_place(sentence, named, where, (tally.first, tally.last), found, reading.region)
        hedges = hedges_of(sentence, tally.number)
        part_of = reading.keys.get(tally.part_of) if tally.part_of is not None else None
        if place is None and wider is not None:
            quote, start, end = wider
        reading.keys[tally.key] = len(reading.facts)
        fact = TallyFact(
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
        each = each_place(sentence, where, tally.number.last) if sentence.mark & EACH else []
        reading.facts += [msgspec.structs.replace(fact, place=one) for one in each] or [fact]
        spans.append((tally.first, tally.last))
    reading.keys.clear()
    return spans


def _total(
    reading: Reading,
    sentence: Sentence,
    span: tuple[int, int],
    number: Number,
    total: int,
    speaker: str | None,
    value: Count | None,
    unit: str,
) -> None:
    """What is counted since the war began, or over weeks: a statistic, and never of this attack. ``total``: where it is
    said since when."""
    last = max(span[1], _word_at(sentence, total, span[1]))
    quote, start, end = quoted(reading.text, sentence, span[0], last, number)
    reading.facts.append(
        StatisticFact(quote=quote, start=start, end=end, speaker=speaker, measure="total", value=value, unit=unit)
    )


def _word_at(sentence: Sentence, end: int, otherwise: int) -> int:
    """The word that reaches that far in the text."""
    return next((at for at, stop in enumerate(sentence.ends) if stop >= end), otherwise)


_MONTH = len("2025-W06")
"""Characters of a month or a week."""


def casualties_of(
    reading: Reading,
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
    speaking = apart(found)
    for harm in found_harm:
        speaker = said_by(sentence, found, harm.at, carried)
        value = harm_count(sentence, harm)
        spans.append((harm.first, harm.last))
        if total is not None and harm.number:
            span = harm.first, harm.last
            _total(reading, sentence, span, harm.number, total, speaker, value, harm.outcome)
            continue
        if old:
            continue
        quote, start, end = quoted(reading.text, sentence, harm.first, harm.last, harm.number)
        happened = reading.happened.of(start, end)
        here = reading.region if happened is None or len(happened) > _MONTH else None  # a month is of a whole country
        place = place_of(sentence, where, harm.at, speaking) or titled_place(sentence.low, where, found, here)
        each = each_place(sentence, where, harm.number.last) if harm.number and sentence.mark & EACH else []
        whole = _whole_of(reading, harm) if harm.subset else None
        reading.facts += (
            CasualtyFact(
                quote=quote,
                start=start,
                end=end,
                speaker=speaker,
                outcome=_HARM[harm.outcome],
                value=value,
                place=one,
                persons=harm.persons,
                cumulative=several is not None
                and harm.number is not None
                and sentence.starts[harm.number.first] >= several[0],
                as_of=moment,
                happened=happened,
                hedges=hedges_of(sentence, harm.number),
                subset_of=whole,
            )
            for one in each or (place,)
        )
    return spans


def _whole_of(reading: Reading, harm: Harmed) -> int | None:
    """Of which fact it is a part: "12 people were hurt: five in Sumy"."""
    for at in range(len(reading.facts) - 1, -1, -1):
        fact = reading.facts[at]
        if isinstance(fact, CasualtyFact) and fact.outcome == harm.outcome and fact.subset_of is None:
            return at if (harm.value or 0) < (fact.value.value if fact.value else 0) else None
    return None


def damage_of(
    reading: Reading,
    sentence: Sentence,
    named: Phrases,
    found: list[Frame],
    where: list[Place],
    carried: str | None,
) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    weapons = {at for phrase in named.weapons for at in range(phrase.first, phrase.last + 1)}
    told = damaged(sentence, weapons)
    if not told or of_old(sentence):
        return spans
    speaking = apart(found)
    for damage in told:
        if denied(sentence, found, damage.at):
            continue
        quote, start, end = quoted(reading.text, sentence, damage.first, damage.last)
        place = place_of(sentence, where, damage.at, speaking) or titled_place(
            sentence.low, where, found, reading.region
        )
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


def waves_of(reading: Reading, sentence: Sentence, named: Phrases, found: list[Frame], carried: str | None) -> None:
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


def controls_of(reading: Reading, sentence: Sentence, found: list[Frame], where: list[Place]) -> list[tuple[int, int]]:
    spans = []
    for claim in controls(sentence, found, where):
        if claim.asserted_by and claim.asserted_only:
            spans.append((claim.first, claim.last))
        quote, start, end = quoted(reading.text, sentence, claim.first, claim.last)
        by = claim.asserted_by
        reading.facts.append(
            ControlFact(quote=quote, start=start, end=end, speaker=by, place=claim.place, asserted_by=by)
        )
    return spans


def statistics_of(
    reading: Reading, sentence: Sentence, found: list[Frame], carried: str | None
) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
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
        last = _word_at(sentence, statistic.end, len(sentence) - 1)
        spans.append((first, last))
    return spans
