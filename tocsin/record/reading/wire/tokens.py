"""A report as paragraphs, sentences and words, each with where it stands in the text as it came.

Promises that offsets are those of the text as it came: what is folded here is folded one character to one. A
paragraph that was broken in the middle of a sentence is joined again, and a quotation is never cut into sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import chain, compress
from operator import or_

from tocsin.record.reading.wire.words import GLUED, ODD, PIECES, WITHIN, mark

_FOLDED = (
    *(("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'), ("\u00a0", " ")),
    *(("–", "-"), ("‑", "-"), ("\u2009", " "), ("\u202f", " ")),
)
"""One character for one, so that offsets stay."""

_LOOSE_DASH = re.compile(r"(?<!\S)—|—(?!\S)")
"""One that stands tight between two words parts them, and is kept apart from a hyphen until they are parted."""

_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Lt|Gen|Col|Maj|Capt|Sgt|Adm|Brig|Sen|Rep|Gov|Prof|No|approx|Inc|Ltd|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*|\b[ap]\.m)\.$"
)
_LAST_TWO = frozenset(
    (
        *("Mr", "rs", "Ms", "Dr", "St", "Lt", "en", "ol", "aj", "pt", "gt", "dm", "ig", "ep", "ov", "of", "No", "ox"),
        *("nc", "td", "vs", "an", "eb", "ar", "pr", "un", "ul", "ug", "ct", "ec", ".m"),
    )
)  # fmt: skip
"""How they end, one letter more: looked for first, since it costs less."""
_ENDS = re.compile(r"[.!?\n](?:(?<=\n)(?:[ \t\r]*\n\s*|(?=\s*[^\s]))|(?<!\n)[.!?]*[\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9]))")
_DANGLING = re.compile(
    r"(?:[,;]|\b(?:a|an|the|of|in|on|at|to|for|from|by|with|and|or|but|that|which|who|is|are|was|were|be|been|has"
    r"|have|had|its|their|his|her|into|over|under|near|as|than|no|not|said|according))$"
)
_DATELINE = re.compile(
    r"\s*(?:[A-Z]{2,20}[A-Z ,.'/]{0,40}(?:,\s*[A-Z][a-z]+\.?)?\s*"
    r"(?:,?\s*[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,\s+20\d\d)?\s*)?(?:\([^)\n]{2,40}\)\s*)?"
    r"|[A-Z][A-Za-z ,.]{2,40}\([^)\n]{2,40}\)\s*|(?:AFP|AP|Reuters)\s*)(?:(?:-{1,2}|>>)\s+|—\s*)"
)
"""Where it was written and by which agency: "KYIV (Agency) - "."""
_SAYS = re.compile(r"\s+(?:[A-Z][\w.'-]+\s+){1,4}(?:said|says|asked|appealed|urged|wrote|told|added)\b")
_DASHED = re.compile(r"[->]\s|—")
_COUNTED_ITEM = re.compile(r"[-•▪●◾*✅➖]\s*\d")
"""An item of a list that counts: it belongs to the sentence before, whatever stands between."""
_LONGEST = 12
"""Characters in which the last word of a line shows, if it is one of those that leave a sentence open."""

_OFFICES = frozenset(
    {"KYIV", "KIEV", "MOSCOW", "LONDON", "WASHINGTON", "BRUSSELS", "PARIS", "BERLIN", "GENEVA", "WARSAW"}
)
"""Where agencies write from, wherever it happened."""
_TOWN = re.compile(r"[A-Z]{3,}(?: [A-Z]{3,})?(?=[, ])")
_QUOTES = mark(('"',))
_QUOTATION = re.compile(r'"[^"]{1,1500}"')


_BLANK = re.compile(r"\n\s*\n")


class Sentence:
    """Its words as written and in lower case, and where each begins and ends in the text as it came."""

    __slots__ = (
        *("_even", "_glued", "_marked", "_pieces", "_placed", "begin", "cased", "end", "headline", "low", "mark"),
        *("marks", "paragraph", "quoted", "text"),
    )

    def __init__(self, text: str, begin: int, end: int, paragraph: int, headline: bool) -> None:
        self.text, self.begin, self.end, self.paragraph, self.headline = text, begin, end, paragraph, headline
        self._pieces = pieces = text[begin:end].split()
        words = list(chain.from_iterable(map(PIECES.__getitem__, pieces)))
        self.cased: list[str] = words[::3]
        self.low: list[str] = words[1::3]
        self.marks: list[int] = words[2::3]
        self.mark: int = reduce(or_, self.marks, 0)
        self._marked = list(compress(enumerate(self.marks), self.marks))
        self.quoted = _quoted(self.at(_QUOTES), len(self.low), self.marks) if self.mark & _QUOTES else []
        self._even: int | None = None
        self._placed: tuple[list[int], list[int]] | None = None

    def at(self, bits: int) -> list[int]:
        """Where the words stand that have one of these bits."""
        return [at for at, mark in self._marked if mark & bits] if self.mark & bits else []

    @property
    def starts(self) -> list[int]:
        """Where each word begins; found when first asked for."""
        if self._placed is None:
            spans = list(self._spans())
            self._placed = [start for start, _ in spans], [end for _, end in spans]
        return self._placed[0]

    @property
    def ends(self) -> list[int]:
        return self._placed[1] if self.starts and self._placed else []

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from ``first`` to ``last`` begin and end."""
        if self._even is None:
            self._even, self._glued = self._evenly(), self.at(GLUED)
        if self._even < 0:
            return self.starts[first], self.ends[last]
        cased, glued = self.cased, self._glued
        begun = bisect_right(glued, first)
        start = self._even + len("".join(cased[:first])) + first - begun
        spaces = last - first - bisect_right(glued, last) + begun
        return start, start + len("".join(cased[first : last + 1])) + spaces

    def _evenly(self) -> int:
        """Where the first word begins, if nothing but words and single signs between them follows: then where a word
        stands can be told by the lengths of those before it, without placing all. Else less than nothing."""
        text, pieces = self.text, self._pieces
        if self.mark & ODD or not pieces:
            return -1
        at = text.find(pieces[0], self.begin)
        return at if len(text[at : self.end].rstrip()) + 1 == len("".join(pieces)) + len(pieces) else -1

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Where each word begins and ends."""
        at = self.begin
        for piece in self._pieces:
            at = self.text.find(piece, at)
            for start, end in WITHIN[piece]:
                yield at + start, at + end
            at += len(piece)

    def __len__(self) -> int:
        return len(self.low)

    def in_quotation(self, at: int) -> bool:
        for first, last in self.quoted:  # noqa: SIM110 - asked for every verb
            if first <= at <= last:
                return True
        return False

    def words(self, first: int, last: int) -> str:
        """The words from ``first`` to ``last``, both included, as the text has them, white space folded."""
        if first >= last:
            return self.cased[first] if first == last else ""
        last = min(last, len(self.low) - 1)
        start, end = self.span(first, last) if first <= last else (0, 0)
        return " ".join(self.text[start:end].split())


def _quoted(marks: list[int], size: int, words: Sequence[int]) -> list[tuple[int, int]]:
    """The words between quotation marks; one never closed holds to the end, one never opened from the beginning."""
    if len(marks) % 2:
        if words[marks[0]] & GLUED and marks[0]:
            marks = [-1, *marks]
        else:
            marks.append(size)
    return [(first + 1, last - 1) for first, last in zip(marks[::2], marks[1::2], strict=True) if last - first > 1]


def fold(text: str) -> str:
    """The text with one form of each quotation mark, dash and space, of the same length."""
    if text.isascii():
        return text
    for sign, folded in _FOLDED:
        text = text.replace(sign, folded)
    if "—" in text:
        text = _LOOSE_DASH.sub("-", text)
    return text


def dateline_of(folded: str) -> str | None:
    """The town that a report was written in, unless agencies have an office there: "KHARKIV, Ukraine (AP) -"."""
    for line in folded[:2_000].split("\n"):
        if line[:3].isupper() and (town := _TOWN.match(line)) and town.group() not in _OFFICES:
            found = _DATELINE.match(line)
            if found and "(" in found.group():
                return town.group().title()
    return None


def sentences(folded: str) -> list[Sentence]:
    """The sentences of a text that went through `fold`."""
    kept = [
        match.span()
        for match in _QUOTATION.finditer(folded)
        if not ("\n" in match.group() and _BLANK.search(match.group()))
    ]
    found: list[Sentence] = []
    begin, paragraph, inside = 0, 0, 0
    dashed = ("-" in folded or ">" in folded or "—" in folded) and _DASHED.search(folded) is not None
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
            _add(found, folded, begin, at, paragraph, blank or first, dashed)
            begin, paragraph = to, paragraph + 1
        elif sign != "." and '"' in folded[at:to] and _SAYS.match(folded, to, to + 60):
            continue  # '"What could be worse?" Zelensky said.'
        elif sign != "." or not _abbreviated(folded, begin, at):
            _add(found, folded, begin, to, paragraph, False, dashed)
            begin = to
    _add(found, folded, begin, len(folded), paragraph, False, dashed)
    return found


def _abbreviated(text: str, begin: int, at: int) -> bool:
    """Whether the full stop at ``at`` ends an abbreviation."""
    last = text[max(begin, at - 2) : at]
    if last not in _LAST_TWO and not last[-1:].isupper():
        return False
    if text[max(begin, at - 5) : at] == " on X":
        return False  # "wrote on X."
    return _ABBREVIATED.search(text, max(begin, at - 12), at + 1) is not None


def _continues(before: str, after: str, blank: bool, first: bool) -> bool:
    """Whether a sentence goes on after a line break: its line did not end, or what follows is no beginning."""
    if (
        before[-1] not in '.!?"'
        and _COUNTED_ITEM.match(after)
        and (before[-1] in ":;," or not first or _COUNTED_ITEM.match(before, before.rfind("\n") + 1))
    ):
        return True
    if before[-1] in ".!?\"'):" and not after[:1].islower():
        return not blank and before[-1] not in '.!?"' and not first
    if after[:1].islower() or _DANGLING.search(before[-_LONGEST:]):
        return True
    return not blank and not first


def _add(found: list[Sentence], text: str, begin: int, end: int, paragraph: int, line: bool, dashed: bool) -> None:
    """A line that ends without a full stop, and is not the last words of a paragraph, is a headline."""
    if dashed and (dateline := _DATELINE.match(text, begin, end)):
        begin = dateline.end()
    piece = text[begin:end].strip()
    if piece:
        headline = line and piece[-1] not in '.!?"' and len(piece) < 200
        found.append(Sentence(text, begin, end, paragraph, headline))
