"""From the counts of a bulletin to its facts: what is told twice is one, a part knows its total, each has its when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.facts import Check, Fact, Hedge, Outcome, TallyFact
from tocsin.record.reading.checks import checks
from tocsin.record.reading.governing import DOWNED
from tocsin.record.reading.moments import Moments
from tocsin.record.reading.outcomes import Said
from tocsin.record.reading.quoting import quoted
from tocsin.record.reading.regions import may_name_origins, may_name_regions, origins, regions, sides
from tocsin.record.reading.tokens import Sentence
from tocsin.record.weapons import is_a, parts

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LAUNCHED = Outcome.LAUNCHED
_SHOT_DOWN = Outcome.SHOT_DOWN
_EITHER = Outcome.SHOT_DOWN_OR_SUPPRESSED
_NOT_YET_SURE = Hedge.PRELIMINARY

_ROUNDED = 0.08
_SPEAKER = re.compile(
    r"Повітрян\w+\s+(?:Сил\w*(?:\s+(?:ЗСУ|ЗС\s+України|Збройних\s+Сил\s+України))?|командуванн\w+\s+[«\"“]?\w+[»\"”]?)"
)
_PRELIMINARY = ("попередн", "орієнтовн", "уточнюєт")
_WHERE_SHOT = re.compile(
    r"збит|збил|знищ|протиповітрян\w+\s+оборон\w+\s+(?:спрац|прац|відпрац)|працюва|межах|подавлен", re.IGNORECASE
)
_AIMED = re.compile(r"напрямк\w*\s+удар\w*|основн\w+\s+напрям|під\s+удар|спрямован|зазнал", re.IGNORECASE)


def tell(
    text: str, found: list[Sentence], said: list[Said], when: Moments
) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """The facts, in the order of the text, and what in them does not add up."""
    kept, flagged = _without_repeats(said)
    speaker = _SPEAKER.search(text)
    named = " ".join(speaker[0].split()) if speaker else None
    unsure_at = found if _is_preliminary(text) else ()
    preliminary = {n for n, s in enumerate(unsure_at) if _is_preliminary(text[s.start : s.end])}
    named_anywhere = may_name_regions(text)
    launched_from = may_name_origins(text)
    shot_over, aimed_at = _where(text, found) if named_anywhere else ((), ())
    facts: list[Fact] = []
    over_all: dict[int, tuple[str, ...]] = {}
    for i, one in enumerate(kept):
        total = _total(text, kept, i)
        launched = one.outcome is _LAUNCHED
        start, end, quote = quoted(text, one.start, one.close, one.end)
        wider = quoted(text, one.start, one.close, max(one.end, one.areas_end)) if one.areas else None
        if wider is not None and _says(wider[2], one):
            start, end, quote = wider
        here = text[found[one.sentence].start : found[one.sentence].end]
        over: tuple[str, ...] = ()
        if one.unit == "weapons" and named_anywhere:
            own = text[one.start : _reach(kept, one, found)]
            over = aimed_at if launched else regions(own)
            if not over and not launched:
                if one.sentence not in over_all:
                    over_all[one.sentence] = regions(here)
                over = over_all[one.sentence] or (shot_over if one.outcome in DOWNED else ())
        unsure = one.sentence in preliminary or (one.entry and any(n < one.sentence for n in preliminary))
        facts.append(
            TallyFact(
                quote=quote,
                start=start,
                end=end,
                speaker=named,
                outcome=one.outcome,
                weapon=one.weapon,
                value=one.value,
                hedges=(_NOT_YET_SURE, *one.hedges) if unsure else one.hedges,
                as_of=None if launched else when.as_of or when.day,
                since=when.since,
                until=when.until or (when.day if when.since else None),
                place=None if over or launched else sides(here),
                regions=over,
                origins=_from_where(text, kept, one, found, here, total) if launched and launched_from else (),
                areas=one.areas if wider is not None and _says(wider[2], one) else None,
                unit="locations" if one.unit == "locations" else "weapons",
                subset_of=total,
            )
        )
    return tuple(facts), (*checks(facts), *flagged, *when.checks) if facts else ()


def _is_preliminary(words: str) -> bool:
    return any(map(words.lower().__contains__, _PRELIMINARY))


def _says(quote: str, one: Said) -> bool:
    """Whether a quotation has the words of both its numbers."""
    return one.areas is not None and one.areas.words in quote and all(word in quote for word in one.value.words.split())


def _from_where(
    text: str, kept: list[Said], one: Said, found: list[Sentence], here: str, total: int | None
) -> tuple[str, ...]:
    """From where it was launched: what is named between this count and the next, else in its sentence."""
    own = origins(text[one.start : _reach(kept, one, found)])
    return own or (origins(here) if total is None and not one.entry else ())


def _reach(kept: list[Said], one: Said, found: list[Sentence]) -> int:
    """Up to where the words belong to this count: the next one of its sentence, or its end."""
    following = [s.start for s in kept if s.sentence == one.sentence and s.start > one.start and not s.part]
    return max(min(following, default=found[one.sentence].end), one.end)


def _where(text: str, found: list[Sentence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The regions over which was shot down, and those that were aimed at, wherever the bulletin names them."""
    shot: list[str] = []
    aimed: list[str] = []
    for sentence in found:
        words = text[sentence.start : sentence.end]
        if not (named := regions(words)):
            continue
        if _AIMED.search(words):
            aimed.extend(named)
        elif _WHERE_SHOT.search(words):
            shot.extend(named)
    return tuple(dict.fromkeys(shot)), tuple(dict.fromkeys(aimed))


