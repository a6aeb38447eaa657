"""A bulletin of the Russian Ministry of Defence: what it says it downed by night, and over which regions.

It claims; nobody else confirms it. Most of its numbers are spelled out. A total followed by regions is checked against
their sum: where the text breaks off, the sum shows it.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from tocsin.facts import Check, Fact, Outcome, TallyFact
from tocsin.record.reading.checks import checks, with_cuts
from tocsin.record.reading.cues import NEUTRALISED, Cue, cues
from tocsin.record.reading.governing import DOWNED
from tocsin.record.reading.items import Item, items
from tocsin.record.reading.long_ago import CUMULATIVE
from tocsin.record.reading.moments import begins_on_another_day
from tocsin.record.reading.naming import DASHES, QUOTES
from tocsin.record.reading.quoting import quoted
from tocsin.record.reading.russian_fit import DOWNED_WORDS
from tocsin.record.reading.russian_places import PLACE, led, named_places, places_and_end, same_place
from tocsin.record.reading.russian_times import EARLIER, OTHER_TIME, TIMED, when_of
from tocsin.record.reading.tokens import Sentence, sentences
from tocsin.record.weapons import is_a

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_SHOT_DOWN = Outcome.SHOT_DOWN
_HIT = Outcome.HIT
_LOST = Outcome.LOST

_SPEAKER = re.compile(
    r"Минобороны(?:\s+(?:России|РФ))?|Министерств\w+\s+обороны(?:\s+(?:России|РФ|Российской\s+Федерации))?"
)


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """The facts of a bulletin, and what in them does not add up."""
    reader = _Reader(text, published)
    for sentence in sentences(text):
        reader.take(sentence)
    facts = reader.facts
    flagged = [one for one in with_cuts(text, facts, checks(facts)) if not reader.only_mentions(one)]
    return tuple(facts), (*flagged, *reader.when.checks) if facts else ()


class _Reader:
    """Goes through the sentences with what the last one left: an outcome, a total, a time."""

    def __init__(self, text: str, published: date) -> None:
        self.facts: list[TallyFact] = []
        self.when = when_of(text, published)
        found = _SPEAKER.search(text)
        self._speaker = " ".join(found[0].split()) if found else None
        self._text = text
        self._day = date.fromisoformat(self.when.day) if self.when.day and self.when.since else published
        self._now = self.when
        """Of when the sentence tells."""
        self._outcome: Outcome | None = None
        self._total: int | None = None
        """The index of the count that those right behind it are parts of."""
        self._whole: int | None = None
        """The index of the count of everywhere, which what later sentences say of single regions is a part of."""
        self._left = 0
        """How much of that none of them has told."""
        self._mentioned: set[int] = set()
        """The totals of which later sentences told parts."""
        self._passed_over = self._recalled = False
        """Whether what was reported before is being told: without a time, or with one."""
        self._ended = True
        """Whether the sentence before has come to its end, and is no line of a list."""

    def only_mentions(self, check: Check) -> bool:
        """Whether it says that parts come to less than a total of which later sentences only mention some."""
        return check.rule == "parts_against_total" and check.facts[0] in self._mentioned

    def take(self, sentence: Sentence) -> None:
        text = self._text
        words = text[sentence.start : sentence.end]
        ended, self._ended = self._ended, words[-1] not in ":;,"
        elsewhen = self.facts and sentence.begins_with_a_number and begins_on_another_day(words, self._day)
        if elsewhen or CUMULATIVE.search(words):
            self._outcome = self._total = None
            return
        if not self._is_of_now(sentence, words):
            self._outcome = self._total = None
            return
        found = cues(sentence)
        told = [Cue(m.at, m.end, _SHOT_DOWN) if m.outcome == NEUTRALISED else m for m in found]
        marks = [m for m in told if m.outcome in DOWNED or m.outcome in (_HIT, _LOST)]
        counts = items(sentence)
        if found and not marks and ended and counts:
            self._outcome = self._total = None  # "Ночью на столицу летели 34 БПЛА"
            return
        if marks and not sentence.bullet and not _of_them(sentence, counts):
            self._total = None
        if (placed := _named_first(text, sentence, counts)) and marks:
            self._outcome = Outcome(marks[0].outcome)
            if self._outcome in DOWNED:
                self._tell_by_place(sentence, counts, placed)
                self._total = None
                return
        self._count(sentence, counts, marks)
        if not counts and not marks:
            self._outcome = self._total = None

    def _is_of_now(self, sentence: Sentence, words: str) -> bool:
        """Whether it tells of what the text tells of, or says of when else it tells; not "ранее сообщалось о пяти"."""
        if sentence.begins_line and (self._passed_over or self._recalled):
            self._passed_over, self._recalled, self._now = False, False, self.when
            self._whole = None
        if not self.facts:
            return True
        earlier = EARLIER.match(words) is not None
        if earlier or TIMED.search(words):
            own = when_of(words, self._day)
            if own.since is not None and (own.since, own.until) != (self.when.since, self.when.until):
                self._now, self._passed_over, self._recalled = own, False, earlier
                self._outcome = self._total = self._whole = None
            elif earlier:
                self._passed_over = own.since is None
        return not self._passed_over

    def _count(self, sentence: Sentence, counts: list[Item], marks: list[Cue]) -> None:
        text, tokens = self._text, sentence.tokens
        dashed = any(t.text in DASHES for one in counts for t in tokens[max(0, one.at - 3) : one.at])
        found = list(PLACE.finditer(text, sentence.start, sentence.end)) if dashed else []
        leading = [
            led(text, found, tokens[counts[i - 1].end - 1].end if i else sentence.start, tokens[item.at].start)
            for i, item in enumerate(counts)
        ]
        begin = 0
        for i, item in enumerate(map(self._of_what, counts, [None, *counts])):
            last = i + 1 == len(counts)
            before = (
                [m for m in marks if begin <= m.at < item.at]
                or [
                    m
                    for m in marks
                    if m.at >= item.end
                    and (
                        (last and self._total is None)
                        or (
                            i == 0 and not last and m.end < counts[1].at - 1
                        )  # "один сбили в Курской области и 13 – над"
                    )
                ][:1]
            )
            if before:
                self._outcome = Outcome(before[-1].outcome)
                if item.weapon and not item.part:
                    self._total = None
            begin = item.end
            if (
                self._outcome not in DOWNED
                or item.unit != "weapons"
                or (item.weapon is None and self._total is None and self._whole is None)
                or not (item.counted or (item.singular and before))
            ):
                continue
            end = counts[i + 1].at if i + 1 < len(counts) else len(tokens)
            between = [token.folded for token in tokens[item.end : end] if token.text not in QUOTES]
            if (
                between == ["и"] and i + 1 < len(counts) and counts[i + 1].weapon
            ):  # "четыре ракеты и 11 БПЛА над Курской областью"
                end = counts[i + 2].at if i + 2 < len(counts) else len(tokens)
            end = next((n for n in range(item.end, end) if tokens[n].folded.startswith("остальн")), end)
            if any(tokens[n].folded in _CAME_DOWN for n in range(item.end, end)):
                if not any(tokens[n].folded in _JAMMING for n in range(item.end, end)):
                    continue
                self._outcome = Outcome.SUPPRESSED  # "ещё два после работы РЭБ упали в Брянской области"
            ahead = leading[i + 1] if i + 1 < len(counts) else None
            if ahead is not None:  # what leads to the next count is not of this one
                end = next((n for n in range(item.end, end) if tokens[n].end > ahead[0]), end)
            as_many = next((n for n in range(item.end, end - 1) if tokens[n].folded == "столько"), None)
            self._tell(sentence, item, as_many or end, before[-1].at if before else item.at, leading[i])
            if as_many is not None:
                self._tell(sentence, item, end, as_many, None, over=as_many)

    def _of_what(self, item: Item, before: Item | None) -> Item:
        """ "Применены 120 БПЛА, 53 из них сбиты": of what was named before, where nothing is a total yet."""
        if not item.part or item.weapon or before is None or self._total is not None or self._whole is not None:
            return item
        return msgspec.structs.replace(item, weapon=before.weapon)

    def _tell_by_place(self, sentence: Sentence, counts: list[Item], places: list[re.Match[str]]) -> None:
        """Each count with the place before it; none is a part of another in its sentence."""
        weapon = ""
        for item, place in zip(counts, places, strict=True):
            weapon = item.weapon or weapon
            named = tuple(named_places(place[0], self._text[place.end() : sentence.end]))
            last = sentence.tokens[max(item.end, item.number + 1) - 1].end
            span = quoted(self._text, place.start(), sentence.tokens[item.at].start, last)
            if item.at and sentence.tokens[item.at - 1].folded == "по":
                for one in named:  # "над Тверской и Псковской областями сбили по три"
                    self._add(sentence, item, weapon, (one,), one, span, None)
            else:
                self._add(sentence, item, weapon, named, ", ".join(named) or None, span, None)

    def _tell(
        self,
        sentence: Sentence,
        item: Item,
        end: int,
        begin: int,
        leads: tuple[int, int] | None,
        over: int | None = None,
    ) -> None:
        """Add what one count says; ``leads`` are the places before it, ``over`` where those after it begin."""
        text, tokens = self._text, sentence.tokens
        begins, ends = leads or (tokens[over or item.number].start, tokens[max(end, item.number + 1) - 1].end)
        span = text[begins:ends]
        places, stop = places_and_end(span, text[ends : sentence.end])
        total = self._total
        if not places and total is None:
            lead = text[sentence.start : tokens[item.at].start]
            opens = sentence.tokens[0].folded in _OPENING and all(fact.start < sentence.start for fact in self.facts)
            places = named_places(lead) if opens or _OVER.search(lead) else []
        if total is None and item.weapon is None:
            if not places:
                return
            total = self._whole
        whole = self.facts[total] if total is not None else None
        part_of: int | None = None
        if item.at and tokens[item.at - 1].text == "(" and self.facts:
            part_of = len(self.facts) - 1  # "три — в Московском регионе (два летели на Москву)"
        elif (
            whole is not None
            and (item.weapon is None or item.weapon == whole.weapon or (is_a(whole.weapon, item.weapon)))
            and not (whole.regions and item.at and tokens[item.at - 1].folded == "еще")
            and (not whole.place or item.part or ":" in text[whole.end : tokens[item.at].start])
        ):
            part_of = total
        inner = (
            part_of is not None
            and item.part
            and self.facts[-1].subset_of == total
            and not any(t.text == ":" for t in tokens[max(0, item.at - 3) : item.at])
        )
        weapon = whole.weapon if whole is not None and (part_of is not None or not item.weapon) else item.weapon
        assert weapon is not None
        of_them = item.part and DOWNED_WORDS.search(span)  # "три из них сбиты средствами ПВО"
        if part_of is not None and item.weapon is None and not places and not inner and not of_them:
            return  # cut off before it says where
        each = item.at > 0 and tokens[item.at - 1].folded == "по"
        if not places and (each or (item.weapon is None and whole is not None and whole.place and not item.part)):
            return
        if leads is not None:
            where = quoted(text, begins, tokens[item.at].start, tokens[item.end - 1].end)
        else:
            ends = max(begins + stop, tokens[max(item.end, item.number + 1) - 1].end)
            where = quoted(text, tokens[min(begin, item.at)].start, tokens[item.at].start, ends)
        if each and len(places) > 1:
            for place in places:
                added = self._add(sentence, item, weapon, (place,), place, where, part_of)
        else:
            told = part_of is not None or len(places) == 1
            of = len(self.facts) - 1 if inner else part_of
            added = self._add(
                sentence, item, weapon, tuple(places), (", ".join(places) or None) if told else None, where, of
            )
        if part_of is None:
            self._total = added

    def _add(
        self,
        sentence: Sentence,
        item: Item,
        weapon: str,
        regions: tuple[str, ...],
        place: str | None,
        span: tuple[int, int, str],
        part_of: int | None,
    ) -> int:
        """The index of what was added, or of what had said the same before."""
        assert self._outcome is not None
        start, end, quote = span
        value = item.value.value
        roundly: int | None = None
        whole = self.facts[self._whole] if self._whole is not None else None
        again = item.at > 0 and sentence.tokens[item.at - 1].folded == "еще"
        if part_of is None:
            for n, fact in enumerate(self.facts):
                if not again and self._says_the_same(fact, item, weapon, regions):
                    return n
                if not (again or regions) and self._says_roundly(fact, item, weapon):
                    if item.hedges:
                        return n
                    roundly = n
            if (
                whole is not None
                and regions
                and (not whole.regions or all(_is_among(one, whole.regions) for one in regions))
                and value <= self._left
                and self._outcome == whole.outcome
                and (weapon == whole.weapon or is_a(weapon, whole.weapon))
                and not OTHER_TIME.search(self._text, sentence.start, sentence.end)
            ):
                assert self._whole is not None
                part_of = self._whole
                self._left -= value
                self._mentioned.add(part_of)
        if part_of is not None and len(regions) == 1:
            for n, fact in enumerate(self.facts):  # the headline told a part of what comes to be told
                if fact.subset_of is None and fact.regions and self._says_the_same(fact, item, weapon, regions):
                    self.facts[n] = msgspec.structs.replace(fact, subset_of=part_of)
                    return n
        now = self._now
        fact = TallyFact(
            quote=quote, start=start, end=end, speaker=self._speaker, outcome=self._outcome, weapon=weapon,
            value=item.value, hedges=item.hedges,
            as_of=now.until or now.day, since=now.since, until=now.until,
            place=place, regions=regions, subset_of=part_of,
        )  # fmt: skip
        if roundly is None:
            roundly = len(self.facts)
            self.facts.append(fact)
        else:
            self.facts[roundly] = fact
        if (
            part_of is None
            and item.counted
            and len(regions) != 1
            and (whole is None or (item.weapon and value > 1 and not again))
        ):
            self._whole, self._left = roundly, value
        return roundly

    def _says_roundly(self, fact: TallyFact, item: Item, weapon: str) -> bool:
        """Whether a fact says about how many this says how many: "более ста", then "114"."""
        value = item.value.value
        return (
            bool(fact.hedges) != bool(item.hedges)
            and not fact.regions
            and fact.subset_of is None
            and (fact.outcome, fact.weapon) == (self._outcome, weapon)
            and fact.since == self._now.since
            and abs(fact.value.value - value) <= _ROUNDED * value
        )

    def _says_the_same(self, fact: TallyFact, item: Item, weapon: str, regions: tuple[str, ...]) -> bool:
        """Whether a count says again what was said: the headline, the lead, and the words of the ministry."""
        return (
            fact.value.value == item.value.value
            and fact.outcome == self._outcome
            and (fact.weapon == weapon or is_a(fact.weapon, weapon) or is_a(weapon, fact.weapon))
            and (fact.since, fact.until) == (self._now.since, self._now.until)
            and (fact.subset_of is None or len(regions) == len(fact.regions) == 1)
            and (not (regions and fact.regions) or any(_is_among(one, fact.regions) for one in regions))
        )


def _is_among(place: str, places: tuple[str, ...]) -> bool:
    return any(same_place(place, other) for other in places)


def _of_them(sentence: Sentence, counts: list[Item]) -> bool:
    """ "Из них восемь сбиты над ...", "По данным ведомства, 16 из них": of what was counted in the sentence before."""
    words = [token.folded for token in sentence.tokens[:3]]
    return words[:2] == ["из", "них"] or words == ["в", "том", "числе"] or (bool(counts) and counts[0].part)


def _named_first(text: str, sentence: Sentence, counts: list[Item]) -> list[re.Match[str]]:
    """The places, if each stands before its count: "над Рязанской областью уничтожены 8 БПЛА, над Тульской — 3"."""
    places = list(PLACE.finditer(text, sentence.start, sentence.end))
    if not counts or len(places) != len(counts) or not all(item.counted for item in counts):
        return []
    numbers = [sentence.tokens[item.number].start for item in counts]
    before = [-1, *numbers[:-1]]
    fits = all(low < place.start() < high for low, place, high in zip(before, places, numbers, strict=True))
    return places if fits and counts[0].weapon else []


_ROUNDED = 0.15
_OPENING = frozenset({"над", "ночью", "в", "утром", "днем", "вечером"})
_OVER = re.compile(r"\b(?:над|на\s+территории)\s", re.IGNORECASE)
_CAME_DOWN = frozenset({"упал", "упали", "упало"})
_JAMMING = frozenset({"рэб", "радиоэлектронной"})
