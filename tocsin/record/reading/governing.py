"""Which words of a sentence govern which count: those that stand before it, or those right behind it."""

from __future__ import annotations

from tocsin.record.facts import Outcome
from tocsin.record.reading.cues import Cue
from tocsin.record.reading.items import DASHES, QUOTES, Item
from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.tokens import Sentence

DOWNED = frozenset({Outcome.SHOT_DOWN, Outcome.SUPPRESSED, Outcome.SHOT_DOWN_OR_SUPPRESSED})

_BEHIND = frozenset({Outcome.LOST, Outcome.LEFT_AIRSPACE, Outcome.AIRBORNE})
"""What bulletins say behind the count: "ще 6 ... не досягли цілі"."""

_SMALL = (Kind.ALSO, Kind.FILLER, Kind.NOT, Kind.QUALITY)
_AFTER_A_BARE_NUMBER = frozenset(["на", "в", "у", "над", "внаслідок", "протягом", "за", "по"])


class Governing:
    """Takes the counts of one sentence from left to right; each cue is used once."""

    def __init__(self, sentence: Sentence, cues: list[Cue]) -> None:
        self._tokens = sentence.tokens
        self._cues = cues
        self._used: set[int] = set()
        self._last_end = 0

    def of(self, item: Item, limit: int, *, inherits: bool) -> Cue | None:
        """The words that govern a count; the next begins at ``limit``. ``inherits``: a heading would, if none do."""
        unused = [cue for cue in self._cues if cue.at not in self._used]
        before = [cue for cue in unused if self._last_end <= cue.at < item.at]
        after = next((cue for cue in unused if item.end <= cue.at < limit), None)
        tight = after is not None and self.tight(item.end, after)
        first = self._last_end == 0
        self._last_end = item.end
        if before:
            elided = item.weapon is None and item.unit == "weapons"
            if after and tight and elided and after.outcome != before[-1].outcome and self._apart(before[-1], item):
                self._used.add(after.at)
                return after
            self._used.update(cue.at for cue in before)
            return before[-1]
        if after is None or self._opens_next(after):
            return None
        if tight or (first and not inherits) or after.outcome in _BEHIND:
            self._used.add(after.at)
            return after
        return None

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

    def leaves_out_the_noun(self, item: Item, cue: Cue | None) -> bool:
        """Whether a bare number can only be of what was counted before: "193 — локаційно втрачені", "збито 36."."""
        if cue is None:
            return False
        if cue.at >= item.end:
            return self.tight(item.end, cue)
        following = self._tokens[item.end] if item.end < len(self._tokens) else None
        close = item.at - cue.end <= 1
        return close and (
            following is None
            or following.kind in (None, Kind.FROM, Kind.AND)
            or following.folded in _AFTER_A_BARE_NUMBER
        )

    def tells_of_one(self, item: Item, cue: Cue | None) -> bool:
        """Whether one weapon without a number is told of, and not only spoken of."""
        if cue is None:
            return False
        if cue.at >= item.end:
            return cue.outcome in DOWNED and cue.at - item.end <= 2
        return (cue.outcome in DOWNED or cue.outcome == Outcome.LAUNCHED) and item.at - cue.end <= 3
