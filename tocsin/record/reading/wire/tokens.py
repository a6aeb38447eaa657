"""A report as paragraphs, sentences and words, each with where it stands in the text as it came.

Promises that offsets are those of the text as it came: what is folded here is folded one character to one. A
paragraph that was broken in the middle of a sentence is joined again, and a quotation is never cut into sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import reduce
from itertools import accumulate, chain, repeat
from operator import add, or_

from tocsin.record.reading.wire.words import GLUED, PIECES, mark

_FOLDED = (
    *(("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'), ("\u00a0", " ")),
    *(("–", "-"), ("—", "-"), ("‑", "-"), ("\u2009", " "), ("\u202f", " ")),
)
"""One character for one, so that offsets stay."""

_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Lt|Gen|Col|Maj|Capt|Sgt|Adm|Brig|Sen|Rep|Gov|Prof|No|approx|Inc|Ltd|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*|\b[ap]\.m)\.$"
)
_ENDS = re.compile(r"[.!?\n](?:(?<=\n)(?:[ \t\r]*\n\s*|(?=\s*[^\s]))|(?<!\n)[.!?]*[\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9]))")
_DANGLING = re.compile(
    r"(?:[,;]|\b(?:a|an|the|of|in|on|at|to|for|from|by|with|and|or|but|that|which|who|is|are|was|were|be|been|has"
    r"|have|had|its|their|his|her|into|over|under|near|as|than|no|not|said|according))$"
)
_DATELINE = re.compile(
    r"\s*(?:[A-Z]{2,20}[A-Z ,.'/]{0,40}(?:,\s*[A-Z][a-z]+\.?)?\s*(?:\([^)\n]{2,40}\)\s*)?"
    r"|[A-Z][A-Za-z ,.]{2,40}\([^)\n]{2,40}\)\s*|(?:AFP|AP|Reuters)\s*)(?:-{1,2}|>>)\s+"
)
"""Where it was written and by which agency: "KYIV (Agency) - "."""
_DASHED = re.compile(r"[->]\s")
_LONGEST = 12
"""Characters in which the last word of a line shows, if it is one of those that leave a sentence open."""

_OFFICES = frozenset(
    {"KYIV", "KIEV", "MOSCOW", "LONDON", "WASHINGTON", "BRUSSELS", "PARIS", "BERLIN", "GENEVA", "WARSAW"}
)
"""Where agencies write from, wherever it happened."""
_TOWN = re.compile(r"[A-Z]{3,}(?: [A-Z]{3,})?(?=[, ])")
_QUOTES = mark(('"',))
_QUOTATION = re.compile(r'"[^"]{1,1500}"')


class Words:
    """All words of a text, cut once, and where each begins and ends in it."""

    __slots__ = ("_begins", "_ends", "_firsts", "_starts", "_within", "cased", "low", "marks")

    def __init__(self, text: str) -> None:
        pieces = text.split()
        cased, low, marks, _, *self._within = zip(*map(PIECES.__getitem__, pieces or [""]), strict=True)
        self.cased: list[str] = list(chain.from_iterable(cased))
        self.low: list[str] = list(chain.from_iterable(low))
        self.marks: list[int] = list(chain.from_iterable(marks))
        self._begins: list[int] = []
        at, find, add_one = 0, text.find, self._begins.append
        for piece in pieces:
            at = find(piece, at)
            add_one(at)
            at += len(piece)
        self._firsts = list(accumulate(self._within[2], initial=0))
        self._starts: list[int] | None = None
        self._ends: list[int] = []

    def between(self, begin: int, end: int) -> tuple[int, int]:
        """The first word that begins at ``begin`` or later, and the first at ``end`` or later: no piece lies across."""
        begins = self._begins
        first = bisect_left(begins, begin)
        return self._firsts[first], self._firsts[bisect_left(begins, end, first)]

    @property
    def starts(self) -> list[int]:
        """Where each word begins; found when first asked for."""
        if self._starts is None:
            starts, ends, sizes = self._within
            begins = list(chain.from_iterable(map(repeat, self._begins, sizes)))
            self._starts = list(map(add, begins, chain.from_iterable(starts)))
            self._ends = list(map(add, begins, chain.from_iterable(ends)))
        return self._starts

    @property
    def ends(self) -> list[int]:
        return self._ends if self.starts else []


class Sentence:
    """Its words as written and in lower case, and where each begins and ends in the text as it came."""

    __slots__ = (
        *("_ends", "_first", "_last", "_marked", "_starts", "_words", "begin", "cased", "end", "headline", "low"),
        *("mark", "marks", "paragraph", "quoted", "text"),
    )

    def __init__(
        self, text: str, begin: int, end: int, paragraph: int, headline: bool, words: Words | None = None
    ) -> None:
        """``words`` are those of the text, if they have been cut."""
        self.text, self.begin, self.end, self.paragraph, self.headline = text, begin, end, paragraph, headline
        self._words = words = words or Words(text)
        self._first, self._last = first, last = words.between(begin, end)
        self.cased = words.cased[first:last]
        self.low = words.low[first:last]
        self.marks = words.marks[first:last]
        self._marked = [(at, mark) for at, mark in enumerate(self.marks) if mark]
        self.mark: int = reduce(or_, self.marks, 0)
        self.quoted = _quoted(self.low) if self.mark & _QUOTES else []
        self._starts: list[int] | None = None
        self._ends: list[int] = []

    def at(self, bits: int) -> list[int]:
        """Where the words stand that have one of these bits."""
        return [at for at, mark in self._marked if mark & bits] if self.mark & bits else []

    @property
    def starts(self) -> list[int]:
        """Where each word begins."""
        if self._starts is None:
            self._starts = self._words.starts[self._first : self._last]
            self._ends = self._words.ends[self._first : self._last]
        return self._starts

    @property
    def ends(self) -> list[int]:
        return self._ends if self.starts else []

    def __len__(self) -> int:
        return len(self.low)

    def in_quotation(self, at: int) -> bool:
        for first, last in self.quoted:  # noqa: SIM110 - asked for every verb
            if first <= at <= last:
                return True
        return False

    def words(self, first: int, last: int) -> str:
        """The words from ``first`` to ``last``, both included, as the text has them, white space folded."""
        if first > last:
            return ""
        if first == last:
            return self.cased[first]
        if not any(mark & GLUED for mark in self.marks[first : last + 1]):
            return " ".join(self.cased[first : last + 1])
        return " ".join(self.text[self.starts[first] : self._ends[last]].split())


def _quoted(low: list[str]) -> list[tuple[int, int]]:
    """The words between quotation marks; one that is never closed holds to the end."""
    marks = [at for at, word in enumerate(low) if word == '"']
    if len(marks) % 2:
        marks.append(len(low))
    return [(first + 1, last - 1) for first, last in zip(marks[::2], marks[1::2], strict=True) if last - first > 1]


def fold(text: str) -> str:
    """The text with one form of each quotation mark, dash and space, of the same length."""
    if text.isascii():
        return text
    for sign, folded in _FOLDED:
        text = text.replace(sign, folded)
    return text


def dateline_of(folded: str) -> str | None:
    """The town that a report was written in, unless agencies have an office there: "KHARKIV, Ukraine (AP) -"."""
    for line in folded[:2_000].split("\n"):
        found, town = _DATELINE.match(line), _TOWN.match(line)
        if found and town and town.group() not in _OFFICES and "(" in found.group():
            return town.group().title()
    return None


def sentences(folded: str) -> list[Sentence]:
    """The sentences of a text that went through `fold`."""
    kept = [match.span() for match in _QUOTATION.finditer(folded) if "\n\n" not in match.group()]
    found: list[Sentence] = []
    begin, paragraph, inside = 0, 0, 0
    dashed = _DASHED.search(folded) is not None
    words = Words(folded)
    for stop in _ENDS.finditer(folded):
        at, to = stop.span()
        while inside < len(kept) and kept[inside][1] <= at:
            inside += 1
        if inside < len(kept) and kept[inside][0] < at and to < kept[inside][1]:
            continue
        sign = folded[at]
        if sign == "\n":
            before = folded[begin:at].rstrip()
            if not before:
                begin = to
                paragraph += 1
                continue
            first, blank = not found, folded.count("\n", at, to) > 1
            if _continues(before, folded[to : to + 40].lstrip(), blank, first):
                continue
            _add(found, words, folded, begin, at, paragraph, blank or first, dashed)
            begin, paragraph = to, paragraph + 1
        elif sign != "." or not _ABBREVIATED.search(folded[max(begin, at - 12) : at + 1]):
            _add(found, words, folded, begin, to, paragraph, False, dashed)
            begin = to
    _add(found, words, folded, begin, len(folded), paragraph, False, dashed)
    return found


def _continues(before: str, after: str, blank: bool, first: bool) -> bool:
    """Whether a sentence goes on after a line break: its line did not end, or what follows is no beginning."""
    if before[-1] in ".!?\"'):" and not after[:1].islower():
        return not blank and before[-1] not in '.!?"' and not first
    if after[:1].islower() or _DANGLING.search(before[-_LONGEST:]):
        return True
    return not blank and not first


def _add(
    found: list[Sentence], words: Words, text: str, begin: int, end: int, paragraph: int, line: bool, dashed: bool
) -> None:
    """A line that ends without a full stop, and is not the last words of a paragraph, is a headline."""
    if dashed and (dateline := _DATELINE.match(text, begin, end)):
        begin = dateline.end()
    piece = text[begin:end].strip()
    if piece:
        headline = line and piece[-1] not in '.!?"' and len(piece) < 200
        found.append(Sentence(text, begin, end, paragraph, headline, words))
