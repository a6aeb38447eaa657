"""Which outcome each count of a bulletin has: by the words before it, the words after it, or the heading of its list.

No outcome is guessed: a count that nothing governs is left out.
"""

from __future__ import annotations

import re

import msgspec

from tocsin.facts import Count, Hedge, Outcome
from tocsin.record.reading.cues import NEUTRALISED, Cue, cues
from tocsin.record.reading.governing import DOWNED, Governing, escaped, of_this_time, parted
from tocsin.record.reading.items import Item, items
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.long_ago import CUMULATIVE, WARNING, may_be_of_long_ago, may_warn
from tocsin.record.reading.naming import DASHES, QUOTES
from tocsin.record.reading.tokens import Sentence
from tocsin.record.weapons import is_a

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LOST = Outcome.LOST
_LAUNCHED = Outcome.LAUNCHED
_SHOT_DOWN = Outcome.SHOT_DOWN

_IN_ALL = frozenset(["разом", "загалом", "усього", "всього"])
_OF_THESE = (["з", "них"], ["із", "них"], ["серед", "яких"], ["з", "яких"], ["із", "яких"], ["серед", "них"])
_OF_THAT = frozenset({"них", "цієї", "цих", "яких"})
_WHENCE = ("напрям", "боку", "район", "акватор", "територ")
_OUTCOMES: dict[str, Outcome] = {outcome.value: outcome for outcome in Outcome}
_SMALL_LETTERS = re.compile(r"[a-zа-яіїєґё]+")
_PLACES = frozenset({Outcome.HIT, Outcome.DEBRIS})


class Said(msgspec.Struct, frozen=True, gc=False):
    """A count with its outcome."""

    outcome: Outcome
    weapon: str
    value: Count
    hedges: tuple[Hedge, ...]
    unit: str
    part: bool
    start: int
    """Characters: where the words that say it begin and end."""
    end: int
    close: int
    """Where the count itself begins, for a shorter quotation."""
    sentence: int
    headline: bool
    entry: bool
    """Whether it is an entry of a list under a heading that says the outcome."""
    opens: bool
    """Whether what follows in its sentence spells it out: a colon, a dash or a bracket comes after it."""
    areas: Count | None = None
    areas_end: int = 0
    """Where the words end that say over how many areas."""


def resolve(text: str, found: list[Sentence], *, heading: Outcome | None = None, lone: bool = False) -> list[Said]:
    """Every count that has an outcome.

    ``heading``: the outcome before any is said; ``lone``: entries without a number are one.
    """
    resolver = _Resolver(text, found, heading, lone)
    for n in range(len(found)):
        resolver.take(n)
    return resolver.said


