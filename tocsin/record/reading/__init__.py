"""From the text of a report to what it says: which genre it is, and the facts that this genre's reader finds.

Pure: the same text gives the same facts on every machine. A text of no known genre gives none; nothing is guessed.
"""

from __future__ import annotations

from datetime import date

import msgspec

from tocsin.facts import Fact, Read
from tocsin.limits import INFOGRAPHIC_CHARS
from tocsin.record.reading.alphabets import in_one_alphabet
from tocsin.record.reading.corrections import amends
from tocsin.record.reading.genre import GENRES, OTHER
from tocsin.record.reading.language import language_of

__all__ = ["read"]


def read(text: str, published: date) -> Read:
    """What the report says. ``published`` is the day by which its dates are understood."""
    spaced = text.replace("\u00a0", " ").replace("\r", " ")
    language = language_of(spaced)
    plain = in_one_alphabet(spaced) if language != "en" or len(spaced) <= INFOGRAPHIC_CHARS else spaced
    fits = [(fit, genre) for genre in GENRES if (fit := genre.fit(plain, language)) > 0]
    if not fits:
        return Read(genre=OTHER, language=language, published=published.isoformat(), facts=())
    _, genre = max(fits, key=lambda pair: pair[0])
    facts, checks = genre.read(plain, published)
    if plain is not spaced:
        facts = tuple(msgspec.structs.replace(one, quote=_as_written(text, one)) for one in facts)
    return Read(
        genre=genre.id,
        language=genre.language,
        published=published.isoformat(),
        facts=facts,
        checks=checks,
        correction=amends(text),
    )


def _as_written(text: str, fact: Fact) -> str:
    return " ".join(text[fact.start : fact.end].split())
