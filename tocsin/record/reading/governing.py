"""Which words of a sentence govern which count: those that stand before it, or those right behind it."""

from __future__ import annotations

from itertools import pairwise

from tocsin.facts import Outcome
from tocsin.record.reading.cues import NEUTRALISED, Cue
from tocsin.record.reading.items import Item
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.moments import MONTHS
from tocsin.record.reading.naming import DASHES, QUOTES
from tocsin.record.reading.tokens import Sentence

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_HIT = Outcome.HIT
_DEBRIS = Outcome.DEBRIS
_LOST = Outcome.LOST
_LAUNCHED = Outcome.LAUNCHED

DOWNED = frozenset({Outcome.SHOT_DOWN, Outcome.SUPPRESSED, Outcome.SHOT_DOWN_OR_SUPPRESSED})

_BEHIND = frozenset({Outcome.LOST, Outcome.LEFT_AIRSPACE, Outcome.AIRBORNE})
"""What bulletins say behind the count: "ще 6 ... не досягли цілі"."""

_SMALL = (Kind.ALSO, Kind.FILLER, Kind.NOT, Kind.QUALITY)
_MEANS = frozenset(
    ["засобами", "реб", "вогневими", "силами", "ппо", "оборони", "протиповітряною", "повітряних", "сил", "ще"]
)
"""By what: may stand between "збито" and a bare number."""

_AFTER_A_BARE_NUMBER = frozenset(["на", "в", "у", "над", "внаслідок", "протягом", "за", "по"])


_OF_AN_OBLAST = ("ської", "цької")
_OVER = frozenset(["на", "в", "у", "над"])


class Governing:
    """Takes the counts of one sentence from left to right; each cue is used once."""

    def __init__(self, sentence: Sentence, cues: list[Cue]) -> None:
        self._tokens = sentence.tokens
        self._cues = cues
        self._used: set[int] = set()
        self._last_end = 0

    def of(self, item: Item, limit: int, *, inherits: bool) -> Cue | None:
        """The words that govern a count; the next begins at ``limit``. ``inherits``: a heading would, if none do."""
        if item.carrier:
            return None  # "з чотирьох літаків Ту-95МС випустили": they are not what was launched
        unused = [cue for cue in self._cues if cue.at not in self._used]
        before = [cue for cue in unused if self._last_end <= cue.at < item.at]
        after = next((c for c in unused if item.end <= c.at < limit and not self._says_whence(c, limit)), None)
        tight = after is not None and self.tight(item.end, after)
        inside = next((cue for cue in unused if item.at < cue.at < item.end), None)
        if inside is not None:  # "44 знищені цілі", "дронів збито 80"
            self._used.add(inside.at)
            self._last_end = item.end
            return inside
        first = self._last_end == 0
        self._last_end = item.end
        if before and before[-1].outcome == NEUTRALISED and after and tight and not self._opens_next(after):
            before = []  # "Знешкоджено: 296 дронів збито": the words behind it say which
        if first and not before and after and item.unit == "locations" and after.outcome in (_HIT, _DEBRIS):
            return after  # "на 24 локаціях зафіксовано влучання 18 ракет": of both
        if before:
            elided = item.weapon is None and item.unit == "weapons"
            if after and tight and elided and after.outcome != before[-1].outcome and self._apart(before[-1], item):
                self._used.add(after.at)
                return after
            self._used.update(cue.at for cue in before)
            return before[-1]
        spelled_out = (
            after is not None
            and tight
            and self._tokens[after.end : after.end + 1]
            and self._tokens[after.end].text == ":"
        )
        if after is None or (self._opens_next(after) and not spelled_out):
            return None
        if tight or (first and not inherits) or after.outcome in _BEHIND:
            return self._chain(after, limit)
        return None

    def _says_whence(self, cue: Cue, limit: int) -> bool:
        """ "Два «шахеди», запущені з Курської області, збито": that it was launched stands between."""
        return (
            cue.outcome == _LAUNCHED
            and (
                self._tokens[cue.at - 1].folded in _WHICH
                or (
                    self._tokens[cue.at - 1].text == ","
                    and self._tokens[cue.at].folded.endswith(("ені", "ених", "ений"))
                )
            )
            and any(cue.at < other.at < limit for other in self._cues)
        )

    def _chain(self, cue: Cue, limit: int) -> Cue:
        """ "Подавлено РЕБ або локаційно втрачено": of words that are joined, "lost" says the least and is kept."""
        self._used.add(cue.at)
        end, found = cue.end, cue
        for other in self._cues:
            if cue.at < other.at < limit and not any(t.text in ",;" for t in self._tokens[end : other.at]):
                self._used.add(other.at)
                end, found = other.end, other if other.outcome == _LOST else found
        return found

    def tight(self, end: int, cue: Cue) -> bool:
        """Whether nothing but small words lies between the end of a count and the words behind it."""
        between = self._tokens[end : cue.at]
        small = all(
            token.text in DASHES or token.text in QUOTES or token.text in "()" or token.kind in _SMALL
            for token in between
        )
        return small or (len(between) <= 6 and not any(t.text in ",;" or t.kind is Kind.AND for t in between))

    def _apart(self, cue: Cue, item: Item) -> bool:
        return any(token.text in ",;" for token in self._tokens[cue.end : item.at])

    def _opens_next(self, cue: Cue) -> bool:
        """Whether the words go with the number right behind them: "..., збито 36"."""
        for token in self._tokens[cue.end : cue.end + 4]:
            if token.kind is Kind.NUMBER:
                return True
            if token.kind not in (Kind.QUALIFIER, Kind.ALSO) and token.text != ":" and token.text not in DASHES:
                return False
        return False

    def leaves_out_the_noun(self, item: Item, cue: Cue | None, *, again: bool) -> bool:
        """Whether a bare number can only be of what was counted before: "193 — локаційно втрачені", "збито 36."."""
        if cue is None:
            # "9 на Одещині, 12 — на Миколаївщині"
            before = self._tokens[max(0, item.at - 4) : item.at]
            if again and before and before[-1].text in DASHES and any(t.folded in _OVER for t in before):
                return True  # "над Полтавщиною – три"
            beyond = [token for token in self._tokens[item.end : item.end + 2] if token.text not in DASHES]
            return again and bool(beyond) and (beyond[0].folded in _OVER or beyond[0].folded.endswith(_OF_AN_OBLAST))
        if cue.at >= item.end:
            return self.tight(item.end, cue)
        following = self._tokens[item.end] if item.end < len(self._tokens) else None
        between = self._tokens[cue.end : item.at]
        close = all(token.folded in _MEANS or token.kind is None or token.kind is Kind.ALSO for token in between)
        return close and (
            following is None
            or following.kind in (None, Kind.FROM, Kind.AND)
            or following.folded in _AFTER_A_BARE_NUMBER
        )

    def _was_sent(self, item: Item) -> bool:
        """ "Ракету «Іскандер-М» запустили з Криму"."""
        return any(token.folded in _ONE_SENT for token in self._tokens[item.at : item.end])

    def tells_of_one(self, item: Item, cue: Cue | None) -> bool:
        """Whether one weapon without a number is told of, and not only spoken of."""
        if cue is None:
            return False
        if cue.at >= item.end:
            near = cue.at - item.end <= 2
            return near and (cue.outcome in DOWNED or (cue.outcome == _LAUNCHED and self._was_sent(item)))
        if self._tokens[cue.at].folded.startswith("збитт"):
            return False  # "внаслідок збиття безпілотника": one that was counted
        told = cue.outcome in DOWNED or cue.outcome == _LAUNCHED or (cue.outcome == _HIT and item.singular)
        return told and item.at - cue.end <= 3


