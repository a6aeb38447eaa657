"""How many: numbers in digits and words, with what is said of how sure they are.

Promises that a word that names no number ("dozens", "several") is none, and that an age, a distance, a time and a
year are none either.
"""

from __future__ import annotations

import msgspec

from tocsin.facts import Count, Hedge
from tocsin.record.reading.wire.lexicon import words_of

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_AT_MOST = Hedge.AT_MOST
_AT_LEAST = Hedge.AT_LEAST
_ABOUT = Hedge.ABOUT

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_ONES)} | {
    word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)
}
_WORDS |= {f"{tens}-{_ONES[one]}": _WORDS[tens] + one for tens in _TENS for one in range(1, 10)}
HYPHENED = frozenset(word for word in _WORDS if "-" in word)
NUMBER_STARTS = frozenset({"a", "an", "another", "both", "single", "only", *_ONES, *_TENS})
"""The words with which a number may begin, hyphened ones apart."""
_SCALE = {"hundred": 100, "thousand": 1000, "dozen": 12, "score": 20}
_ARTICLES = {"a": 1, "an": 1, "another": 1}

NOT_COUNTED = words_of(
    """
        km kilometres kilometers kilometre kilometer miles mile metres meters metre hours hour minutes
        minute seconds days day nights night weeks week months month years year percent per % a.m. p.m.
        a.m p.m am pm gmt est local degrees degree celsius storey story tonnes tons tonne ton kg
        kilograms litres euros dollars million billion hryvnias megawatts mw kilowatts times point
        points o'clock rd th st nd square hectares feet
    """
)
"""What a number before it measures, and does not count."""

_MONTHS = words_of(
    """
        january february march april may june july august september october november december jan feb
        mar apr jun jul aug sep sept oct nov dec jan. feb. mar. apr. jun. jul. aug. sept. oct. nov. dec.
    """
)

_AFTER_ARTICLE = NOT_COUNTED | _MONTHS | _SCALE.keys() | {"million", "billion", ":", "/", "-", "%"}
_WHERE = frozenset({"over", "in", "near", "above"})
_SIGNS = frozenset({":", "/", "-", "%"})
_MONEY = frozenset({"$", "€", "£", "#", "aged", "age"})

_BEFORE: tuple[tuple[tuple[str, ...], Hedge | None], ...] = (
    (("at", "least"), Hedge.AT_LEAST),
    (("more", "than"), Hedge.AT_LEAST),
    (("no", "fewer", "than"), Hedge.AT_LEAST),
    (("no", "less", "than"), Hedge.AT_LEAST),
    (("not", "less", "than"), Hedge.AT_LEAST),
    (("over",), Hedge.AT_LEAST),
    (("up", "to"), Hedge.AT_MOST),
    (("as", "many", "as"), Hedge.AT_MOST),
    (("fewer", "than"), Hedge.AT_MOST),
    (("less", "than"), Hedge.AT_MOST),
    (("about",), Hedge.ABOUT),
    (("around",), Hedge.ABOUT),
    (("approximately",), Hedge.ABOUT),
    (("roughly",), Hedge.ABOUT),
    (("nearly",), Hedge.ABOUT),
    (("almost",), Hedge.ABOUT),
    (("close", "to"), Hedge.ABOUT),
    (("some",), Hedge.ABOUT),
    (("an", "estimated"), Hedge.ABOUT),
    (("estimated",), Hedge.ABOUT),
    (("a", "total", "of"), None),
    (("the", "total", "of"), None),
    (("the",), None),
    (("all",), None),
    (("all", "the"), None),
    (("all", "of", "the"), None),
    (("both",), None),
)
_FIRST_BEFORE: dict[str, list[tuple[list[str], Hedge | None]]] = {}
for _phrase, _hedge in sorted(_BEFORE, key=lambda row: len(row[0])):
    _FIRST_BEFORE.setdefault(_phrase[-1], []).insert(0, ([*_phrase], _hedge))


class Number(msgspec.Struct, gc=False):
    first: int
    """Its first word, what hedges it included."""
    last: int
    """Its last word."""
    value: int
    hedge: Hedge | None
    article: bool
    """Whether it is only "a" or "another"."""
    all: bool
    """Whether it is "all" of something."""
    least: int | None = None
    """Of "two to four" the first; ``value`` is the last."""

    def counted(self, words: str) -> Count:
        if self.least is not None:
            if self.hedge is _AT_MOST:
                return Count(value=self.value, low=None, high=self.value, words=words)
            high = None if self.hedge is _AT_LEAST else self.value  # "at least 10 to 12": ten, and nothing above
            return Count(value=self.least, low=self.least, high=high, words=words)
        low = None if self.hedge in (_AT_MOST, _ABOUT) else self.value
        high = None if self.hedge in (_AT_LEAST, _ABOUT) else self.value
        return Count(value=self.value, low=low, high=high, words=words)


