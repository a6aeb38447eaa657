"""The words that say a fact, short enough to keep."""

from __future__ import annotations

import re

from tocsin.facts import QUOTE_WORDS

_SHORT = re.compile(rf"(?:\S+\s+){{0,{QUOTE_WORDS - 1}}}\S+")
_CLOSING = ("»", "”", '"')


def quoted(text: str, start: int, count: int, end: int) -> tuple[int, int, str]:
    """From where, to where, and the words: the whole of it, or from ``count``, the number itself, as far as is kept."""
    end += text[end : end + 1] in _CLOSING
    for begin in (start, count):
        words = text[begin:end].split()
        if len(words) <= QUOTE_WORDS:
            return begin, end, " ".join(words)
    cut = _SHORT.match(text, count)
    end = min(end, cut.end()) if cut else end
    return count, end, " ".join(text[count:end].split())