_WHICH = frozenset({"що", "які", "яких", "якими"})
_ONE_SENT = frozenset({"ракету", "бомбу", "авіабомбу"})
_TO_DOWN = frozenset({"збити", "знищити", "перехопити", "збивати", "вразити", "уразити", "подавити", "приземлити"})


def parted(sentence: Sentence, begin: int, item: Item, marks: list[Cue]) -> bool:
    """Whether a semicolon stands between, and the words behind the list that opens here say what became of it."""
    tokens = sentence.tokens
    if not any(token.text == ";" for token in tokens[begin : item.at]):
        return False
    end = next((at for at in range(item.end, len(tokens)) if tokens[at].text == ";"), len(tokens))
    behind = [mark for mark in marks if item.end <= mark.at < end]
    return len(behind) == 1 and behind[0].end >= end - 1


def escaped(sentence: Sentence, item: Item, limit: int) -> bool:
    """ "Збити не вдалося" is said of it."""
    words = [token.folded for token in sentence.tokens[item.end : min(limit, item.end + 6)]]
    before = sentence.tokens[max(0, item.at - 4) : item.at]
    if any(no.kind is Kind.NOT and token.value in DOWNED for no, token in pairwise(before)):
        return True  # "не знищено жодної з двох"
    words = [token.folded for token in before] + words
    return not _TO_DOWN.isdisjoint(words) and any(
        no == "не" and word.startswith(("вдал", "змогл", "удал")) for no, word in pairwise(words)
    )


def of_this_time(sentence: Sentence, counts: list[Item]) -> list[Item]:
    """Without what came another time: "more than on 10 October, when there were 84"."""
    words = [token.folded for token in sentence.tokens if token.text != ","]
    if not any(word == "коли" and before in MONTHS for before, word in pairwise(words)):
        return counts
    then = next(at for at, token in enumerate(sentence.tokens) if token.folded == "коли")
    return [item for item in counts if item.at < then]