class _Resolver:
    """Goes through the sentences with what a list inherits and what a left-out noun would be."""

    def __init__(self, text: str, found: list[Sentence], heading: Outcome | None, lone: bool) -> None:
        self.said: list[Said] = []
        self._text = text
        self._found = found
        self._marks = [cues(sentence) for sentence in found]
        self._context = heading
        self._lone = lone
        self._weapon: str | None = None
        self._listed: str | None = None
        """What the line counted that opened the list."""
        self._came: list[tuple[str, int]] = []
        """What was launched, and how many, in the sequence of the text."""
        self._bulleted = False
        self._of_that = False
        """Whether the sentence before counted from long before this night."""
        self._headline = bool(found) and _is_headline(text[found[0].start : found[0].end])
        low = text.lower()
        self._long_ago = may_be_of_long_ago(low) and CUMULATIVE.search(text) is not None
        self._then = " коли " in low
        self._fails = "вдал" in low or "змогл" in low or "удал" in low
        self._may_come = may_warn(low) and WARNING.search(text) is not None

    def take(self, n: int) -> None:
        sentence, marks = self._found[n], self._marks[n]
        if self._left_out(sentence, marks):
            self._context = None
            return
        counts = items(sentence)
        if self._then and counts:
            counts = of_this_time(sentence, counts)
        if not counts:
            self._heading(sentence, marks)
            return
        if self._bulleted and sentence.begins_line and not sentence.bullet:
            self._context = None  # the list is over
            self._weapon, self._listed = self._listed or self._weapon, None
        entry = self._context is not None and sentence.begins_line and not (marks and marks[0].at < counts[0].at)
        inherited = self._context if entry or (self._context and not sentence.begins_line and not marks) else None
        if inherited is None and not marks and self._spells_out(sentence, counts):
            inherited = self._last_of_weapons()
        self._bulleted = entry and sentence.bullet
        previous = self._counts(n, counts, inherited, entry)
        if sentence.text_ends_with_colon(self._text) and previous is not None:
            self._context = self._of_list(n, previous.outcome)
        elif previous is not None and self._opens_list(n):
            self._context, self._listed = self._of_list(n, previous.outcome), counts[0].weapon
        elif not entry:
            self._context = None

    def _spells_out(self, sentence: Sentence, counts: list[Item]) -> bool:
        """ "Зокрема: 36 «шахедів»; ...", "Близько 100 із них – «шахеди»": of what was told just before."""
        words = [token.folded for token in sentence.tokens[:3]]
        opens = words[1:2] == [":"] or words[2:3] == [":"]
        return counts[0].part or (opens and (words[0] == "зокрема" or "них" in words[:2] or words[:2] == ["а", "саме"]))

    def _last_of_weapons(self) -> Outcome | None:
        return next((said.outcome for said in reversed(self.said) if said.unit == "weapons"), None)

    def _opens_list(self, n: int) -> bool:
        """Whether a line that counts has its parts under it, without a colon: "ЗНИЩЕНО 13 РАКЕТ", then bullets."""
        sentence, following = self._found[n], self._found[n + 1 : n + 2]
        if not (sentence.ends_line and not sentence.bullet and following and following[0].bullet):
            return False
        return self._text[sentence.end - 1 : sentence.end] not in ".!?;" and not self._marks[n + 1]

    def _of_list(self, n: int, last: Outcome) -> Outcome:
        """What the entries of a list are that say nothing of it themselves.

        Of "збито 208, 129 – локаційно втрачені:" they are what was downed; those that were lost say so.
        """
        own = [said.outcome for said in self.said if said.sentence == n and said.unit == "weapons"]
        downed = next((outcome for outcome in own if outcome in DOWNED), None)
        return downed if downed is not None and last is _LOST else last

    def _left_out(self, sentence: Sentence, marks: list[Cue]) -> bool:
        if self._long_ago and CUMULATIVE.search(self._text, sentence.start, sentence.end):
            self._of_that = True
            return True
        if self._of_that and Kind.NUMBER in sentence.kinds:
            words = [token.folded for token in sentence.tokens[:3]]
            self._of_that = words[:1] in (["з"], ["із"]) and not _OF_THAT.isdisjoint(words)
            return self._of_that  # "З цієї кількості збито 1185"
        if self._may_come and "якби" in {token.folded for token in sentence.tokens}:
            return True
        return (
            self._may_come
            and WARNING.search(self._text, sentence.start, sentence.end) is not None
            and not any(mark.outcome in DOWNED for mark in marks)
        )

    def _heading(self, sentence: Sentence, marks: list[Cue]) -> None:
        """ "Збито:" opens a list; any other sentence that speaks of something else closes it."""
        if sentence.bullet and not (self._lone and marks and sentence.text_ends_with_colon(self._text)):
            return
        if marks:
            lone = sentence.begins_line and sentence.ends_line
            bare = lone and len(sentence.tokens) <= marks[-1].end - marks[0].at + 3
            opens = bare or (sentence.ends_line and sentence.text_ends_with_colon(self._text))
            self._context = _plain(marks[-1].outcome) if opens else None
        elif sentence.begins_line and len(sentence.tokens) > 2:
            self._context = None

    def _counts(self, n: int, counts: list[Item], inherited: Outcome | None, entry: bool) -> Said | None:
        sentence, marks = self._found[n], self._marks[n]
        governing = Governing(sentence, marks)
        previous: Said | None = None
        carried: Outcome | None = None
        waiting: list[Item] = []
        paired = False
        for i, item in enumerate(counts):
            following = counts[i + 1] if i + 1 < len(counts) else None
            limit = following.at if following else len(sentence.tokens)
            cue = governing.of(item, limit, inherits=inherited is not None)
            if (cue is None or (self._fails and cue.at < item.at)) and escaped(sentence, item, limit):
                continue
            if cue is None and i and parted(sentence, counts[i - 1].end, item, marks):
                previous, carried = None, None
            outcome = self._outcome(item, cue, previous.outcome if previous else carried, inherited, n)
            whole = cue is None and following is not None and self._is_whole(sentence, item, following)
            if whole or (outcome is None and cue is None and self._is_of_the_attack(sentence, item)):
                outcome = _LAUNCHED
            if item.weapon and outcome is _LAUNCHED and _crewed(item.weapon):
                carried = outcome
                continue  # what carried them, or was seen to take off
            alone = item.singular and sentence.tokens[item.end : item.end + 1] and following is not None
            joined = alone and sentence.tokens[item.end].kind is Kind.AND  # "Ракета та 61 БпЛА – знищені"
            if outcome is None and cue is None and item.weapon and (item.counted or joined) and not item.carrier:
                waiting.append(item)
            elif cue is not None and cue.at >= item.end and outcome is not None:
                # "Двома ракетами та 88 БпЛА атакував ворог": the words behind the last are of all of them.
                for one in waiting:
                    previous = self._add(n, one, None, outcome, str(one.weapon), entry)
            if outcome is not None:
                waiting = []
            weapon = item.weapon or (
                self._meant(item, outcome)
                if governing.leaves_out_the_noun(item, cue, again=previous is not None or (entry and cue is None))
                or paired
                else None
            )
            carried = carried if whole else outcome
            paired = whole
            if outcome is not None and (item.unit == "locations" or self._of_places(sentence, item, outcome)):
                previous = self._places(n, item, cue, outcome, previous)
            elif outcome is not None and weapon is not None and self._is_told(item, cue, governing, previous, entry):
                told = self._add(n, item, cue, outcome, weapon, entry)
                previous = previous if whole else told
            if item.weapon and not item.part and not item.carrier:
                self._weapon = item.weapon
        return previous

    def _of_places(self, sentence: Sentence, item: Item, outcome: Outcome) -> bool:
        """ "Влучання на 13 локаціях, падіння збитих на 26": of places again."""
        again = bool(self.said) and self.said[-1].unit == "locations" and outcome in _PLACES and item.weapon is None
        return again and item.at > 0 and sentence.tokens[item.at - 1].folded == "на"

    def _meant(self, item: Item, outcome: Outcome | None) -> str | None:
        """Which weapon a bare number counts: the last that was named; or, where fewer of that came than it says, the
        last of which enough came: "77 БпЛА і дві ракети. 56 збито"."""
        if outcome is None or outcome is _LAUNCHED:
            return self._weapon
        last = next((number for weapon, number in reversed(self._came) if weapon == self._weapon), None)
        if last is not None and item.value.value > last:
            enough = (weapon for weapon, number in reversed(self._came) if number >= item.value.value)
            self._weapon = next(enough, self._weapon)  # and the numbers that follow are of that
        return self._weapon

    def _outcome(
        self, item: Item, cue: Cue | None, previous: Outcome | None, inherited: Outcome | None, n: int
    ) -> Outcome | None:
        if cue is not None and cue.outcome == NEUTRALISED:
            # "Знешкоджено 354: 158 збито, 196 локаційно втрачено" is no outcome of its own.
            near = [mark for marks in self._marks[n : n + 4] for mark in marks]
            mixed = any(mark.outcome in DOWNED or mark.outcome == _LOST for mark in near)
            return None if mixed else _SHOT_DOWN
        if cue is not None:
            return _OUTCOMES[cue.outcome]
        return previous if previous is not None else inherited

    def _is_whole(self, sentence: Sentence, item: Item, following: Item) -> bool:
        """ "Із 59 БпЛА збито 58", "із 59 БпЛА – 58": what is taken from is what came."""
        if not item.weapon or following.weapon or item.carrier or not item.at:
            return False
        between = sentence.tokens[item.end : following.at]
        return sentence.tokens[item.at - 1].kind is Kind.FROM and (
            any(token.text in DASHES for token in between) or any(token.value in DOWNED for token in between)
        )

    def _is_of_the_attack(self, sentence: Sentence, item: Item) -> bool:
        """ "Загалом 367 засобів ураження: ...": means of attack, spelled out, are those that came."""
        tokens = sentence.tokens
        for at in range(item.end, min(item.end + 3, len(tokens) - 1)):  # "61 безпілотник із напрямків Курськ, Орел"
            if tokens[at].kind is Kind.FROM and tokens[at + 1].folded.startswith(_WHENCE):
                return True
        means = any(token.folded.startswith("засоб") for token in sentence.tokens[item.number : item.end])
        if means and any(token.folded in _IN_ALL for token in tokens[max(0, item.at - 3) : item.at]):
            return True  # "Разом – 165 засобів"
        return means and any(
            token.text == ":" or token.text in DASHES for token in sentence.tokens[item.end : item.end + 4]
        )

    def _is_told(self, item: Item, cue: Cue | None, governing: Governing, previous: Said | None, entry: bool) -> bool:
        if item.carrier:
            return False
        if item.counted or governing.tells_of_one(item, cue):
            return True
        return (previous is not None and item.singular) or (entry and (self._lone or item.singular))

    def _add(
        self,
        n: int,
        item: Item,
        cue: Cue | None,
        outcome: Outcome,
        weapon: str,
        entry: bool,
    ) -> Said:
        sentence = self._found[n]
        start, end, close = _span(sentence, item, cue)
        here = Said(
            outcome=outcome,
            weapon=weapon,
            value=item.value,
            hedges=item.hedges,
            unit="weapons",
            part=(item.part and self._goes_on(outcome)) or (cue is None and self._is_by_place(item, outcome, weapon)),
            start=start,
            end=end,
            close=close,
            sentence=n,
            headline=n == 0 and self._headline,
            entry=entry and cue is None,
            opens=_opens(sentence, item)
            or (sentence.text_ends_with_colon(self._text) and not _is_taken_from(sentence, item)),
        )
        if item.out_of is not None and outcome in DOWNED:
            came = msgspec.structs.replace(here, outcome=_LAUNCHED, value=item.out_of, hedges=(), opens=False)
            self.said.append(came)
        self.said.append(here)
        if outcome is _LAUNCHED and not here.part:
            self._came.append((weapon, item.value.value))
        return here

    def _is_by_place(self, item: Item, outcome: Outcome, weapon: str) -> bool:
        """ "Знищено 12 ракет: 6 в межах Київської, ...": of what was told just before, one place after the other."""
        if item.weapon is not None or not item.counted:
            return False
        whole = next((said for said in reversed(self.said) if said.unit == "weapons" and not said.part), None)
        return (
            whole is not None
            and whole.opens
            and (whole.outcome, whole.weapon) == (outcome, weapon)
            and whole.value.value >= item.value.value
        )

    def _goes_on(self, outcome: Outcome) -> bool:
        """Whether "of them" is of what was counted before with this outcome: "19 came, 14 of them were shot down" is no
        part of what was shot down."""
        before = next((said for said in reversed(self.said) if said.unit == "weapons"), None)
        return before is not None and before.outcome is outcome

    def _places(self, n: int, item: Item, cue: Cue | None, outcome: Outcome, previous: Said | None) -> Said | None:
        """A count of places: where weapons or debris came down, or over how many places they were shot down."""
        if previous is not None and outcome == previous.outcome and self.said[-1] is previous:
            ends = self._found[n].tokens[item.end - 1].end
            previous = self.said[-1] = msgspec.structs.replace(previous, areas=item.value, areas_end=ends)
        if outcome not in _PLACES:
            return previous
        start, end, close = _span(self._found[n], item, cue)
        here = Said(
            outcome=outcome,
            weapon="target",
            value=item.value,
            hedges=item.hedges,
            unit="locations",
            part=False,
            start=start,
            end=end,
            close=close,
            sentence=n,
            headline=n == 0 and self._headline,
            entry=False,
            opens=False,
        )
        self.said.append(here)
        return here


