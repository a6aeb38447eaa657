"""A bulletin of the Russian Ministry of Defence: what it says it downed by night, and over which regions.

It claims; nobody else confirms it. Most of its numbers are spelled out. A total followed by regions is checked against
their sum: where the text breaks off, the sum shows it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from tocsin.facts import Check, Fact, Outcome, TallyFact
from tocsin.limits import BULLETIN_CHARS
from tocsin.record.reading.checks import checks
from tocsin.record.reading.cues import NEUTRALISED, Cue, cues
from tocsin.record.reading.governing import DOWNED
from tocsin.record.reading.items import Item, items
from tocsin.record.reading.moments import Moments, moments
from tocsin.record.reading.naming import QUOTES
from tocsin.record.reading.outcomes import CUMULATIVE
from tocsin.record.reading.quoting import quoted
from tocsin.record.reading.tokens import Sentence, Token, sentences
from tocsin.record.weapons import is_a

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_SHOT_DOWN = Outcome.SHOT_DOWN
_HIT = Outcome.HIT
_LOST = Outcome.LOST

_DEFENCE = re.compile(
    r"\bПВО\b|противовоздушн|минобороны|министерств\w+\s+обороны|специальной\s+военной|противоракетн|панцир",
    re.IGNORECASE,
)
_DOWNED = re.compile(r"перехвач|перехвати|уничтож|сбит|сбил|подавлен|нейтрализова|ликвидирован", re.IGNORECASE)
_WEAPON = re.compile(r"беспилотн|бпла|дрон|ракет|авиабомб|снаряд", re.IGNORECASE)
_SPEAKER = re.compile(
    r"Минобороны(?:\s+(?:России|РФ))?|Министерств\w+\s+обороны(?:\s+(?:России|РФ|Российской\s+Федерации))?"
)
_NIGHT = re.compile(r"(?:минувш|прошедш|прошл|этой|сегодня)\w*\s+ноч|ночью|в\s+ночь", re.IGNORECASE)
_NAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*"
_PLACE = re.compile(
    rf"(?P<adjectives>{_NAME}(?:ой|ей|ого|его|ском|ским)(?:(?:\s*,\s*|\s+и\s+){_NAME}(?:ой|ей|ого|его))*)\s+(?P<kind>област\w+|обл\b\.?|кра[йюяеёо]\w*|регион\w*|округ\w*|мор[яеё]\w*|республик\w*|залив\w*)"
    rf"|(?:над|в|во)\s+(?P<short>{_NAME}(?:ской|цкой|ским|ском)(?:(?:\s*,\s*|\s+и\s+){_NAME}(?:ской|цкой))*)(?=\s*[,;.—–-]|\s+и(?:\s|$))"
    rf"|(?P<republics>[Рр]еспублик\w*)\s+(?P<names>(?:Северная\s+)?{_NAME}(?:\s*-\s*{_NAME})?(?:(?:\s*,\s*|\s+и\s+){_NAME})*)"
    rf"|(?P<bare>Крым\w*|Москв[аыуеой]+\b|Севастопол\w*|Санкт-Петербург\w*|[ДЛ]НР|Подмосковь\w*|[А-ЯЁ][а-яё]+щин(?:ой|е|ы))"
)
_KINDS = {
    "област": "области",
    "обл": "области",
    "кра": "края",
    "регион": "региона",
    "округ": "округа",
    "мор": "моря",
    "республик": "республики",
    "залив": "залива",
}
_KIND = re.compile("|".join(_KINDS), re.IGNORECASE)
_ENDS = re.compile(r"[.!?»)]\s*$")
_FEMININE = frozenset({"област", "обл", "республик"})
_GOVERNED = re.compile(r"ск[ио]м$")
"""Of "над Краснодарским краем": as "Краснодарского края"."""
_LIST = re.compile(r"\s*,\s*|\s+и\s+")


def fit(text: str, language: str) -> float:
    """How much a text is such a bulletin: in Russian, of air defence, and of what it downed."""
    head = text[:6000]
    if (
        language not in ("ru", "und")
        or len(text) > BULLETIN_CHARS
        or not (_DEFENCE.search(head) and _DOWNED.search(head) and _WEAPON.search(head))
    ):
        return 0.0
    return 0.9


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """The facts of a bulletin, and what in them does not add up."""
    when = _when(text, published)
    found = _SPEAKER.search(text)
    speaker = " ".join(found[0].split()) if found else None
    facts: list[Fact] = []
    outcome: Outcome | None = None
    total: int | None = None
    for sentence in sentences(text):
        words = text[sentence.start : sentence.end]
        if CUMULATIVE.search(words):
            outcome = total = None
            continue
        told = [Cue(m.at, m.end, _SHOT_DOWN) if m.outcome == NEUTRALISED else m for m in cues(sentence)]
        marks = [m for m in told if m.outcome in DOWNED or m.outcome in (_HIT, _LOST)]
        counts = items(sentence)
        if marks and not sentence.bullet and not _of_them(sentence):
            total = None
        if (placed := _named_first(text, sentence, counts)) and marks:
            outcome = Outcome(marks[0].outcome)
            if outcome in DOWNED:
                _tell_by_place(text, sentence, counts, placed, facts, outcome, when, speaker)
                total = None
                continue
        begin = 0
        for i, item in enumerate(counts):
            before = [m for m in marks if begin <= m.at < item.at] or [
                m for m in marks if m.at >= item.end and i + 1 == len(counts) and total is None
            ][:1]
            if before:
                outcome = Outcome(before[-1].outcome)
                if item.weapon:
                    total = None
            begin = item.end
            if (
                outcome not in DOWNED
                or item.unit != "weapons"
                or (item.weapon is None and total is None)
                or not _meant(item, bool(before))
            ):
                continue
            assert outcome is not None
            end = counts[i + 1].at if i + 1 < len(counts) else len(sentence.tokens)
            between = [token.folded for token in sentence.tokens[item.end : end] if token.text not in QUOTES]
            if (
                between == ["и"] and i + 1 < len(counts) and counts[i + 1].weapon
            ):  # "четыре ракеты и 11 БПЛА над Курской областью"
                end = counts[i + 2].at if i + 2 < len(counts) else len(sentence.tokens)
            end = next((n for n in range(item.end, end) if sentence.tokens[n].folded.startswith("остальн")), end)
            total = _tell(
                text, sentence, item, end, before[-1].at if before else item.at, facts, total, outcome, when, speaker
            )
        if not counts and not marks:
            outcome = total = None
    flagged = _cut(text, facts, checks(facts))
    return tuple(facts), (*flagged, *when.checks) if facts else ()


def _of_them(sentence: Sentence) -> bool:
    """ "Из них восемь сбиты над ...": of what was counted in the sentence before."""
    words = [token.folded for token in sentence.tokens[:3]]
    return words[:2] == ["из", "них"] or words == ["в", "том", "числе"]


def _named_first(text: str, sentence: Sentence, counts: list[Item]) -> list[re.Match[str]]:
    """The places, if each stands before its count: "над Рязанской областью уничтожены 8 БПЛА, над Тульской — 3"."""
    places = list(_PLACE.finditer(text, sentence.start, sentence.end))
    if not counts or len(places) != len(counts) or not all(item.counted for item in counts):
        return []
    numbers = [sentence.tokens[item.number].start for item in counts]
    before = [-1, *numbers[:-1]]
    fits = all(low < place.start() < high for low, place, high in zip(before, places, numbers, strict=True))
    return places if fits and counts[0].weapon else []


def _tell_by_place(
    text: str,
    sentence: Sentence,
    counts: list[Item],
    places: list[re.Match[str]],
    facts: list[Fact],
    outcome: Outcome,
    when: Moments,
    speaker: str | None,
) -> None:
    """Each count with the place before it; none is a part of another."""
    weapon = ""
    for item, place in zip(counts, places, strict=True):
        weapon = item.weapon or weapon
        named = tuple(_places(place[0], text[place.end() : sentence.end]))
        tokens = sentence.tokens
        last = tokens[max(item.end, item.number + 1) - 1].end
        start, close, quote = quoted(text, place.start(), tokens[item.at].start, last)
        facts.append(
            TallyFact(
                quote=quote, start=start, end=close, speaker=speaker, outcome=outcome, weapon=weapon,
                value=item.value, hedges=item.hedges,
                as_of=when.until or when.day, since=when.since, until=when.until,
                place=", ".join(named) or None, regions=named,
            )
        )  # fmt: skip


_OPENING = frozenset({"над", "ночью", "в", "утром", "днем", "вечером"})


def _meant(item: Item, governed: bool) -> bool:
    return item.counted or (item.singular and governed)


def _tell(
    text: str,
    sentence: Sentence,
    item: Item,
    end: int,
    begin: int,
    facts: list[Fact],
    total: int | None,
    outcome: Outcome,
    when: Moments,
    speaker: str | None,
) -> int | None:
    """Add what one count says; return the index of the total that the next ones are parts of."""
    tokens = sentence.tokens
    span = text[tokens[item.number].start : tokens[end - 1].end if end <= len(tokens) else sentence.end]
    places = _places(span, text[tokens[min(end, len(tokens)) - 1].end : sentence.end])
    if not places and total is None and sentence.tokens[0].folded in _OPENING:
        lead = text[sentence.start : tokens[item.at].start]
        places = _places(lead) if all(fact.start < sentence.start for fact in facts) else []
    whole = facts[total] if total is not None else None
    part_of: int | None = None
    if (
        isinstance(whole, TallyFact)
        and (item.weapon is None or item.weapon == whole.weapon or (is_a(whole.weapon, item.weapon)))
        and not (whole.place and item.at and tokens[item.at - 1].folded == "еще")
        and (not whole.place or item.part or ":" in text[whole.end : tokens[item.at].start])
    ):
        part_of = total
    inner = (
        part_of is not None
        and item.part
        and isinstance(facts[-1], TallyFact)
        and facts[-1].subset_of == total
        and not _after_colon(tokens, item)
    )
    weapon = whole.weapon if isinstance(whole, TallyFact) and (part_of is not None or not item.weapon) else item.weapon
    assert weapon is not None
    of_them = item.part and _DOWNED.search(span)  # "три из них сбиты средствами ПВО"
    if part_of is not None and item.weapon is None and not places and not inner and not of_them:
        return total  # cut off before it says where
    each = item.at > 0 and tokens[item.at - 1].folded == "по" and len(places) > 1
    stop = max(item.end, item.number + 1)
    start, close, quote = quoted(
        text,
        tokens[min(begin, item.at)].start,
        tokens[item.at].start,
        _end_of_places(text, tokens[stop - 1].end, tokens[end - 1].end),
    )

    def fact(value_places: tuple[str, ...], place: str | None) -> TallyFact:
        return TallyFact(
            quote=quote, start=start, end=close, speaker=speaker, outcome=outcome, weapon=weapon,
            value=item.value, hedges=item.hedges,
            as_of=when.until or when.day, since=when.since, until=when.until, place=place, regions=value_places,
            subset_of=len(facts) - 1 if inner else part_of,
        )  # fmt: skip

    if each and part_of is not None:
        facts.extend(fact((place,), place) for place in places)
        return total
    facts.append(fact(tuple(places), ", ".join(places) or None if part_of is not None or len(places) == 1 else None))
    return total if part_of is not None else len(facts) - 1


def _after_colon(tokens: tuple[Token, ...], item: Item) -> bool:
    return any(t.text == ":" for t in tokens[max(0, item.at - 3) : item.at])


def _end_of_places(text: str, end: int, limit: int) -> int:
    last = end
    for found in _PLACE.finditer(text, end, limit):
        last = found.end()
    return last


def _places(words: str, beyond: str = "") -> list[str]:
    """The regions named, each by itself: "Курской и Воронежской областей" are two.

    ``beyond`` is the rest of the sentence: of "над Курской, 38 – над Брянской областями" both are oblasts.
    """
    found: list[str] = []
    for place in _PLACE.finditer(words):
        if place["adjectives"]:
            kind = next(
                (noun for stem, noun in _KINDS.items() if place["kind"].lower().startswith(stem)), place["kind"]
            )
            found.extend(f"{_GOVERNED.sub('ского', one)} {kind}" for one in _LIST.split(place["adjectives"]))
        elif place["short"]:
            kind = _kind_of(place["short"], words[place.end() :], beyond)
            found.extend(f"{one} {kind}" for one in _LIST.split(place["short"]))
        elif place["names"]:
            found.extend(f"Республики {one}" for one in _LIST.split(place["names"]))
        else:
            found.append(place["bare"])
    return list(dict.fromkeys(found))


def _kind_of(adjective: str, *following: str) -> str:
    """Of what an adjective is that stands alone: what those after it are of, as far as it agrees; else an oblast."""
    kinds = [kind[0].lower() for words in following for kind in _KIND.finditer(words)]
    feminine = adjective.endswith("ой")
    return next((_KINDS[kind] for kind in kinds if (kind in _FEMININE) == feminine), "области")


def _when(text: str, published: date) -> Moments:
    when = moments(text, published)
    if when.since is None and _NIGHT.search(text):
        day = when.day or published.isoformat()
        return when._replace(day=day, since=(date.fromisoformat(day) - timedelta(days=1)).isoformat(), until=day)
    return when


def _cut(text: str, facts: list[Fact], found: tuple[Check, ...]) -> list[Check]:
    """A list that stops before its total, in a text that stops before its end, was cut and is not a contradiction."""
    end = text.rstrip()
    totals = [i for i, fact in enumerate(facts) if isinstance(fact, TallyFact) and fact.subset_of is None]
    if not totals or (_ENDS.search(end) and not end.endswith(("...", "…"))):
        return list(found)
    last = totals[-1]
    whole = facts[last]
    parts = {
        i: fact.value.value for i, fact in enumerate(facts) if isinstance(fact, TallyFact) and fact.subset_of == last
    }
    assert isinstance(whole, TallyFact)
    if sum(parts.values()) >= whole.value.value or (not parts and ":" not in end[whole.end :]):
        return list(found)
    told = f"{whole.value.value} {whole.outcome.replace('_', ' ')}, {sum(parts.values())} told by place"
    words = f"{told}; the text breaks off"
    others = [check for check in found if not (check.rule == "parts_against_total" and check.facts[0] == last)]
    return [*others, Check(rule="cut_short", words=words, facts=(last, *parts))]
