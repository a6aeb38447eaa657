"""From the text of a report to what it says: which genre it is, and the facts that this genre's reader finds.

Pure: the same text gives the same facts on every machine. A text of no known genre gives none; nothing is guessed.
"""

from __future__ import annotations

from datetime import date

from tocsin.facts import Read
from tocsin.record.reading.corrections import amends
from tocsin.record.reading.genre import GENRES, OTHER
from tocsin.record.reading.language import language_of

__all__ = ["read"]


def read(text: str, published: date) -> Read:
    """What the report says. ``published`` is the day by which its dates are understood."""
    language = language_of(text)
    fits = [(fit, genre) for genre in GENRES if (fit := genre.fit(text, language)) > 0]
    if not fits:
        return Read(genre=OTHER, language=language, published=published.isoformat(), facts=())
    _, genre = max(fits, key=lambda pair: pair[0])
    facts, checks = genre.read(text, published)
    return Read(
        genre=genre.id,
        language=genre.language,
        published=published.isoformat(),
        facts=facts,
        checks=checks,
        correction=amends(text),
    )