def _opens(sentence: Sentence, item: Item) -> bool:
    """Whether what a count is made of comes right behind it: "673 засоби, з них – 38 ракет"."""
    beyond = (token for token in sentence.tokens[item.end :] if token.kind is not Kind.FILLER)
    after = next((token for token in beyond if token.text not in QUOTES), None)
    if after is None or after.text != ",":
        return after is not None and (after.text in ":(" or after.text in DASHES)
    words = [token.folded for token in (next(beyond, None), next(beyond, None)) if token is not None]
    return words in _OF_THESE


def _is_taken_from(sentence: Sentence, item: Item) -> bool:
    """ "З 673 засобів збито 635:"."""
    return item.at > 0 and sentence.tokens[item.at - 1].kind is Kind.FROM


def _is_headline(words: str) -> bool:
    if len(words) - len(_SMALL_LETTERS.sub("", words)) >= 0.3 * len(words):
        return False  # no closer look is needed
    same = sum(map(str.__eq__, words, words.upper()))
    letters = sum(map(str.isalpha, words))
    return letters > 0 and letters - (len(words) - same) > 0.7 * letters


def _crewed(weapon: str) -> bool:
    return is_a(weapon, "aircraft") or is_a(weapon, "helicopter")


def _plain(outcome: str) -> Outcome:
    return _SHOT_DOWN if outcome == NEUTRALISED else _OUTCOMES[outcome]


def _span(sentence: Sentence, item: Item, cue: Cue | None) -> tuple[int, int, int]:
    """Characters: where what says it begins and ends, and where its number begins."""
    begin = min(cue.at, item.at) if cue else item.at
    stop = max(cue.end if cue else 0, item.end, item.number + 1)
    tokens = sentence.tokens
    return tokens[begin].start, tokens[stop - 1].end, tokens[item.at].start
