"""In which language a text is: English, Ukrainian or Russian, or ``und`` where it is none of these.

By letters and the commonest words, which is enough to tell three languages apart, and to refuse the others.
"""

from __future__ import annotations

import re

_LOOKED_AT = 20_000
"""Characters: a language shows within the first pages."""

_ADDRESS = re.compile(r"https?://\S+")
_CYRILLIC = re.compile(r"[а-яёіїєґА-ЯЁІЇЄҐ]")
_LATIN = re.compile(r"[a-zA-Z]")
_ENGLISH = re.compile(
    r"\b(?:the|of|and|in|to|on|a|said|was|were|by|over|with|its|for|from|had|has|that)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_UKRAINIAN = re.compile(
    r"[іїєґ]|\b(?:та|від|збит\w+|знищен\w+|ударн(?:ий|их|і)|повітрян[іи]\w*|крилат\\w+|ворож\w+|було?|області|ракет[аи]?)\b",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(r"[ыэъё]|\b(?:и|от|сбит\w+|уничтожен\w+|был[аио]?|области|ракет[аы]?)\b", re.IGNORECASE)

ENGLISH_SHARE = 0.12
"""Of running English, at least this share of the words are among the twenty commonest."""


def language_of(text: str) -> str:
    """``en``, ``uk``, ``ru`` or ``und``."""
    sample = _ADDRESS.sub(" ", text[:_LOOKED_AT])
    cyrillic, latin = len(_CYRILLIC.findall(sample)), len(_LATIN.findall(sample))
    if cyrillic > latin:
        uk, ru = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
        return "uk" if uk > ru else "ru" if ru > uk else "und"
    if latin and len(_ENGLISH.findall(sample)) >= ENGLISH_SHARE * len(_WORD.findall(sample)):
        return "en"
    return "und"
