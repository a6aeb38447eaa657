"""A bulletin cut into words and those into sentences, each word with its place in the text and what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter

import msgspec

from tocsin.record.reading.lexicon import Kind, word

# ruff: noqa: E501 - a pattern is easier to read on its line

_TOKEN = re.compile(
    r"""(?P<name>(?!https?://|t\.me/)[^\W\d_][^\W_]*+(?>(?:(?:['’ʼʹ′`´‘‑-]|–(?=[^\W\d]))[^\W_]++)*)(?![–—]\d))\x20?
      | (?P<line>[ \t\r]*\n\s*)
      | (?P<link>(?:https?://|t\.me/|@|\#)\S+)
      | (?P<date>\d{1,2}\.\d{1,2}\.(?:20)?\d\d(?!\d)|(?<=\()\d{1,2}\.\d{1,2}(?=\s*\)))
      | (?P<time>\d{1,2}\s?:\s?\d\d(?!\d)|\d{1,2}\.\d\d(?![\d%]))
      | (?P<word>3[МM]22|(?:[ХXСCхx]|[Сс]у|[КкK][аa]|[Мм]і|[Мм]іГ|[Тт]у|[Іі]л|[КK][НN]|[Шш]ахед|[Ss]hahed|[Оо]рлан|[Гг]ерань|[Гг]ранат|[Ее]лерон|[Мм]охаджер)[–—]\d{1,3}\w{0,3}|\d+\s?[хx](?=\s)|\d+(?:[-‑–][а-яіїє]{1,5}(?!\w))?|[^\W\d_][^\W_]*(?:['’ʼʹ′`´‘‑-][^\W_]+)*)
      | (?P<bold>\*{2,3})
      | (?P<mark>[^\w\s])""",
    re.VERBOSE,
)
ABBREVIATED = frozenset(
    [
        "обл",
        "м",
        "с",
        "смт",
        "т",
        "ч",
        "р",
        "рр",
        "ін",
        "уточн",
        "вул",
        "ім",
        "о",
        "г",
        "др",
        "тис",
        "тыс",
        "млн",
        "км",
        "аеробал",
        "шт",
        "керов",
        "авіац",
        "баліст",
        "ст",
        "пн",
        "пд",
    ]
)
_TIMES = re.compile(r"(?<=\d)\s?[хx]$")
_WRAPPED = re.compile(r"[а-яіїєґ(]")
_BULLET = re.compile(r"[-‑–—−•●▪◾◽■□*✅➖🔹🔸🔻🔺✔💥☑▫👉➡➤➢►▶∙·+]")


_DRAWN = frozenset("\ufe0f\u20e3")
"""What makes a picture of a digit."""
_KIND = attrgetter("kind")


class Token(msgspec.Struct, frozen=True, gc=False):
    """A word or a mark, where it stands, and what it does."""

    text: str
    start: int
    end: int
    kind: int | None
    """None for a mark."""
    value: object
    folded: str


class Sentence(msgspec.Struct, frozen=True, gc=False):
    tokens: tuple[Token, ...]
    kinds: tuple[int | None, ...]
    """Of its tokens."""
    start: int
    end: int
    begins_line: bool
    bullet: bool
    """Whether it is an entry of a list: it begins its line with a bullet."""
    ends_line: bool

    @property
    def begins_with_a_number(self) -> bool:
        return self.kinds[0] is Kind.NUMBER

    def text_ends_with_colon(self, text: str) -> bool:
        return text[self.end - 1 : self.end] == ":"


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences and list entries of a bulletin. A line broken within a sentence is joined."""
    held: list[Token] = []
    begins, bullet = True, False
    last = len(text)
    for found in _TOKEN.finditer(text):
        group = found.lastgroup
        if group == "name":
            written, start = found[1], found.start()
            kind, value, folded = word(written)
            held.append(Token(written, start, start + len(written), kind, value, folded))
            continue
        written = found[0]
        start, end = found.span()
        if group == "line":
            following = text[end : end + 1]
            if (
                held
                and held[-1].text not in ":.;!?"
                and "\n" not in written.strip(" \t\r")[1:]
                and _WRAPPED.match(following)
            ):
                continue
            if held:
                yield _sentence(held, begins, bullet, True)
            held, begins, bullet = [], True, False
        elif written in _DRAWN:
            continue
        elif group == "bold":
            continue  # "**збито**", as messengers mark it
        elif group == "mark":
            if not held and (_BULLET.match(written) or not written.isascii()) and written not in "«“„”»":
                bullet = bullet or bool(_BULLET.match(written))
                continue
            if written in ".)" and len(held) == 1 and begins and held[0].kind is Kind.NUMBER and not bullet:
                held, bullet = [], True  # "1." numbers the entries of a list
                continue
            held.append(Token(written, start, end, None, None, written))
            if written in ".!?" and _ends(held, text, end):
                yield _sentence(held, begins, bullet, False)
                held, begins, bullet = [], False, False
        elif group == "word":
            said = word(_TIMES.sub("", written) if written[-1] in "хx" else written)
            held.append(Token(written, start, end, *said))
        else:
            held.append(Token(written, start, end, Kind.OTHER, group, written))
    if held:
        yield _sentence(held, begins, bullet, last == held[-1].end)


def _ends(held: list[Token], text: str, at: int) -> bool:
    if held[-1].text in "!?":
        return True
    before = held[-2].folded if len(held) > 1 else ""
    after = text[at : at + 3].lstrip(" \t\u00a0")
    if after[:1] == "\n" or not after:
        return before not in ABBREVIATED or not _WRAPPED.match(text[at:].lstrip()[:1])
    return at < len(text) and text[at] in " \t\u00a0" and before not in ABBREVIATED and not after[0].islower()


def _sentence(held: list[Token], begins: bool, bullet: bool, ends_line: bool) -> Sentence:
    return Sentence(tuple(held), tuple(map(_KIND, held)), held[0].start, held[-1].end, begins, bullet, ends_line)