def _general(weapon: str, than: str) -> bool:
    """Whether all of ``than`` is of the kind ``weapon``."""
    return weapon == than or all(any(is_a(part, of) for of in parts(weapon)) for part in parts(than))


def _without_repeats(said: list[Said]) -> tuple[list[Said], list[Check]]:
    """A count told twice is one claim: the fuller stays. A headline with another number than the text is flagged."""
    kept: list[Said] = []
    flagged: list[Check] = []
    for i, one in enumerate(said):
        others = [
            other
            for j, other in enumerate(() if one.part else said)
            if other.outcome is one.outcome and j != i and other.unit == one.unit and not other.part
        ]
        same = [
            o
            for o in others
            if o.value.value == one.value.value
            and _general(one.weapon, o.weapon)
            # "6 Кинджалів, 6 балістичних ракет": two entries of one list, and not one told twice
            and (o.opens or one.opens or o.sentence != one.sentence or o.weapon == one.weapon)
            and not (o.entry and one.entry and o.weapon != one.weapon)  # nor are "2 Х-59;" and "2 ракети;"
        ]
        if one.outcome is _SHOT_DOWN and not one.part and _more_exactly(one, said):
            continue
        if any(not _general(o.weapon, one.weapon) or (o.opens, o.start) > (one.opens, one.start) for o in same):
            continue
        if _roundly(one, others):
            continue
        told = _told_below(one, others) if one.headline else []
        if told and all(o.value.value != one.value.value for o in told):
            words = f"the headline says {one.value.value}, the text {told[0].value.value}"
            flagged.append(Check(rule="headline_against_text", words=words, facts=()))
            continue
        kept.append(one)
    return kept, flagged


def _roundly(one: Said, others: Sequence[Said]) -> bool:
    """Whether it says about how many where another says how many: "майже 200 дронів", then "187 БпЛА типу Shahed"."""
    return bool(one.hedges) and any(
        not other.hedges
        and other.sentence != one.sentence
        and other.value.value != one.value.value
        and abs(other.value.value - one.value.value) <= _ROUNDED * other.value.value
        and _general(one.weapon, other.weapon)
        for other in others
    )


def _more_exactly(one: Said, said: Sequence[Said]) -> bool:
    """Whether the same count is told in the merged word: what a paper calls downed the post has "збито/подавлено"."""
    return any(
        other.outcome is _EITHER
        and not other.part
        and other.unit == one.unit
        and other.sentence != one.sentence
        and other.value.value == one.value.value
        and (_general(one.weapon, other.weapon) or _general(other.weapon, one.weapon))
        for other in said
    )


def _told_below(headline: Said, others: Sequence[Said]) -> list[Said]:
    """What the text says of what its headline says: of the same weapon, or of the only kind of it that it names."""
    below = [other for other in others if not other.headline and _general(headline.weapon, other.weapon)]
    return [other for other in below if other.weapon == headline.weapon] or (below if len(below) == 1 else [])


def _total(text: str, kept: list[Said], i: int) -> int | None:
    """The index of the total that a count is a part of."""
    one = kept[i]
    if not i or one.unit != "weapons":
        return None
    before = [
        j
        for j, other in enumerate(kept[:i])
        if other.outcome is one.outcome
        and other.unit == "weapons"
        and not other.part
        and other.value.value >= one.value.value
    ]
    if one.part:
        return before[-1] if before else None
    whole = [
        j
        for j in before
        if kept[j].weapon != one.weapon and _general(kept[j].weapon, one.weapon) and _spelled_out(text, kept, j, i)
    ]
    # Of several totals, the narrowest: a Kh-101 is one of the missiles before it is one of all targets.
    narrow = [j for j in whole if not any(_narrower(kept[k].weapon, kept[j].weapon) for k in whole)]
    return narrow[-1] if narrow else None


def _spelled_out(text: str, kept: list[Said], total: int, part: int) -> bool:
    """ "71 ракетою та 450 БпЛА: 32 ...", "548 цілей, серед яких 510 БпЛА, 6 ракет"."""
    between = text[kept[total].end : kept[part].start]
    if between.lstrip(' »”"').startswith("("):
        # "56 крилатих ракет (55 Х-101 та 1 Калібр), 4 КАР": behind the bracket nothing is spelled out, but for a colon.
        return ")" not in between or ":" in between.rpartition(")")[2]
    if kept[total].opens or kept[total].sentence != kept[part].sentence or ":" in between:
        return True
    return any(kept[k].part for k in range(total + 1, part))


def _narrower(weapon: str, than: str) -> bool:
    return weapon != than and _general(than, weapon)