def number_at(low: list[str], at: int) -> Number | None:
    """The number that begins with the word at ``at``, if one does."""
    word, size = low[at], len(low)
    end = at
    if word in _ARTICLES and (at + 1 >= size or low[at + 1] not in _AFTER_ARTICLE):
        if at and (low[at - 1] in _MONTHS or low[at - 1] == "not"):
            return None  # "not a single drone"
        first, hedge, every = _before(low, at)
        return Number(first, at, 1, hedge, True, every)
    if word[0].isdigit():
        digits = word.replace(",", "")
        if not digits.isdigit():
            return None
        value = int(digits)
        if "," in word and not all(len(part) == 3 for part in word.split(",")[1:]):
            return None
    elif word in _WORDS:
        value = _WORDS[word]
        if word in _TENS and at + 1 < size and low[at + 1] in _ONES[1:10]:
            end, value = at + 1, value + _WORDS[low[at + 1]]
    elif word in _ARTICLES:
        value = 1
        if at + 1 < size and low[at + 1] in _SCALE and low[at + 1] != "score":
            end, value = at + 1, _SCALE[low[at + 1]]
            if low[at + 1] == "dozen" and at > 0 and low[at - 1] == "half":
                value = 6
    elif word == "both":
        if "and" in low[at + 2 : at + 4]:
            return None  # "both drones and missiles"
        return Number(at, at, 2, None, False, True)
    elif word == "only":
        return Number(at - 1, at, 1, None, False, False) if at and low[at - 1] == "the" else None
    elif word == "single":
        if low[max(0, at - 2) : at] == ["not", "a"]:
            return None
        return Number(at, at, 1, None, True, False)
    else:
        return None
    if end == at and word not in _ARTICLES:
        while end + 1 < size and low[end + 1] in _SCALE and low[end + 1] != "score":
            end, value = end + 1, value * _SCALE[low[end + 1]]
    article = word in _ARTICLES and end == at
    if word == "one" and at and low[at - 1] in ("no", "some", "every", "any"):
        return None
    after = low[end + 1] if end + 1 < size else ""
    if after == "local" and low[end + 2 : end + 3] != ["time"]:
        after = ""  # "four local residents"
    if after in NOT_COUNTED or after in ("million", "billion"):
        return None
    if _is_date(low, at, end, value):
        return None
    first, hedge, every = _before(low, at)
    return Number(first, end, value, hedge, article, every)


def spanned(low: list[str], begun: Number, number: Number) -> Number:
    """ "two to four", "two or three", "between two and four" as one number; ``number`` as it is where it is none such.

    From two to four is how a count rose, and no span.
    """
    at, before = begun.last + 1, low[begun.first - 1] if begun.first else ""
    if at + 1 != number.first or begun.value >= number.value or begun.article or begun.all or before == "from":
        return number
    if low[at] == "and" and before == "between":
        return Number(begun.first - 1, number.last, number.value, None, False, False, begun.value)
    if low[at] in ("to", "or"):
        return Number(begun.first, number.last, number.value, begun.hedge, False, False, begun.value)
    return number


def _is_date(low: list[str], at: int, end: int, value: int) -> bool:
    before = low[at - 1] if at else ""
    after = low[end + 1] if end + 1 < len(low) else ""
    if before in _MONTHS or (after in _MONTHS and after != "may" and value <= 31):
        return True
    if 1900 <= value <= 2100 and low[at].isdigit():
        return (
            before
            in ("in", "of", "since", "until", "by", "from", "during", "early", "late", ",", "year", "and", "to", "-")
            or not after
        )
    if after not in _SIGNS:
        return before in _MONEY
    if after == ":":  # a clock; not "29: 10 over Rostov"
        follows = low[end + 2] if end + 2 < len(low) else ""
        return value <= 24 and len(follows) == 2 and follows.isdigit()
    # not "six - over the Tula region"
    return after != "-" or low[end + 2 : end + 3] == [] or low[end + 2] not in _WHERE


def _before(low: list[str], at: int) -> tuple[int, Hedge | None, bool]:
    """What stands before a number and belongs to it."""
    if not at or low[at - 1] not in _FIRST_BEFORE:
        return at, None, False
    first, hedge, every = at, None, False
    for _ in range(2):
        found = None
        if first:
            for phrase, meant in _FIRST_BEFORE.get(low[first - 1], ()):
                begin = first - len(phrase)
                if begin >= 0 and low[begin:first] == phrase and low[begin - 1 : begin] != ["known"]:
                    found = (phrase, meant)
                    break
        if found is None:
            break
        first -= len(found[0])
        hedge = hedge or found[1]
        every = every or found[0][0] in ("all", "both")
    return first, hedge, every
